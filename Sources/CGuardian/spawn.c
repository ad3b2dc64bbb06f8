#define _GNU_SOURCE
#include "guardian.h"
#include "guardian_main.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* 1 for a message, 0 at the end. */
static int hear(int fd, lynx_guardian_news *news) {
    ssize_t n;
    do {
        n = read(fd, news, sizeof *news);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *news;
}

/* Waits for a child that has ended or was killed; its status is kept as it was if it is no child. */
static int await(pid_t child, int *status, struct rusage *usage) {
    pid_t found;
    do {
        found = wait4(child, status, 0, usage);
    } while (found < 0 && errno == EINTR);
    return found == child;
}

enum { LOG_OUT, LOG_ERR, LIFE_READ, LIFE_WRITE, NEWS_READ, NEWS_WRITE, COUNT };

int lynx_guardian_spawn(const lynx_guardian_request *request, lynx_guardian *out, lynx_guardian_step *step) {
    int fd[COUNT] = {-1, -1, -1, -1, -1, -1};
    int failure = 0;

    *step = LYNX_GUARDIAN_OPEN_LOG;
    fd[LOG_OUT] = open(request->stdout_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd[LOG_OUT] >= 0) fd[LOG_ERR] = open(request->stderr_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd[LOG_ERR] < 0) {
        failure = errno;
        close_all(fd, COUNT);
        return failure;
    }

    *step = LYNX_GUARDIAN_FORK;
    /* A pair of sockets, as writing to a pipe without a reader sends the host a SIGPIPE, which it may not ignore. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, &fd[LIFE_READ]) < 0 || pipe2(&fd[NEWS_READ], O_CLOEXEC) < 0) {
        failure = errno;
        close_all(fd, COUNT);
        return failure;
    }

    /* Blocked across the fork, so that no handler of the host's ever runs in the guardian. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t guardian = _Fork();
    if (guardian == 0) {
        const lynx_guardian_descriptors own = {
            .stdout_log = fd[LOG_OUT], .stderr_log = fd[LOG_ERR], .lifeline = fd[LIFE_READ], .news = fd[NEWS_WRITE]};
        lynx_guardian_main(request, &own);
    }
    failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (guardian < 0) {
        close_all(fd, COUNT);
        return failure;
    }

    close_all((int[]){fd[LOG_OUT], fd[LOG_ERR], fd[LIFE_READ], fd[NEWS_WRITE]}, 4);
    *out = (lynx_guardian){.guardian = guardian, .pidfd = -1, .lifeline = fd[LIFE_WRITE]};
    lynx_guardian_news news;
    if (!hear(fd[NEWS_READ], &news)) {
        failure = EIO;
    } else {
        out->program = news.program;
        if (news.error == 0 && !hear(fd[NEWS_READ], &news)) {
            out->pidfd = (int)syscall(SYS_pidfd_open, guardian, 0);
            if (out->pidfd < 0) failure = errno;
        } else {
            failure = news.error;
            *step = (lynx_guardian_step)news.step;
        }
    }
    close(fd[NEWS_READ]);
    if (out->pidfd >= 0) return 0;

    if (out->program > 0) lynx_guardian_kill(out);
    close(fd[LIFE_WRITE]);
    await(guardian, NULL, NULL);
    if (out->program > 0) await(out->program, NULL, NULL);
    return failure;
}

void lynx_guardian_kill(const lynx_guardian *guardian) {
    kill(-guardian->program, SIGKILL);
    kill(guardian->program, SIGKILL);
    /* The simulation may have stopped it. */
    kill(guardian->guardian, SIGCONT);
    const char word = 'k';
    /* A full one says the same thing, and one without a reader that it is done already. */
    ssize_t ignored = send(guardian->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
}

void lynx_guardian_signal(const lynx_guardian *guardian, int signal) {
    kill(-guardian->program, signal);
}

void lynx_guardian_reap(lynx_guardian *guardian, lynx_guardian_exit *out) {
    int status = 0;
    *out = (lynx_guardian_exit){.exit_code = -1, .exit_signal = SIGKILL};
    if (await(guardian->guardian, &status, NULL)) {
        out->guardian_lost = !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    if (out->guardian_lost) kill(-guardian->program, SIGKILL);
    struct rusage usage;
    /* Its parent is gone, so it is ours if we are a subreaper. */
    if (await(guardian->program, &status, &usage)) {
        out->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        out->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        out->max_rss_bytes = (int64_t)usage.ru_maxrss * 1024;
    } else if (!out->guardian_lost) {
        /* Not a subreaper: the guardian's copy of the status, in its exit code's absence, is all there is. */
        out->guardian_lost = 1;
    }
    close(guardian->pidfd);
    close(guardian->lifeline);
    guardian->pidfd = guardian->lifeline = -1;
}
