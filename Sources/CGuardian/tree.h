#ifndef LYNX_GUARDIAN_TREE_H
#define LYNX_GUARDIAN_TREE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The processes below this one, which is a child subreaper: a process whose parent dies becomes its direct child, so that
 * dealing with the direct children again and again reaches every depth, also what called setsid or daemonised.
 */
typedef struct lynx_tree {
    /* Stays a zombie once it has ended, so that its pid is not reused before the host has reaped it. */
    pid_t program;
    /* The kernel's list of this process's children; -1 without /proc, and then nobody but the program can be found. */
    int list;
} lynx_tree;

/* Opens the list. To be called before the program runs, which could use up all descriptors. */
lynx_tree lynx_tree_open(pid_t program);

/*
 * Reaps the children that have ended, and returns the number of direct children besides the program, or -1 if it is not known.
 * Only 0 is exact: the list changes while children are reaped, so that some may be missed.
 */
int lynx_tree_others(const lynx_tree *tree);

/* Writes a line "PID command" into `text` for each of these, as many as fit, and ends it with NUL. Returns how many there were. */
int lynx_tree_describe(const lynx_tree *tree, char *text, size_t size);

/* Kills everything below this process, and reaps all of it but the program. Returns how many could not be killed. */
int lynx_tree_kill(const lynx_tree *tree);

#endif
