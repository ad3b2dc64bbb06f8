#ifndef LYNX_GUARDIAN_WARM_WIRE_H
#define LYNX_GUARDIAN_WARM_WIRE_H

#include "guardian_main.h"

/*
 * One request on the socket: this, then the texts: working directory, environment, program, arguments; with it the log
 * files, the lifeline and the news, in that order.
 */
typedef struct lynx_warm_head {
    uint64_t capture_bytes;
    /* All sizes include the terminating NULs. */
    uint32_t directory_size;
    uint32_t environment_size;
    /* 0 for a parent whose own copy is the program. */
    uint32_t program_size;
    uint32_t arguments_size;
    int32_t no_realtime;
    int32_t private_shm;
} lynx_warm_head;

enum { LYNX_WARM_DESCRIPTORS = 4, LYNX_WARM_DIRECTORY_MAX = 4096, LYNX_WARM_ENVIRONMENT_MAX = 65536, LYNX_WARM_TEXTS_MAX = 3 * 65536 };

/* Returns 0, or an errno; E2BIG if the texts do not fit. Never blocks. */
int lynx_warm_send(int socket, const lynx_guardian_request *request, const int descriptors[LYNX_WARM_DESCRIPTORS]);

/*
 * Waits for a request and takes its texts, LYNX_WARM_TEXTS_MAX at most: 1; 0 when the host is gone. One that cannot be
 * right has been refused already.
 */
int lynx_warm_read(int socket, lynx_warm_head *head, char *texts, int descriptors[LYNX_WARM_DESCRIPTORS]);

/*
 * Forks a guardian's process, as the host's child, with all signals blocked, of which the host has been told; there it
 * returns 0 and what is the guardian's own. Else its pid or a negative errno; the descriptors are closed then.
 */
pid_t lynx_warm_clone(int descriptors[LYNX_WARM_DESCRIPTORS], lynx_guardian_descriptors *own);

/* Closes the descriptors that came with a request. */
void lynx_warm_close(const int descriptors[LYNX_WARM_DESCRIPTORS]);

/* Reports why there is no program, and closes the descriptors. */
void lynx_warm_decline(const int descriptors[LYNX_WARM_DESCRIPTORS], int error);

#endif
