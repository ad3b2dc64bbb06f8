/*
 * libLynxWarm.so: what a warm parent loads (warm.h), a library of its own so that no Swift runtime comes along, which
 * would handle signals that are the program's.
 */
#ifndef LYNX_WARM_LIBRARY_H
#define LYNX_WARM_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* LYNX_ENGINE_PART_SYMBOL of engine_abi.h: hosts find the library beside the engine, and it is none. */
extern const char lynx_engine_part;

/* What a file was like when it was read; zeros for one that was not there. */
typedef struct lynx_stamp {
    const char *path;
    int64_t mtime_ns;
    int64_t size;
    uint64_t inode;
} lynx_stamp;

/* Whether any of them is not like that now. */
int lynx_stamps_differ(const lynx_stamp *stamps, size_t count);

#endif
