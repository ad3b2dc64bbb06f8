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

/* Whether the host has said that the tree is to end, or is gone. */
static int is_given_up(int lifeline) {
    struct pollfd wait = {.fd = lifeline, .events = POLLIN};
    return poll(&wait, 1, 0) > 0;
}

/* Runs in the program's process. The host knows its pid from here on, and it may stop its guardian. */
static void enter_program(
    const lynx_guardian_request *request, pid_t guardian, int lifeline, int out, int err, const lynx_guardian_gate *gate) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guardian) _exit(127);
    close(gate->held[1]);
    char none_comes;
    while (read(gate->held[0], &none_comes, 1) < 0 && errno == EINTR) {}
    lynx_guardian_tell(gate->news, (lynx_guardian_news){.program = getpid()});
    /* A host that has waited too long has started the job elsewhere: two programs must not share its directory. */
    if (is_given_up(lifeline)) _exit(127);
    if (dup2(out, 1) < 0 || dup2(err, 2) < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_EXEC);
    if (chdir(request->working_directory) < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_CHDIR);
    /* The number was a log's, which is the guardian's affair. */
    if (gate->channel > 0 && dup2(gate->channel, LYNX_GUARDIAN_CHANNEL) < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_EXEC);
}

/* Resets everything that the host had set up to what a fresh process expects, and executes the program. */
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

/* Reaps adopted orphans. Returns 1 once the program itself has ended; it stays a zombie. */
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
    int kept[] = {own->stdout_log, own->stderr_log, own->lifeline, own->news, own->channel};
    const int count = own->channel > 0 ? 5 : 4;
    setsid();
    /* The simulation may have stopped its guardian: that must not keep it from noticing the host's end. */
    prctl(PR_SET_PDEATHSIG, SIGCONT);
    /* If SIGCHLD were ignored, which a process may inherit, the kernel would reap the children that are waited for here. */
    signal(SIGCHLD, SIG_DFL);
    if (keep_only(kept, count) < 0) lynx_guardian_fail(own->news, errno, LYNX_GUARDIAN_FORK);
    gate->news = kept[3];
    gate->channel = own->channel > 0 ? kept[4] : 0;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 || pipe2(gate->held, O_CLOEXEC) < 0) {
        lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_FORK);
    }
    const pid_t self = getpid();
    /* A copy of the parent must be what fork() would make of it, so the fork handlers of its libraries run. */
    const pid_t program = request->program == NULL ? fork() : _Fork();
    if (program < 0) lynx_guardian_fail(gate->news, errno, LYNX_GUARDIAN_FORK);
    if (program == 0) {
        enter_program(request, self, kept[2], out[1], err[1], gate);
        return 0;
    }
    close(out[1]);
    close(err[1]);
    /* The host is to see the program's end of it close with the program. */
    if (gate->channel > 0) close(gate->channel);
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

/* Milliseconds of the monotonic clock. */
static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
 * Waits until the tree is to end. Returns 1 if the program has ended and the processes it left have had their grace period;
 * 0 if none of them is left, if the host asked for the end, or if the host itself has ended.
 */
static int watch_over(const lynx_guardian_watch *watch, lynx_capture captures[2]) {
    int64_t grace_end = -1;
    /* Without this descriptor nothing can be watched, and the tree must not outlive its host unnoticed. */
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
        /* The host has written, or has ended. */
        if (waits[1].revents != 0) break;
        struct signalfd_siginfo drained;
        while (read(watch->ends, &drained, sizeof drained) > 0) {}
        if (grace_end < 0 && program_ended(watch->tree.program)) grace_end = now() + LYNX_GUARDIAN_GRACE_MS;
        /* Processes that cannot be listed are not waited for. */
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
