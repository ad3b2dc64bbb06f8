#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Ten seconds in all: children that may not be killed (setuid programs), or cannot die (blocked in the
 * kernel), must not hold the job for ever.
 */
enum { QUICK_ROUNDS = 50, QUICK_MICROSECONDS = 100, ROUNDS = 2050, ROUND_MICROSECONDS = 5000 };

static int append_number(char *out, unsigned long value) {
    char digits[24];
    int count = 0, length = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0) out[length++] = digits[--count];
    return length;
}

/*
 * Signals each direct child and reaps those already dead; returns how many there were besides `program`. Only 0
 * says that none is left: while some are reaped the list moves under its reader, who may miss others.
 */
static int kill_children(pid_t program) {
    static const char head[] = "/proc/self/task/", tail[] = "/children";
    char path[64];
    int length = 0;
    for (const char *c = head; *c; c++) path[length++] = *c;
    length += append_number(path + length, (unsigned long)getpid());
    for (const char *c = tail; *c; c++) path[length++] = *c;
    path[length] = 0;

    int others = 0;
    int list = open(path, O_RDONLY | O_CLOEXEC);
    if (list < 0) return 0;
    char buffer[4096];
    pid_t pid = 0;
    ssize_t n;
    while ((n = read(list, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid != 0) {
                kill(pid, SIGKILL);
                if (pid != program) {
                    others++;
                    waitpid(pid, NULL, WNOHANG);
                }
                pid = 0;
            }
        }
    }
    close(list);
    return others;
}

void lynx_tree_kill(pid_t program) {
    kill(-program, SIGKILL);
    for (int round = 0; round < ROUNDS; round++) {
        /* Asked first: when the program ends its children become this process's, perhaps after its list was read. */
        siginfo_t info = {.si_pid = 0};
        const int program_gone = waitid(P_PID, (id_t)program, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == program;
        if (kill_children(program) == 0 && program_gone) return;
        usleep(round < QUICK_ROUNDS ? QUICK_MICROSECONDS : ROUND_MICROSECONDS);
    }
}
