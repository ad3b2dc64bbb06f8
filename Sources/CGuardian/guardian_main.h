#ifndef LYNX_GUARDIAN_MAIN_H
#define LYNX_GUARDIAN_MAIN_H

#include "guardian.h"
#include "tree.h"

/* The descriptors that the guardian keeps. */
typedef struct lynx_guardian_descriptors {
    int stdout_log;
    int stderr_log;
    int lifeline;
    int news;
    /* 0, or the program's. */
    int channel;
} lynx_guardian_descriptors;

/*
 * What the host reads while a program is started: from a warm parent first the guardian's pid, or an error; then the
 * program's pid, and after it the pipe's end, or else an error of the program's own process; or only an error, of the
 * guardian.
 */
typedef struct lynx_guardian_news {
    int32_t error; /* errno, or 0 */
    int32_t step;
    int32_t guardian;
    int32_t program;
} lynx_guardian_news;

/* The guardian's last message, on its lifeline, once everything has ended. */
typedef struct lynx_guardian_findings {
    /*
     * The number of processes that still ran when the grace period after the program's end was over, and a line
     * "PID command" for each, as many as fit.
     */
    int32_t outlived;
    char outlived_commands[LYNX_GUARDIAN_COMMANDS_MAX];
    /* The number of processes that could not be killed. */
    int32_t unkillable;
    /* 1 if the processes could not be listed. */
    int32_t unlisted;
} lynx_guardian_findings;

void lynx_guardian_tell(int news, lynx_guardian_news message);

/* Resets all signals to their default action and unblocks them; exec resets only handlers. */
void lynx_program_reset_signals(void);

/* What a guardian watches. */
typedef struct lynx_guardian_watch {
    uint64_t capture_bytes;
    lynx_tree tree;
    /* Readable when a child has ended; -1 if there is no such descriptor. */
    int ends;
    int lifeline;
    /* The program's output is read here ... */
    int stdout_pipe;
    int stderr_pipe;
    /* ... and written there. */
    int stdout_log;
    int stderr_log;
} lynx_guardian_watch;

/* Holds the program back: it continues once the guardian has closed all of these, also by exec. */
typedef struct lynx_guardian_gate {
    int news;
    int held[2];
    /* 0, or what the program finds as LYNX_GUARDIAN_CHANNEL. */
    int channel;
} lynx_guardian_gate;

/* ---- only async-signal-safe calls below here ----------------------------------------------------- */

/*
 * Makes this process a guardian, and forks its program. Returns the program's pid in the guardian, with both structures
 * filled; and 0 in the program's process once the gate is open, in its session and directory, with its outputs. There
 * signals are still blocked, and `gate->news` is open to tell of a failure. No other failure returns.
 */
pid_t lynx_guardian_fork(
    const lynx_guardian_request *request, const lynx_guardian_descriptors *own, lynx_guardian_watch *watch,
    lynx_guardian_gate *gate);

/* Watches the program to its end, and exits. */
_Noreturn void lynx_guardian_keep(const lynx_guardian_watch *watch);

/* Does both, for a program that is to be executed. */
_Noreturn void lynx_guardian_main(const lynx_guardian_request *request, const lynx_guardian_descriptors *own);

/* Reports a failure from the program's process, and exits. */
_Noreturn void lynx_guardian_fail(int news, int error, int step);

#endif
