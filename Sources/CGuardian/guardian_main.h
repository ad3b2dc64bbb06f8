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
 * What the host reads while a program is started: the program's pid, and after it the pipe's end, or else an
 * error of the program's own process; or only an error, of the guardian.
 */
typedef struct lynx_guardian_news {
    int32_t error; /* errno, or 0 */
    int32_t step;
    int32_t program;
} lynx_guardian_news;

/* The guardian's life; only async-signal-safe calls below here. */
_Noreturn void lynx_guardian_main(const lynx_guardian_request *request, const lynx_guardian_descriptors *own);

#endif
