/*
 * An engine that keeps every rule of the header, and breaks one of them on demand: the variable LYNX_CHECK_FAULT names the
 * check that is to fail. Its jobs run /bin/sh.
 */
#define _GNU_SOURCE
#include "engine_abi.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checked_engine.h"

static const lynx_host *the_host;
static const char *fault = "";
static int configured;
static const char *kept_setting;

static int is(const char *name) { return strcmp(fault, name) == 0; }

static lynx_string text(const char *value) { return (lynx_string){.data = value, .size = strlen(value)}; }

static lynx_status fail(lynx_error *error, lynx_status code, int number, const char *what) {
    if (is("configure-without-error") || is("prepare-without-error")) error->code = code;
    if (!error) return code;
    error->code = is("prepare-describes-errors") ? 0 : code;
    error->system_errno = number;
    snprintf(error->message, sizeof error->message, "%s%s%s", what, number ? ": " : "", number ? strerror(number) : "");
    if (is("configure-describes-errors")) error->message[0] = 0;
    if (is("host-later-errors")) ((char *)error)[sizeof *error] = 0;
    return code;
}

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_string key = config->settings[i].key, value = config->settings[i].value;
        damage_by_setting(fault, key, value);
        if (is("configure-lent-memory") && value.size) kept_setting = value.data;
        if (key.size == 5 && memcmp(key.data, "check", 5) == 0) return fail(error, LYNX_E_INVALID, 0, "check: is no option");
        if (memchr(value.data ? value.data : "", '\n', value.size)) return fail(error, LYNX_E_INVALID, 0, "an option has two lines; give one");
    }
    if (config->setting_count == 0 && is("configure-nothing")) abort();
    if (is("configure-succeeds")) return fail(error, LYNX_E_INVALID, 0, "simulator: is not set; name a program");
    damage_process(fault, "configure");
    configured = 1;
    return LYNX_OK;
}

static lynx_status prepare(const lynx_engine *engine, const lynx_job *request, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    if (!configured && !is("job-before-configure")) return fail(error, LYNX_E_INTERNAL, 0, "configure was not called before prepare");
    if (!configured) abort();
    damage_by_job(fault, request);
    if (kept_setting && kept_setting[0] == 1) abort();
    lynx_engine_job *job = calloc(1, sizeof *job);
    if (!job) return fail(error, LYNX_E_RESOURCES, ENOMEM, "no memory for a job");
    job->exit_fd = -1;
    job->token = request->token;
    job->request = request;
    job->directory = strndup(request->directory.data, request->directory.size);
    char output[4200], config[4200];
    snprintf(output, sizeof output, "%s/output", job->directory);
    snprintf(config, sizeof config, "%s/run_config.json", job->directory);
    job->output = strdup(output);
    if (is("no-descriptors-prepare")) {
        const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (file < 0) {
            discard(job);
            return fail(error, LYNX_E_INVALID, errno, "cannot open /dev/null");
        }
        close(file);
    }
    const int file = mkdir(output, 0700) == 0 ? open(config, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    const size_t size = request->run_config_json.size;
    const int written = file >= 0 && write(file, request->run_config_json.data, size) == (ssize_t)size;
    const int number = errno;
    if (file >= 0) close(file);
    if (!written) {
        discard(job);
        if (is("read-only-directory") && number == EROFS) abort();
        return fail(error, is("full-disk") && number == ENOSPC ? LYNX_E_INVALID : LYNX_E_RESOURCES, number, "cannot write the job's files");
    }
    damage_process(fault, "prepare");
    leak_for(fault, "leak-unlaunched", job);
    *out = job;
    return LYNX_OK;
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    if (job->pid && !is("job-not-launched-twice")) return fail(error, LYNX_E_INTERNAL, 0, "the job was launched already");
    damage_by_launch(fault, job);
    if (is("missing-directory") && access(job->directory, F_OK) != 0) abort();
    char output[4300];
    snprintf(output, sizeof output, "TETRYX_OUTPUT_DIR=%s", job->output);
    char *const environment[] = {"PATH=/usr/bin:/bin", output, NULL};
    char *const arguments[] = {"sh", "-c", (char *)script(fault), NULL};
    const pid_t host = getpid();
    const pid_t pid = fork();
    if (pid < 0) return fail(error, LYNX_E_RESOURCES, errno, "cannot fork");
    if (pid == 0) {
        if (!is("job-own-session")) setsid(); else setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != host) _exit(127);
        execve("/bin/sh", arguments, environment);
        _exit(127);
    }
    while (getpgid(pid) != pid) usleep(100);
    job->pid = pid;
    job->exit_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (job->exit_fd < 0) {
        const int number = errno;
        if (!is("no-descriptors-launch")) {
            kill(-pid, SIGKILL);
            waitpid(pid, NULL, 0);
            job->pid = 0;
        }
        return fail(error, LYNX_E_RESOURCES, number, "cannot open a pidfd");
    }
    process->pid = pid;
    process->exit_fd = job->exit_fd;
    if (is("job-exit-descriptor")) process->exit_fd = job->exit_fd = always_readable(job->exit_fd);
    if (is("process-close-on-exec")) fcntl(job->exit_fd, F_SETFD, 0);
    if (is("job-pid-kept")) reap_early(job);
    if (is("host-later")) ((char *)process)[sizeof *process] = 0;
    if (is("terminate-whole-tree")) wait_for_stray(job);
    const lynx_sample sample = {.name = text("check.level"), .units = text("m"), .sim_time_s = 1, .value = 2};
    the_host->emit_telemetry(the_host, job->token, &sample, 1);
    the_host->log(the_host, job->token, LYNX_LOG_INFO, text(is("host-called-legally") ? "\xFF" : "launched"));
    damage_process(fault, "launch");
    return LYNX_OK;
}

