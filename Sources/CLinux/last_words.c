#define _GNU_SOURCE
#include "last_words.h"

#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_DAMAGED = 70, PATIENCE_MS = 300, MOST_FRAMES = 32, SIGNAL_STACK = 64 << 10 };

static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};

static char program_name[64] = "runner-host";
static _Thread_local char activity[201];
/* What a thread began last; only used for the last line. */
static char latest_activity[201];

/* A pipe that nothing is ever written to. Its inode number is unique, so that it can be recognised. */
static int canary = -1;
static struct stat canary_status;

static sem_t wanted;
static atomic_bool has_speaker;
static atomic_flag speaking = ATOMIC_FLAG_INIT;
/* If empty, everything has been written, and only the end of the process remains to be ensured. */
static char last_line[640];
static int last_signal;

static void put(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t count = write(STDERR_FILENO, text, left);
        if (count <= 0) return;
        text += count;
        left -= (size_t)count;
    }
}

/* This thread has a descriptor table of its own, so its standard error stays open whatever others close. */
static void *speaker(void *unused) {
    (void)unused;
    prctl(PR_SET_NAME, "lynx-last-words", 0, 0, 0);
    if (unshare(CLONE_FILES) != 0) return NULL;
    syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0);
    atomic_store(&has_speaker, true);
    while (sem_wait(&wanted) != 0) {}
    put(last_line);
    if (last_signal == 0) _exit(EXIT_DAMAGED);
    /* If the speaker does not answer, the handler raises the signal itself. */
    const struct timespec patience = {.tv_nsec = PATIENCE_MS * 1000000L};
    nanosleep(&patience, NULL);
    kill(getpid(), SIGKILL);
    return NULL;
}

/* Only the first thread to arrive is reported; all others wait for the end of the process. */
static void have_first_word(void) {
    while (atomic_flag_test_and_set(&speaking)) pause();
}

/* Has the speaker write the last line, and ends the process. */
static _Noreturn void leave_it_to_the_speaker(void) {
    if (atomic_load(&has_speaker)) {
        sem_post(&wanted);
        for (;;) pause();
    }
    put(last_line);
    _exit(EXIT_DAMAGED);
}

static void on_fatal(int number, siginfo_t *info, void *context) {
    (void)info;
    (void)context;
    have_first_word();
    if (!lynx_descriptors_are_intact()) {
        /* Descriptors have been closed: the thread that crashed is only the first that needed one of them. */
        snprintf(
            last_line, sizeof last_line,
            "%s: descriptors of this process were closed by an engine, the latest call was %s; this process ends, and its simulations with it\n",
            program_name, latest_activity[0] ? latest_activity : "none");
        leave_it_to_the_speaker();
    }
    const char *what = activity[0] ? activity : "no call of an engine";
    snprintf(
        last_line, sizeof last_line, "%s: ended by %s%s in %s; its simulations end with it\n", program_name,
        sigabbrev_np(number) ? "SIG" : "signal ", sigabbrev_np(number) ? sigabbrev_np(number) : "", what);
    put(last_line);
    last_line[0] = 0;
    last_signal = number;
    if (atomic_load(&has_speaker)) sem_post(&wanted);
    void *frames[MOST_FRAMES];
    int count = backtrace(frames, MOST_FRAMES);
    backtrace_symbols_fd(frames, count, STDERR_FILENO);
    signal(number, SIG_DFL);
    raise(number);
    /* The signal stays pending until the handler returns. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    _exit(EXIT_DAMAGED);
}

void lynx_prepare_last_words(const char *program) {
    snprintf(program_name, sizeof program_name, "%s", program);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == 0) {
        canary = ends[0];
        fstat(canary, &canary_status);
    }
    sem_init(&wanted, 0, 0);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    if (pthread_create(&thread, NULL, speaker, NULL) == 0) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    /* The first call of backtrace() loads a library, which is not allowed in a signal handler. */
    void *frame;
    backtrace(&frame, 1);
    lynx_give_signal_stack();
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) sigaction(fatal[i], &action, NULL);
    signal(SIGQUIT, SIG_DFL);
}

void lynx_set_activity(const char *text) {
    snprintf(activity, sizeof activity, "%s", text ? text : "");
    if (text) memcpy(latest_activity, activity, sizeof latest_activity);
}

static _Thread_local void *own_stack;

void lynx_give_signal_stack(void) {
    stack_t stack = {.ss_sp = malloc(SIGNAL_STACK), .ss_size = SIGNAL_STACK};
    if (!stack.ss_sp) return;
    if (sigaltstack(&stack, NULL) == 0) own_stack = stack.ss_sp;
    else free(stack.ss_sp);
}

void lynx_take_signal_stack(void) {
    stack_t now;
    if (!own_stack || sigaltstack(NULL, &now) != 0) return;
    /* Foreign code may have put another in its place. */
    if (now.ss_sp == own_stack) sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    free(own_stack);
    own_stack = NULL;
}

bool lynx_descriptors_are_intact(void) {
    if (canary < 0) return true;
    struct stat status;
    if (fstat(canary, &status) != 0 || status.st_ino != canary_status.st_ino || status.st_dev != canary_status.st_dev) return false;
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++) {
        if (fcntl(standard, F_GETFD) < 0) return false;
    }
    return true;
}

void lynx_die(const char *line) {
    have_first_word();
    snprintf(last_line, sizeof last_line, "%s: %s\n", program_name, line);
    leave_it_to_the_speaker();
}
