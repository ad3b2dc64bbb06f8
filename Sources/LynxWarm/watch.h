/*
 * What the C and C++ of a process asks its surroundings for, while modules are imported: chance, time, its own number,
 * variables, files, and what copies of the process would share or lack. Calls of the C library are passed on unchanged,
 * and noted when the watch is on.
 */
#ifndef LYNX_WARM_WATCH_H
#define LYNX_WARM_WATCH_H

#include <stddef.h>

/* Turns the watch on or off. What was noted stays until it is taken. */
void lynx_watch(int on);

/*
 * Moves what was noted into the buffer, a line each: what, who asked and, if there is more to say, with what, separated
 * by tabs. Who asked is the path of the library that called. Returns the length; the rest stays for the next call.
 */
size_t lynx_watch_take(char *buffer, size_t size);

/* A number that changes when the disposition of any signal does. */
unsigned long lynx_watch_signals(void);

/* For the watched functions. The detail may be NULL. */
void lynx_watch_note(const char *what, const void *caller, const char *detail);
extern int lynx_watch_is_on;

/* The function of the C library that one here stands before. */
void *lynx_watch_next(const char *name);

#endif
