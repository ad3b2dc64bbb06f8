#define _GNU_SOURCE
#include "warm.h"
#include "guardian_exec.h"
#include "warm_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(
    LYNX_WARM_DIRECTORY_MAX == sizeof(((lynx_warm_job *)0)->working_directory) &&
        LYNX_WARM_ENVIRONMENT_MAX == sizeof(((lynx_warm_job *)0)->environment),
    "what the wire lets through fits into a job");

static char *shown;
static size_t shown_size;
static const char *guardian_program;

void lynx_warm_init(const char *spawner) {
    guardian_program = strdup(spawner);
    char *value = getenv(LYNX_WARM_PLACE);
    if (value == NULL) return;
    shown_size = strlen(LYNX_WARM_PLACE "=") + strlen(value) + 1;
    shown = value - strlen(LYNX_WARM_PLACE "=");
}

int lynx_warm_receive(int socket, lynx_warm_job *job) {
    lynx_warm_head head;
    static char texts[LYNX_WARM_TEXTS_MAX];
    while (lynx_warm_read(socket, &head, texts, job->descriptors)) {
        if (head.program_size != 0 || head.arguments_size != 0) {
            lynx_warm_refuse(job, EPROTO);
            continue;
        }
        job->capture_bytes = head.capture_bytes;
        memcpy(job->working_directory, texts, head.directory_size);
        memcpy(job->environment, texts + head.directory_size, head.environment_size);
        job->environment[head.environment_size] = 0;
        return 1;
    }
    return 0;
}

/* The variable that marks the program's place; "" if the job has none. */
static const char *shown_of(const char *environment) {
    static const char name[] = LYNX_WARM_PLACE "=";
    const char *variable = environment;
    while (*variable != 0 && strncmp(variable, name, sizeof name - 1) != 0) variable += strlen(variable) + 1;
    return variable;
}

/* Other processes find it in /proc, where the kernel shows the environment that exec left. */
static void show(const char *variable) {
    if (strlen(variable) >= shown_size) return;
    memset(shown, 0, shown_size);
    memcpy(shown, variable, strlen(variable));
}

int lynx_warm_fork(lynx_warm_job *job) {
    const lynx_guardian_descriptors own = {
        .stdout_log = job->descriptors[0], .stderr_log = job->descriptors[1], .lifeline = job->descriptors[2],
        .news = job->descriptors[3]};
    const lynx_guardian_request request = {.working_directory = job->working_directory, .capture_bytes = job->capture_bytes};
    const pid_t guardian = lynx_guardian_exec(guardian_program, shown_of(job->environment), &request, &own);
    if (guardian == 0) {
        show(shown_of(job->environment));
    } else if (guardian < 0) {
        lynx_warm_refuse(job, -guardian);
    } else {
        lynx_warm_close(job->descriptors);
    }
    return guardian;
}

void lynx_warm_refuse(lynx_warm_job *job, int error) { lynx_warm_decline(job->descriptors, error); }
