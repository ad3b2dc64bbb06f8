#define _GNU_SOURCE
#include "private_shm.h"
#include "guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_file(const char *path, const char *text) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    const int failure = write(file, text, strlen(text)) < 0 ? errno : 0;
    close(file);
    return failure;
}

/* Maps one id to itself. For numbers, snprintf takes no lock and allocates no memory. */
static int map(const char *path, unsigned id) {
    char line[64];
    snprintf(line, sizeof line, "%u %u 1", id, id);
    return write_file(path, line);
}

int lynx_enter_private_shm(void) {
    const unsigned user = geteuid(), group = getegid();
    if (unshare(CLONE_NEWNS) < 0) {
        if (errno != EPERM) return errno;
        /* A process that may not create a mount namespace may create one inside a user namespace, where it keeps its user id. */
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return errno;
        int failure = map("/proc/self/uid_map", user);
        if (failure == 0) failure = write_file("/proc/self/setgroups", "deny");
        if (failure == 0) failure = map("/proc/self/gid_map", group);
        if (failure != 0) return failure;
    }
    /* Later mounts outside become visible here; mounts made here do not become visible outside. */
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) return errno;
    return mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0 ? errno : 0;
}

int lynx_private_shm_check(void) {
    const pid_t child = _Fork();
    if (child < 0) return errno;
    if (child == 0) _exit(lynx_enter_private_shm());
    int status = 0;
    pid_t found;
    do {
        found = waitpid(child, &status, 0);
    } while (found < 0 && errno == EINTR);
    if (found != child) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECANCELED;
}
