#pragma once

#include <stddef.h>

/* The files of examples/ and the engine headers, as they are when this is compiled, for new studies and engines. */

typedef struct {
    /* The example's name, and the file's in it. */
    const char *study;
    const char *name;
    const char *text;
    size_t size;
    int is_executable;
} lynx_study_file;

enum { LYNX_STUDY_FILES = 80 };

/* Those of one example stand together. */
extern const lynx_study_file lynx_study_files[LYNX_STUDY_FILES];
