#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int lynx_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int lynx_pidfd_send_signal(int pidfd, int sig) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

int lynx_contains(const void *bytes, size_t count, const void *wanted, size_t wanted_count) {
    return memmem(bytes, count, wanted, wanted_count) != NULL;
}

int lynx_sync_file_system(int descriptor) {
    return syncfs(descriptor);
}

int lynx_processor_count(void) {
    /* Large enough for more processors than any kernel supports. */
    static const size_t most = 1 << 16;
    cpu_set_t *const set = CPU_ALLOC(most);
    if (set == NULL) return -1;
    const int count = sched_getaffinity(getpid(), CPU_ALLOC_SIZE(most), set) < 0 ? -1 : CPU_COUNT_S(CPU_ALLOC_SIZE(most), set);
    CPU_FREE(set);
    return count;
}

int lynx_set_child_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int lynx_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int lynx_spawn_in(posix_spawn_file_actions_t *actions, const char *directory) {
    return posix_spawn_file_actions_addchdir_np(actions, directory);
}

int lynx_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

pid_t lynx_thread_id(void) {
    return (pid_t)syscall(SYS_gettid);
}

int lynx_yield_to_others(pid_t thread) {
    /* Given a thread's id, Linux sets the priority of that thread: setpriority(2), "C library/kernel differences". */
    return setpriority(PRIO_PROCESS, (id_t)thread, 19);
}

int lynx_ask_for_short_turns(void) {
    /* The first version of struct sched_attr, which glibc before 2.41 does not define. */
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = sizeof attributes};
    if (syscall(SYS_sched_getattr, 0, &attributes, (unsigned)sizeof attributes, 0u) < 0) return -1;
    attributes.runtime = 100000; /* ns, the least that is taken */
    attributes.flags |= 1; /* SCHED_FLAG_RESET_ON_FORK: not for what this thread starts */
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0u);
}

int lynx_accept(int listener, struct sockaddr_in *peer) {
    socklen_t length = sizeof *peer;
    return accept4(listener, (struct sockaddr *)peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int lynx_library_path(char *path, size_t size) {
    static const char here;
    Dl_info info;
    struct link_map *object = NULL;
    if (dladdr1(&here, &info, (void **)&object, RTLD_DL_LINKMAP) == 0 || object == NULL) {
        errno = ENOENT;
        return -1;
    }
    /* An executable has no name of its own here, and dli_fname is the word that it was started by: a name that was found in
       PATH would be looked for in the current folder. */
    char *real = realpath(object->l_name[0] == 0 ? "/proc/self/exe" : object->l_name, NULL);
    if (real == NULL) return -1;
    const int fits = strlen(real) < size;
    if (fits) strcpy(path, real);
    free(real);
    if (!fits) errno = ENAMETOOLONG;
    return fits ? 0 : -1;
}

int lynx_mount_small_disk(const char *path, unsigned long bytes) {
    char options[64];
    snprintf(options, sizeof options, "size=%lu,mode=0700", bytes);
    return mount("lynx-check", path, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

int lynx_mount_read_only(const char *path) { return mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL); }

int lynx_have_own_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0) return -1;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

void lynx_have_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

void lynx_leave_room_in_heap(unsigned long bytes) {
    /* Larger blocks would be mappings of their own. */
    enum { BLOCK = 16 << 10 };
    struct block {
        struct block *next;
        char rest[BLOCK - sizeof(struct block *)];
    } *blocks = NULL;
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    for (unsigned long made = 0; made < bytes; made += BLOCK) {
        struct block *const block = malloc(sizeof *block);
        if (!block) break;
        block->next = blocks;
        blocks = block;
    }
    while (blocks) {
        struct block *const block = blocks;
        blocks = block->next;
        free(block);
    }
}

unsigned long lynx_allocated_bytes(void) {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
