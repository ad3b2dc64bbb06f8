/*
 * A drop-in engine in plain C against the header alone, that misbehaves as a job's parameter "fault" says.
 * It starts its simulations itself, without the guardian that the project's own engines use.
 */
#define _GNU_SOURCE
#include "engine_abi.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FAULT_ID
#define FAULT_ID "fault"
#endif

struct lynx_engine_job {
    char fault[64];
    char directory[4096];
    char output[4096];
    lynx_job_token token;
    uint32_t attempt;
    pid_t pid;
    int exit_fd;
};

static const lynx_host *the_host;

/* Does not return before the file "go" lies in the job's directory. */
static void hang(const lynx_engine_job *job) {
    char go[4200];
    snprintf(go, sizeof go, "%s/go", job->directory);
    while (access(go, F_OK) != 0) usleep(1000);
}

static int is(const lynx_engine_job *job, const char *fault) { return strcmp(job->fault, fault) == 0; }

static void loop(void) {
    for (volatile int on = 1; on;) {}
}

static void leak(void) {
    enum { PIECE = 4 << 20, MOST = 1024 };
    for (int i = 0; i < MOST; i++) {
        char *piece = malloc(PIECE);
        if (piece) memset(piece, 1, PIECE);
    }
}

static void corrupt(void) {
    /* Through a volatile, so that no compiler sees it coming. */
    char *volatile block = malloc(64);
    for (int i = -16; i < 4096; i++) block[i] = 0x5A;
    free(block);
}

static void unmask(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void leave_copy(void) {
    if (fork() > 0) exit(0);
    for (;;) pause();
}

static void dereference(void) { *(volatile int *)8 = 1; }
static void close_all(void) { syscall(SYS_close_range, 0, ~0u, 0); }
static void leave(void) { exit(0); }
static void kill_parent(void) {
    kill(getppid(), SIGKILL);
    for (;;) pause();
}

/* What a defect does to the whole process, wherever it lies. */
static void misbehave(const lynx_engine_job *job, const char *where) {
    static const struct {
        const char *name;
        void (*act)(void);
    } defects[] = {
        {"aborts", abort}, {"segfaults", dereference}, {"closes", close_all}, {"loops", loop}, {"leaks", leak}, {"corrupts", corrupt},
        {"unmasks", unmask}, {"exits", leave}, {"forks", leave_copy}, {"kills_parent", kill_parent},
    };
    const size_t length = strlen(where);
    if (strncmp(job->fault, where, length) != 0 || job->fault[length] != '_') return;
    if (strcmp(job->fault + length + 1, "hangs") == 0) hang(job);
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        if (strcmp(job->fault + length + 1, defects[i].name) == 0) defects[i].act();
    }
}

static lynx_string text(const char *value) { return (lynx_string){.data = value, .size = strlen(value)}; }

/* What follows a prefix in the job's fault; NULL if it begins otherwise. */
static const char *fault_after(const lynx_engine_job *job, const char *prefix) {
    return strncmp(job->fault, prefix, strlen(prefix)) == 0 ? job->fault + strlen(prefix) : NULL;
}

/*
 * rests_on_NAME: the result of a job's first attempt does; insists_on_NAME: that of each; retracts_NAME: takes it back;
 * rests_then_retracts_NAME: the first three results rest on it, and the fourth takes it back.
 */
static void settle_basis(const lynx_engine_job *job) {
    static atomic_int reaped;
    const char *turns = fault_after(job, "rests_then_retracts_");
    const char *rests = fault_after(job, "rests_on_"), *insists = fault_after(job, "insists_on_"), *retracts = fault_after(job, "retracts_");
    const lynx_result_basis *basis = the_host->get_extension(the_host, text(LYNX_EXTENSION_RESULT_BASIS));
    if (!basis || !LYNX_HAS_FIELD(lynx_result_basis, basis, retract)) return;
    if (turns && job->attempt == 1) {
        if (atomic_fetch_add(&reaped, 1) < 3) rests = turns; else retracts = turns;
    }
    if (insists || (rests && job->attempt == 1)) {
        basis->rests_on(the_host, job->token, text("what was thought first"));
        basis->rests_on(the_host, job->token, text(insists ? insists : rests));
    }
    if (retracts) basis->retract(the_host, text(retracts), text("a sample differed\nfrom its cold run"));
}

