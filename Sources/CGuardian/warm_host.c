#define _GNU_SOURCE
#include "warm.h"
#include "guardian_main.h"
#include "warm_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Puts a descriptor at a number that none of the others has yet; it survives exec there. */
static int place(int fd, int at) {
    return dup2(fd, at);
}

static _Noreturn void become_parent(const lynx_warm_request *request, pid_t host, int socket, int script, int failed) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != host) _exit(127);
    /* Out of the way of the numbers to be filled. */
    socket = fcntl(socket, F_DUPFD_CLOEXEC, 16);
    script = fcntl(script, F_DUPFD_CLOEXEC, 16);
    failed = fcntl(failed, F_DUPFD_CLOEXEC, 16);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), output[2];
    if (socket < 0 || script < 0 || failed < 0 || null < 0 || pipe2(output, O_CLOEXEC) < 0) _exit(127);
    output[0] = fcntl(output[0], F_DUPFD_CLOEXEC, 16);
    output[1] = fcntl(output[1], F_DUPFD_CLOEXEC, 16);
    if (place(null, 0) == 0 && place(output[1], 1) == 1 && place(output[1], 2) == 2 && place(socket, LYNX_WARM_SOCKET) >= 0 &&
        place(script, LYNX_WARM_SCRIPT) >= 0 && place(output[0], LYNX_WARM_OUTPUT) >= 0 &&
        syscall(SYS_close_range, LYNX_WARM_OUTPUT + 1u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) == 0 &&
        chdir(request->working_directory) == 0) {
        lynx_program_reset_signals();
        execve(request->program, request->argv, request->envp);
    }
    const int error = errno;
    ssize_t ignored = write(failed, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

static int written_out(const void *bytes, size_t size) {
    int fd = memfd_create("lynx-warm", MFD_CLOEXEC);
    const char *next = bytes;
    while (fd >= 0 && size > 0) {
        ssize_t n = write(fd, next, size);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        next += n;
        size -= (size_t)n;
    }
    if (fd >= 0) lseek(fd, 0, SEEK_SET);
    return fd;
}

int lynx_warm_start(const lynx_warm_request *request, lynx_warm_parent *out) {
    int ends[2] = {-1, -1}, failed[2] = {-1, -1}, failure = 0;
    int script = written_out(request->script, request->script_size);
    if (script < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0 || pipe2(failed, O_CLOEXEC) < 0) failure = errno;
    const pid_t host = getpid();
    pid_t pid = -1;
    if (failure == 0) {
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        pid = _Fork();
        if (pid == 0) become_parent(request, host, ends[1], script, failed[1]);
        if (pid < 0) failure = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (script >= 0) close(script);
    if (ends[1] >= 0) close(ends[1]);
    if (failed[1] >= 0) close(failed[1]);
    *out = (lynx_warm_parent){.pid = pid, .socket = ends[0]};
    if (failure == 0) {
        ssize_t n;
        do {
            n = read(failed[0], &failure, sizeof failure);
        } while (n < 0 && errno == EINTR);
        if (n != (ssize_t)sizeof failure) failure = 0;
    }
    if (failed[0] >= 0) close(failed[0]);
    if (failure != 0) {
        if (pid > 0) lynx_warm_stop(out);
        if (ends[0] >= 0) close(ends[0]);
    }
    return failure;
}

ssize_t lynx_warm_hear(const lynx_warm_parent *parent, char *message, size_t size) {
    ssize_t n;
    do {
        n = recv(parent->socket, message, size, MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    /* A parent that was killed with something unread resets the connection. */
    if (n < 0 && errno != EAGAIN) return 0;
    return n;
}

void lynx_warm_stop(lynx_warm_parent *parent) {
    kill(-parent->pid, SIGKILL);
    kill(parent->pid, SIGKILL);
    while (waitpid(parent->pid, NULL, 0) < 0 && errno == EINTR) {}
    parent->pid = -1;
}

int lynx_warm_send(int socket, const lynx_guardian_request *request, const int descriptors[LYNX_WARM_DESCRIPTORS]) {
    struct iovec parts[64];
    lynx_warm_head head = {.capture_bytes = request->capture_bytes, .directory_size = (uint32_t)strlen(request->working_directory) + 1};
    size_t count = 0;
    parts[count++] = (struct iovec){&head, sizeof head};
    parts[count++] = (struct iovec){(void *)request->working_directory, head.directory_size};
    for (char *const *variable = request->envp; *variable != NULL; variable++) {
        if (count == sizeof parts / sizeof *parts) return E2BIG;
        parts[count] = (struct iovec){*variable, strlen(*variable) + 1};
        head.environment_size += (uint32_t)parts[count++].iov_len;
    }
    const lynx_warm_job *job = NULL;
    if (head.directory_size > sizeof job->working_directory || head.environment_size >= sizeof job->environment) return E2BIG;

    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(LYNX_WARM_DESCRIPTORS * sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(LYNX_WARM_DESCRIPTORS * sizeof(int));
    memcpy(CMSG_DATA(rights), descriptors, LYNX_WARM_DESCRIPTORS * sizeof(int));
    ssize_t n;
    do {
        n = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? errno : 0;
}
