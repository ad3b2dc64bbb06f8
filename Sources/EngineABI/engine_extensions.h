/*
 * The extensions of the engine ABI: what get_extension of the host and of an engine lead to. Optional, each on its own.
 *
 * engine_abi.h includes this header, and has the words that it is written in: threads, states, memory, errors.
 */
#ifndef LYNX_ENGINE_EXTENSIONS_H
#define LYNX_ENGINE_EXTENSIONS_H

#include "engine_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- extensions of the host ------------------------------------------------------------------------ */

/*
 * For an engine whose results may turn out to rest on something wrong: a proof that a copied process gives what a fresh one
 * gives, a calibration, a cache. It names that basis with each result, and takes the basis back when a later check speaks
 * against it: the results that rest on it are no results any more then, and their jobs are run again. Since 1.2.
 */
#define LYNX_EXTENSION_RESULT_BASIS "result_basis/1"

/* A longer name of a basis counts as far as this many bytes. */
#define LYNX_BASIS_SIZE 256

/* What get_extension(host, LYNX_EXTENSION_RESULT_BASIS) leads to. Valid as long as the host. */
typedef struct lynx_result_basis {
    uint32_t struct_size;

    /*
     * [any & between prepare and release] The result of the job rests on `basis`, a name of the engine's choice that is kept
     * with the result; a later call for the same job takes an earlier one's place. The text is copied.
     */
    void (*rests_on)(const lynx_host *host, lynx_job_token job, lynx_string basis);

    /*
     * [any] Takes back all results of this runner that rest on `basis`: those kept already, also of batches that have ended,
     * those on their way, and those of jobs that still run. `why` is one line for a person. The texts are copied. Returns as
     * soon as it is written down, from when on it survives the end of the host; again for the same basis it does nothing.
     * A basis that was taken back stays so: a new proof has a new name.
     */
    void (*retract)(const lynx_host *host, lynx_string basis, lynx_string why);
} lynx_result_basis;

/*
 * The host's own code for processes, so that an engine needs none: it writes a job's files, starts programs under a guardian
 * (which ends all that they start, when told to, when they end, and when the host is gone), captures their output into the
 * job's logs, waits for them, reaps them, and reports the files that they left. In a process of the engine's own it works the
 * same, in that process. Since 1.4.
 */
#define LYNX_EXTENSION_PROCESS "process/1"

/* The processes of one attempt, and its files; the host's. */
typedef struct lynx_processes lynx_processes;

/* One program to start. Valid during the call, except for context. */
typedef struct lynx_program {
    uint32_t struct_size;
    /*
     * 1 for a program that only serves the others, such as a server: when the last of the others has ended, it is sent SIGTERM,
     * and two seconds later SIGKILL.
     */
    int32_t is_helper;
    /* The program and its arguments. A program without a slash is looked up in PATH. */
    const lynx_string *arguments;
    size_t argument_count;
    /*
     * NAME=value each, beside the host's own environment without its credentials, the variables of the scenario contract
     * (TETRYX_RUN_CONFIG, TETRYX_TELEMETRY_URL, TETRYX_OUTPUT_DIR) and TMPDIR; what is named here takes their place.
     */
    const lynx_string *environment;
    size_t environment_count;
    /* Where it starts; empty for the job's output directory. */
    lynx_string working_directory;
    /* Handed to the functions below; the engine's, which keeps it until close returns. */
    void *context;
    /*
     * [any & before exit_fd is readable] One line of the program's standard output, without its end; may be NULL. Called
     * soon after it was printed, in order, one line at a time, on a thread of this program's own: emit_telemetry may be called.
     * A line longer than 1 MiB is left out.
     */
    void (*on_line)(void *context, lynx_string line);
    /*
     * [any & before exit_fd is readable] The program and all that it started are gone, and on_line has had its last line; may
     * be NULL. exit_code is -1 if a signal ended it. Another program of the job may be spawned here and in on_line.
     */
    void (*on_exit)(void *context, int32_t exit_code, int32_t exit_signal);
} lynx_program;

/* What get_extension(host, LYNX_EXTENSION_PROCESS) leads to. Valid as long as the host. */
typedef struct lynx_process_control {
    uint32_t struct_size;

    /* [job & in prepare] Makes the job's output directory and writes its run configuration. Every *out is closed once. */
    lynx_status (*open)(const lynx_host *host, const lynx_job *job, lynx_processes **out, lynx_error *error);

    /*
     * [any & in launch, in on_line or in on_exit] Starts a program, with /dev/null as its standard input. Standard output and
     * error of the first that is no helper are the job's stdout.log and stderr.log; those of another are process-N.stdout.log
     * and process-N.stderr.log in the output directory. *process (which may be NULL) gets what launch is to return; exit_fd is
     * readable when all programs of the job are gone, whichever call gave it. After kill it fails.
     */
    lynx_status (*spawn)(lynx_processes *processes, const lynx_program *program, lynx_process *process, lynx_error *error);

    /* [any & before close] Sends a signal to the process groups of the programs that are no helpers. For a soft stop. */
    void (*signal)(lynx_processes *processes, int32_t number);

    /* [any & before close] Ends all programs, and all that they started, with SIGKILL. May be called again. Does not wait. */
    void (*kill)(lynx_processes *processes);

    /*
     * [job & exit_fd is readable, once] How the first program that is no helper ended; exit code 0 counts as success, and
     * otherwise the message has the reason that standard error gives. The engine may change *result.
     */
    lynx_status (*reap)(lynx_processes *processes, lynx_exit *result, lynx_error *error);

    /* [job & after reap] Reports every regular file in the output directory, with its hash. Follows no links. */
    lynx_status (*collect)(lynx_processes *processes, const lynx_collector *collector, lynx_error *error);

    /* [job & last] Kills what still runs, waits for it, and frees it. Files stay. Not in on_line or on_exit. */
    void (*close)(lynx_processes *processes);
} lynx_process_control;

