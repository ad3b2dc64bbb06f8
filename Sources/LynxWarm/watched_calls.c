/* The watched functions: each notes the call, and then calls the C library's function. See watch.h. */
#define _GNU_SOURCE
#include "watch.h"

#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#define CALLER __builtin_return_address(0)
#define NOTE(what, detail) \
    do { \
        if (__builtin_expect(lynx_watch_is_on, 0)) lynx_watch_note(what, CALLER, detail); \
    } while (0)

/* Defines `result name(parameters)`, which notes `what` and calls the next function of that name. */
#define WATCHED(what, detail, result, name, parameters, arguments) \
    __attribute__((visibility("default"))) result name parameters; \
    result name parameters { \
        static result(*next) parameters; \
        if (next == NULL) next = (result(*) parameters)lynx_watch_next(#name, CALLER); \
        NOTE(what, detail); \
        return next arguments; \
    }

/* Does the same, but notes only calls that had an effect, as `done` decides from the result. */
#define WATCHED_CHANGE(what, detail, done, result, name, parameters, arguments) \
    __attribute__((visibility("default"))) result name parameters; \
    result name parameters { \
        static result(*next) parameters; \
        if (next == NULL) next = (result(*) parameters)lynx_watch_next(#name, CALLER); \
        result const r = next arguments; \
        if (r done) NOTE(what, detail); \
        return r; \
    }

/* ---- chance --------------------------------------------------------------------------------------- */

WATCHED("chance", NULL, ssize_t, getrandom, (void *buffer, size_t size, unsigned flags), (buffer, size, flags))
WATCHED("chance", NULL, int, getentropy, (void *buffer, size_t size), (buffer, size))
WATCHED("chance", NULL, uint32_t, arc4random, (void), ())
WATCHED("chance", NULL, uint32_t, arc4random_uniform, (uint32_t bound), (bound))

__attribute__((visibility("default"))) void arc4random_buf(void *buffer, size_t size) {
    static void (*next)(void *, size_t);
    if (next == NULL) next = (void (*)(void *, size_t))lynx_watch_next("arc4random_buf", CALLER);
    NOTE("chance", NULL);
    next(buffer, size);
}

/* std::random_device::_M_getval(), which may use a processor instruction instead of the kernel. */
unsigned _ZNSt13random_device9_M_getvalEv(void *self);
__attribute__((visibility("default"))) unsigned _ZNSt13random_device9_M_getvalEv(void *self) {
    static unsigned (*next)(void *);
    if (next == NULL) next = (unsigned (*)(void *))lynx_watch_next("_ZNSt13random_device9_M_getvalEv", CALLER);
    NOTE("chance", NULL);
    return next(self);
}

__attribute__((visibility("default"))) long syscall(long number, ...) {
    static long (*next)(long, ...);
    if (next == NULL) next = (long (*)(long, ...))lynx_watch_next("syscall", CALLER);
    va_list list;
    va_start(list, number);
    long words[6];
    for (int i = 0; i < 6; i++) words[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_getrandom) NOTE("chance", NULL);
    return next(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

/* ---- time and numbers ----------------------------------------------------------------------------- */

WATCHED("time", NULL, time_t, time, (time_t *out), (out))
WATCHED(clock == CLOCK_REALTIME ? "time" : "clock", NULL, int, clock_gettime, (clockid_t clock, struct timespec *out), (clock, out))
WATCHED("time", NULL, int, gettimeofday, (struct timeval *out, void *zone), (out, zone))
WATCHED("time", NULL, clock_t, clock, (void), ())
WATCHED("time", NULL, clock_t, times, (struct tms *out), (out))
WATCHED("time", NULL, int, timespec_get, (struct timespec *out, int base), (out, base))
WATCHED("pid", NULL, pid_t, getpid, (void), ())
WATCHED("pid", NULL, pid_t, getppid, (void), ())
WATCHED("pid", NULL, pid_t, gettid, (void), ())

/* ---- variables ------------------------------------------------------------------------------------ */

WATCHED("variable", name, char *, getenv, (const char *name), (name))
WATCHED("variable", name, char *, secure_getenv, (const char *name), (name))

/* ---- files ---------------------------------------------------------------------------------------- */

static void note_open(const void *caller, const char *path, int is_written, int is_open) {
    if (!lynx_watch_is_on) return;
    if (is_open) {
        lynx_watch_note(is_written ? "write" : "read", caller, path);
    } else {
        lynx_watch_note("absent", caller, path);
    }
}

static mode_t mode_of(int flags, va_list list) {
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? (mode_t)va_arg(list, unsigned) : 0;
}

static int is_written(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0; }

#define WATCHED_OPEN(name) \
    __attribute__((visibility("default"))) int name(const char *path, int flags, ...); \
    int name(const char *path, int flags, ...) { \
        static int (*next)(const char *, int, ...); \
        if (next == NULL) next = (int (*)(const char *, int, ...))lynx_watch_next(#name, CALLER); \
        va_list list; \
        va_start(list, flags); \
        const mode_t mode = mode_of(flags, list); \
        va_end(list); \
        const int fd = next(path, flags, mode); \
        note_open(CALLER, path, is_written(flags), fd >= 0); \
        return fd; \
    }

#define WATCHED_OPENAT(name) \
    __attribute__((visibility("default"))) int name(int directory, const char *path, int flags, ...); \
    int name(int directory, const char *path, int flags, ...) { \
        static int (*next)(int, const char *, int, ...); \
        if (next == NULL) next = (int (*)(int, const char *, int, ...))lynx_watch_next(#name, CALLER); \
        va_list list; \
        va_start(list, flags); \
        const mode_t mode = mode_of(flags, list); \
        va_end(list); \
        const int fd = next(directory, path, flags, mode); \
        note_open(CALLER, path, is_written(flags), fd >= 0); \
        return fd; \
    }

#define WATCHED_FOPEN(name) \
    __attribute__((visibility("default"))) FILE *name(const char *path, const char *mode); \
    FILE *name(const char *path, const char *mode) { \
        static FILE *(*next)(const char *, const char *); \
        if (next == NULL) next = (FILE * (*)(const char *, const char *)) lynx_watch_next(#name, CALLER); \
        FILE *const file = next(path, mode); \
        note_open(CALLER, path, mode[0] != 'r' || strchr(mode, '+') != NULL, file != NULL); \
        return file; \
    }

WATCHED_OPEN(open)
WATCHED_OPEN(open64)
WATCHED_OPENAT(openat)
WATCHED_OPENAT(openat64)
WATCHED_FOPEN(fopen)
WATCHED_FOPEN(fopen64)
WATCHED_CHANGE("write", path, >= 0, int, creat, (const char *path, mode_t mode), (path, mode))
WATCHED_CHANGE("write", path, == 0, int, mkdir, (const char *path, mode_t mode), (path, mode))
WATCHED_CHANGE("write", path, == 0, int, mkdirat, (int directory, const char *path, mode_t mode), (directory, path, mode))
WATCHED_CHANGE("write", path, == 0, int, mkfifo, (const char *path, mode_t mode), (path, mode))
WATCHED_CHANGE("write", path, == 0, int, unlink, (const char *path), (path))
WATCHED_CHANGE("write", path, == 0, int, unlinkat, (int directory, const char *path, int flags), (directory, path, flags))
WATCHED_CHANGE("write", path, == 0, int, rmdir, (const char *path), (path))
WATCHED_CHANGE("write", to, == 0, int, rename, (const char *from, const char *to), (from, to))
WATCHED_CHANGE("write", to, == 0, int, link, (const char *from, const char *to), (from, to))
WATCHED_CHANGE("write", path, == 0, int, symlink, (const char *target, const char *path), (target, path))
WATCHED_CHANGE("write", pattern, >= 0, int, mkstemp, (char *pattern), (pattern))
WATCHED_CHANGE("write", pattern, >= 0, int, mkstemp64, (char *pattern), (pattern))
WATCHED_CHANGE("write", pattern, != NULL, char *, mkdtemp, (char *pattern), (pattern))
WATCHED("write", NULL, FILE *, tmpfile, (void), ())

/* ---- what copies would share, or lack -------------------------------------------------------------- */

WATCHED("shared", name, int, shm_open, (const char *name, int flags, mode_t mode), (name, flags, mode))
WATCHED("shared", NULL, void *, shmat, (int id, const void *address, int flags), (id, address, flags))

__attribute__((visibility("default"))) sem_t *sem_open(const char *name, int flags, ...) {
    static sem_t *(*next)(const char *, int, ...);
    if (next == NULL) next = (sem_t * (*)(const char *, int, ...)) lynx_watch_next("sem_open", CALLER);
    va_list list;
    va_start(list, flags);
    const unsigned mode = va_arg(list, unsigned), value = va_arg(list, unsigned);
    va_end(list);
    NOTE("shared", name);
    return next(name, flags, mode, value);
}

#define WATCHED_MMAP(name, offset_type) \
    __attribute__((visibility("default"))) void *name(void *address, size_t size, int protection, int flags, int fd, offset_type offset); \
    void *name(void *address, size_t size, int protection, int flags, int fd, offset_type offset) { \
        static void *(*next)(void *, size_t, int, int, int, offset_type); \
        if (next == NULL) next = (void *(*)(void *, size_t, int, int, int, offset_type))lynx_watch_next(#name, CALLER); \
        const int sharing = flags & MAP_TYPE; \
        if ((sharing == MAP_SHARED || sharing == MAP_SHARED_VALIDATE) && (protection & PROT_WRITE) != 0) NOTE("shared", NULL); \
        return next(address, size, protection, flags, fd, offset); \
    }
WATCHED_MMAP(mmap, off_t)
WATCHED_MMAP(mmap64, off64_t)

WATCHED("connection", NULL, int, connect, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size))
WATCHED("program", path, int, posix_spawn,
    (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]),
    (pid, path, actions, attributes, argv, envp))
WATCHED("program", file, int, posix_spawnp,
    (pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]),
    (pid, file, actions, attributes, argv, envp))
WATCHED("program", command, int, system, (const char *command), (command))
WATCHED("program", command, FILE *, popen, (const char *command, const char *mode), (command, mode))

WATCHED("state", "a timer", int, setitimer, (__itimer_which_t which, const struct itimerval *new, struct itimerval *old), (which, new, old))
WATCHED("state", "a timer", unsigned, alarm, (unsigned seconds), (seconds))
WATCHED("state", "a timer", int, timer_create, (clockid_t clock, struct sigevent *event, timer_t *timer), (clock, event, timer))
WATCHED("state", "a lock on memory", int, mlockall, (int flags), (flags))
WATCHED("state", "a lock on memory", int, mlock, (const void *address, size_t size), (address, size))
WATCHED("state", "its priority", int, setpriority, (__priority_which_t which, id_t who, int value), (which, who, value))
WATCHED("state", "its priority", int, nice, (int increment), (increment))
WATCHED("state", "its scheduling", int, sched_setscheduler, (pid_t pid, int policy, const struct sched_param *parameter), (pid, policy, parameter))
WATCHED("state", "its processors", int, sched_setaffinity, (pid_t pid, size_t size, const cpu_set_t *set), (pid, size, set))
WATCHED("state", "its session", pid_t, setsid, (void), ())
WATCHED("state", "its process group", int, setpgid, (pid_t pid, pid_t group), (pid, group))

__attribute__((visibility("default"))) int madvise(void *address, size_t size, int advice) {
    static int (*next)(void *, size_t, int);
    if (next == NULL) next = (int (*)(void *, size_t, int))lynx_watch_next("madvise", CALLER);
    if (advice == MADV_DONTFORK) NOTE("state", "memory that no copy gets");
    return next(address, size, advice);
}

__attribute__((visibility("default"))) int prctl(int option, ...) {
    static int (*next)(int, ...);
    if (next == NULL) next = (int (*)(int, ...))lynx_watch_next("prctl", CALLER);
    va_list list;
    va_start(list, option);
    unsigned long words[4];
    for (int i = 0; i < 4; i++) words[i] = va_arg(list, unsigned long);
    va_end(list);
    const int is_harmless = option == PR_GET_NAME || option == PR_GET_PDEATHSIG || option == PR_GET_DUMPABLE || option == PR_CAPBSET_READ ||
                            option == PR_SET_VMA || option == PR_GET_SECCOMP || option == PR_GET_NO_NEW_PRIVS;
    if (!is_harmless) NOTE("state", "an attribute of its process");
    return next(option, words[0], words[1], words[2], words[3]);
}
