/* What the engine of the tests does wrong on demand: one fault for each check, by the check's name. */
#pragma once

struct lynx_engine_job {
    char *directory, *output;
    const lynx_job *request;
    lynx_job_token token;
    pid_t pid;
    int exit_fd, early_status, was_killed;
    atomic_int terminations;
};

static lynx_engine *the_table;
static const lynx_host *late_host;
static atomic_int calls_at_once, live_jobs;

/* Aborts if two calls are under way at the same time. */
static void be_alone(void) {
    if (atomic_fetch_add(&calls_at_once, 1) > 0) abort();
    usleep(100000);
    atomic_fetch_sub(&calls_at_once, 1);
}

static void leave_file(void) {
    char path[4200];
    snprintf(path, sizeof path, "%s/checked-XXXXXX", getenv("TMPDIR"));
    close(mkstemp(path));
}

static int named(const char *fault, const char *name) { return strcmp(fault, name) == 0; }

static void discard(lynx_engine_job *job) {
    if (job->exit_fd >= 0) close(job->exit_fd);
    free(job->directory);
    free(job->output);
    free(job);
}

/* ---- when it is loaded, and what it says of itself ---------------------------------------------------- */

static void *sleep_for_ever(void *unused) {
    (void)unused;
    for (;;) pause();
    return NULL;
}

static void damage_at_entry(const char *fault, const lynx_host *host) {
    (void)host;
    pthread_t thread;
    if (named(fault, "library-loads-quickly")) usleep(150000);
    if (named(fault, "library-loads-silently")) pthread_create(&thread, NULL, sleep_for_ever, NULL);
}

static void *other_extension(const char *fault, lynx_string name) {
    static int made;
    const char known[] = LYNX_EXTENSION_WARM_WORKERS;
    if (named(fault, "extension-unknown-names") && name.size == 9) return &made;
    if (named(fault, "extension-hostile-names") && name.size > 1000) return &made;
    /* Reads on to a NUL. */
    if (named(fault, "extension-names-unterminated") && name.size && strcmp(name.data, "scenarios/9") == 0) return &made;
    if (named(fault, "concurrent-questions")) be_alone();
    if (named(fault, "extension-constant") && name.size == sizeof known - 1 && memcmp(name.data, known, name.size) == 0) return malloc(64);
    return NULL;
}

/* ---- settings and jobs ------------------------------------------------------------------------------------ */

static void damage_by_setting(const char *fault, lynx_string key, lynx_string value) {
    if (named(fault, "configure-empty-values") && value.size == 0) abort();
    if (named(fault, "configure-huge-values") && value.size > 100000) abort();
    if (named(fault, "configure-values-not-utf8") && value.size && (unsigned char)value.data[0] == 0xFF) abort();
    if (named(fault, "configure-values-with-nul") && value.size && memchr(value.data, 0, value.size)) abort();
    if (named(fault, "configure-hostile-keys") && key.size > 100000) abort();
}

static int same(lynx_string text, const char *value) { return text.size == strlen(value) && memcmp(text.data, value, text.size) == 0; }

static void damage_by_job(const char *fault, const lynx_job *job) {
    const lynx_string config = job->run_config_json;
    if (named(fault, "run-config-empty") && config.size == 0) abort();
    if (named(fault, "run-config-huge") && config.size > 1000000) abort();
    if (named(fault, "run-config-not-utf8") && config.size && memchr(config.data, 0xFF, config.size)) abort();
    if (named(fault, "run-config-with-nul") && config.size && memchr(config.data, 0, config.size)) abort();
    if (named(fault, "run-config-cut-off") && same(config, "{\"parameters\": {\"a")) abort();
    if (named(fault, "run-config-deep") && config.size == 100000 && config.data[99999] == '[') abort();
    if (named(fault, "job-hostile-ids") && job->job_id.size == 0) abort();
    if (named(fault, "job-hostile-url") && job->telemetry_url.size == 0) abort();
    if (named(fault, "job-hostile-type") && job->simulation_type.size == 0) abort();
    if (named(fault, "job-second-attempt") && job->attempt > 1) abort();
    /* Read without looking at struct_size. */
    if (named(fault, "host-1.1") && job->temporary_directory.size == 7777) abort();
    if (named(fault, "host-1.2") && job->setting_count == 7777) abort();
    if (named(fault, "host-1.3") && job->launcher_count == 7777) abort();
    if (named(fault, "no-memory-prepare")) {
        char *large = malloc(200 << 20);
        memset(large, 1, 200 << 20);
        free(large);
    }
    if (named(fault, "table-constant")) the_table->abi_minor++;
    if (named(fault, "job-stays-in-directory")) leave_file();
    if (named(fault, "concurrent-jobs") || named(fault, "concurrent-stops")) be_alone();
}