/* ---- extensions of an engine ---------------------------------------------------------------------- */

/*
 * For an engine that keeps processes from one job to the next, so that jobs start sooner. What it tells is shown with the
 * runner, as it was at the last heartbeat.
 */
#define LYNX_EXTENSION_WARM_WORKERS "warm_workers/1"

typedef enum lynx_warm_state {
    /* Not there yet. */
    LYNX_WARM_STARTING = 0,
    /* Jobs start from it. */
    LYNX_WARM_READY = 1,
    /* Given up: jobs start without one, and message says why. */
    LYNX_WARM_OFF = 2
} lynx_warm_state;

/* Something that each job has to do by itself, although it has such a process. */
typedef struct lynx_warm_left_out {
    uint32_t struct_size;
    /* Such as the name of a module. */
    lynx_string module;
    /* For a person. */
    lynx_string why;
    /* How long it takes. */
    double seconds;
} lynx_warm_left_out;

/* One such process, or what stands in for one that is not there. */
typedef struct lynx_warm_worker {
    uint32_t struct_size;
    /* A lynx_warm_state. */
    int32_t state;
    /* What its jobs run, such as a scenario's path. */
    lynx_string entrypoint;
    /* 0 if there is no process. */
    int32_t pid;
    /* What it has in memory now; 0 if that is not known. */
    int64_t rss_bytes;
    /* How many jobs have been started warm for this entrypoint, since the engine was configured. */
    uint64_t jobs_started;
    /* For a person; may be empty. */
    lynx_string message;
    /* Since 1.2. How many modules a job imports, and how many of them it finds imported; 0 if that is not known. */
    uint32_t modules;
    uint32_t modules_warm;
    /* How long the one takes, and the other would. */
    double import_seconds;
    double import_seconds_warm;
    /* What it does not find done, the longest first; an array of structs of the size that the first one says. */
    const lynx_warm_left_out *left_out;
    size_t left_out_count;
} lynx_warm_worker;

/* What get_extension(engine, LYNX_EXTENSION_WARM_WORKERS) leads to. */
typedef struct lynx_warm_workers {
    uint32_t struct_size;
    /* [any & after configure] Calls take for each, before it returns. Does not wait for anything. */
    void (*list)(const lynx_engine *engine, void (*take)(void *context, const lynx_warm_worker *worker), void *context);
} lynx_warm_workers;

/*
 * For an engine that can run more than one scenario: it looks at the settings that jobs come with. Since 1.3.
 */
#define LYNX_EXTENSION_SCENARIOS "scenarios/1"

/* What get_extension(engine, LYNX_EXTENSION_SCENARIOS) leads to. */
typedef struct lynx_scenarios {
    uint32_t struct_size;
    /*
     * [any & after configure] Checks settings that jobs may come with, as far as that can be done without a job. The first
     * problem found is the error.
     */
    lynx_status (*check)(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error);
    /* [any & after configure] 1 if the settings of configure say what jobs run, 0 if only jobs with settings of their own can run. */
    int32_t (*has_default)(const lynx_engine *engine);
} lynx_scenarios;

/*
 * For an engine that can end a simulation more gently than with SIGKILL. Timeouts, cancellations and a runner that is stopped
 * leave it time then (stop_grace_seconds of the runner) to write down what it has; what it writes is collected. A stopping
 * condition that is met is always SIGKILL at once, also in that time. Since 1.4.
 */
#define LYNX_EXTENSION_SOFT_STOP "soft_stop/1"

typedef enum lynx_stop_reason {
    LYNX_STOP_TIMEOUT = 0,
    LYNX_STOP_CANCELLED = 1,
    /* The runner is stopped; the job will run again, here or elsewhere. */
    LYNX_STOP_DRAIN = 2
} lynx_stop_reason;

/* What get_extension(engine, LYNX_EXTENSION_SOFT_STOP) leads to. */
typedef struct lynx_soft_stop {
    uint32_t struct_size;
    /*
     * [any & between launch and reap, at most once] Asks the simulation to end, by a signal or as the simulator has it, and
     * returns at once. reason is a lynx_stop_reason. At deadline_ns (CLOCK_MONOTONIC) the host kills what is left. Returns 1,
     * or 0 if the simulation cannot be asked: then it is killed now. Terminate may be called meanwhile. Whatever the exit code,
     * a simulation that was asked has not succeeded.
     */
    int32_t (*stop)(lynx_engine_job *job, int32_t reason, uint64_t deadline_ns);
} lynx_soft_stop;

/*
 * For an engine that starts commands as `launcher` and `control_groups` of lynx_job ask for. If the setting in_container is
 * true, programs, scripts and the working directory may be there only for what the launcher starts: they are not looked for
 * on this machine, and names without a slash stay as they are. Since 1.4.
 */
#define LYNX_EXTENSION_CONFINEMENT "confinement/1"

/* What get_extension(engine, LYNX_EXTENSION_CONFINEMENT) leads to. */
typedef struct lynx_confinement {
    uint32_t struct_size;
} lynx_confinement;

#ifdef __cplusplus
}
#endif

#endif
