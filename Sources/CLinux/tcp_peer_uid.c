#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct diag_request {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
};

// The kernel answers a request for one socket before sendto returns, so the answer is read without waiting.
static ssize_t exchange(const struct diag_request *request, void *reply, size_t capacity) {
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) {
        return -1;
    }
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t length = sendto(fd, request, sizeof *request, 0, (struct sockaddr *)&kernel, sizeof kernel);
    if (length >= 0) {
        length = recv(fd, reply, capacity, MSG_DONTWAIT);
    }
    int cause = errno;
    close(fd);
    errno = cause;
    return length;
}

int lynx_tcp_peer_uid(const struct sockaddr_in *local, const struct sockaddr_in *peer, uid_t *uid) {
    struct diag_request request = {
        .header = {
            .nlmsg_len = sizeof request,
            .nlmsg_type = SOCK_DIAG_BY_FAMILY,
            .nlmsg_flags = NLM_F_REQUEST,
        },
        .body = {
            .sdiag_family = AF_INET,
            .sdiag_protocol = IPPROTO_TCP,
            .idiag_states = -1,
            // The socket looked for is the peer's, so its source address is our peer address.
            .id = {
                .idiag_sport = peer->sin_port,
                .idiag_dport = local->sin_port,
                .idiag_src = {peer->sin_addr.s_addr},
                .idiag_dst = {local->sin_addr.s_addr},
                .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
            },
        },
    };
    union {
        struct nlmsghdr header;
        char bytes[4096];
    } reply;
    ssize_t length = exchange(&request, &reply, sizeof reply);
    if (length < 0) {
        return -1;
    }
    if (!NLMSG_OK(&reply.header, (size_t)length)) {
        errno = EPROTO;
        return -1;
    }
    if (reply.header.nlmsg_type == NLMSG_ERROR && reply.header.nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr))) {
        const struct nlmsgerr *error = NLMSG_DATA(&reply.header);
        errno = error->error < 0 ? -error->error : EPROTO;
        return -1;
    }
    if (reply.header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        reply.header.nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) {
        errno = EPROTO;
        return -1;
    }
    const struct inet_diag_msg *found = NLMSG_DATA(&reply.header);
    // If there is no such connection, the kernel answers with the socket that listens on the peer's port.
    if (found->id.idiag_sport != peer->sin_port || found->id.idiag_dport != local->sin_port) {
        errno = ENOENT;
        return -1;
    }
    // A socket without a process has no inode and, up to Linux 6.16, no owner: the kernel reports 0, which would be root.
    if (found->idiag_inode == 0 && found->idiag_uid == 0) {
        errno = ENOTCONN;
        return -1;
    }
    *uid = found->idiag_uid;
    return 0;
}
