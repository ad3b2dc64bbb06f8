#pragma once

// Linux system calls, headers and netlink questions that Swift's Glibc overlay lacks.
// Every function answers -1 with errno set on failure; all may be called on any thread.

#include "last_words.h"

#include <netinet/in.h>
#include <stddef.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A close-on-exec descriptor that becomes readable when `pid` ends (pidfd_open(2), Linux 5.3).
/// `pid` must be a process that cannot have been recycled: a child not waited for yet.
int lynx_pidfd_open(pid_t pid);

/// Sends `sig` to the process behind `pidfd`; ESRCH once it has been reaped. Signal 0 only asks.
int lynx_pidfd_send_signal(int pidfd, int sig);

/// How many processors the process may run on (sched_getaffinity(2) of its main thread).
int lynx_processor_count(void);

/// Makes the calling process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER).
int lynx_set_child_subreaper(void);

/// Names the calling thread, as shown by ps and debuggers; the kernel keeps the first 15 bytes.
int lynx_set_thread_name(const char *name);

/// The calling thread's id, as the kernel has it.
pid_t lynx_thread_id(void);

/// Lets all others go before a thread of this process (nice 19), such as one that computes for nothing.
int lynx_yield_to_others(pid_t thread);

/// Asks the scheduler for short turns for the calling thread, so that it gets one soon after it wakes where others compute
/// (sched_setattr(2), `sched_runtime`; needs no right). Not for what it forks. Linux before 6.12 takes no notice.
int lynx_ask_for_short_turns(void);

/// Accepts one IPv4 connection and writes its other end to `peer`. The new descriptor is non-blocking, and close-on-exec from
/// its first moment: a process that starts meanwhile must not hold the connection open.
int lynx_accept(int listener, struct sockaddr_in *peer);

/// The file that this code was loaded from, an engine's library or an executable, into `path`.
int lynx_library_path(char *path, size_t size);

/// What is spawned closes every descriptor from `first` on, and works in `directory`
/// (posix_spawn_file_actions_addclosefrom_np and _addchdir_np of glibc). Both return 0 or an error number.
int lynx_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
int lynx_spawn_in(posix_spawn_file_actions_t *actions, const char *directory);

/// The user that owns the other end of a TCP connection on this machine, asked from the kernel's
/// socket table (sock_diag(7)). `local` and `peer` are this end's getsockname and getpeername.
/// Writes the answer to `uid` and returns 0.
/// Fails with ENOENT if the peer's socket isn't on this machine or exists no more, and with ENOTCONN if
/// its process has closed it already and the kernel no longer knows whose it was.
int lynx_tcp_peer_uid(const struct sockaddr_in *local, const struct sockaddr_in *peer, uid_t *uid);

#ifdef __cplusplus
}
#endif