static lynx_status fail(lynx_error *error, lynx_status code, const char *message) {
    if (error) {
        error->code = code;
        error->system_errno = 0;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return code;
}

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (setting->key.size == 6 && memcmp(setting->key.data, "refuse", 6) == 0) {
            return fail(error, LYNX_E_INVALID, "refuse: set, so this configuration is refused");
        }
        if (setting->key.size == 5 && memcmp(setting->key.data, "abort", 5) == 0) abort();
    }
    return LYNX_OK;
}

static lynx_status prepare(const lynx_engine *engine, const lynx_job *request, lynx_engine_job **out, lynx_error *error) {
    (void)engine;
    char config[8192];
    snprintf(config, sizeof config, "%.*s", (int)request->run_config_json.size, request->run_config_json.data);
    lynx_engine_job *job = calloc(1, sizeof *job);
    if (!job) return fail(error, LYNX_E_RESOURCES, "no memory");
    const char *found = strstr(config, "\"fault\" : \"");
    if (found) sscanf(found, "\"fault\" : \"%63[a-z0-9_]", job->fault);
    job->token = request->token;
    job->attempt = request->attempt;
    job->exit_fd = -1;
    snprintf(job->directory, sizeof job->directory, "%.*s", (int)request->directory.size, request->directory.data);
    snprintf(job->output, sizeof job->output, "%.*s/output", (int)request->directory.size, request->directory.data);
    if (mkdir(job->output, 0700) != 0 || strcmp(job->fault, "prepare_resources") == 0) {
        free(job);
        return fail(error, LYNX_E_RESOURCES, "nothing left to prepare with");
    }
    misbehave(job, "prepare");
    if (strcmp(job->fault, "prepare_invalid") == 0) {
        free(job);
        return fail(error, LYNX_E_INVALID, "this job cannot be");
    }
    if (strcmp(job->fault, "prepare_nothing") == 0) {
        free(job);
        *out = NULL;
        return LYNX_OK;
    }
    *out = job;
    return LYNX_OK;
}

static const char *script(const lynx_engine_job *job) {
    if (strcmp(job->fault, "exit_3") == 0) return "exit 3";
    if (is(job, "waits_and_fails")) return "while [ ! -e \"$TETRYX_OUTPUT_DIR/../go\" ]; do sleep 0.01; done; exit 4";
    if (is(job, "fills")) return "cat /dev/zero > \"$TETRYX_OUTPUT_DIR/zero\"";
    if (is(job, "sleeps") || is(job, "emits") || strncmp(job->fault, "terminate_", 10) == 0) return "exec sleep 1000";
    /* Leaves a process in a session of its own, and tells its pid. */
    if (strcmp(job->fault, "leaves_stray") == 0) {
        return "setsid sh -c 'echo $$ > \"$TETRYX_OUTPUT_DIR/stray\"; exec sleep 1000' & "
               "while [ ! -s \"$TETRYX_OUTPUT_DIR/stray\" ]; do sleep 0.01; done; exit 0";
    }
    if (fault_after(job, "retracts_")) return "while [ ! -e \"$TETRYX_OUTPUT_DIR/go\" ]; do sleep 0.01; done; exit 0";
    return "exit 0";
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    misbehave(job, "launch");
    if (strcmp(job->fault, "launch_fails") == 0) return fail(error, LYNX_E_LAUNCH, "no such simulator");
    if (strcmp(job->fault, "launch_nothing") == 0) return LYNX_OK;
    char output[4200];
    snprintf(output, sizeof output, "TETRYX_OUTPUT_DIR=%s", job->output);
    char *const environment[] = {"PATH=/usr/bin:/bin", output, NULL};
    char *const arguments[] = {"sh", "-c", (char *)script(job), NULL};
    job->pid = fork();
    if (job->pid < 0) return fail(error, LYNX_E_RESOURCES, strerror(errno));
    if (job->pid == 0) {
        setsid();
        execve("/bin/sh", arguments, environment);
        _exit(127);
    }
    /* The host kills by group, which the child may not have made yet. */
    while (getpgid(job->pid) != job->pid) usleep(100);
    job->exit_fd = (int)syscall(SYS_pidfd_open, job->pid, 0);
    process->pid = job->pid;
    process->exit_fd = job->exit_fd;
    if (is(job, "launch_hangs_late")) hang(job);
    if (strcmp(job->fault, "emits") == 0) {
        const lynx_sample samples[] = {
            {.name = text("fault.level"), .units = text("m"), .sim_time_s = 1, .value = 1},
            {.name = text("fault.level"), .units = text("m"), .sim_time_s = 2, .value = 200},
        };
        the_host->emit_telemetry(the_host, job->token, samples, 2);
        the_host->log(the_host, job->token, LYNX_LOG_INFO, text("two samples emitted"));
    }
    return LYNX_OK;
}

