/* An engine that runs one program per job: the setting `program`, started in the job's output directory.
 *
 *   cc -std=c11 -Wall -Wextra -fPIC -shared -fvisibility=hidden -I Sources/EngineABI -o shell_engine.so docs/examples/shell_engine.c
 */
#include "engine_abi.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define STRING(literal) {literal, sizeof literal - 1}

static const lynx_host *host;
static const lynx_process_control *control;
static char program[4096];

static lynx_status fail(lynx_error *error, lynx_status code, const char *message) {
    if (error) {
        error->code = code;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return code;
}

/* The host's processes of the job are all that this engine knows of it, so that it allocates nothing itself. */
static lynx_processes *processes(lynx_engine_job *job) { return (lynx_processes *)job; }

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (setting->key.size != 7 || memcmp(setting->key.data, "program", 7) != 0) continue;
        if (setting->value.size >= sizeof program) return fail(error, LYNX_E_INVALID, "engine_options.shell.program: is longer than a path may be");
        memcpy(program, setting->value.data, setting->value.size);
        program[setting->value.size] = 0;
    }
    if (!control) return fail(error, LYNX_E_UNSUPPORTED, "the host has no process/1; this engine needs one of version 1.4");
    return program[0] ? LYNX_OK : fail(error, LYNX_E_INVALID, "engine_options.shell.program: is missing; name the program to run");
}

static lynx_status prepare(const lynx_engine *engine, const lynx_job *job, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    if (!program[0]) return fail(error, LYNX_E_INTERNAL, "prepare was called before configure");
    return control->open(host, job, (lynx_processes **)out, error);
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    const lynx_string arguments[] = {{program, strlen(program)}};
    const lynx_program request = {.struct_size = sizeof request, .arguments = arguments, .argument_count = 1};
    return control->spawn(processes(job), &request, process, error);
}

static void terminate(lynx_engine_job *job) { control->kill(processes(job)); }

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    return control->reap(processes(job), result, error);
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    return control->collect(processes(job), collector, error);
}

static void release(lynx_engine_job *job) { control->close(processes(job)); }

/* The program has the rest of the grace period to write down what it has. */
static int32_t stop(lynx_engine_job *job, int32_t reason, uint64_t deadline_ns) {
    (void)reason, (void)deadline_ns;
    control->signal(processes(job), SIGTERM);
    return 1;
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    static const lynx_soft_stop soft_stop = {.struct_size = sizeof soft_stop, .stop = stop};
    const lynx_string known = STRING(LYNX_EXTENSION_SOFT_STOP);
    (void)engine;
    return name.size == known.size && memcmp(name.data, known.data, known.size) == 0 ? &soft_stop : NULL;
}

static const lynx_engine table = {
    .struct_size = sizeof table, .abi_major = LYNX_ABI_MAJOR, .abi_minor = LYNX_ABI_MINOR,
    .id = STRING("shell"), .display_name = STRING("Any program"), .version = STRING("1.0.0"),
    .configure = configure, .prepare = prepare, .launch = launch, .terminate = terminate,
    .reap = reap, .collect = collect, .release = release, .get_extension = get_extension,
};

const lynx_engine *lynx_engine_entry(const lynx_host *given, uint32_t abi_major) {
    const lynx_string name = STRING(LYNX_EXTENSION_PROCESS);
    if (abi_major != LYNX_ABI_MAJOR) return NULL;
    host = given;
    control = given->get_extension(given, name);
    return &table;
}
