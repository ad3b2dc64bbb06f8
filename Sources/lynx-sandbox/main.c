/*
 * Runs a command under bubblewrap with one port of this machine's loopback inside a network of its own:
 *
 *     lynx-sandbox PORT BWRAP [OPTION...] -- COMMAND [ARGUMENT...]
 *
 * PORT 0 is none. Options are bubblewrap's, in addition to --setenv=NAME=VALUE as one word. Inside the sandbox this program
 * listens on the port and hands the socket out; outside it accepts there what connects, and relays it (relay.h). It ends as
 * the command does: with its exit code, or by the same signal.
 *
 *     lynx-sandbox --environment PREFIX [--setenv=NAME=VALUE...] -- PROGRAM [ARGUMENT...]
 *
 * becomes PROGRAM, with each variable under the prefix and the name (environment.h).
 */
#define _GNU_SOURCE
#include "environment.h"
#include "relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long what the command has started may outlive it. */
enum { GRACE_MS = 2000 };

static const char inside_word[] = "--inside";
static const int stops[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "lynx-sandbox: %s: %s\n", what, strerror(errno));
    exit(125);
}

/* A stop is for the command: bubblewrap, which takes the sandbox with it, and this program wait for its end. */
static void set_stops(void (*handler)(int)) {
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) signal(stops[i], handler);
}

static void send_listener(int socket, int listener) {
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    char one = 'L';
    struct iovec part = {&one, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &listener, sizeof listener);
    if (sendmsg(socket, &message, 0) < 0) fail("sendmsg");
}

static int listen_on(unsigned short port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (listener < 0 || bind(listener, (const struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 64) < 0) fail("listen");
    return listener;
}

/* Waits for what the command has left, which has become this process's, for no longer than the grace. */
static void wait_for_others(void) {
    for (int waited = 0; waited < GRACE_MS; waited += 5) {
        const pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD) return;
        if (pid == 0) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

/* In the sandbox: starts the command, and says outside how it ended. */
static int inside(unsigned short port, int socket, char **command) {
    if (port != 0) {
        const int listener = listen_on(port);
        send_listener(socket, listener);
        close(listener);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid == 0) {
        set_stops(SIG_DFL);
        close(socket);
        execvp(command[0], command);
        fprintf(stderr, "%s: %s\n", command[0], strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    wait_for_others();
    if (send(socket, &status, sizeof status, 0) < 0) fail("send");
    return 0;
}

/* bubblewrap's command line: its own options, then this program inside. */
static char **words_of(int count, char **given, const char *self, const char *port, int socket) {
    char **const words = calloc((size_t)count * 3 + 8, sizeof *words);
    static char number[16];
    snprintf(number, sizeof number, "%d", socket);
    int at = 0, i = 0;
    for (; i < count && strcmp(given[i], "--") != 0; i++) {
        char *const equals = strncmp(given[i], "--setenv=", 9) == 0 ? strchr(given[i] + 9, '=') : NULL;
        if (equals == NULL) {
            words[at++] = given[i];
            continue;
        }
        words[at++] = strndup(given[i], 8);
        words[at++] = strndup(given[i] + 9, (size_t)(equals - given[i] - 9));
        words[at++] = equals + 1;
    }
    const char *const own[] = {"--", self, inside_word, port, number};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++) words[at++] = strdup(own[k]);
    for (i++; i < count; i++) words[at++] = given[i];
    return words;
}

/* Ends this process as the command has ended. */
static _Noreturn void end_as(int status) {
    if (WIFSIGNALED(status)) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}

int main(int count, char **words) {
    if (count > 4 && strcmp(words[1], inside_word) == 0) {
        return inside((unsigned short)atoi(words[2]), atoi(words[3]), words + 4);
    }
    if (count > 2 && strcmp(words[1], "--environment") == 0) return lynx_with_environment(words[2], words + 3);
    if (count < 5) {
        fputs("usage: lynx-sandbox PORT BWRAP [OPTION...] -- COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0) fail("socketpair");
    set_stops(SIG_IGN);
    char **const wrapped = words_of(count - 2, words + 2, words[0], words[1], ends[1]);
    const pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        execv(wrapped[0], wrapped);
        fail(wrapped[0]);
    }
    close(ends[1]);
    int status = 0;
    const int is_told = lynx_relay(ends[0], (unsigned short)atoi(words[1]), &status);
    int wrapper = 0;
    while (waitpid(pid, &wrapper, 0) < 0 && errno == EINTR) {}
    end_as(is_told ? status : wrapper);
}
