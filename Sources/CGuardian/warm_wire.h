#ifndef LYNX_GUARDIAN_WARM_WIRE_H
#define LYNX_GUARDIAN_WARM_WIRE_H

#include "guardian.h"

/* One request on the socket: this, then the texts; with it the log files, the lifeline and the news, in that order. */
typedef struct lynx_warm_head {
    uint64_t capture_bytes;
    /* Both with their NULs. */
    uint32_t directory_size;
    uint32_t environment_size;
} lynx_warm_head;

enum { LYNX_WARM_DESCRIPTORS = 4 };

/* Returns 0, or an errno; E2BIG if the texts do not fit. Never blocks. */
int lynx_warm_send(int socket, const lynx_guardian_request *request, const int descriptors[LYNX_WARM_DESCRIPTORS]);

#endif
