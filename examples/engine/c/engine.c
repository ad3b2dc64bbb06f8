/* An engine: it starts `program` for each job, reads telemetry from what it prints, and reports the files that it leaves.
 *
 * The host starts, watches and ends the processes (the extension process/1 of engine_extensions.h). What is left for the engine is
 * what it alone knows: which program with which arguments, what its output means, and what its end means.
 */
#include "engine_abi.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING(literal) {literal, sizeof literal - 1}

struct lynx_engine_job {
    lynx_job_token token;
    lynx_processes *processes; /* the host's */
};

static const lynx_host *host;
static const lynx_process_control *control; /* NULL from a host before 1.4 */
static char program[4096];

static int is(lynx_string text, const char *literal) {
    return text.size == strlen(literal) && memcmp(text.data, literal, text.size) == 0;
}

static lynx_status fail(lynx_error *error, lynx_status code, const char *format, ...) {
    va_list values;
    va_start(values, format);
    if (error) {
        error->code = code;
        vsnprintf(error->message, sizeof error->message, format, values);
    }
    va_end(values);
    return code;
}

/* Before the first job: takes the engine's section of engine_options, and checks what can be checked without a job. */
static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    if (!control) return fail(error, LYNX_E_UNSUPPORTED, "the runner is too old: this engine needs version 1.4 of the engine ABI");
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (!is(setting->key, "program")) continue;
        if (setting->value.size >= sizeof program) return fail(error, LYNX_E_INVALID, "engine_options.lab.program: is longer than a path may be");
        memcpy(program, setting->value.data, setting->value.size);
        program[setting->value.size] = '\0';
    }
    if (!program[0]) return fail(error, LYNX_E_INVALID, "engine_options.lab.program: is missing; name the program to run");
    return LYNX_OK;
}

/* The host makes the job's files; a simulator that reads others gets them here, in the job's directory. */
static lynx_status prepare(const lynx_engine *engine, const lynx_job *job, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    if (!program[0]) return fail(error, LYNX_E_INTERNAL, "prepare was called before configure");
    lynx_engine_job *made = calloc(1, sizeof *made);
    if (!made) return fail(error, LYNX_E_RESOURCES, "no memory for another job");
    made->token = job->token;
    lynx_status status = control->open(host, job, &made->processes, error);
    if (status != LYNX_OK) {
        free(made);
        return status;
    }
    *out = made;
    return LYNX_OK;
}

/* A line that the simulator prints: telemetry TIME NAME VALUE UNITS. Others are left to the log. */
static void on_line(void *context, lynx_string line) {
    lynx_engine_job *job = context;
    char text[512], name[128], units[64];
    double time, value;
    if (line.size >= sizeof text) return;
    memcpy(text, line.data, line.size);
    text[line.size] = '\0';
    if (sscanf(text, "telemetry %lf %127s %lf %63s", &time, name, &value, units) != 4) return;
    const lynx_sample sample = {.name = {name, strlen(name)}, .units = {units, strlen(units)}, .sim_time_s = time, .value = value};
    host->emit_telemetry(host, job->token, &sample, 1);
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    const lynx_string arguments[] = {{program, strlen(program)}}; /* and its arguments, if it has any */
    const lynx_program request = {
        .struct_size = sizeof request, .arguments = arguments, .argument_count = 1, .context = job, .on_line = on_line,
    };
    return control->spawn(job->processes, &request, process, error);
}

static void terminate(lynx_engine_job *job) { control->kill(job->processes); }

/* Exit code 0 is success. Change *result here if your simulator means something else by it. */
static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    return control->reap(job->processes, result, error);
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    return control->collect(job->processes, collector, error);
}

static void release(lynx_engine_job *job) {
    control->close(job->processes);
    free(job);
}

/* A timeout or a cancellation: the simulator has some seconds to write down what it has. */
static int32_t stop(lynx_engine_job *job, int32_t reason, uint64_t deadline_ns) {
    (void)reason, (void)deadline_ns;
    control->signal(job->processes, SIGTERM);
    return 1;
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    static const lynx_soft_stop soft_stop = {.struct_size = sizeof soft_stop, .stop = stop};
    (void)engine;
    return is(name, LYNX_EXTENSION_SOFT_STOP) ? &soft_stop : NULL;
}

static const lynx_engine table = {
    .struct_size = sizeof table,
    .abi_major = LYNX_ABI_MAJOR,
    .abi_minor = LYNX_ABI_MINOR,
    .id = STRING("lab"), /* what batches and runners call it */
    .display_name = STRING("The lab's simulator"),
    .version = STRING("1.0.0"),
    .configure = configure,
    .prepare = prepare,
    .launch = launch,
    .terminate = terminate,
    .reap = reap,
    .collect = collect,
    .release = release,
    .get_extension = get_extension,
};

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *given, uint32_t abi_major) {
    const lynx_string name = STRING(LYNX_EXTENSION_PROCESS);
    if (abi_major != LYNX_ABI_MAJOR) return NULL;
    host = given;
    control = given->get_extension(given, name);
    return &table;
}
