/*
 * Records which outside state the C and C++ code of a process uses while modules are imported: randomness, time, its
 * process id, environment variables, files, and resources that copies of the process would share or lack. Calls of the C
 * library are passed on unchanged, and noted while the watch is on.
 */
#ifndef LYNX_WARM_WATCH_H
#define LYNX_WARM_WATCH_H

#include <stddef.h>

/* Turns the watch on or off. Notes are kept until they are read. */
void lynx_watch(int on);

/*
 * Moves the notes into the buffer, one per line: what was used, the path of the calling library and, if there is one, a
 * detail, separated by tabs. Returns the length; the remaining notes are left for the next call.
 */
size_t lynx_watch_take(char *buffer, size_t size);

/* Returns a number that changes when the disposition of any signal changes. */
unsigned long lynx_watch_signals(void);

/* For the watched functions. The detail may be NULL. */
void lynx_watch_note(const char *what, const void *caller, const char *detail);
extern int lynx_watch_is_on;

/*
 * Finds the function that one here replaces: the C library's, or that of a library which only the caller has, as extension
 * modules of Python have the C++ library.
 */
void *lynx_watch_next(const char *name, const void *caller);

#endif