static void terminate(lynx_engine_job *job) {
    const int again = atomic_fetch_add(&job->terminations, 1);
    damage_by_termination(fault, job, again);
    if (job->pid > 0) kill(-job->pid, SIGKILL);
}

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    int status = job->early_status;
    if (job->pid > 0 && waitpid(job->pid, &status, 0) != job->pid) return fail(error, LYNX_E_INTERNAL, errno, "cannot wait for the simulation");
    job->pid = 0;
    result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->success = result->exit_code == 0;
    result->retryable = 1;
    result->message[0] = 0;
    if (LYNX_HAS_FIELD(lynx_exit, result, failure_class) || is("host-1.0")) result->failure_class = LYNX_FAILURE_SIMULATION;
    if (!result->success) snprintf(result->message, sizeof result->message, "exit code %d, signal %d", result->exit_code, result->exit_signal);
    damage_result(fault, job, result);
    damage_process(fault, "reap");
    return LYNX_OK;
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    if (is("collect-after-kill") && job->was_killed) return fail(error, LYNX_E_INTERNAL, 0, "the job was killed");
    if (is("collect-names-directory")) collector->warning(collector, text("a warning that comes first"));
    collector->output_directory(collector, text(job->output));
    walk(fault, job, collector);
    damage_process(fault, "collect");
    return LYNX_OK;
}

static void release(lynx_engine_job *job) {
    if (job->pid > 0 && !is("release-kills")) {
        kill(-job->pid, SIGKILL);
        waitpid(job->pid, NULL, 0);
    }
    if (is("release-unlaunched") && job->exit_fd < 0) abort();
    if (is("host-called-after-release")) emit_later(the_host, job->token);
    leave_behind(fault, job);
    discard(job);
    damage_process(fault, "release");
}

static void list(const lynx_engine *engine, void (*take)(void *, const lynx_warm_worker *), void *context) {
    (void)engine;
    const lynx_warm_worker worker = {
        .struct_size = sizeof worker, .state = is("extension-warm-workers") ? 77 : LYNX_WARM_OFF, .entrypoint = text("none"), .message = text("not needed")};
    take(context, &worker);
}

static lynx_status check(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    if (config->setting_count > 0) return LYNX_OK;
    const lynx_status status = fail(error, LYNX_E_INVALID, 0, "there are no settings; give an entrypoint");
    return is("extension-scenarios") ? 7 : status;
}

static int32_t has_default(const lynx_engine *engine) {
    (void)engine;
    return 1;
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    static const lynx_warm_workers warm_workers = {.struct_size = sizeof warm_workers, .list = list};
    static const lynx_scenarios scenarios = {.struct_size = sizeof scenarios, .check = check, .has_default = has_default};
    (void)engine;
    void *other = other_extension(fault, name);
    if (other) return other;
    if (name.size == strlen(LYNX_EXTENSION_WARM_WORKERS) && memcmp(name.data, LYNX_EXTENSION_WARM_WORKERS, name.size) == 0) return &warm_workers;
    if (name.size == strlen(LYNX_EXTENSION_SCENARIOS) && memcmp(name.data, LYNX_EXTENSION_SCENARIOS, name.size) == 0) return &scenarios;
    return NULL;
}

#ifdef EXPORTS_MORE
LYNX_EXPORT int another_symbol(void);
int another_symbol(void) { return 1; }
#endif
#ifdef WANTS_HOST
extern int lynx_host_function(void);
#endif

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    static lynx_engine engine;
    const char *name = getenv("LYNX_CHECK_FAULT");
    if (name) fault = name;
#ifdef WANTS_HOST
    if (is("never")) lynx_host_function();
#endif
    if (abi_major != LYNX_ABI_MAJOR && !is("entry-refuses-other-majors")) return NULL;
    the_host = host;
    damage_at_entry(fault, host);
    if (is("entry-serves-later-host") && host->abi_minor > LYNX_ABI_MINOR) return NULL;
    if (is("entry-serves-plain-host") && !host->get_extension(host, text(LYNX_EXTENSION_RESULT_BASIS))) abort();
    engine = (lynx_engine){
        .struct_size = is("table-size") ? 40 : sizeof engine,
        .abi_major = is("table-major") ? 9 : LYNX_ABI_MAJOR,
        .abi_minor = LYNX_ABI_MINOR,
        .id = text(is("table-id") ? "Checked Engine" : "checked"),
        .display_name = text(is("table-texts") ? "\xC0" : "Checked engine"),
        .version = text("1.0.0"),
        .configure = configure,
        .prepare = prepare,
        .launch = launch,
        .terminate = is("table-functions") ? NULL : terminate,
        .reap = reap,
        .collect = collect,
        .release = release,
        .get_extension = get_extension,
    };
    the_table = &engine;
    return &engine;
}
