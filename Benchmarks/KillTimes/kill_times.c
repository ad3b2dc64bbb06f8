/*
 * Preloaded into a runner, which stays as it is otherwise: notes when each SIGKILL has been sent.
 *
 * Appends to the file that LYNX_BENCH_KILLS names, after kill(2) has returned: who sent it, to whom, and when (three 64-bit
 * numbers; CLOCK_MONOTONIC, ns).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int file = -1;

__attribute__((constructor)) static void open_file(void) {
    const char *path = getenv("LYNX_BENCH_KILLS");
    if (path) file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

int kill(pid_t pid, int number) {
    int result = (int)syscall(SYS_kill, pid, number);
    if (number != SIGKILL || file < 0) return result;
    int code = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int64_t record[3] = {getpid(), pid, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec};
    if (write(file, record, sizeof record) != (ssize_t)sizeof record) file = -1;
    errno = code;
    return result;
}