/* ---- what belongs to the process -------------------------------------------------------------------------- */

static void damage_process(const char *fault, const char *where) {
    if (strcmp(where, "launch") == 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        if (named(fault, "process-signal-mask")) pthread_sigmask(SIG_BLOCK, &set, NULL);
        if (named(fault, "process-signal-actions")) signal(SIGUSR2, SIG_IGN);
        if (named(fault, "process-working-directory") && chdir("/") != 0) abort();
        if (named(fault, "process-umask")) umask(0123);
        if (named(fault, "process-environment")) setenv("CHECKED_ENGINE", "was here", 1);
        struct rlimit files;
        getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = 200;
        if (named(fault, "process-limits")) setrlimit(RLIMIT_NOFILE, &files);
        if (named(fault, "process-locale")) setlocale(LC_ALL, "C.UTF-8");
        if (named(fault, "process-descriptors")) dup2(1, 40);
    }
    if (strcmp(where, "configure") == 0 && named(fault, "process-floating-point")) fesetround(FE_UPWARD);
}

static void *emit(void *token) {
    const lynx_sample sample = {.name = {"late", 4}, .sim_time_s = 1, .value = 2};
    usleep(30000);
    late_host->emit_telemetry(late_host, (lynx_job_token)(uintptr_t)token, &sample, 1);
    return NULL;
}

static void emit_later(const lynx_host *host, lynx_job_token token) {
    pthread_t thread;
    late_host = host;
    pthread_create(&thread, NULL, emit, (void *)(uintptr_t)token);
    pthread_detach(thread);
}

/* ---- the simulation ---------------------------------------------------------------------------------------- */

static const char *script(const char *fault) {
    if (named(fault, "job-succeeds")) return "exit 3";
    if (named(fault, "concurrent-same-result") && live_jobs > 1) return "exit 4";
    if (named(fault, "terminate-whole-tree")) return "setsid sh -c 'echo $$ > \"$TETRYX_OUTPUT_DIR/stray\"; exec sleep 1000' & sleep 1000";
    if (named(fault, "job-exit-descriptor") || named(fault, "terminate-stopped")) return "exec sleep 1000";
    if (named(fault, "no-descriptors-launch")) return "exec sleep 1";
    if (named(fault, "job-leaves-no-process")) return "setsid sleep 1000 & exit 0";
    return "echo note > \"$TETRYX_OUTPUT_DIR/note.txt\"";
}

static void damage_by_launch(const char *fault, lynx_engine_job *job) {
    atomic_fetch_add(&live_jobs, 1);
    if (named(fault, "hangs-in-launch")) sleep_for_ever(NULL);
    while (named(fault, "eats-memory")) memset(malloc(16 << 20), 1, 16 << 20), usleep(10000);
    if (named(fault, "job-lent-memory") && job->request->job_id.data[0] == 'x') abort();
    if (named(fault, "no-memory-launch")) {
        char *large = malloc(200 << 20);
        memset(large, 1, 200 << 20);
        free(large);
    }
}

static void wait_for_stray(const lynx_engine_job *job) {
    char path[4300];
    struct stat status;
    snprintf(path, sizeof path, "%s/stray", job->output);
    while (stat(path, &status) != 0 || status.st_size == 0) usleep(1000);
}

static int always_readable(int instead_of) {
    close(instead_of);
    return open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

static void reap_early(lynx_engine_job *job) {
    waitpid(job->pid, &job->early_status, 0);
    job->pid = 0;
}

static void damage_by_termination(const char *fault, lynx_engine_job *job, int again) {
    job->was_killed = 1;
    if (named(fault, "terminate-at-once") || named(fault, "terminate-running")) abort();
    if (named(fault, "terminate-twice") && again) abort();
    if (named(fault, "terminate-by-many")) be_alone();
    if (named(fault, "terminate-returns")) usleep(2500000);
}

static void damage_result(const char *fault, const lynx_engine_job *job, lynx_exit *result) {
    atomic_fetch_sub(&live_jobs, 1);
    if (named(fault, "job-exit-report")) result->exit_code = 0, result->exit_signal = SIGKILL;
    if (named(fault, "terminate-stopped")) result->success = 1;
    if (named(fault, "terminate-after-end") && job->was_killed) {
        result->success = 0;
        strcpy(result->message, "it was killed");
    }
}

/* ---- the files --------------------------------------------------------------------------------------------- */

typedef struct walk_state {
    const char *fault;
    const lynx_collector *collector;
    const char *top;
    int64_t total, most, most_of_one;
    int stopped;
} walk_state;

static void warn(const walk_state *state, const char *path, const char *why) {
    char line[5000];
    snprintf(line, sizeof line, "%s %s", path, why);
    /* Names of any bytes: a warning has to be UTF-8. */
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c >= 0x80 && strcmp(path, "\xC3\xBCn\xC3\xAF" "code.csv") != 0) *c = '?';
    }
    state->collector->warning(state->collector, (lynx_string){line, strlen(line)});
}

