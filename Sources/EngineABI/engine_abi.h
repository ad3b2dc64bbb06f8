/*
 * The contract between runner-host and an engine: plain C11 or C++17, no dependencies. This header has the two tables and a
 * job's life; it includes engine_extensions.h, which has what either side may offer besides.
 *
 * An engine is a shared library that exports one function, lynx_engine_entry. The host calls it once and
 * gets a table of functions; the engine keeps the host's table. Neither side links the other.
 *
 * Versions. The major number must match; a minor number only adds. This header is frozen as 1.x: an engine built with any
 * 1.N loads in every host of 1.M, earlier or later. Every table and struct that may grow begins with its struct_size, set
 * by whoever fills it, and grows only at its end: look at a field only if the size covers it (LYNX_HAS_FIELD), never copy
 * the other side's struct whole, and demand no more than a struct had in the version that brought it. A struct without a
 * size never changes. Whatever else is optional goes through get_extension("name/1"): engine_extensions.h and engine_configuration.h.
 * The policy and its tests: docs/decisions/engine-abi.md.
 *
 * Threads. Each function says where it is called:
 *   [main]    the thread that loads engines; it lives as long as the process.
 *   [launch]  one thread for all launches of this engine; it lives longer than any child, so a
 *             parent-death signal (PR_SET_PDEATHSIG) set there means the death of the host.
 *   [job]     any thread of the host, but never two at once for the same job.
 *   [any]     any thread, at any time, also two at once.
 * With LYNX_ABI_CHECK=1 in its environment the host checks these, and the states, while it runs: a call that breaks one, by
 * either side, is told in the log in one line that begins with "ABI check:".
 * Each engine has threads of its own. A call that does not return within the runner's
 * engine_call_timeout_seconds is given up: its job is lost, and another thread takes the next call. What it
 * brings if it returns after that is terminated, reaped and released.
 *
 * A job's life. prepare -> launch -> (the host waits on exit_fd) -> reap -> collect -> release.
 * terminate may come at any time between launch and reap. release comes exactly once for every
 * prepare that succeeded, whatever happened in between.
 *
 * Memory. Nothing allocated on one side is freed on the other. A pointer handed in is valid until the
 * call returns unless its comment says longer. Strings are UTF-8, pointer and length, not terminated.
 *
 * Errors. A function that can fail returns a lynx_status and, if it is not LYNX_OK, describes the
 * failure in the lynx_error that the caller brought (it may be NULL).
 *
 * Process. It is the host's. Loading an engine and its entry take less than 100 ms, start no thread and no
 * process, and leave no descriptor open. No call changes a signal's mask or action, the working directory, the
 * umask, the environment, resource limits, the locale, the floating-point mode or descriptors that are not the
 * engine's. What an engine opens is close-on-exec. After release nothing of the job is left but its files: no
 * memory, descriptor, thread or process.
 */
#ifndef LYNX_ENGINE_ABI_H
#define LYNX_ENGINE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LYNX_ABI_MAJOR 1u
#define LYNX_ABI_MINOR 4u

/* Whether the struct that `pointer` leads to is new enough to have `field`. */
#define LYNX_HAS_FIELD(type, pointer, field) \
    ((pointer)->struct_size >= offsetof(type, field) + sizeof((pointer)->field))

#if defined(__GNUC__)
#define LYNX_EXPORT __attribute__((visibility("default")))
#else
#define LYNX_EXPORT
#endif

/* UTF-8; not NUL-terminated. data may be NULL only if size is 0. */
typedef struct lynx_string {
    const char *data;
    size_t size;
} lynx_string;

/* LYNX_OK, or a failure. The host treats a status it does not know as LYNX_E_INTERNAL. */
typedef int32_t lynx_status;
#define LYNX_OK 0
/* The configuration or the job asks for what cannot be: missing file, bad value. Never retried. */
#define LYNX_E_INVALID (-1)
/* The simulation could not be started: no such program, not executable, wrong format. Never retried. */
#define LYNX_E_LAUNCH (-2)
/* The machine lacks something now: descriptors, memory, disk, a free instance. Retried elsewhere or later. */
#define LYNX_E_RESOURCES (-3)
/* The engine does not support what was asked. */
#define LYNX_E_UNSUPPORTED (-4)
/* Anything else; a defect of the engine. */
#define LYNX_E_INTERNAL (-5)

