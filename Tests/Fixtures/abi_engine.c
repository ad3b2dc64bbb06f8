/*
 * An engine for tests of the ABI's versions: it compiles with the header of every minor version, uses what that version has,
 * and writes the versions that it saw into an artifact. With MADE_UP it is built with a header of a later version than the
 * host's, whose structs are all longer. The setting "violate" names a rule of the header that it breaks.
 */
#define _GNU_SOURCE
#include "engine_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct lynx_engine_job {
    char output[4096];
    char temporary[4096];
    char seen[256];
    lynx_job_token token;
    pid_t pid;
    int exit_fd;
};

static const lynx_host *the_host;
static char violation[64];
static lynx_job_token released;
static const lynx_collector *latest_collector;

static int violates(const char *rule) { return strcmp(violation, rule) == 0; }

static lynx_string text(const char *value) { return (lynx_string){.data = value, .size = strlen(value)}; }

static void emit(lynx_job_token job) {
    const lynx_sample sample = {.name = text("abi.minor"), .units = text("1"), .sim_time_s = 1, .value = LYNX_ABI_MINOR};
    the_host->emit_telemetry(the_host, job, &sample, 1);
}

/* What it does with a job that is no more. */
static void disturb_released(void) {
    if (!released) return;
    if (violates("emits_of_released")) emit(released);
    if (violates("logs_of_released")) the_host->log(the_host, released, LYNX_LOG_INFO, text("too late"));
#if LYNX_ABI_MINOR >= 2
    const lynx_result_basis *basis = the_host->get_extension(the_host, text(LYNX_EXTENSION_RESULT_BASIS));
    if (violates("rests_on_released") && basis) basis->rests_on(the_host, released, text("something"));
#endif
}

static void *warn_elsewhere(void *collector) {
    const lynx_collector *to = collector;
    to->warning(to, text("from another thread"));
    return NULL;
}

static lynx_status fail(lynx_error *error, const char *message) {
    if (error) {
        error->code = LYNX_E_INTERNAL;
        error->system_errno = 0;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return LYNX_E_INTERNAL;
}

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (setting->key.size == 7 && memcmp(setting->key.data, "violate", 7) == 0) {
            snprintf(violation, sizeof violation, "%.*s", (int)setting->value.size, setting->value.data);
        }
    }
#ifdef MADE_UP
    if (LYNX_HAS_FIELD(lynx_host, the_host, made_up)) return fail(error, "the host's table is as long as this engine's");
    if (LYNX_HAS_FIELD(lynx_engine_config, config, made_up)) return fail(error, "the configuration is as long as this engine's");
#endif
    (void)error;
    return LYNX_OK;
}

static lynx_status prepare(const lynx_engine *engine, const lynx_job *request, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
#ifdef MADE_UP
    if (LYNX_HAS_FIELD(lynx_job, request, made_up)) return fail(error, "the job is as long as this engine's");
#endif
    disturb_released();
    if (violates("emits_early")) emit(request->token);
    if (violates("unknown_status")) return -77;
    if (violates("no_handle")) return LYNX_OK;
    lynx_engine_job *job = calloc(1, sizeof *job);
    if (!job) return fail(error, "no memory");
    snprintf(job->output, sizeof job->output, "%.*s/output", (int)request->directory.size, request->directory.data);
    snprintf(job->temporary, sizeof job->temporary, "none");
#if LYNX_ABI_MINOR >= 2
    if (LYNX_HAS_FIELD(lynx_job, request, temporary_directory)) {
        snprintf(job->temporary, sizeof job->temporary, "%.*s", (int)request->temporary_directory.size, request->temporary_directory.data);
    }
#endif
    job->token = request->token;
    job->exit_fd = -1;
    if (mkdir(job->output, 0700) != 0) {
        free(job);
        return fail(error, "cannot make the output directory");
    }
    *out = job;
    return LYNX_OK;
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    pid_t pid = fork();
    if (pid < 0) return fail(error, "cannot fork");
    if (pid == 0) {
        setsid();
        if (violates("slow")) pause();
        char path[4200], line[128];
        snprintf(path, sizeof path, "%s/seen.txt", job->output);
        int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        int size = snprintf(line, sizeof line, "engine 1.%u host 1.%u\n", LYNX_ABI_MINOR, the_host->abi_minor);
        _exit(file >= 0 && write(file, line, (size_t)size) == size ? 0 : 1);
    }
    job->pid = pid;
    job->exit_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    process->pid = pid;
    process->exit_fd = violates("no_exit_fd") ? 9999 : job->exit_fd;
    emit(job->token);
    return LYNX_OK;
}

