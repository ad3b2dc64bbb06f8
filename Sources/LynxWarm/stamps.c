#define _GNU_SOURCE
#include "lynx_warm.h"

#include <sys/stat.h>

int lynx_stamps_differ(const lynx_stamp *stamps, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const lynx_stamp *known = &stamps[i];
        struct stat now;
        if (stat(known->path, &now) != 0) now = (struct stat){0};
        const int64_t mtime_ns = (int64_t)now.st_mtim.tv_sec * 1000000000 + now.st_mtim.tv_nsec;
        if (mtime_ns != known->mtime_ns || now.st_size != known->size || now.st_ino != known->inode) return 1;
    }
    return 0;
}
