#ifndef LYNX_GUARDIAN_TREE_H
#define LYNX_GUARDIAN_TREE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The processes below this one, which is a child subreaper: a process whose parent dies becomes its direct child, so that
 * dealing with the direct children again and again reaches every depth, also what called setsid or daemonised.
 */
typedef struct lynx_tree {
    /* Stays a zombie once it has ended, so that its pid stays taken until the host has reaped it. */
    pid_t program;
    /* The kernel's list of this process's children; -1 without /proc, and then nobody but the program can be found. */
    int list;
} lynx_tree;

/* Opens the list: before the program runs, who could see to it that no descriptor is to be had later. */
lynx_tree lynx_tree_open(pid_t program);

/*
 * How many direct children there are besides the program, after reaping those that have ended; -1 if that is not known.
 * Only 0 says that none is left: while some are reaped the list moves under its reader, who may miss others.
 */
int lynx_tree_others(const lynx_tree *tree);

/* Writes a line "PID command" into `text` for each of these, as many as fit, and ends it with NUL. Returns how many there were. */
int lynx_tree_describe(const lynx_tree *tree, char *text, size_t size);

/* Kills everything below this process, and reaps all of it but the program. Returns how many could not be killed. */
int lynx_tree_kill(const lynx_tree *tree);

#endif