#define LYNX_ERROR_MESSAGE_SIZE 1024

/* Owned by the caller, filled by the callee. */
typedef struct lynx_error {
    uint32_t struct_size;
    lynx_status code;
    /* errno where there is one, otherwise 0. */
    int32_t system_errno;
    /* One line for a person: what is wrong and what would be right. NUL-terminated UTF-8. */
    char message[LYNX_ERROR_MESSAGE_SIZE];
} lynx_error;

/* ---- what the host brings ------------------------------------------------------------------------ */

/* The host's name for a job; an engine only hands it back. Valid from prepare to the end of release. */
typedef uint64_t lynx_job_token;

typedef enum lynx_log_level {
    LYNX_LOG_DEBUG = 0,
    LYNX_LOG_INFO = 1,
    LYNX_LOG_WARNING = 2,
    LYNX_LOG_ERROR = 3
} lynx_log_level;

/* One scalar. units may be empty. */
typedef struct lynx_sample {
    lynx_string name;
    lynx_string units;
    double sim_time_s;
    double value;
} lynx_sample;

/* What was launched for a job. */
typedef struct lynx_process {
    uint32_t struct_size;
    /*
     * The simulation's first process. It leads process group pid, and is not reaped before reap().
     * Since 1.1 it may be 0: the engine starts processes later, or more than one, or another in the first
     * one's place. There is no group for the host to kill then, and terminate() alone ends the job.
     */
    int32_t pid;
    /*
     * Readable when the simulation and everything it started is gone, and no process will be started for
     * the job any more: a pidfd, a pipe, an eventfd.
     * Owned by the engine, open until release().
     */
    int32_t exit_fd;
} lynx_process;

/* Valid from lynx_engine_entry until the process ends. */
typedef struct lynx_host lynx_host;
struct lynx_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    /* The host's own. */
    void *context;

    /* [any] One event for the host's log. job is 0 for what belongs to no job. */
    void (*log)(const lynx_host *host, lynx_job_token job, lynx_log_level level, lynx_string message);

    /* [any] CLOCK_MONOTONIC, in nanoseconds. */
    uint64_t (*monotonic_ns)(const lynx_host *host);

    /*
     * [any & after launch & before reap returns] Samples that the engine itself took from the simulator.
     * They are judged and kept exactly like those that the scenario streams. Never blocks.
     */
    void (*emit_telemetry)(const lynx_host *host, lynx_job_token job, const lynx_sample *samples, size_t count);

    /* [any] The interface of that name ("name/1"), or NULL. Valid as long as the host. */
    const void *(*get_extension)(const lynx_host *host, lynx_string name);
};

/* ---- what the engine brings ---------------------------------------------------------------------- */

/* One setting; value is as written in the configuration. */
typedef struct lynx_setting {
    lynx_string key;
    lynx_string value;
} lynx_setting;

/*
 * The runner's configuration as far as it concerns this engine: python_executable, working_directory,
 * log_capture_bytes, private_dev_shm if it is true, state_directory (a folder that outlives a restart, where an engine
 * may keep things in one of its own name; the host alone uses it once the first job is prepared), the fields of the runner
 * that the engine declares (engine_configuration.h), or whose names begin with its id and an underscore if it declares
 * nothing, and the engine's own section of engine_options. What is nested there comes flat, with a dot between the keys: stop.grace_seconds.
 * A list comes as one setting for each element, with its index as the key: command.0, command.1.
 * max_concurrent_jobs, isolation and memory_limit_mb of that section are the host's affair and do not come.
 *
 * Since 1.3 there may be scenarios: jobs that come with settings of their own (lynx_job). An engine with the extension
 * LYNX_EXTENSION_SCENARIOS gets scenarios = true then, and what jobs run may be missing in configure.
 */
