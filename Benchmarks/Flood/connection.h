/* One HTTP/2 connection with one gRPC call on it, as far as a client needs it that only replays what was encoded before. */
#ifndef FLOOD_CONNECTION_H
#define FLOOD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is replayed: DATA frames of stream 1 in a row, each of whole gRPC messages. */
struct frames {
    const uint8_t *bytes;
    size_t count;
    const size_t *begin;     /* count + 1 offsets into bytes */
    const uint32_t *samples; /* in each frame */
};

enum phase { SENDING, CLOSING, OVER, BROKEN };

struct connection {
    int socket;
    int port;
    enum phase phase;
    const struct frames *frames;
    size_t next_frame;
    int64_t connection_window;
    int64_t stream_window;
    int64_t initial_window;
    bool end_queued;

    uint8_t *out;
    size_t out_size, out_sent;
    uint8_t *in;
    size_t in_size;

    uint64_t sent_samples;
    uint64_t accepted_samples;
    uint64_t began, ended; /* CLOCK_MONOTONIC, ns */
};

uint64_t monotonic_now(void);

/* Connects and queues preface, settings and the head of a call of TelemetryService.Stream. Exits with a message on failure. */
void connection_open(struct connection *c, int port, const struct frames *frames);

/* Queues up to `limit` frames, as far as flow control and the output buffer have room; how many it queued. */
size_t connection_fill(struct connection *c, size_t limit);

/* Ends the client's side of the call once all that is queued is out. */
void connection_finish(struct connection *c);

/* Sends what is queued; true while some of it is left. */
bool connection_flush(struct connection *c);

/* Takes in what the server sent: windows, settings, pings, and the answer that ends the call. */
void connection_receive(struct connection *c);

#endif
