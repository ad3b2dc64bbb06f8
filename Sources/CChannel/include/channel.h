#pragma once

// Sockets between processes of this program, through which descriptors pass, and what such a process makes sure of.

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Two connected stream sockets, both close-on-exec. 0, or -1 with errno.
int lynx_socket_pair(int ends[2]);

/// Sends as many of the bytes as go at once, and `descriptor` with the first of them unless it is -1. Raises no SIGPIPE.
/// The number of bytes sent, or -1 with errno. `waits`: whether a full socket is waited for.
ssize_t lynx_send(int socket, const void *bytes, size_t size, int descriptor, bool waits);

/// Receives what is there, at most `size` bytes, and the descriptor that came with them, close-on-exec; -1 if none did.
/// The number of bytes, 0 at the end, or -1 with errno. `waits`: whether an empty socket is waited for.
ssize_t lynx_receive(int socket, void *bytes, size_t size, int *descriptor, bool waits);

/// How long receiving and sending wait before they fail with EAGAIN.
int lynx_set_patience(int socket, long milliseconds);

/// One descriptor that is readable once either of two is; -1 with errno.
int lynx_either_readable(int first, int second);

/// The calling thread's signal mask, as bits.
unsigned long lynx_signal_mask(void);

/// Such as ABRT; NULL for a number that is no signal's.
const char *lynx_signal_abbreviation(int number);

/// This process's environment, for one that it starts.
char *const *lynx_environment(void);

#ifdef __cplusplus
}
#endif