typedef struct lynx_engine_config {
    uint32_t struct_size;
    const lynx_setting *settings;
    size_t setting_count;
} lynx_engine_config;

/* One attempt at one job. Valid until prepare returns: copy what is needed later. */
typedef struct lynx_job {
    uint32_t struct_size;
    uint32_t attempt; /* from 1 */
    lynx_job_token token;
    lynx_string job_id;
    lynx_string batch_id;
    /* Absolute path of this attempt's own directory. The host has made it, with mode 0700 and nothing but `tmp` in it. */
    lynx_string directory;
    /* The sampled run configuration, JSON; its shape is the scenario contract's. */
    lynx_string run_config_json;
    /* Where the simulation may send telemetry, such as http://127.0.0.1:41234. */
    lynx_string telemetry_url;
    /* simulation.type of the batch. */
    lynx_string simulation_type;
    /*
     * Since 1.2. Absolute path of an empty directory for what the simulation needs only while it runs: its TMPDIR. The path
     * is short, so that sockets have room in it. The host has made it, and removes it with all that is in it after reap.
     */
    lynx_string temporary_directory;
    /*
     * Since 1.3. The settings of the scenario that the job runs: all of them, in place of those of configure. None (0) for a
     * job that runs what configure described. Only an engine with the extension LYNX_EXTENSION_SCENARIOS gets any. The
     * entrypoint is in the setting that the engine declares for it (LYNX_CONFIG_ENTRYPOINT), or else in `entrypoint`; env.NAME is a variable for the
     * simulation's environment; a path in another option that is relative and has a slash is relative to working_directory.
     */
    const lynx_setting *settings;
    size_t setting_count;
    /*
     * Since 1.4, both only for an engine with the extension LYNX_EXTENSION_CONFINEMENT. Words that go before each command
     * that the engine starts for the job: its program and arguments follow them as they are, and the first word is the path
     * of the program that is started instead. A word with {name} or {value} in it stands once for each variable that the
     * job's environment has beyond the host's own, with both put in; what is started gets the host's environment and
     * TETRYX_OUTPUT_DIR alone. {working_directory} is where the command is to run. None (0): the command is started itself.
     */
    const lynx_string *launcher;
    size_t launcher_count;
    /* Directories of control groups (cgroups(7)); each process that the engine starts for the job is put into all of them. */
    const lynx_string *control_groups;
    size_t control_group_count;
} lynx_job;

/* What a failure speaks against. */
typedef enum lynx_failure_class {
    /* The simulated system, or the scenario that flew it: a finding of the study. */
    LYNX_FAILURE_SIMULATION = 0,
    /*
     * The simulator: it hung at its start, lost a sensor that it only simulates, broke off the link. It says
     * nothing about the simulated system, so the job is tried again without spending its retries.
     */
    LYNX_FAILURE_SIMULATOR = 1
} lynx_failure_class;

/* How the simulation ended. */
typedef struct lynx_exit {
    uint32_t struct_size;
    /* The exit code, or -1 if a signal ended it. */
    int32_t exit_code;
    /* The signal, or 0. */
    int32_t exit_signal;
    /* The engine's verdict: 1 if this end means success. */
    int32_t success;
    /* Whether the same configuration may end otherwise another time. Looked at when success is 0. */
    int32_t retryable;
    /* Peak resident size of the first process in bytes; 0 if unknown. */
    int64_t max_rss_bytes;
    /* One line for a person when success is 0, with the tail of stderr if that helps. NUL-terminated. */
    char message[LYNX_ERROR_MESSAGE_SIZE];
    /* Since 1.1. What failed: a lynx_failure_class. Looked at when success is 0. */
    int32_t failure_class;
} lynx_exit;

