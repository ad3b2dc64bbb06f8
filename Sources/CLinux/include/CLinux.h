#pragma once

// Linux system calls, headers and netlink questions that Swift's Glibc overlay lacks.
// Every function returns -1 with errno set on failure; all may be called on any thread.

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

/// Opens a close-on-exec descriptor that becomes readable when `pid` ends (pidfd_open(2), Linux 5.3).
/// `pid` must be a process that cannot have been recycled: a child not waited for yet.
int lynx_pidfd_open(pid_t pid);

/// Sends `sig` to the process behind `pidfd`; fails with ESRCH once it has been reaped. Signal 0 only checks.
int lynx_pidfd_send_signal(int pidfd, int sig);

/// Returns the number of processors that the process may run on (sched_getaffinity(2) of its main thread).
int lynx_processor_count(void);

/// Makes the calling process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER).
int lynx_set_child_subreaper(void);

/// Names the calling thread, as shown by ps and debuggers; the kernel keeps the first 15 bytes.
int lynx_set_thread_name(const char *name);

/// Returns the kernel's id of the calling thread.
pid_t lynx_thread_id(void);

/// Gives a thread of this process the lowest priority (nice 19).
int lynx_yield_to_others(pid_t thread);

/// Asks the scheduler for short time slices for the calling thread, so that it runs soon after it wakes on a busy machine
/// (sched_setattr(2), `sched_runtime`; no privilege needed). Children do not inherit it. Linux before 6.12 ignores it.
int lynx_ask_for_short_turns(void);

/// Accepts one IPv4 connection and writes its other end to `peer`. The new descriptor is non-blocking, and close-on-exec from
/// its first moment: a process that starts meanwhile must not hold the connection open.
int lynx_accept(int listener, struct sockaddr_in *peer);

/// Writes the absolute path, without links, of the file that this code was loaded from to `path`: an engine's library or an
/// executable, however it was started. Returns -1 with errno if the file is gone or its path does not fit into `size` bytes.
int lynx_library_path(char *path, size_t size);

/// Make the spawned process close every descriptor from `first` on, or start in `directory`
/// (posix_spawn_file_actions_addclosefrom_np and _addchdir_np of glibc). Both return 0 or an error number.
int lynx_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
int lynx_spawn_in(posix_spawn_file_actions_t *actions, const char *directory);

/// Whether `wanted` is among the bytes (memmem(3)): 1 or 0.
int lynx_contains(const void *bytes, size_t count, const void *wanted, size_t wanted_count);

/// Writes what was written to the file system of the descriptor to its disk (syncfs(2)). Returns 0, or -1 with errno set.
int lynx_sync_file_system(int descriptor);

/// Returns how many bytes of this process are allocated by malloc(3), in all its arenas.
unsigned long lynx_allocated_bytes(void);

/// Has all threads share one heap, to be called before the first of them starts: one that starts when nothing more can be mapped
/// could have none of its own, and then not even small things.
void lynx_have_one_heap(void);

/// Leaves that much free memory in the heap, which is not given back to the kernel.
void lynx_leave_room_in_heap(unsigned long bytes);

/// Gives the calling thread, and those that it starts from now on, mounts of their own: what is mounted then is nobody else's.
int lynx_have_own_mounts(void);

/// Mounts a file system in memory of that size (tmpfs(5)), and makes one read-only.
int lynx_mount_small_disk(const char *path, unsigned long bytes);
int lynx_mount_read_only(const char *path);

/// Determines the user that owns the other end of a TCP connection on this machine, from the kernel's
/// socket table (sock_diag(7)). `local` and `peer` are this end's getsockname and getpeername.
/// Writes the answer to `uid` and returns 0.
/// Fails with ENOENT if the peer's socket isn't on this machine or exists no more, and with ENOTCONN if
/// its process has closed it already and the kernel no longer knows whose it was.
int lynx_tcp_peer_uid(const struct sockaddr_in *local, const struct sockaddr_in *peer, uid_t *uid);

#ifdef __cplusplus
}
#endif
