#define _GNU_SOURCE
#include "warm.h"
#include "guardian_main.h"
#include "warm_wire.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

_Static_assert(
    LYNX_WARM_DIRECTORY_MAX == sizeof(((lynx_warm_job *)0)->working_directory) &&
        LYNX_WARM_ENVIRONMENT_MAX == sizeof(((lynx_warm_job *)0)->environment),
    "what the wire lets through fits into a job");

static char *shown;
static size_t shown_size;

void lynx_warm_init(void) {
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

/* Found by others in /proc, as the environment that exec left there is what the kernel shows. */
static void show(const char *environment) {
    static const char name[] = LYNX_WARM_PLACE "=";
    for (const char *variable = environment; *variable != 0; variable += strlen(variable) + 1) {
        if (strncmp(variable, name, sizeof name - 1) != 0 || strlen(variable) >= shown_size) continue;
        memset(shown, 0, shown_size);
        memcpy(shown, variable, strlen(variable));
    }
}

int lynx_warm_fork(lynx_warm_job *job) {
    /* The guardian's name would be the program's too. */
    char name[16];
    prctl(PR_GET_NAME, name);
    lynx_guardian_descriptors own;
    const pid_t guardian = lynx_warm_clone(job->descriptors, &own);
    if (guardian != 0) return guardian;
    show(job->environment);
    const lynx_guardian_request request = {.working_directory = job->working_directory, .capture_bytes = job->capture_bytes};
    lynx_guardian_main(&request, &own);
    prctl(PR_SET_NAME, name);
    return 0;
}

void lynx_warm_refuse(lynx_warm_job *job, int error) { lynx_warm_decline(job->descriptors, error); }
