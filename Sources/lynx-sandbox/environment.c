#define _GNU_SOURCE
#include "environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static const char option[] = "--setenv=";

static void remove_all(const char *prefix) {
    const size_t size = strlen(prefix);
    char **kept = environ;
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strncmp(*variable, prefix, size) != 0) *kept++ = *variable;
    }
    *kept = NULL;
}

static int set(const char *prefix, const char *variable) {
    const char *const equals = strchr(variable, '=');
    if (equals == NULL || equals == variable) {
        errno = EINVAL;
        return -1;
    }
    char *name = NULL;
    if (asprintf(&name, "%s%.*s", prefix, (int)(equals - variable), variable) < 0) return -1;
    const int result = setenv(name, equals + 1, 1);
    free(name);
    return result;
}

int lynx_with_environment(const char *prefix, char **words) {
    if (environ != NULL) remove_all(prefix);
    for (; *words != NULL && strcmp(*words, "--") != 0; words++) {
        const int is_variable = strncmp(*words, option, sizeof option - 1) == 0;
        if (!is_variable || set(prefix, *words + sizeof option - 1) < 0) {
            fprintf(stderr, "lynx-sandbox: %s: is no variable; write --setenv=NAME=VALUE\n", *words);
            return 2;
        }
    }
    if (words[0] == NULL || words[1] == NULL) {
        fputs("usage: lynx-sandbox --environment PREFIX [--setenv=NAME=VALUE...] -- PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    execv(words[1], words + 1);
    fprintf(stderr, "lynx-sandbox: %s: %s\n", words[1], strerror(errno));
    return errno == ENOENT ? 127 : 126;
}
