/*
 * libLynxWarm.so: what a warm parent loads (warm.h), a library of its own so that no Swift runtime comes along, which
 * would handle signals that are the program's.
 */
#ifndef LYNX_WARM_LIBRARY_H
#define LYNX_WARM_LIBRARY_H

/* LYNX_ENGINE_PART_SYMBOL of engine_abi.h: hosts find the library beside the engine, and it is none. */
extern const char lynx_engine_part;

#endif
