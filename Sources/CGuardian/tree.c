#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Ten seconds in all: children that may not be killed (setuid programs), or cannot die (blocked in the
 * kernel), must not hold the job for ever.
 */
enum { QUICK_ROUNDS = 50, QUICK_MICROSECONDS = 100, ROUNDS = 2050, ROUND_MICROSECONDS = 5000 };

/* The longest part of a command line in a description. */
enum { COMMAND_MAX = 120 };

typedef struct text {
    char *bytes;
    size_t size, length;
} text;

static void append(text *out, const char *bytes, size_t count) {
    if (count > out->size - out->length) count = out->size - out->length;
    memcpy(out->bytes + out->length, bytes, count);
    out->length += count;
}

static void append_number(text *out, unsigned long value) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    append(out, digits + at, sizeof digits - at);
}

/* Opens a file of a process in /proc. Returns -1 on failure. */
static int open_proc(const char *before, pid_t pid, const char *after) {
    char path[64] = {0};
    text out = {path, sizeof path - 1, 0};
    append(&out, before, strlen(before));
    append_number(&out, (unsigned long)pid);
    append(&out, after, strlen(after));
    return open(path, O_RDONLY | O_CLOEXEC);
}

lynx_tree lynx_tree_open(pid_t program) {
    return (lynx_tree){.program = program, .list = open_proc("/proc/self/task/", getpid(), "/children")};
}

/* Calls `visit` for each direct child, including the program. Returns -1 if they cannot be listed. */
static int each_child(const lynx_tree *tree, void (*visit)(const lynx_tree *tree, pid_t child, void *context), void *context) {
    if (lseek(tree->list, 0, SEEK_SET) < 0) return -1;
    char buffer[4096];
    pid_t pid = 0;
    ssize_t n;
    while ((n = read(tree->list, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid != 0) {
                visit(tree, pid, context);
                pid = 0;
            }
        }
    }
    return n < 0 ? -1 : 0;
}

static void count(const lynx_tree *tree, pid_t child, void *context) {
    if (child == tree->program) return;
    if (waitpid(child, NULL, WNOHANG) != child) ++*(int *)context;
}

int lynx_tree_others(const lynx_tree *tree) {
    int others = 0;
    return each_child(tree, count, &others) < 0 ? -1 : others;
}

typedef struct description {
    text out;
    int others;
} description;

static void describe(const lynx_tree *tree, pid_t child, void *context) {
    description *const description = context;
    if (child == tree->program) return;
    description->others++;
    if (description->out.size - description->out.length < COMMAND_MAX + 32) return;
    char command[COMMAND_MAX];
    ssize_t length = 0;
    /* A process that is about to end has no command line any more, but still a name. */
    static const char *const files[] = {"/cmdline", "/comm"};
    for (size_t i = 0; i < sizeof files / sizeof *files && length <= 0; i++) {
        const int file = open_proc("/proc/", child, files[i]);
        if (file < 0) continue;
        length = read(file, command, sizeof command);
        close(file);
    }
    while (length > 0 && (command[length - 1] == 0 || command[length - 1] == '\n')) length--;
    for (ssize_t i = 0; i < length; i++) {
        if ((unsigned char)command[i] < ' ' || command[i] == 127) command[i] = ' ';
    }
    append_number(&description->out, (unsigned long)child);
    append(&description->out, " ", 1);
    append(&description->out, command, length > 0 ? (size_t)length : 0);
    append(&description->out, "\n", 1);
}

int lynx_tree_describe(const lynx_tree *tree, char *text, size_t size) {
    description description = {.out = {text, size - 1, 0}};
    each_child(tree, describe, &description);
    text[description.out.length] = 0;
    return description.others;
}

static void end(const lynx_tree *tree, pid_t child, void *context) {
    kill(child, SIGKILL);
    if (child == tree->program) return;
    ++*(int *)context;
    waitpid(child, NULL, WNOHANG);
}

int lynx_tree_kill(const lynx_tree *tree) {
    kill(-tree->program, SIGKILL);
    int others = 0;
    for (int round = 0; round < ROUNDS; round++) {
        /* Asked before listing: when the program ends, its children become this process's, perhaps after the list was read. */
        siginfo_t info = {.si_pid = 0};
        const int program_gone =
            waitid(P_PID, (id_t)tree->program, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == tree->program;
        others = 0;
        const int listed = each_child(tree, end, &others);
        /* If children cannot be listed, only the program's process group can be reached. */
        if (program_gone && (listed < 0 || others == 0)) return 0;
        usleep(round < QUICK_ROUNDS ? QUICK_MICROSECONDS : ROUND_MICROSECONDS);
    }
    return others;
}
