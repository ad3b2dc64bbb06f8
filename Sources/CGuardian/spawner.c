#define _GNU_SOURCE
#include "spawner.h"
#include "guardian_exec.h"
#include "warm.h"
#include "warm_wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { STRINGS_MAX = 4096 };

/* Fills `texts` with pointers to the NUL-terminated texts of a section. Returns 0 if there are too many. */
static int point(char *texts, size_t size, char *pointers[STRINGS_MAX]) {
    size_t count = 0;
    for (char *next = texts; next < texts + size; next++) {
        if (next != texts && next[-1] != 0) continue;
        if (count == STRINGS_MAX - 1) return 0;
        pointers[count++] = next;
    }
    pointers[count] = NULL;
    return 1;
}

static void serve(void) {
    static char texts[LYNX_WARM_TEXTS_MAX], *environment[STRINGS_MAX], *arguments[STRINGS_MAX];
    int descriptors[LYNX_WARM_DESCRIPTORS];
    lynx_warm_head head;
    while (lynx_warm_read(LYNX_WARM_SOCKET, &head, texts, descriptors)) {
        char *const variables = texts + head.directory_size, *const program = variables + head.environment_size;
        if (head.program_size == 0 || !point(variables, head.environment_size, environment) ||
            !point(program + head.program_size, head.arguments_size, arguments)) {
            lynx_warm_decline(descriptors, E2BIG);
            continue;
        }
        const lynx_guardian_request request = {
            .program = program, .argv = arguments, .envp = environment, .working_directory = texts,
            .capture_bytes = head.capture_bytes, .no_realtime = head.no_realtime,
            .private_shm = head.private_shm};
        lynx_guardian_descriptors own;
        if (lynx_warm_clone(descriptors, &own) == 0) lynx_guardian_main(&request, &own);
    }
}

int lynx_spawner_main(int count, char *const *given) {
    if (count == 2 && strcmp(given[1], LYNX_GUARDIAN_RESUME) == 0) lynx_guardian_resume();
    serve();
    return 0;
}
