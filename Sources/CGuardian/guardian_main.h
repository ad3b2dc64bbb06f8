#ifndef LYNX_GUARDIAN_MAIN_H
#define LYNX_GUARDIAN_MAIN_H

#include "guardian.h"

/* What the guardian keeps of the host's descriptors. */
typedef struct lynx_guardian_descriptors {
    int stdout_log;
    int stderr_log;
    int lifeline;
    int news;
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

void lynx_guardian_tell(int news, lynx_guardian_news message);

/* No handlers, nothing ignored, nothing blocked, as exec does not see to all of that. */
void lynx_program_reset_signals(void);

/*
 * The guardian's life; only async-signal-safe calls below here. Returns in the program's process alone, and only if
 * the request names no program to execute.
 */
void lynx_guardian_main(const lynx_guardian_request *request, const lynx_guardian_descriptors *own);

#endif