static int is_cancelled(const walk_state *state) {
    return LYNX_HAS_FIELD(lynx_collector, state->collector, is_cancelled) && !named(state->fault, "collect-cancelled") &&
           state->collector->is_cancelled(state->collector);
}

static void report(walk_state *state, const char *path, const char *relative) {
    lynx_artifact artifact = {.struct_size = sizeof artifact, .path = {relative, strlen(relative)}, .media_type = {"text/plain", 10}};
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (named(state->fault, "collect-no-links") ? 0 : O_NOFOLLOW));
    if (file < 0 && !named(state->fault, "collect-no-special-files")) {
        EVP_MD_CTX_free(hash);
        return warn(state, relative, "cannot be read");
    }
    static _Thread_local char piece[1 << 16];
    EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    ssize_t count;
    while (!state->stopped && (count = read(file, piece, sizeof piece)) > 0) {
        EVP_DigestUpdate(hash, piece, (size_t)count);
        artifact.size_bytes += count;
        if (is_cancelled(state)) state->stopped = 1;
    }
    EVP_DigestFinal_ex(hash, artifact.sha256, NULL);
    EVP_MD_CTX_free(hash);
    if (file >= 0) close(file);
    if (state->stopped) return;
    if (named(state->fault, "collect-true-files")) artifact.size_bytes++;
    state->total += artifact.size_bytes;
    state->collector->artifact(state->collector, &artifact);
}

static void visit(walk_state *state, const char *folder, const char *name) {
    char path[4600];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const char *relative = path + strlen(state->top) + 1;
    if ((named(state->fault, "collect-no-links") ? stat : lstat)(path, &status) != 0) return;
    if (S_ISDIR(status.st_mode)) {
        if (named(state->fault, "collect-no-links") && strncmp(name, "link", 4) == 0) return;
        struct dirent **entries;
        const int count = scandir(path, &entries, NULL, alphasort);
        for (int i = 0; i < count; i++) {
            const char *entry = entries[named(state->fault, "collect-repeats") && state->most_of_one % 2 ? count - 1 - i : i]->d_name;
            if (strcmp(entry, ".") != 0 && strcmp(entry, "..") != 0 && !state->stopped) visit(state, path, entry);
        }
        for (int i = 0; i < count; i++) free(entries[i]);
        if (count >= 0) free(entries);
        return;
    }
    if (named(state->fault, "collect-all-files") && name[0] == '.') return;
    if (named(state->fault, "collect-names-of-bytes") && strlen(name) == 3) state->stopped = 1;
    if (!S_ISREG(status.st_mode) && !named(state->fault, "collect-no-special-files")) return warn(state, relative, "is no regular file");
    if (status.st_size > state->most_of_one && !named(state->fault, "collect-file-limit")) return warn(state, relative, "is too large");
    if (state->total + status.st_size > state->most && !named(state->fault, "collect-total-limit")) return warn(state, relative, "is one too many");
    report(state, path, relative);
}

static void walk(const char *fault, const lynx_engine_job *job, const lynx_collector *collector) {
    static atomic_int calls;
    walk_state state = {.fault = fault, .collector = collector, .top = job->output, .most = INT64_MAX, .most_of_one = INT64_MAX - 1};
    if (LYNX_HAS_FIELD(lynx_collector, collector, max_total_bytes)) {
        state.most = collector->max_total_bytes;
        state.most_of_one = collector->max_file_bytes;
    }
    if (named(fault, "collect-repeats")) state.most_of_one = INT64_MAX - 1 - atomic_fetch_add(&calls, 1) % 2;
    char folder[4300];
    snprintf(folder, sizeof folder, "%s", job->output);
    char *name = strrchr(folder, '/');
    *name++ = 0;
    visit(&state, folder, name);
}

/* ---- what is left of a job ----------------------------------------------------------------------------------- */

static void leak_for(const char *fault, const char *name, const lynx_engine_job *job) {
    if (named(fault, name)) memcpy(malloc(4096), job, sizeof *job);
}

static void leave_behind(const char *fault, lynx_engine_job *job) {
    pthread_t thread;
    leak_for(fault, "leak-memory", job);
    if (named(fault, "leak-descriptors")) job->exit_fd = -1;
    if (named(fault, "leak-threads")) pthread_create(&thread, NULL, sleep_for_ever, NULL);
    if (named(fault, "leak-temporary-files")) leave_file();
    if (named(fault, "leak-zombies") && fork() == 0) _exit(0);
    if (named(fault, "leak-processes") && fork() == 0) for (;;) pause();
}
