#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* RFC 9113, section 6. */
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };
enum { HEAD = 9, INITIAL_WINDOW_SIZE = 4 };

#define OUT_CAPACITY (256u << 10)
#define IN_CAPACITY (64u << 10)
/* Room that data leaves for answers to settings and pings. */
#define RESERVED (8u << 10)

uint64_t monotonic_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint32_t read32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void queue(struct connection *c, const void *bytes, size_t size) {
    if (c->out_size + size > OUT_CAPACITY) {
        fprintf(stderr, "flood: the server asks for more answers than it reads\n");
        exit(1);
    }
    memcpy(c->out + c->out_size, bytes, size);
    c->out_size += size;
}

static void queue_frame(struct connection *c, int type, int flags, uint32_t stream, const void *body, size_t size) {
    const uint8_t head[HEAD] = {(uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size, (uint8_t)type, (uint8_t)flags,
                                (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
    queue(c, head, HEAD);
    queue(c, body, size);
}

/* HPACK, RFC 7541 section 6.2.2: a literal without indexing, with a new name; both shorter than 127 bytes. */
static size_t field(uint8_t *at, const char *name, const char *value) {
    size_t names = strlen(name), values = strlen(value);
    at[0] = 0;
    at[1] = (uint8_t)names;
    memcpy(at + 2, name, names);
    at[2 + names] = (uint8_t)values;
    memcpy(at + 3 + names, value, values);
    return 3 + names + values;
}

void connection_open(struct connection *c, int port, const struct frames *frames) {
    memset(c, 0, sizeof *c);
    c->port = port;
    c->frames = frames;
    c->connection_window = c->stream_window = c->initial_window = 65535;
    c->out = malloc(OUT_CAPACITY);
    c->in = malloc(IN_CAPACITY);
    c->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!c->out || !c->in || c->socket < 0 || connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        fprintf(stderr, "flood: cannot connect to 127.0.0.1:%d: %s\n", port, strerror(errno));
        exit(1);
    }
    int yes = 1;
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(c->socket, F_SETFL, O_NONBLOCK);

    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    queue(c, preface, sizeof preface - 1);
    queue_frame(c, SETTINGS, 0, 0, "", 0);
    uint8_t head[512];
    size_t size = 0;
    char authority[32];
    snprintf(authority, sizeof authority, "127.0.0.1:%d", port);
    size += field(head + size, ":method", "POST");
    size += field(head + size, ":scheme", "http");
    size += field(head + size, ":path", "/tetryx.telemetry.v1.TelemetryService/Stream");
    size += field(head + size, ":authority", authority);
    size += field(head + size, "te", "trailers");
    size += field(head + size, "content-type", "application/grpc");
    queue_frame(c, HEADERS, END_HEADERS, 1, head, size);
}

size_t connection_fill(struct connection *c, size_t limit) {
    const struct frames *f = c->frames;
    size_t queued = 0;
    while (c->phase == SENDING && queued < limit) {
        size_t begin = f->begin[c->next_frame], size = f->begin[c->next_frame + 1] - begin;
        int64_t payload = (int64_t)size - HEAD;
        if (payload > c->connection_window || payload > c->stream_window) break;
        if (c->out_size + size + RESERVED > OUT_CAPACITY) break;
        if (c->began == 0) c->began = monotonic_now();
        memcpy(c->out + c->out_size, f->bytes + begin, size);
        c->out_size += size;
        c->connection_window -= payload;
        c->stream_window -= payload;
        c->sent_samples += f->samples[c->next_frame];
        c->next_frame = c->next_frame + 1 == f->count ? 0 : c->next_frame + 1;
        queued++;
    }
    return queued;
}

void connection_finish(struct connection *c) {
    if (c->phase != SENDING) return;
    c->phase = CLOSING;
    queue_frame(c, DATA, END_STREAM, 1, "", 0);
}

bool connection_flush(struct connection *c) {
    while (c->out_sent < c->out_size && c->phase < OVER) {
        ssize_t count = send(c->socket, c->out + c->out_sent, c->out_size - c->out_sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            /* What is left moves to the front, so that there is room behind it. */
            memmove(c->out, c->out + c->out_sent, c->out_size - c->out_sent);
            c->out_size -= c->out_sent;
            c->out_sent = 0;
            return true;
        }
        if (count < 0 && errno != EINTR) c->phase = BROKEN;
        if (count > 0) c->out_sent += (size_t)count;
    }
    c->out_size = c->out_sent = 0;
    return false;
}

static void over(struct connection *c, enum phase phase) {
    c->phase = phase;
    c->ended = monotonic_now();
}

static void settings(struct connection *c, const uint8_t *body, size_t size) {
    for (size_t at = 0; at + 6 <= size; at += 6) {
        int64_t value = read32(body + at + 2);
        if ((body[at] << 8 | body[at + 1]) != INITIAL_WINDOW_SIZE) continue;
        c->stream_window += value - c->initial_window;
        c->initial_window = value;
    }
    queue_frame(c, SETTINGS, ACK, 0, "", 0);
}

/* A gRPC message that is a TelemetryAck: its one field, number 1, a varint. */
static void answer(struct connection *c, const uint8_t *body, size_t size) {
    if (size < 7 || body[5] != 0x08) return;
    int shift = 0;
    for (size_t at = 6; at < size && shift < 64; at++, shift += 7) {
        c->accepted_samples |= (uint64_t)(body[at] & 0x7f) << shift;
        if (!(body[at] & 0x80)) return;
    }
}

static void take(struct connection *c, int type, int flags, uint32_t stream, const uint8_t *body, size_t size) {
    switch (type) {
    case SETTINGS:
        if (!(flags & ACK)) settings(c, body, size);
        break;
    case WINDOW_UPDATE:
        *(stream ? &c->stream_window : &c->connection_window) += read32(body) & 0x7fffffff;
        break;
    case PING:
        if (!(flags & ACK)) queue_frame(c, PING, ACK, 0, body, size);
        break;
    case DATA:
        answer(c, body, size);
        if (flags & END_STREAM) over(c, OVER);
        break;
    case HEADERS:
        if (flags & END_STREAM) over(c, OVER);
        break;
    case RST_STREAM:
    case GOAWAY:
        if (c->phase != OVER) over(c, BROKEN);
        break;
    default:
        break;
    }
}

void connection_receive(struct connection *c) {
    while (c->phase < OVER) {
        ssize_t count = recv(c->socket, c->in + c->in_size, IN_CAPACITY - c->in_size, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            over(c, BROKEN);
            return;
        }
        c->in_size += (size_t)count;
        size_t at = 0;
        while (c->in_size - at >= HEAD) {
            const uint8_t *frame = c->in + at;
            size_t size = read32(frame) >> 8;
            if (c->in_size - at < HEAD + size) break;
            take(c, frame[3], frame[4], read32(frame + 5) & 0x7fffffff, frame + HEAD, size);
            at += HEAD + size;
        }
        memmove(c->in, c->in + at, c->in_size - at);
        c->in_size -= at;
    }
}