/* One file that the simulation left. Valid during the call. */
typedef struct lynx_artifact {
    uint32_t struct_size;
    /* Relative to output_directory. */
    lynx_string path;
    lynx_string media_type;
    int64_t size_bytes;
    uint8_t sha256[32];
} lynx_artifact;

/* Where collect() puts what it finds; lives on the caller's stack. [the thread of collect & before it returns] */
typedef struct lynx_collector lynx_collector;
struct lynx_collector {
    uint32_t struct_size;
    void *context;
    /* Where the paths of artifacts begin: an absolute directory. Called once, first. */
    void (*output_directory)(const lynx_collector *collector, lynx_string path);
    void (*artifact)(const lynx_collector *collector, const lynx_artifact *artifact);
    /* Something a person should know: a symbolic link that was not followed, a file that could not be read. */
    void (*warning)(const lynx_collector *collector, lynx_string message);
    /*
     * Since 1.2. The most bytes that one file may have, and all of them together, as they would be read: a hole counts. What
     * is past them is left out, with a warning.
     */
    int64_t max_file_bytes;
    int64_t max_total_bytes;
    /*
     * Since 1.2. 1 once nobody waits for the files any more: collect() then returns soon, and leaves out what it has not
     * reported. To be asked now and then while long files are read.
     */
    int32_t (*is_cancelled)(const lynx_collector *collector);
};

/* The engine's own; one per prepared attempt. */
typedef struct lynx_engine_job lynx_engine_job;

typedef struct lynx_engine lynx_engine;

/* Valid from lynx_engine_entry until the process ends; libraries are never unloaded. */
struct lynx_engine {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    /* The engine's own. */
    void *context;

    /* What configurations and batches call it: lower-case letters, digits, '_' and '-', such as my_engine. */
    lynx_string id;
    /* For people. */
    lynx_string display_name;
    lynx_string version;

    /*
     * [main & before any prepare, once] Takes the settings and checks what can be checked without a
     * job: programs, files, directories. The first problem found is the error, and the host ends.
     */
    lynx_status (*configure)(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error);

    /* [job] Writes what the job needs into its directory. On success *out is the attempt's handle. */
    lynx_status (*prepare)(const lynx_engine *engine, const lynx_job *job, lynx_engine_job **out, lynx_error *error);

    /*
     * [launch & after prepare] Starts the simulation, in a session of its own, and fills *process
     * (struct_size set by the host). Does not wait for it. After a failure nothing of it is left running.
     */
    lynx_status (*launch)(lynx_engine_job *job, lynx_process *process, lynx_error *error);

    /*
     * [any & between launch and reap] Ends the simulation and everything it started with SIGKILL and
     * returns at once; exit_fd tells when it is done. May be called again. The host kills the
     * process group itself beforehand, if it was told one; this is for everything else.
     */
    void (*terminate)(lynx_engine_job *job);

    /* [job & exit_fd is readable] Fills *result (struct_size set by the host). Does not wait. */
    lynx_status (*reap)(lynx_engine_job *job, lynx_exit *result, lynx_error *error);

    /* [job & after reap] Reports every file that the simulation left, also after a failure. */
    lynx_status (*collect)(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error);

    /* [job & last] Frees the handle. Files stay. A simulation that still runs is killed. */
    void (*release)(lynx_engine_job *job);

    /* [any] The interface of that name ("name/1"), or NULL; see the extensions below. Valid as long as the engine. */
    const void *(*get_extension)(const lynx_engine *engine, lynx_string name);
};

/*
 * [main] The one exported symbol. Returns NULL when the engine cannot serve that major version. The
 * host asks again for nothing: the table is the same for the life of the process.
 */
LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major);

#define LYNX_ENGINE_ENTRY_SYMBOL "lynx_engine_entry"

/* A library that exports this instead is no engine but what one brings along; hosts pass over it. */
#define LYNX_ENGINE_PART_SYMBOL "lynx_engine_part"

#ifdef __cplusplus
}
#endif

/* The extensions of both sides: whatever includes this header has them. */
#include "engine_extensions.h"

#endif
