#define _GNU_SOURCE
#include "guardian_main.h"
#include "capture.h"
#include "priority.h"
#include "private_shm.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void lynx_guardian_tell(int news, lynx_guardian_news message) {
    ssize_t ignored = write(news, &message, sizeof message);
    (void)ignored;
}

_Noreturn void lynx_guardian_fail(int news, int error, int step) {
    lynx_guardian_tell(news, (lynx_guardian_news){.error = error, .step = step});
    _exit(1);
}

/* Keeps the given descriptors at 3, 4, ... in their order, /dev/null at 0 to 2, and closes all others. */
static int keep_only(int *descriptors, int count) {
    for (int i = 0; i < count; i++) {
        descriptors[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, 3 + count);
        if (descriptors[i] < 0) return -1;
    }
    int null = open("/dev/null", O_RDWR);
    if (null < 0) return -1;
    for (int i = 0; i < 3; i++) {
        if (dup2(null, i) < 0) return -1;
    }
    for (int i = 0; i < count; i++) {
        if (dup3(descriptors[i], 3 + i, O_CLOEXEC) < 0) return -1;
        descriptors[i] = 3 + i;
    }
    return (int)syscall(SYS_close_range, 3u + (unsigned)count, ~0u, 0u);
}

void lynx_program_reset_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the program's process, of which the guardian has been told, and which may stop its guardian from now on. */
static void enter_program(const lynx_guardian_request *request, pid_t guardian, int out, int err, const lynx_guardian_gate *gate) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guardian) _exit(127);
    close(gate->held[1]);
    char none_comes;
    while (read(gate->held[0], &none_comes, 1) < 0 && errno == EINTR) {}
    lynx_guardian_tell(gate->news, (lynx_guardian_news){.program = getpid()});
    if (dup2(out, 1) < 0 || dup2(err, 2) < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_EXEC);
    if (chdir(request->working_directory) < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_CHDIR);
}

/* Everything the host had set up is put back to what a fresh process expects. */
static _Noreturn void become_program(const lynx_guardian_request *request, int news) {
    lynx_program_reset_signals();
    if (request->private_shm) {
        const int failure = lynx_enter_private_shm();
        if (failure != 0) lynx_guardian_fail(news, failure, LYNX_GUARDIAN_PRIVATE_SHM);
    }
    if (request->no_realtime) lynx_give_up_realtime();
    execve(request->program, request->argv, request->envp);
    lynx_guardian_fail(news, errno, LYNX_GUARDIAN_EXEC);
}

/* Reaps adopted orphans; 1 when the program itself has ended (and stays a zombie). */
static int program_ended(pid_t program) {
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0) return 0;
        if (info.si_pid == program) return 1;
        waitpid(info.si_pid, NULL, WNOHANG);
    }
}

static int open_ends(void) {
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    return signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
}

pid_t lynx_guardian_fork(
    const lynx_guardian_request *request, const lynx_guardian_descriptors *own, lynx_guardian_watch *watch,
    lynx_guardian_gate *gate) {
    int kept[] = {own->stdout_log, own->stderr_log, own->lifeline, own->news};
    setsid();
    /* The simulation may have stopped its guardian: that must not keep it from noticing the host's end. */
    prctl(PR_SET_PDEATHSIG, SIGCONT);
    /* Ignored, as a process may have been started with it, it would have the kernel reap what is waited for here. */
    signal(SIGCHLD, SIG_DFL);
    if (keep_only(kept, 4) < 0) lynx_guardian_fail(own->news, errno, LYNX_GUARDIAN_FORK);
    gate->news = kept[3];

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 || pipe2(gate->held, O_CLOEXEC) < 0) {
        lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_FORK);
    }
    const pid_t self = getpid();
    /* A copy of its parent is what a fork of it would be: the handlers that its libraries have registered are run. */
    const pid_t program = request->program == NULL ? fork() : _Fork();
    if (program < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_FORK);
    if (program == 0) {
        enter_program(request, self, out[1], err[1], gate);
        return 0;
    }
    close(out[1]);
    close(err[1]);
    *watch = (lynx_guardian_watch){
        .capture_bytes = request->capture_bytes, .tree = lynx_tree_open(program), .ends = open_ends(), .lifeline = kept[2],
        .stdout_pipe = out[0], .stderr_pipe = err[0], .stdout_log = kept[0], .stderr_log = kept[1]};
    return program;
}

void lynx_guardian_main(const lynx_guardian_request *request, const lynx_guardian_descriptors *own) {
    lynx_guardian_watch watch;
    lynx_guardian_gate gate;
    if (lynx_guardian_fork(request, own, &watch, &gate) == 0) become_program(request, gate.news);
    /*
     * From here on the news is between the program and the host, which waits for exec to close it: a program
     * that at once stops its guardian must not stop the host. The gate keeps it until that is so.
     */
    close(gate.news);
    close(gate.held[0]);
    close(gate.held[1]);
    lynx_guardian_keep(&watch);
}

/* Milliseconds of a clock that nobody sets. */
static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
 * Returns when the tree is to end: 1 when the program has ended and what it left has had its grace, 0 when none of it is
 * left, at a word from the host, or at the host's end.
 */
static int watch_over(const lynx_guardian_watch *watch, lynx_capture captures[2]) {
    int64_t grace_end = -1;
    /* Without a descriptor there is no watch: the tree must not outlive its host unseen. */
    while (watch->ends >= 0) {
        struct pollfd waits[4] = {
            {.fd = watch->ends, .events = POLLIN},
            {.fd = watch->lifeline, .events = POLLIN},
            {.fd = captures[0].source, .events = POLLIN},
            {.fd = captures[1].source, .events = POLLIN},
        };
        int64_t wait = -1;
        if (grace_end >= 0) {
            wait = grace_end - now();
            if (wait <= 0) return 1;
        }
        if (poll(waits, 4, (int)wait) < 0 && errno != EINTR) break;
        for (int i = 0; i < 2; i++) {
            if (waits[2 + i].revents != 0) lynx_capture_pump(&captures[i]);
        }
        /* A word from the host, or its end. */
        if (waits[1].revents != 0) break;
        struct signalfd_siginfo drained;
        while (read(watch->ends, &drained, sizeof drained) > 0) {}
        if (grace_end < 0 && program_ended(watch->tree.program)) grace_end = now() + LYNX_GUARDIAN_GRACE_MS;
        /* Those that cannot be seen are not waited for. */
        if (grace_end >= 0 && lynx_tree_others(&watch->tree) <= 0) break;
    }
    return 0;
}

void lynx_guardian_keep(const lynx_guardian_watch *watch) {
    prctl(PR_SET_NAME, "lynx-guardian");
    lynx_capture captures[2] = {
        {.source = watch->stdout_pipe, .log = watch->stdout_log, .cap = watch->capture_bytes},
        {.source = watch->stderr_pipe, .log = watch->stderr_log, .cap = watch->capture_bytes},
    };
    fcntl(watch->stdout_pipe, F_SETFL, O_NONBLOCK);
    fcntl(watch->stderr_pipe, F_SETFL, O_NONBLOCK);

    lynx_guardian_findings findings = {0};
    if (watch_over(watch, captures)) {
        findings.outlived = lynx_tree_describe(&watch->tree, findings.outlived_commands, sizeof findings.outlived_commands);
    }
    findings.unlisted = lynx_tree_others(&watch->tree) < 0;
    findings.unkillable = lynx_tree_kill(&watch->tree);
    for (int i = 0; i < 2; i++) lynx_capture_finish(&captures[i]);
    ssize_t ignored = send(watch->lifeline, &findings, sizeof findings, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
    _exit(0);
}
