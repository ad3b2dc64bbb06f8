/* An engine that runs one program per job: the setting `program`, started in the job's output directory.
 *
 *   cc -std=c11 -Wall -Wextra -fPIC -shared -fvisibility=hidden -I Sources/EngineABI -o shell_engine.so docs/examples/shell_engine.c
 */
#define _GNU_SOURCE
#include "engine_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct lynx_engine_job {
    char *output, *config_variable, *url_variable, *output_variable;
    pid_t pid; /* 0 when there is nothing to kill */
    int exit_fd;
};

static char *program;

static char *text(lynx_string string) { return strndup(string.size ? string.data : "", string.size); }

static lynx_status fail(lynx_error *error, lynx_status code, const char *what) {
    if (error) {
        error->code = code;
        error->system_errno = errno;
        snprintf(error->message, sizeof error->message, "%s: %s", what, strerror(errno));
    }
    return code;
}

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    for (size_t i = 0; i < config->setting_count; i++) {
        char *key = text(config->settings[i].key);
        if (strcmp(key, "program") == 0) program = text(config->settings[i].value);
        free(key);
    }
    errno = ENOENT;
    if (!program || access(program, X_OK) != 0) return fail(error, LYNX_E_INVALID, "engine_options.shell.program");
    return LYNX_OK;
}

static void release(lynx_engine_job *job);

static lynx_status prepare(const lynx_engine *engine, const lynx_job *job, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    lynx_engine_job *made = calloc(1, sizeof *made);
    char *directory = text(job->directory), *url = text(job->telemetry_url), *config;
    made->exit_fd = -1;
    asprintf(&made->output, "%s/output", directory);
    asprintf(&config, "%s/run_config.json", directory);
    asprintf(&made->config_variable, "TETRYX_RUN_CONFIG=%s", config);
    asprintf(&made->url_variable, "TETRYX_TELEMETRY_URL=%s", url);
    asprintf(&made->output_variable, "TETRYX_OUTPUT_DIR=%s", made->output);
    FILE *file = mkdir(made->output, 0700) == 0 ? fopen(config, "wxe") : NULL;
    int failed = !file || fwrite(job->run_config_json.data, 1, job->run_config_json.size, file) < job->run_config_json.size;
    if (file && fclose(file) != 0) failed = 1;
    free(directory);
    free(url);
    free(config);
    if (failed) {
        release(made);
        return fail(error, LYNX_E_RESOURCES, "cannot write the job's files");
    }
    *out = made;
    return LYNX_OK;
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    char *const arguments[] = {program, NULL};
    char *const environment[] = {"PATH=/usr/bin:/bin", job->config_variable, job->url_variable, job->output_variable, NULL};
    const pid_t host = getpid(), pid = fork();
    if (pid < 0) return fail(error, LYNX_E_RESOURCES, "cannot fork");
    if (pid == 0) {
        setsid();
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* launches come from a thread that lives as long as the host */
        signal(SIGTERM, SIG_DFL); /* the host ignores these, and exec keeps that */
        signal(SIGINT, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        if (getppid() != host || chdir(job->output) != 0) _exit(127);
        execve(program, arguments, environment);
        _exit(127);
    }
    job->exit_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (job->exit_fd < 0) {
        lynx_status status = fail(error, LYNX_E_RESOURCES, "cannot open a pidfd");
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return status;
    }
    job->pid = process->pid = pid;
    process->exit_fd = job->exit_fd;
    return LYNX_OK;
}

static void terminate(lynx_engine_job *job) {
    if (job->pid == 0) return;
    kill(-job->pid, SIGKILL);
    kill(job->pid, SIGKILL); /* if it has not become the leader of its group yet */
}

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    int status;
    struct rusage usage;
    terminate(job); /* what is left of the group */
    if (wait4(job->pid, &status, 0, &usage) != job->pid) return fail(error, LYNX_E_INTERNAL, "cannot reap");
    job->pid = 0;
    result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->success = result->exit_code == 0;
    result->retryable = result->exit_code != 127; /* a program that cannot be started never can */
    result->max_rss_bytes = usage.ru_maxrss * 1024;
    if (result->exit_signal) {
        snprintf(result->message, sizeof result->message, "ended by signal %d", result->exit_signal);
    } else if (!result->success) {
        snprintf(result->message, sizeof result->message, "exit code %d", result->exit_code);
    }
    return LYNX_OK;
}

/* Reports no artifacts, only where they would be: an engine walks the directory here, and hashes each file. */
static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    (void)error;
    collector->output_directory(collector, (lynx_string){job->output, strlen(job->output)});
    return LYNX_OK;
}

static void release(lynx_engine_job *job) {
    if (job->pid != 0) {
        terminate(job);
        waitpid(job->pid, NULL, 0);
    }
    if (job->exit_fd >= 0) close(job->exit_fd);
    free(job->output);
    free(job->config_variable);
    free(job->url_variable);
    free(job->output_variable);
    free(job);
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    (void)engine;
    (void)name;
    return NULL;
}

#define STRING(literal) {literal, sizeof literal - 1}

static const lynx_engine table = {
    .struct_size = sizeof table,
    .abi_major = LYNX_ABI_MAJOR,
    .abi_minor = LYNX_ABI_MINOR,
    .id = STRING("shell"),
    .display_name = STRING("Any program"),
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

const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    (void)host;
    return abi_major == LYNX_ABI_MAJOR ? &table : NULL;
}
