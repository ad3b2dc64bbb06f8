#ifndef LYNX_GUARDIAN_CAPTURE_H
#define LYNX_GUARDIAN_CAPTURE_H

#include <stdint.h>

enum { LYNX_CAPTURE_TAIL = 8192 };

/* Copies one stream into a file: its first `cap` bytes, and the last 8 KiB of what came after them. */
typedef struct lynx_capture {
    int source; /* -1 at its end; non-blocking */
    int log;
    uint64_t cap;
    uint64_t seen;
    char tail[LYNX_CAPTURE_TAIL]; /* ring: byte number k past the cap is at k % LYNX_CAPTURE_TAIL */
} lynx_capture;

/* Copies what is available. What cannot be written, as on a full disk, is dropped, so that the program is never blocked. */
void lynx_capture_pump(lynx_capture *capture);

/* Copies the rest once no writer is left, and appends the tail after a line that says how much was left out. */
void lynx_capture_finish(lynx_capture *capture);

#endif
