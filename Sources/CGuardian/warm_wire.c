#define _GNU_SOURCE
#include "warm_wire.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fits(const lynx_warm_head *head, size_t size, const char *texts) {
    const uint64_t whole = (uint64_t)head->directory_size + head->environment_size + head->program_size + head->arguments_size;
    return size == whole && head->directory_size > 0 && head->directory_size <= LYNX_WARM_DIRECTORY_MAX &&
           head->environment_size < LYNX_WARM_ENVIRONMENT_MAX && texts[size - 1] == 0;
}

int lynx_warm_read(int socket, lynx_warm_head *head, char *texts, int descriptors[LYNX_WARM_DESCRIPTORS]) {
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(LYNX_WARM_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec parts[] = {{head, sizeof *head}, {texts, LYNX_WARM_TEXTS_MAX}};
    for (;;) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        const size_t expected = CMSG_LEN(LYNX_WARM_DESCRIPTORS * sizeof(int));
        if (rights == NULL || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != expected) continue;
        memcpy(descriptors, CMSG_DATA(rights), LYNX_WARM_DESCRIPTORS * sizeof(int));
        if ((size_t)n >= sizeof *head && fits(head, (size_t)n - sizeof *head, texts)) return 1;
        lynx_warm_decline(descriptors, EPROTO);
    }
}

pid_t lynx_warm_clone(int descriptors[LYNX_WARM_DESCRIPTORS], lynx_guardian_descriptors *own) {
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    const pid_t guardian = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
    if (guardian == 0) {
        *own = (lynx_guardian_descriptors){
            .stdout_log = descriptors[0], .stderr_log = descriptors[1], .lifeline = descriptors[2], .news = descriptors[3]};
        lynx_guardian_tell(own->news, (lynx_guardian_news){.guardian = getpid()});
        return 0;
    }
    const int failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (guardian < 0) {
        lynx_warm_decline(descriptors, failure);
        return -failure;
    }
    lynx_warm_close(descriptors);
    return guardian;
}

void lynx_warm_close(const int descriptors[LYNX_WARM_DESCRIPTORS]) {
    for (int i = 0; i < LYNX_WARM_DESCRIPTORS; i++) close(descriptors[i]);
}

void lynx_warm_decline(const int descriptors[LYNX_WARM_DESCRIPTORS], int error) {
    lynx_guardian_tell(descriptors[3], (lynx_guardian_news){.error = error, .step = LYNX_GUARDIAN_PARENT});
    lynx_warm_close(descriptors);
}
