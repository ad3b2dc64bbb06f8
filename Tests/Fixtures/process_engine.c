/* An engine that has the host start several programs for a job, and misuses that on demand: its setting `case`. */
#include "engine_abi.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING(literal) {literal, sizeof literal - 1}

struct lynx_engine_job {
    lynx_job_token token;
    lynx_processes *processes;
    int has_main;
};

static const lynx_host *host;
static const lynx_process_control *control;
static char wanted[64];

static int is(const char *name) { return strcmp(wanted, name) == 0; }

static lynx_status say(lynx_engine_job *job, const char *text) {
    host->log(host, job->token, LYNX_LOG_INFO, (lynx_string){text, strlen(text)});
    return LYNX_OK;
}

static lynx_status wrong(lynx_error *error, const char *what) {
    snprintf(error->message, sizeof error->message, "wrong: %s", what);
    return LYNX_E_INTERNAL;
}

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine, (void)error;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (setting->key.size == 4 && memcmp(setting->key.data, "case", 4) == 0) {
            snprintf(wanted, sizeof wanted, "%.*s", (int)setting->value.size, setting->value.data);
        }
    }
    return LYNX_OK;
}

static lynx_status prepare(const lynx_engine *engine, const lynx_job *job, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    lynx_engine_job *made = calloc(1, sizeof *made);
    made->token = job->token;
    *out = made;
    return control->open(host, job, &made->processes, error);
}

static void on_exit_of_main(void *context, int32_t code, int32_t signal) {
    char text[64];
    snprintf(text, sizeof text, "main ended: %d %d", code, signal);
    say(context, text);
}

static lynx_status shell(lynx_engine_job *job, const char *script, int is_helper, void (*on_line)(void *, lynx_string), lynx_process *process, lynx_error *error) {
    const lynx_string arguments[] = {STRING("sh"), STRING("-c"), {script, strlen(script)}};
    const lynx_string environment[] = {STRING("LAB_WORD=two words = one value")};
    const lynx_program program = {
        .struct_size = sizeof program, .is_helper = is_helper, .arguments = arguments, .argument_count = 3, .environment = environment,
        .environment_count = 1, .context = job, .on_line = on_line, .on_exit = is_helper ? NULL : on_exit_of_main,
    };
    return control->spawn(job->processes, &program, process, error);
}

/* The server is ready: now the program that it serves. */
static void on_line_of_helper(void *context, lynx_string line) {
    lynx_engine_job *job = context;
    lynx_error error = {.struct_size = sizeof error};
    if (line.size != 5 || memcmp(line.data, "ready", 5) != 0 || job->has_main) return;
    job->has_main = 1;
    if (shell(job, "test \"$LAB_WORD\" = 'two words = one value' && echo done >result.txt; exit 3", 0, NULL, NULL, &error) != LYNX_OK) say(job, error.message);
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    lynx_error ignored = {.struct_size = sizeof ignored};
    lynx_exit early = {.struct_size = sizeof early};
    if (is("server")) return shell(job, "echo ready; sleep 1000 & wait", 1, on_line_of_helper, process, error);
    if (is("many")) {
        for (int i = 0; i < 20; i++) {
            if (shell(job, "setsid sleep 1000 & echo $$ >pid.$$; sleep 1000", i % 2, NULL, process, error) != LYNX_OK) return LYNX_E_INTERNAL;
        }
        return LYNX_OK;
    }
    if (is("killed")) {
        lynx_status status = shell(job, "sleep 1000", 0, NULL, process, error);
        if (status != LYNX_OK) return status;
        if (control->reap(job->processes, &early, &ignored) == LYNX_OK) return wrong(error, "reaped a program that runs");
        control->kill(job->processes);
        control->kill(job->processes);
        if (shell(job, "true", 0, NULL, process, &ignored) == LYNX_OK) return wrong(error, "started a program after kill");
        return LYNX_OK;
    }
    if (is("one_after_the_other")) {
        lynx_status status = shell(job, "exit 0", 0, NULL, process, error);
        return status == LYNX_OK ? shell(job, "sleep 0.2; echo late >late.txt", 0, NULL, process, error) : status;
    }
    if (is("refused")) {
        const lynx_program old = {.struct_size = 8};
        const lynx_string nul[] = {{"sh\0-c", 5}}, bad[] = {STRING("=x")}, sh[] = {STRING("sh")};
        const lynx_program with_nul = {.struct_size = sizeof old, .arguments = nul, .argument_count = 1};
        const lynx_program without = {.struct_size = sizeof old};
        const lynx_program variable = {.struct_size = sizeof old, .arguments = sh, .argument_count = 1, .environment = bad, .environment_count = 1};
        const lynx_program *all[] = {&old, &with_nul, &without, &variable};
        for (int i = 0; i < 4; i++) {
            if (control->spawn(job->processes, all[i], process, &ignored) != LYNX_E_INVALID) return wrong(error, "took a program that is none");
            say(job, ignored.message);
        }
        const lynx_string missing[] = {STRING("/no/such/program")};
        const lynx_program last = {.struct_size = sizeof last, .arguments = missing, .argument_count = 1};
        return control->spawn(job->processes, &last, process, error);
    }
    if (is("left")) { /* the host releases the job without anything else */
        shell(job, "trap '' TERM; sleep 1000", 0, NULL, process, error);
        return wrong(error, "left");
    }
    return wrong(error, "no such case");
}

static void terminate(lynx_engine_job *job) { control->kill(job->processes); }

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    lynx_error ignored = {.struct_size = sizeof ignored};
    lynx_status status = control->reap(job->processes, result, error);
    if (control->reap(job->processes, result, &ignored) == LYNX_OK) return wrong(error, "reaped twice");
    return status;
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    return control->collect(job->processes, collector, error);
}

static void release(lynx_engine_job *job) {
    control->close(job->processes);
    free(job);
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    (void)engine, (void)name;
    return NULL;
}

static const lynx_engine table = {
    .struct_size = sizeof table, .abi_major = LYNX_ABI_MAJOR, .abi_minor = LYNX_ABI_MINOR, .id = STRING("several"),
    .display_name = STRING("Several programs"), .version = STRING("1.0.0"), .configure = configure, .prepare = prepare, .launch = launch,
    .terminate = terminate, .reap = reap, .collect = collect, .release = release, .get_extension = get_extension,
};

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *given, uint32_t abi_major) {
    host = given;
    control = given->get_extension(given, (lynx_string)STRING(LYNX_EXTENSION_PROCESS));
    return abi_major == LYNX_ABI_MAJOR && control ? &table : NULL;
}
