#define _GNU_SOURCE
#include "warm.h"
#include "guardian_main.h"
#include "warm_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Duplicates a descriptor to a number that none of the others has; the duplicate survives exec. */
static int place(int fd, int at) {
    return dup2(fd, at);
}

static _Noreturn void become_parent(const lynx_warm_request *request, pid_t host, int socket, int script, int failed) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != host) _exit(127);
    /* Moved away from the numbers that are about to be assigned. */
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

typedef struct own_thread {
    const lynx_warm_request *request;
    lynx_warm_parent *out;
    int failure;
    sem_t started;
} own_thread;

static void *start_and_sleep(void *argument) {
    own_thread *own = argument;
    own->failure = lynx_warm_start(own->request, own->out);
    sem_post(&own->started);
    for (;;) pause();
    return NULL;
}

int lynx_warm_start_on_own_thread(const lynx_warm_request *request, lynx_warm_parent *out) {
    own_thread own = {.request = request, .out = out};
    pthread_attr_t attributes;
    pthread_t thread;
    sem_init(&own.started, 0, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    /* Signals are for the host's other threads. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failure = pthread_create(&thread, &attributes, start_and_sleep, &own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failure == 0) {
        while (sem_wait(&own.started) < 0 && errno == EINTR) {}
    }
    sem_destroy(&own.started);
    return failure == 0 ? own.failure : failure;
}

ssize_t lynx_warm_hear(const lynx_warm_parent *parent, char *message, size_t size, int keep) {
    ssize_t n;
    do {
        n = recv(parent->socket, message, size, MSG_DONTWAIT | (keep ? MSG_PEEK : 0));
    } while (n < 0 && errno == EINTR);
    /* A parent that was killed with unread data resets the connection. */
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
    struct iovec parts[1024];
    size_t count = 0, size = 0;
    lynx_warm_head head = {
        .capture_bytes = request->capture_bytes, .no_realtime = request->no_realtime, .private_shm = request->private_shm};
    parts[count++] = (struct iovec){&head, sizeof head};
    char *const directory[] = {(char *)request->working_directory, NULL}, *const program[] = {(char *)request->program, NULL}, *const none[] = {NULL};
    const struct {
        char *const *texts;
        uint32_t *size;
    } sections[] = {
        {directory, &head.directory_size},
        {request->envp, &head.environment_size},
        {program, &head.program_size},
        {request->program == NULL ? none : request->argv, &head.arguments_size},
    };
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        for (char *const *text = sections[i].texts; *text != NULL; text++) {
            const size_t length = strlen(*text) + 1;
            size += length;
            if (count == sizeof parts / sizeof *parts || size > LYNX_WARM_TEXTS_MAX) return E2BIG;
            parts[count++] = (struct iovec){*text, length};
            *sections[i].size += (uint32_t)length;
        }
    }
    if (head.directory_size > LYNX_WARM_DIRECTORY_MAX || head.environment_size >= LYNX_WARM_ENVIRONMENT_MAX) return E2BIG;

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
