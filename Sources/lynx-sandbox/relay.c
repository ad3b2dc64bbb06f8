#define _GNU_SOURCE
#include "relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More connections than these wait in the listener's queue. */
enum { PAIRS_MAX = 64, BUFFER = 32768 };

/* Bytes on their way from one socket to another. */
typedef struct flow {
    char bytes[BUFFER];
    size_t start, end;
    int is_over; /* the source has ended */
} flow;

typedef struct pair {
    int ends[2]; /* inside, outside; -1 if the pair is free */
    flow flows[2]; /* from that end to the other */
} pair;

static pair pairs[PAIRS_MAX];

static void finish(pair *pair) {
    close(pair->ends[0]);
    close(pair->ends[1]);
    pair->ends[0] = -1;
}

static void begin(int accepted, unsigned short port) {
    const int outside = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    /* Connecting on the loopback does not wait. */
    if (outside < 0 || connect(outside, (const struct sockaddr *)&address, sizeof address) < 0) {
        if (outside >= 0) close(outside);
        close(accepted);
        return;
    }
    for (int i = 0; i < PAIRS_MAX; i++) {
        if (pairs[i].ends[0] >= 0) continue;
        pairs[i].ends[0] = accepted;
        pairs[i].ends[1] = outside;
        for (int k = 0; k < 2; k++) pairs[i].flows[k].start = pairs[i].flows[k].end = 0, pairs[i].flows[k].is_over = 0;
        return;
    }
}

/* Reads what has come at one end. Returns 0 if the connection has failed. */
static int read_from(pair *pair, int end) {
    flow *const flow = &pair->flows[end];
    const ssize_t n = recv(pair->ends[end], flow->bytes, BUFFER, MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    flow->start = 0;
    flow->end = (size_t)n;
    if (n == 0) {
        flow->is_over = 1;
        shutdown(pair->ends[!end], SHUT_WR);
    }
    return 1;
}

static int write_from(pair *pair, int end) {
    flow *const flow = &pair->flows[end];
    const ssize_t n = send(pair->ends[!end], flow->bytes + flow->start, flow->end - flow->start, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    flow->start += (size_t)n;
    return 1;
}

static int take_listener(int told) {
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    char one;
    struct iovec part = {&one, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    if (recvmsg(told, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
    const struct cmsghdr *const rights = CMSG_FIRSTHDR(&message);
    int listener = -1;
    if (rights != NULL && rights->cmsg_type == SCM_RIGHTS) memcpy(&listener, CMSG_DATA(rights), sizeof listener);
    return listener;
}

/* Moves what can be moved of one connection. */
static void serve(pair *pair, const struct pollfd waits[2]) {
    for (int end = 0; end < 2; end++) {
        const flow *const flow = &pair->flows[end];
        const int has = flow->start < flow->end;
        const short from = waits[end].revents, to = waits[!end].revents;
        int is_good = 1;
        if (!has && !flow->is_over && (from & (POLLIN | POLLHUP | POLLERR)) != 0) is_good = read_from(pair, end);
        if (is_good && flow->start < flow->end && (!has || (to & (POLLOUT | POLLHUP | POLLERR)) != 0)) is_good = write_from(pair, end);
        if (!is_good) {
            finish(pair);
            return;
        }
    }
    if (pair->flows[0].is_over && pair->flows[1].is_over) finish(pair);
}

/* Says what to wait for at both ends of a connection. Returns whether the simulation may still have sent something there. */
static int prepare(const pair *pair, struct pollfd waits[2]) {
    for (int end = 0; end < 2; end++) {
        waits[end] = (struct pollfd){.fd = -1};
        if (pair->ends[0] < 0) continue;
        const flow *const in = &pair->flows[end], *const out = &pair->flows[!end];
        const int reads = in->start == in->end && !in->is_over, writes = out->start < out->end;
        if (!reads && !writes) continue;
        waits[end] = (struct pollfd){.fd = pair->ends[end], .events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0))};
    }
    return pair->ends[0] >= 0 && !(pair->flows[0].is_over && pair->flows[0].start == pair->flows[0].end);
}

/* Accepts what has connected, as far as there is room. Returns whether there may be more. */
static int accept_all(int listener, unsigned short port, int room) {
    for (; room > 0; room--) {
        const int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (accepted < 0) return 0;
        begin(accepted, port);
    }
    return 1;
}

int lynx_relay(int told, unsigned short port, int *status) {
    for (int i = 0; i < PAIRS_MAX; i++) pairs[i].ends[0] = -1;
    int listener = -1, is_told = 0;
    for (;;) {
        struct pollfd waits[2 + 2 * PAIRS_MAX];
        int used = 0, open = 0;
        for (int i = 0; i < PAIRS_MAX; i++) {
            open += prepare(&pairs[i], &waits[2 + 2 * i]);
            used += pairs[i].ends[0] >= 0;
        }
        if (is_told) {
            /* What the simulation has sent before its end is still to arrive. */
            const int more = listener >= 0 && accept_all(listener, port, PAIRS_MAX - used);
            int now = 0;
            for (int i = 0; i < PAIRS_MAX; i++) now += pairs[i].ends[0] >= 0;
            if (now > used) continue;
            if (!more && open == 0) return 1;
        }
        waits[0] = (struct pollfd){.fd = is_told ? -1 : told, .events = POLLIN};
        waits[1] = (struct pollfd){.fd = used < PAIRS_MAX ? listener : -1, .events = POLLIN};
        if (poll(waits, sizeof waits / sizeof *waits, -1) < 0 && errno != EINTR) return 0;
        for (int i = 0; i < PAIRS_MAX; i++) {
            if (pairs[i].ends[0] >= 0) serve(&pairs[i], &waits[2 + 2 * i]);
        }
        if (waits[1].revents != 0) accept_all(listener, port, PAIRS_MAX - used);
        if (waits[0].revents == 0) continue;
        if (listener < 0 && port != 0) {
            listener = take_listener(told);
            if (listener < 0) return 0;
        } else {
            if (recv(told, status, sizeof *status, 0) != (ssize_t)sizeof *status) return 0;
            is_told = 1;
        }
    }
}
