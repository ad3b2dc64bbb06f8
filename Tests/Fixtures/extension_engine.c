/*
 * An engine with every extension, which leaves its processes to the host. The setting "violate" names a rule of
 * engine_extensions.h or engine_configuration.h that it breaks. With PLAIN it has no extension at all.
 */
#define _GNU_SOURCE
#include "engine_configuration.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING(literal) {literal, sizeof literal - 1}

struct lynx_engine_job {
    lynx_processes *processes;
    char directory[4096];
    lynx_job_token token;
};

static const lynx_host *the_host;
static const lynx_process_control *control;
static char violation[64];
/* What list was given last. */
static void (*latest_take)(void *, const lynx_warm_worker *);
static void (*latest_key)(void *, const lynx_config_key *);
static void *latest_context, *latest_key_context;

static int violates(const char *rule) { return strcmp(violation, rule) == 0; }

static lynx_string text(const char *value) { return (lynx_string){value, strlen(value)}; }

/* Calls a function on a thread of the engine's own, and waits for it. */
static void elsewhere(void *(*function)(void *), void *argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, argument) == 0) pthread_join(thread, NULL);
}

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine, (void)error;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (setting->key.size == 7 && memcmp(setting->key.data, "violate", 7) == 0) {
            snprintf(violation, sizeof violation, "%.*s", (int)setting->value.size, setting->value.data);
        }
    }
    return LYNX_OK;
}

static lynx_status open_processes(lynx_engine_job *job, lynx_processes **out) {
    const lynx_job request = {
        .struct_size = sizeof request, .attempt = 1, .token = job->token, .directory = text(job->directory), .run_config_json = text("{}")};
    return control->open(the_host, &request, out, NULL);
}

static void *open_there(void *job) { return open_processes(job, &((lynx_engine_job *)job)->processes) == LYNX_OK ? job : NULL; }

static lynx_status spawn(lynx_engine_job *job, const char *script, lynx_process *process, lynx_error *error);

static lynx_status prepare(const lynx_engine *engine, const lynx_job *request, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    lynx_engine_job *job = calloc(1, sizeof *job);
    if (!job) return LYNX_E_RESOURCES;
    job->token = request->token;
    snprintf(job->directory, sizeof job->directory, "%.*s", (int)request->directory.size, request->directory.data);
    if (violates("open_elsewhere")) {
        elsewhere(open_there, job);
    } else if (control->open(the_host, request, &job->processes, error) != LYNX_OK) {
        free(job);
        return LYNX_E_INTERNAL;
    }
    if (violates("left_open_by_prepare")) {
        free(job);
        return LYNX_E_INTERNAL;
    }
    if (violates("spawn_early")) spawn(job, "true", NULL, NULL);
    *out = job;
    return LYNX_OK;
}

static void on_line(void *context, lynx_string line) {
    lynx_engine_job *job = context;
    (void)line;
    if (violates("close_in_line")) control->close(job->processes);
    if (violates("spawn_in_line")) spawn(job, "true", NULL, NULL);
}

static void on_exit_of_program(void *context, int32_t code, int32_t number) { (void)context, (void)code, (void)number; }

static lynx_status spawn(lynx_engine_job *job, const char *script, lynx_process *process, lynx_error *error) {
    const lynx_string arguments[] = {STRING("sh"), STRING("-c"), text(script)};
    const lynx_program program = {
        .struct_size = sizeof program, .arguments = arguments, .argument_count = 3, .context = job,
        .on_line = script[0] == 'e' ? on_line : NULL, .on_exit = on_exit_of_program,
    };
    return control->spawn(job->processes, &program, process, error);
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    if (violates("open_late")) {
        lynx_processes *more = NULL;
        snprintf(job->directory + strlen(job->directory), 8, "/more");
        if (open_processes(job, &more) == LYNX_OK) control->close(more);
    }
    if (violates("slow") || violates("reap_early")) {
        lynx_exit result = {.struct_size = sizeof result};
        lynx_status status = spawn(job, "sleep 1000", process, error);
        if (violates("reap_early")) {
            control->reap(job->processes, &result, NULL);
            control->kill(job->processes);
        }
        return status;
    }
    return spawn(job, violates("spawn_in_line") || violates("close_in_line") ? "echo a line" : "true", process, error);
}

static void terminate(lynx_engine_job *job) { control->kill(job->processes); }

