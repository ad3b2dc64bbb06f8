#define _GNU_SOURCE
#include "capture.h"

#include <errno.h>
#include <unistd.h>

static void write_all(int fd, const char *bytes, uint64_t count) {
    while (count > 0) {
        ssize_t n = write(fd, bytes, count);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        bytes += n;
        count -= (uint64_t)n;
    }
}

static void take(lynx_capture *capture, const char *bytes, uint64_t count) {
    uint64_t room = capture->seen < capture->cap ? capture->cap - capture->seen : 0;
    uint64_t head = count < room ? count : room;
    write_all(capture->log, bytes, head);
    for (uint64_t i = head; i < count; i++) {
        capture->tail[(capture->seen + i - capture->cap) % LYNX_CAPTURE_TAIL] = bytes[i];
    }
    capture->seen += count;
}

void lynx_capture_pump(lynx_capture *capture) {
    char buffer[65536];
    /* The amount is bounded, so that an endless stream delays neither the other stream nor the lifeline. */
    for (int turn = 0; turn < 4 && capture->source >= 0; turn++) {
        ssize_t n = read(capture->source, buffer, sizeof buffer);
        if (n > 0) {
            take(capture, buffer, (uint64_t)n);
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && errno == EAGAIN) {
            return;
        } else {
            close(capture->source);
            capture->source = -1;
        }
    }
}

static void write_number(int fd, uint64_t value) {
    char digits[24];
    int at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    write_all(fd, digits + at, (uint64_t)(sizeof digits) - (uint64_t)at);
}

void lynx_capture_finish(lynx_capture *capture) {
    /* A pipe holds at most 1 MiB; a writer that could not be killed must not keep this going. */
    for (int turn = 0; turn < 8; turn++) lynx_capture_pump(capture);
    if (capture->seen <= capture->cap) return;

    static const char before[] = "\n[... ", after[] = " bytes left out ...]\n";
    uint64_t past = capture->seen - capture->cap;
    uint64_t kept = past < LYNX_CAPTURE_TAIL ? past : LYNX_CAPTURE_TAIL;
    if (past > kept) {
        write_all(capture->log, before, sizeof before - 1);
        write_number(capture->log, past - kept);
        write_all(capture->log, after, sizeof after - 1);
    }
    uint64_t start = (past - kept) % LYNX_CAPTURE_TAIL;
    uint64_t first = LYNX_CAPTURE_TAIL - start < kept ? LYNX_CAPTURE_TAIL - start : kept;
    write_all(capture->log, capture->tail + start, first);
    write_all(capture->log, capture->tail, kept - first);
}
