/*
 * Starts that the host gave up because a parent did not answer in time, and that may still happen. Their guardians are
 * children of the host; they find the lifeline closed and end by themselves, but the host has to reap them.
 */
#ifndef LYNX_LATE_H
#define LYNX_LATE_H

#include <sys/types.h>

/* Takes ownership of the descriptor. A pid is 0 if it has not been reported yet. Any thread. */
void lynx_late_expect(int news, pid_t guardian, pid_t program);

/* Reaps those that have ended, without blocking. Returns the number of starts that may still come. Any thread. */
int lynx_late_reap(void);

#endif
