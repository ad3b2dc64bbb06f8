/*
 * Replays telemetry to gRPC servers, as fast as they take it or at a rate, so that the server is what is measured.
 *
 *   flood FILE SECONDS RATE PORT...
 *
 * Opens one connection to 127.0.0.1:PORT for each PORT, and one call of TelemetryService.Stream on each. FILE holds what is
 * replayed over and over: records of two 32-bit little-endian numbers, samples and bytes, and that many bytes of whole gRPC
 * messages; each record goes out as one DATA frame. RATE is in records per second and connection, 0 for all that flow
 * control allows. After SECONDS the calls are half-closed, and what the servers say they took is waited for.
 *
 * Prints JSON: per connection samples sent, samples accepted, and seconds from the first byte of data to the answer's end.
 * Exit code 1 when a connection broke or a server did not take all.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connection.h"

#define HEAD 9
#define SECOND 1000000000u
#define ANSWER_SECONDS 120

static void fail(const char *why) {
    fprintf(stderr, "flood: %s\n", why);
    exit(2);
}

/* Reads the records and puts a DATA frame's head before each. */
static struct frames read_frames(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || status.st_size < 8) fail("cannot read the file of records");
    size_t size = (size_t)status.st_size;
    uint8_t *bytes = malloc(size);
    if (!bytes || read(file, bytes, size) != (ssize_t)size) fail("cannot read the file of records");
    close(file);

    uint8_t *out = malloc(size + size / 8 * HEAD);
    size_t *begin = malloc((size / 8 + 1) * sizeof *begin);
    uint32_t *samples = malloc(size / 8 * sizeof *samples);
    if (!out || !begin || !samples) fail("out of memory");
    struct frames frames = {.bytes = out, .begin = begin, .samples = samples};
    size_t end = 0;
    for (size_t at = 0; at + 8 <= size;) {
        uint32_t length;
        memcpy(&samples[frames.count], bytes + at, 4);
        memcpy(&length, bytes + at + 4, 4);
        if (length > 16384 || at + 8 + length > size) fail("a record is longer than a frame or than the file");
        const uint8_t head[HEAD] = {0, (uint8_t)(length >> 8), (uint8_t)length, 0, 0, 0, 0, 0, 1};
        begin[frames.count++] = end;
        memcpy(out + end, head, HEAD);
        memcpy(out + end + HEAD, bytes + at + 8, length);
        end += HEAD + length;
        at += 8 + length;
    }
    begin[frames.count] = end;
    free(bytes);
    return frames;
}

/* Puts out what is to go now, and waits for room when there is some left. */
static void push(int epoll, struct connection *c, size_t limit) {
    bool waits;
    size_t queued;
    do {
        queued = connection_fill(c, limit);
        limit -= queued;
        waits = connection_flush(c);
    } while (!waits && queued > 0 && limit > 0);
    struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = c};
    if (c->phase < OVER)
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->socket, &event);
    else
        epoll_ctl(epoll, EPOLL_CTL_DEL, c->socket, NULL);
}

static void report(const struct connection *connections, size_t count) {
    printf("[");
    for (size_t i = 0; i < count; i++) {
        const struct connection *c = &connections[i];
        double seconds = c->ended > c->began ? (double)(c->ended - c->began) / SECOND : 0;
        printf("%s{\"port\": %d, \"sent\": %lu, \"accepted\": %lu, \"seconds\": %.9f}", i ? ", " : "", c->port,
               (unsigned long)c->sent_samples, (unsigned long)c->accepted_samples, seconds);
    }
    printf("]\n");
}

int main(int argc, char **argv) {
    if (argc < 5) fail("usage: flood FILE SECONDS RATE PORT...");
    struct frames frames = read_frames(argv[1]);
    double seconds = atof(argv[2]), rate = atof(argv[3]);
    size_t count = (size_t)argc - 4, left = count;
    struct connection *connections = calloc(count, sizeof *connections);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!connections || epoll < 0) fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = &connections[i]};
        connection_open(&connections[i], atoi(argv[4 + i]), &frames);
        epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].socket, &event);
    }

    uint64_t began = monotonic_now(), end = began + (uint64_t)(seconds * SECOND);
    uint64_t interval = rate > 0 ? (uint64_t)(SECOND / rate / (double)count) : 0, ticks = 0;
    size_t limit = rate > 0 ? 0 : SIZE_MAX;
    bool finishing = false;
    while (left > 0) {
        uint64_t now = monotonic_now();
        if (!finishing && now >= end) {
            finishing = true;
            for (size_t i = 0; i < count; i++) {
                connection_finish(&connections[i]);
                if (connections[i].phase < OVER) push(epoll, &connections[i], 0);
            }
        }
        /* At a rate the connections take turns, evenly spaced. */
        for (; interval && !finishing && now >= began + ticks * interval; ticks++) {
            struct connection *c = &connections[ticks % count];
            if (c->phase < OVER) push(epoll, c, 1);
        }
        uint64_t due = finishing ? end + ANSWER_SECONDS * (uint64_t)SECOND : interval ? began + ticks * interval : end;
        if (now >= due && finishing) break;
        uint64_t wait = due > now ? due - now : 0;
        struct timespec timeout = {(time_t)(wait / SECOND), (long)(wait % SECOND)};
        struct epoll_event events[64];
        int ready = epoll_pwait2(epoll, events, 64, &timeout, NULL);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & ~(uint32_t)EPOLLOUT) connection_receive(c);
            push(epoll, c, limit);
            if (c->phase >= OVER) left--;
        }
    }
    report(connections, count);
    for (size_t i = 0; i < count; i++)
        if (connections[i].phase != OVER || connections[i].accepted_samples != connections[i].sent_samples) return 1;
    return 0;
}
