/*
 * Warm parents: a process that has read what a program begins with, and becomes that program once per job.
 *
 * The host starts it with lynx_warm_start. The parent loads this library into itself, prepares, says that it is ready,
 * and then turns each request of the host into a guardian with a program under it (guardian.h). The program is a copy of
 * the parent. The guardian is no copy, but the spawner's program (spawner.h). It is made with CLONE_PARENT, so it is the
 * host's own child, as if the host had forked it, and is waited for and killed in the same way. The parent must have one
 * thread and no descriptor that the program should not have; it has checked both before it reports that it is ready.
 */
#ifndef LYNX_WARM_H
#define LYNX_WARM_H

#include "guardian.h"

/* ---- in the host --------------------------------------------------------------------------------- */

typedef struct lynx_warm_request {
    const char *program; /* path; no search */
    char *const *argv;
    char *const *envp;
    const char *working_directory;
    /* What the program finds to read at LYNX_WARM_SCRIPT. */
    const void *script;
    size_t script_size;
} lynx_warm_request;

/* The descriptors a parent starts with, besides standard input (/dev/null) and two outputs that go nowhere. */
enum {
    LYNX_WARM_SOCKET = 3, /* to the host: messages with their bounds */
    LYNX_WARM_SCRIPT = 4,
    LYNX_WARM_OUTPUT = 5 /* the other end of standard output and error, which are a pipe as a program's are */
};

typedef struct lynx_warm_parent {
    pid_t pid; /* leader of its own session */
    int socket; /* the caller's to close; at its end when the parent is gone */
} lynx_warm_parent;

/*
 * Starts a parent; on a thread that lives as long as the host, as it dies with it. Does not wait for it to be ready.
 * Returns 0, or an errno with nothing left running.
 */
int lynx_warm_start(const lynx_warm_request *request, lynx_warm_parent *out);

/* Does the same on any thread, by a thread of its own that sleeps as long as the host lives. */
int lynx_warm_start_on_own_thread(const lynx_warm_request *request, lynx_warm_parent *out);

/*
 * Receives the parent's next message without waiting. Returns its length, 0 if the parent has ended, or -1 if there is no new
 * message. A message that is kept is received again by the next call.
 */
ssize_t lynx_warm_hear(const lynx_warm_parent *parent, char *message, size_t size, int keep);

/* Kills and reaps the parent; call once. Programs that it has started keep running. */
void lynx_warm_stop(lynx_warm_parent *parent);

/* ---- in the parent, which has one thread --------------------------------------------------------- */

/* A variable of its environment whose place is given to the program's, so that /proc/PID/environ tells of it. */
#define LYNX_WARM_PLACE "TETRYX_OUTPUT_DIR"

/* Call first, while the variable is still where exec put it; with the path of the spawner's program. */
void lynx_warm_init(const char *spawner);

typedef struct lynx_warm_job {
    uint64_t capture_bytes;
    int descriptors[4];
    /* NAME=value, one after the other, each with its NUL; then an empty one. */
    char environment[65536];
    char working_directory[4096];
} lynx_warm_job;

/* Waits for a job: 1, or 0 when the host is gone. */
int lynx_warm_receive(int socket, lynx_warm_job *job);

/* Returns in the parent with the guardian's pid, or with a negative errno; and with 0 in the program's process. */
int lynx_warm_fork(lynx_warm_job *job);

/* Says why there is no program, and gives the job's descriptors up. */
void lynx_warm_refuse(lynx_warm_job *job, int error);

#endif
