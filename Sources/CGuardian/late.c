#include "late.h"
#include "guardian_main.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* A start that was given up: where its guardian would report, and what it has reported so far. */
typedef struct late_start {
    int news;
    pid_t guardian;
    pid_t program;
} late_start;

/* Further late starts would leave zombies; each has made its caller wait for seconds, so there are few. */
enum { LATE_MAX = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static late_start starts[LATE_MAX];
static int count;

void lynx_late_expect(int news, pid_t guardian, pid_t program) {
    fcntl(news, F_SETFL, O_NONBLOCK);
    pthread_mutex_lock(&lock);
    if (count < LATE_MAX) {
        starts[count++] = (late_start){.news = news, .guardian = guardian, .program = program};
        news = -1;
    }
    pthread_mutex_unlock(&lock);
    if (news >= 0) close(news);
}

/* Reads the reports that have arrived. Returns 1 once no more can come. */
static int is_told(late_start *start) {
    lynx_guardian_news message;
    for (;;) {
        const ssize_t n = read(start->news, &message, sizeof message);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno != EAGAIN;
        if (n != (ssize_t)sizeof message) return 1;
        if (message.guardian > 0) start->guardian = message.guardian;
        if (message.program > 0) start->program = message.program;
    }
}

/* Returns 1 if the child is gone: either it has been waited for, or it is not a child of this process. */
static int is_reaped(pid_t *child) {
    if (*child > 0 && waitpid(*child, NULL, WNOHANG) != 0) *child = 0;
    return *child == 0;
}

int lynx_late_reap(void) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count;) {
        late_start *start = &starts[i];
        const int is_over = is_told(start) && is_reaped(&start->guardian) && is_reaped(&start->program);
        if (is_over) {
            close(start->news);
            *start = starts[--count];
        } else {
            i++;
        }
    }
    const int left = count;
    pthread_mutex_unlock(&lock);
    return left;
}