static void terminate(lynx_engine_job *job) {
    misbehave(job, "terminate");
    kill(-job->pid, SIGKILL);
}

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    int status = 0;
    misbehave(job, "reap");
    if (waitpid(job->pid, &status, 0) != job->pid) return fail(error, LYNX_E_INTERNAL, strerror(errno));
    if (strcmp(job->fault, "reap_fails") == 0) return fail(error, LYNX_E_INTERNAL, "lost count of my processes");
    settle_basis(job);
    result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->success = result->exit_code == 0;
    result->retryable = 1;
    snprintf(result->message, sizeof result->message, "exit code %d", result->exit_code);
    return LYNX_OK;
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    collector->output_directory(collector, text(job->output));
    misbehave(job, "collect");
    if (strcmp(job->fault, "collect_fails") == 0) return fail(error, LYNX_E_RESOURCES, "the output is out of reach");
    if (strcmp(job->fault, "long_names") == 0) {
        /* Together far more than a result may take, and the one that matters comes last. */
        char path[3001];
        memset(path, 'n', 3000);
        path[3000] = 0;
        memcpy(path, "deep/", 5);
        for (int i = 0; i < 60000; i++) {
            snprintf(path + 5, 6, "%05d", i);
            path[10] = 'n';
            const lynx_artifact long_name = {.struct_size = sizeof long_name, .path = text(path), .media_type = text("text/plain")};
            collector->artifact(collector, &long_name);
        }
    }
    const lynx_artifact artifact = {
        .struct_size = sizeof artifact, .path = text("note.txt"), .media_type = text("text/plain"), .size_bytes = 7, .sha256 = {0xAB, 0xCD}};
    collector->artifact(collector, &artifact);
    collector->warning(collector, text("one thing to know"));
    return LYNX_OK;
}

static void release(lynx_engine_job *job) {
    misbehave(job, "release");
    if (job->exit_fd >= 0) close(job->exit_fd);
    free(job);
}

static void list_warm_workers(const lynx_engine *engine, void (*take)(void *, const lynx_warm_worker *), void *context) {
    (void)engine;
    const lynx_warm_worker workers[] = {
        {.struct_size = sizeof workers[0], .state = LYNX_WARM_READY, .entrypoint = text("a.py"), .pid = 4711, .rss_bytes = 1 << 20, .jobs_started = 3},
        {.struct_size = sizeof workers[0], .state = LYNX_WARM_STARTING, .entrypoint = text("b.py"), .pid = -1, .rss_bytes = -1},
        {.struct_size = sizeof workers[0], .state = LYNX_WARM_OFF, .entrypoint = text("c.py"), .message = text("it is Monday")},
        {.struct_size = sizeof workers[0], .state = 99, .jobs_started = UINT64_MAX},
        {.struct_size = sizeof workers[0] / 2, .state = LYNX_WARM_READY, .entrypoint = text("too short")},
    };
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) take(context, &workers[i]);
    take(context, NULL);
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    static const lynx_warm_workers warm_workers = {.struct_size = sizeof warm_workers, .list = list_warm_workers};
    (void)engine;
    const char wanted[] = LYNX_EXTENSION_WARM_WORKERS;
    return name.size == sizeof wanted - 1 && memcmp(name.data, wanted, name.size) == 0 ? &warm_workers : NULL;
}

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    static lynx_engine engine;
    if (abi_major != LYNX_ABI_MAJOR) return NULL;
    the_host = host;
    engine = (lynx_engine){
        .struct_size = sizeof engine,
        .abi_major = LYNX_ABI_MAJOR,
        .abi_minor = LYNX_ABI_MINOR,
        .id = text(FAULT_ID),
        .display_name = text("Fault engine"),
        .version = text("1.2.3"),
        .configure = configure,
        .prepare = prepare,
        .launch = launch,
        .terminate = terminate,
        .reap = reap,
        .collect = collect,
        .release = release,
        .get_extension = get_extension,
    };
    return &engine;
}
