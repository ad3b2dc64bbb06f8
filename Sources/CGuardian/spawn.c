#define _GNU_SOURCE
#include "guardian.h"
#include "guardian_main.h"
#include "late.h"
#include "warm_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_all(const int *descriptors, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (descriptors[i] >= 0) close(descriptors[i]);
    }
}

/* Reads a message. Returns 0, EPIPE at the end, or ETIMEDOUT after `timeout` milliseconds (-1: never). */
static int hear(int fd, lynx_guardian_news *news, int timeout) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    ssize_t n;
    do {
        n = poll(&wait, 1, timeout);
        if (n == 0) return ETIMEDOUT;
        if (n > 0) n = read(fd, news, sizeof *news);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *news ? 0 : EPIPE;
}

/* Waits for a child that has ended or was killed. Leaves *status alone if it is not a child of this process. */
static int await(pid_t child, int *status, struct rusage *usage) {
    pid_t found;
    do {
        found = wait4(child, status, 0, usage);
    } while (found < 0 && errno == EINTR);
    return found == child;
}

enum { LOG_OUT, LOG_ERR, LIFE_READ, NEWS_WRITE, HANDED_DOWN, LIFE_WRITE = HANDED_DOWN, NEWS_READ, COUNT };

/* Much longer than a fork takes. A parent that does not answer may have been stopped by a simulation. */
enum { PARENT_TIMEOUT_MS = 5000 };

static int open_channels(const lynx_guardian_request *request, int fd[COUNT], lynx_guardian_step *step) {
    for (int i = 0; i < COUNT; i++) fd[i] = -1;
    *step = LYNX_GUARDIAN_OPEN_LOG;
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    fd[LOG_OUT] = open(request->stdout_path, flags, 0600);
    if (fd[LOG_OUT] >= 0) fd[LOG_ERR] = open(request->stderr_path, flags, 0600);
    int failure = fd[LOG_ERR] < 0 ? errno : 0;
    if (failure == 0) {
        *step = LYNX_GUARDIAN_FORK;
        /* A pair of sockets, as writing to a pipe without a reader sends the host a SIGPIPE, which it may not ignore. */
        int life[2] = {-1, -1}, news[2] = {-1, -1};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, life) < 0 || pipe2(news, O_CLOEXEC) < 0) failure = errno;
        fd[LIFE_READ] = life[0];
        fd[LIFE_WRITE] = life[1];
        fd[NEWS_READ] = news[0];
        fd[NEWS_WRITE] = news[1];
    }
    if (failure != 0) close_all(fd, COUNT);
    return failure;
}

/* Reads the reports of a new tree, from the first one to the start of its program. */
static int await_start(int fd[COUNT], lynx_guardian *out, lynx_guardian_step *step, int timeout) {
    lynx_guardian_news news = {0};
    int failure = 0;
    if (out->guardian == 0) {
        *step = LYNX_GUARDIAN_PARENT;
        failure = hear(fd[NEWS_READ], &news, timeout);
        if (failure == 0) failure = news.error;
        if (failure != 0) return failure;
        out->guardian = news.guardian;
    }
    failure = hear(fd[NEWS_READ], &news, timeout);
    if (failure == 0 && news.error == 0) {
        out->program = news.program;
        failure = hear(fd[NEWS_READ], &news, timeout);
        if (failure == EPIPE) {
            out->pidfd = (int)syscall(SYS_pidfd_open, out->guardian, 0);
            return out->pidfd < 0 ? errno : 0;
        }
    }
    if (failure != 0) return failure;
    *step = (lynx_guardian_step)news.step;
    return news.error;
}

/* Takes over the open descriptors, and closes the ends that the tree has inherited. */
static int finish_spawn(int fd[COUNT], lynx_guardian *out, lynx_guardian_step *step, int timeout) {
    close_all(fd, HANDED_DOWN);
    out->lifeline = fd[LIFE_WRITE];
    const int failure = await_start(fd, out, step, timeout);
    if (failure == ETIMEDOUT) {
        /* The guardian may still be forked, as a child of this process; it ends when it finds the lifeline closed. */
        if (out->program > 0) lynx_guardian_kill(out);
        close(fd[LIFE_WRITE]);
        lynx_late_expect(fd[NEWS_READ], out->guardian, out->program);
        return failure;
    }
    close(fd[NEWS_READ]);
    if (failure == 0) return 0;

    if (out->program > 0) lynx_guardian_kill(out);
    close(fd[LIFE_WRITE]);
    if (out->guardian > 0) await(out->guardian, NULL, NULL);
    if (out->program > 0) await(out->program, NULL, NULL);
    return failure;
}

