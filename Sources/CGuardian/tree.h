#ifndef LYNX_GUARDIAN_TREE_H
#define LYNX_GUARDIAN_TREE_H

#include <sys/types.h>

/*
 * Kills everything below this process and reaps all of it but `program`, which is left a zombie so that
 * its pid stays taken until the host has reaped it.
 *
 * The caller is a child subreaper: a process whose parent dies becomes its direct child, so killing the
 * direct children again and again reaches every depth, also what called setsid or daemonised.
 */
void lynx_tree_kill(pid_t program);

#endif
