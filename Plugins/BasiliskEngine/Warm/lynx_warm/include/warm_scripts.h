#pragma once

#include <stddef.h>

/* The sources of lynx_warm, as they are when this is compiled. */

typedef struct {
    const char *name;
    const char *text;
    size_t size;
} lynx_warm_script;

enum { LYNX_WARM_SCRIPTS = 13 };

/* `boot` first; then each after those that it imports. */
extern const lynx_warm_script lynx_warm_scripts[LYNX_WARM_SCRIPTS];