int lynx_guardian_spawn(const lynx_guardian_request *request, lynx_guardian *out, lynx_guardian_step *step) {
    lynx_late_reap();
    int fd[COUNT];
    int failure = open_channels(request, fd, step);
    if (failure != 0) return failure;

    /* Signals are blocked across the fork, so that no handler of the host ever runs in the guardian. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t guardian = _Fork();
    if (guardian == 0) {
        const lynx_guardian_descriptors own = {
            .stdout_log = fd[LOG_OUT], .stderr_log = fd[LOG_ERR], .lifeline = fd[LIFE_READ], .news = fd[NEWS_WRITE],
            .channel = request->channel};
        lynx_guardian_main(request, &own);
    }
    failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (guardian < 0) {
        close_all(fd, COUNT);
        return failure;
    }
    *out = (lynx_guardian){.guardian = guardian, .pidfd = -1};
    failure = finish_spawn(fd, out, step, -1);
    return failure == EPIPE ? EIO : failure;
}

int lynx_guardian_spawn_warm(
    const lynx_guardian_request *request, int socket, lynx_guardian *out, lynx_guardian_step *step) {
    lynx_late_reap();
    int fd[COUNT];
    int failure = open_channels(request, fd, step);
    if (failure != 0) return failure;
    *out = (lynx_guardian){.pidfd = -1};
    *step = LYNX_GUARDIAN_PARENT;
    failure = lynx_warm_send(socket, request, fd);
    if (failure != 0) {
        close_all(fd, COUNT);
    } else {
        failure = finish_spawn(fd, out, step, PARENT_TIMEOUT_MS);
        if (failure == EPIPE || failure == ETIMEDOUT) *step = LYNX_GUARDIAN_PARENT;
    }
    if (failure != 0 && *step == LYNX_GUARDIAN_PARENT) {
        unlink(request->stdout_path);
        unlink(request->stderr_path);
    }
    return failure;
}

void lynx_guardian_kill(const lynx_guardian *guardian) {
    kill(-guardian->program, SIGKILL);
    kill(guardian->program, SIGKILL);
    /* The simulation may have stopped the guardian. */
    kill(guardian->guardian, SIGCONT);
    const char word = 'k';
    /* If the buffer is full, a byte is there already; if nobody reads, the tree has ended. */
    ssize_t ignored = send(guardian->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
}

void lynx_guardian_signal(const lynx_guardian *guardian, int signal) {
    kill(-guardian->program, signal);
}

int lynx_guardian_peek(const lynx_guardian *guardian, int *exit_code, int *exit_signal) {
    siginfo_t info = {.si_pid = 0};
    if (waitid(P_PID, (id_t)guardian->program, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != guardian->program) return 0;
    *exit_code = info.si_code == CLD_EXITED ? info.si_status : -1;
    *exit_signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    return 1;
}

/*
 * Reaps what a guardian that was killed has left in the program's group. The members are this process's children once their
 * own parents are gone, and no others are: nobody else would reap them, and a zombie no longer tells whose it was.
 */
static void reap_group(pid_t program) {
    for (int round = 0; round < 250; round++) {
        while (waitpid(-program, NULL, WNOHANG) > 0) {}
        /* Zombies are members too. */
        if (kill(-program, SIGKILL) < 0 && errno == ESRCH) return;
        usleep(round < 50 ? 100 : 5000);
    }
}

void lynx_guardian_reap(lynx_guardian *guardian, lynx_guardian_exit *out) {
    int status = 0;
    *out = (lynx_guardian_exit){.exit_code = -1, .exit_signal = SIGKILL};
    if (await(guardian->guardian, &status, NULL)) {
        out->guardian_lost = !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    lynx_guardian_findings findings;
    if (recv(guardian->lifeline, &findings, sizeof findings, MSG_DONTWAIT) == (ssize_t)sizeof findings) {
        out->outlived = findings.outlived;
        memcpy(out->outlived_commands, findings.outlived_commands, sizeof out->outlived_commands);
        out->unkillable = findings.unkillable;
        out->unlisted = findings.unlisted;
    }
    if (out->guardian_lost) kill(-guardian->program, SIGKILL);
    struct rusage usage;
    /* Its parent is gone, so it is ours if we are a subreaper. */
    if (await(guardian->program, &status, &usage)) {
        out->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        out->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        out->max_rss_bytes = (int64_t)usage.ru_maxrss * 1024;
    } else if (!out->guardian_lost) {
        /* This process is no subreaper, so the program's status is not available. */
        out->guardian_lost = 1;
    }
    if (out->guardian_lost) reap_group(guardian->program);
    close(guardian->pidfd);
    close(guardian->lifeline);
    guardian->pidfd = guardian->lifeline = -1;
}
