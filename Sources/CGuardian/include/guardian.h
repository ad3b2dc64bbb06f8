/*
 * Starts a program under a guardian: a small process that stands between the host and the simulation and outlives
 * neither.
 *
 * The guardian is the child subreaper of all that the program starts, so whatever daemonises or calls
 * setsid comes back to it. It ends the whole tree when the program ends, when told to, and when the
 * host is gone (the lifeline closes), and only then ends itself. It also copies stdout and stderr
 * into files up to a cap, so that a program that writes without end fills no disk and never blocks.
 *
 * In C because what runs between fork and exec in a process with threads may only use
 * async-signal-safe functions (fork(2), signal-safety(7)), which Swift cannot promise.
 */
#ifndef LYNX_GUARDIAN_H
#define LYNX_GUARDIAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LYNX_GUARDIAN_GRACE_MS = 2000, LYNX_GUARDIAN_COMMANDS_MAX = 1024, LYNX_GUARDIAN_CHANNEL = 3 };

typedef struct lynx_guardian_request {
    const char *program; /* path; no search. NULL to a warm parent, whose own copy is the program */
    char *const *argv;
    char *const *envp;
    const char *working_directory;
    /* Files to create, mode 0600. At most capture_bytes of each stream go there, plus its last 8 KiB. */
    const char *stdout_path;
    const char *stderr_path;
    uint64_t capture_bytes;
    /* 1: the program and what it starts get no real-time priority, not even as root: no CAP_SYS_NICE, RLIMIT_RTPRIO 0. */
    int no_realtime;
    /* 1: the program and what it starts have a /dev/shm of their own, which goes with them. Not from a warm parent. */
    int private_shm;
    /* 0, or a descriptor that the program finds as LYNX_GUARDIAN_CHANNEL. Not through a parent. */
    int channel;
} lynx_guardian_request;

typedef struct lynx_guardian {
    pid_t guardian;
    /* The program: leader of its own session and process group; a zombie from its end until it is reaped. */
    pid_t program;
    /* Readable when the guardian, and so everything else, is gone. */
    int pidfd;
    /* One byte written here, or closing it, ends the tree. */
    int lifeline;
} lynx_guardian;

/* What could not be done. */
typedef enum lynx_guardian_step {
    LYNX_GUARDIAN_OPEN_LOG = 1,
    LYNX_GUARDIAN_FORK = 2,
    LYNX_GUARDIAN_CHDIR = 3,
    LYNX_GUARDIAN_EXEC = 4,
    /* The warm parent is gone, does not answer, or refused (ESTALE: files that it had read have changed). */
    LYNX_GUARDIAN_PARENT = 5,
    LYNX_GUARDIAN_PRIVATE_SHM = 6
} lynx_guardian_step;

/* Checks whether private_shm is possible on this machine. Returns 0, or an errno. */
int lynx_private_shm_check(void);

/* Returns 0, or an errno with *step set; then nothing is left running and no descriptor open. */
int lynx_guardian_spawn(const lynx_guardian_request *request, lynx_guardian *out, lynx_guardian_step *step);

/*
 * The same from a warm parent (warm.h) or a spawner (spawner.h), which forks the guardian in place of the host and as the
 * host's child. Its `socket` is the parent's. To a warm parent a request names no program, and envp holds only what is the
 * job's own.
 * If the parent failed, step is LYNX_GUARDIAN_PARENT, no file has been made, and the request may be spawned without it.
 */
int lynx_guardian_spawn_warm(
    const lynx_guardian_request *request, int socket, lynx_guardian *out, lynx_guardian_step *step);

/* Ends the tree with SIGKILL. Does not wait. */
void lynx_guardian_kill(const lynx_guardian *guardian);

/* Sends `signal` to the program's process group; before reap, as its number stays taken until then. */
void lynx_guardian_signal(const lynx_guardian *guardian, int signal);

typedef struct lynx_guardian_exit {
    int exit_code;   /* -1 if a signal ended the program */
    int exit_signal; /* 0 if none */
    int64_t max_rss_bytes;
    /* 1 if the guardian itself was killed: strays may be left. */
    int guardian_lost;
    /* How many processes outlived the program and the grace, and were killed; a line "PID command" for each, as many as fit. */
    int outlived;
    char outlived_commands[LYNX_GUARDIAN_COMMANDS_MAX];
    /* The number of processes that could not be killed and are still running. */
    int unkillable;
    /* 1 if /proc could not be read, so that such processes may have been missed. */
    int unlisted;
} lynx_guardian_exit;

/*
 * How the program ended, after pidfd is readable and before it is reaped: the exit code, or -1 and the signal. Returns 0 if
 * that is not known.
 */
int lynx_guardian_peek(const lynx_guardian *guardian, int *exit_code, int *exit_signal);

/*
 * Call once, after pidfd is readable. Reaps both processes, closes both descriptors. Until this call
 * the program's pid cannot have been given to another process, provided that the caller is a subreaper.
 */
void lynx_guardian_reap(lynx_guardian *guardian, lynx_guardian_exit *out);

#endif