static void terminate(lynx_engine_job *job) {
    if (job->pid > 0) kill(-job->pid, SIGKILL);
}

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    int status = 0;
    if (violates("slow")) kill(job->pid, SIGKILL);
    if (waitpid(job->pid, &status, 0) != job->pid) return fail(error, "cannot reap");
    job->pid = 0;
    result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->success = result->exit_code == 0;
#if LYNX_ABI_MINOR >= 1
    if (LYNX_HAS_FIELD(lynx_exit, result, failure_class)) result->failure_class = LYNX_FAILURE_SIMULATION;
#endif
#ifdef MADE_UP
    if (LYNX_HAS_FIELD(lynx_exit, result, made_up)) return fail(error, "the exit is as long as this engine's");
#endif
    return LYNX_OK;
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    char path[4200];
    struct stat info;
    snprintf(path, sizeof path, "%s/seen.txt", job->output);
    if (stat(path, &info) != 0) return fail(error, "no seen.txt");
#if LYNX_ABI_MINOR >= 2
    if (LYNX_HAS_FIELD(lynx_collector, collector, is_cancelled) && collector->is_cancelled(collector)) return LYNX_OK;
#endif
    if (violates("emits_late")) emit(job->token);
    latest_collector = collector;
    if (!violates("artifact_first")) collector->output_directory(collector, text(job->output));
    if (violates("directory_twice")) collector->output_directory(collector, text(job->output));
    pthread_t thread;
    if (violates("collects_elsewhere") && pthread_create(&thread, NULL, warn_elsewhere, (void *)collector) == 0) pthread_join(thread, NULL);
    lynx_artifact artifact;
    memset(&artifact, 0, sizeof artifact);
    artifact.struct_size = sizeof artifact;
    artifact.path = text("seen.txt");
    artifact.media_type = text("text/plain");
    artifact.size_bytes = info.st_size;
    collector->artifact(collector, &artifact);
    if (violates("artifact_first")) collector->output_directory(collector, text(job->output));
    char warning[4400];
    snprintf(warning, sizeof warning, "temporary: %s", strcmp(job->temporary, "none") == 0 ? "none" : access(job->temporary, F_OK) == 0 ? "there" : "gone");
    collector->warning(collector, text(warning));
    return LYNX_OK;
}

static void release(lynx_engine_job *job) {
    terminate(job);
    if (job->pid > 0) waitpid(job->pid, NULL, 0);
    if (job->exit_fd >= 0) close(job->exit_fd);
    if (violates("collects_late")) latest_collector->warning(latest_collector, text("too late"));
    released = job->token;
    free(job);
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    (void)engine;
    (void)name;
    return NULL;
}

static const lynx_engine engine = {
    .struct_size = sizeof(lynx_engine), .abi_major = LYNX_ABI_MAJOR, .abi_minor = LYNX_ABI_MINOR,
    .id = {"abi", 3}, .display_name = {"ABI", 3}, .version = {"1", 1},
    .configure = configure, .prepare = prepare, .launch = launch, .terminate = terminate, .reap = reap, .collect = collect,
    .release = release, .get_extension = get_extension,
};

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    the_host = host;
    return abi_major == LYNX_ABI_MAJOR ? &engine : NULL;
}