static void *reap_there(void *job) {
    lynx_exit result = {.struct_size = sizeof result};
    control->reap(((lynx_engine_job *)job)->processes, &result, NULL);
    return NULL;
}

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    if (violates("reap_elsewhere")) {
        elsewhere(reap_there, job);
        return LYNX_OK;
    }
    if (violates("collect_unreaped")) return LYNX_OK;
    lynx_status status = control->reap(job->processes, result, error);
    if (violates("reap_twice")) control->reap(job->processes, result, NULL);
    if (violates("spawn_late")) spawn(job, "true", NULL, NULL);
    return status;
}

static const lynx_collector *the_collector;

static void *collect_there(void *job) {
    control->collect(((lynx_engine_job *)job)->processes, the_collector, NULL);
    return NULL;
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    the_collector = collector;
    if (violates("collect_elsewhere")) {
        elsewhere(collect_there, job);
        return LYNX_OK;
    }
    return control->collect(job->processes, collector, error);
}

static void *close_there(void *job) {
    control->close(((lynx_engine_job *)job)->processes);
    return NULL;
}

static void release(lynx_engine_job *job) {
    if (violates("close_elsewhere")) {
        elsewhere(close_there, job);
    } else if (!violates("left_open")) {
        control->close(job->processes);
    }
    if (violates("close_twice")) control->close(job->processes);
    if (violates("kill_closed")) control->kill(job->processes);
    if (violates("signal_closed")) control->signal(job->processes, SIGTERM);
    if (violates("spawn_closed")) spawn(job, "true", NULL, NULL);
    free(job);
}

static void list_workers(const lynx_engine *engine, void (*take)(void *, const lynx_warm_worker *), void *context) {
    const lynx_warm_worker worker = {.struct_size = sizeof worker, .state = LYNX_WARM_READY, .entrypoint = text("a.py"), .pid = 1};
    (void)engine;
    if (violates("takes_late") && latest_take) latest_take(latest_context, &worker);
    take(context, &worker);
    latest_take = take;
    latest_context = context;
}

static void list_keys(const lynx_engine *engine, void (*take)(void *, const lynx_config_key *), void *context) {
    const lynx_config_key key = {
        .struct_size = sizeof key, .types = LYNX_CONFIG_STRING, .key = text("violate"), .documentation = text("The rule that is broken.")};
    (void)engine;
    if (violates("takes_key_late") && latest_key) latest_key(latest_key_context, &key);
    take(context, &key);
    latest_key = take;
    latest_key_context = context;
}

static uint32_t most_jobs(const lynx_engine *engine, uint32_t processors) {
    (void)engine;
    return processors;
}

static lynx_status check(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine, (void)config, (void)error;
    return violates("unknown_status_of_check") ? -77 : LYNX_OK;
}

static int32_t has_default(const lynx_engine *engine) {
    (void)engine;
    return 1;
}

static int32_t stop(lynx_engine_job *job, int32_t reason, uint64_t deadline_ns) {
    (void)job, (void)reason, (void)deadline_ns;
    return 0;
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    static const lynx_warm_workers warm_workers = {sizeof warm_workers, list_workers};
    static const lynx_configuration configuration = {sizeof configuration, list_keys, most_jobs};
    static const lynx_scenarios scenarios = {sizeof scenarios, check, has_default};
    static const lynx_soft_stop soft_stop = {sizeof soft_stop, stop};
    static const lynx_confinement confinement = {sizeof confinement};
    static const struct {
        const char *name;
        const void *table;
    } all[] = {
        {LYNX_EXTENSION_WARM_WORKERS, &warm_workers}, {LYNX_EXTENSION_CONFIGURATION, &configuration}, {LYNX_EXTENSION_SCENARIOS, &scenarios},
        {LYNX_EXTENSION_SOFT_STOP, &soft_stop},       {LYNX_EXTENSION_CONFINEMENT, &confinement},
    };
    (void)engine;
#ifndef PLAIN
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (name.size == strlen(all[i].name) && memcmp(name.data, all[i].name, name.size) == 0) return all[i].table;
    }
#else
    (void)all, (void)name;
#endif
    return NULL;
}

static const lynx_engine engine = {
    .struct_size = sizeof(lynx_engine), .abi_major = LYNX_ABI_MAJOR, .abi_minor = LYNX_ABI_MINOR, .id = STRING("extended"),
    .display_name = STRING("Extended"), .version = STRING("1"), .configure = configure, .prepare = prepare, .launch = launch,
    .terminate = terminate, .reap = reap, .collect = collect, .release = release, .get_extension = get_extension,
};

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    the_host = host;
    control = host->get_extension(host, (lynx_string)STRING(LYNX_EXTENSION_PROCESS));
    return abi_major == LYNX_ABI_MAJOR && control ? &engine : NULL;
}
