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

/* The guardian's one message to the host, once the program runs or could not be started. */
typedef struct lynx_guardian_news {
    int32_t error; /* errno, or 0 */
    int32_t step;
    int32_t program;
} lynx_guardian_news;

/* The guardian's life; only async-signal-safe calls below here. */
_Noreturn void lynx_guardian_main(const lynx_guardian_request *request, const lynx_guardian_descriptors *own);

#endif
