/*
 * Stands before the C library of a program under test (LD_PRELOAD). While the file DISK_SHIM_FLAG exists, nothing below the directory
 * DISK_SHIM_FULL has room; and the path of each file or directory that is synced is a line in DISK_SHIM_LOG.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *flag, *full, *log_path;

__attribute__((constructor)) static void begin(void) {
    flag = getenv("DISK_SHIM_FLAG");
    full = getenv("DISK_SHIM_FULL");
    log_path = getenv("DISK_SHIM_LOG");
}

static int path_of(int fd, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t count = readlink(link, path, PATH_MAX - 1);
    if (count < 0) return 0;
    path[count] = 0;
    return 1;
}

static int has_no_room(int fd) {
    char path[PATH_MAX];
    int error = errno;
    int answer = flag && full && access(flag, F_OK) == 0 && path_of(fd, path) && strncmp(path, full, strlen(full)) == 0;
    errno = answer ? ENOSPC : error;
    return answer;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t count) { return has_no_room(fd) ? -1 : REAL(write)(fd, bytes, count); }

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return has_no_room(fd) ? -1 : REAL(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return has_no_room(fd) ? -1 : REAL(pwrite64)(fd, bytes, count, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) { return has_no_room(fd) ? -1 : REAL(writev)(fd, parts, count); }

int fallocate(int fd, int mode, off_t offset, off_t length) { return has_no_room(fd) ? -1 : REAL(fallocate)(fd, mode, offset, length); }

int posix_fallocate(int fd, off_t offset, off_t length) {
    return has_no_room(fd) ? ENOSPC : REAL(posix_fallocate)(fd, offset, length);
}

int fsync(int fd) {
    char path[PATH_MAX];
    if (log_path && path_of(fd, path)) {
        int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log >= 0) {
            dprintf(log, "%s\n", path);
            close(log);
        }
    }
    return REAL(fsync)(fd);
}
