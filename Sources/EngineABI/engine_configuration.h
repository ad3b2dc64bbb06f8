/*
 * configuration/1: an engine declares the keys of its configuration. Optional.
 *
 * With it the host checks what users write (engine_options, scenarios, the code of batches) before the engine sees it, and
 * names file, line and column; it shows the keys (runner-host engines --describe ID) and makes documentation and a JSON
 * schema of them. Without it the host passes on whatever is written. The engine's own checks stay: other hosts and older
 * ones do not have these.
 */
#ifndef LYNX_ENGINE_CONFIGURATION_H
#define LYNX_ENGINE_CONFIGURATION_H

#include "engine_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LYNX_EXTENSION_CONFIGURATION "configuration/1"

/* What a value may be. A key may have several: bits of lynx_config_key.types. */
/* One line of text. */
#define LYNX_CONFIG_STRING 1u
/* A whole number of 64 bits. */
#define LYNX_CONFIG_INTEGER 2u
#define LYNX_CONFIG_NUMBER 4u
/* true or false. */
#define LYNX_CONFIG_BOOLEAN 8u
/* The path of a file or folder. The engine checks whether it is there. */
#define LYNX_CONFIG_PATH 16u
/* One of `choices`. */
#define LYNX_CONFIG_ENUM 32u
/* A list; its items are declared under "key[]", or may be anything. */
#define LYNX_CONFIG_LIST 64u
/* A mapping. Its members are declared under "key.member" if they have fixed names, and under "key.*" if any name will do; if
   neither is declared, it may hold anything. */
#define LYNX_CONFIG_MAP 128u

/* Further bits of lynx_config_key.traits. */
/* A mapping has to have it. Of keys at the top the engine's own check counts, as a scenario may give what is missing. */
#define LYNX_CONFIG_REQUIRED 1u
/* A batch that brings its own code may set it, and all below it. Only the traits of keys at the top count. */
#define LYNX_CONFIG_BATCH 2u
/*
 * Not an option: the host gives the value from its own configuration, where a field has this name, or from what it knows
 * (expected_jobs: how many jobs there will be in all). Engines get such values only if they declare them, except for those
 * that all engines get (lynx_engine_config). Under any other name a key of one value is a field that the engine adds to the
 * runner's configuration, with a variable and a flag of that name; it should begin with the engine's own.
 */
#define LYNX_CONFIG_FROM_RUNNER 4u
/* What jobs run: `entrypoint` of a scenario or a bundle comes under this key. */
#define LYNX_CONFIG_ENTRYPOINT 8u
/* In place of a list with one item, the item may stand alone. */
#define LYNX_CONFIG_ONE_OR_MORE 16u
/* The value has to be above `minimum`, and not the same. */
#define LYNX_CONFIG_ABOVE_MINIMUM 32u

/* One key. Valid during the call. */
typedef struct lynx_config_key {
    uint32_t struct_size;
    uint32_t types;
    uint32_t traits;
    /* Such as stop.grace_seconds, servers[].command, variables.*; at most 256 bytes. A key comes after the one that it is in. */
    lynx_string key;
    /* As it would be written; empty if there is none. For a person if it depends on something: "as found in PATH". */
    lynx_string default_value;
    /* Such as s; empty if there are none. */
    lynx_string units;
    /* One sentence for a person. */
    lynx_string documentation;
    /* Of INTEGER and NUMBER: the range. -INFINITY and INFINITY for none. */
    double minimum;
    double maximum;
    /* Of ENUM. */
    const lynx_string *choices;
    size_t choice_count;
} lynx_config_key;

/* What get_extension(engine, LYNX_EXTENSION_CONFIGURATION) leads to. Valid as long as the engine. */
typedef struct lynx_configuration {
    uint32_t struct_size;
    /* [any] Calls take for each key before it returns, always the same ones in the same order. */
    void (*list)(const lynx_engine *engine, void (*take)(void *context, const lynx_config_key *key), void *context);
    /*
     * [any & after configure] May be NULL. How many jobs of this engine may run at a time on so many processors without
     * disturbing each other's results; 0 for any number. What the user sets as max_concurrent_jobs goes first.
     */
    uint32_t (*most_jobs)(const lynx_engine *engine, uint32_t processors);
} lynx_configuration;

#ifdef __cplusplus
}
#endif

#endif
