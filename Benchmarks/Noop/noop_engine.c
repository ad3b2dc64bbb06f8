/* An engine whose jobs are over when they are launched, so that what is measured of it is the host's part. */
#define _GNU_SOURCE
#include "engine_abi.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct lynx_engine_job {
    char *directory;
    int exit_fd;
};

static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine, (void)config, (void)error;
    return LYNX_OK;
}

static lynx_status prepare(const lynx_engine *engine, const lynx_job *request, lynx_engine_job **out, lynx_error *error) {
    (void)engine, (void)error;
    lynx_engine_job *job = calloc(1, sizeof *job);
    if (!job) return LYNX_E_RESOURCES;
    job->directory = strndup(request->directory.data, request->directory.size);
    job->exit_fd = eventfd(1, EFD_CLOEXEC);
    *out = job;
    return LYNX_OK;
}

static lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    (void)error;
    process->exit_fd = job->exit_fd;
    return LYNX_OK;
}

static void terminate(lynx_engine_job *job) { (void)job; }

static lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) {
    (void)job, (void)error;
    result->exit_code = 0;
    result->success = 1;
    return LYNX_OK;
}

static lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    (void)error;
    collector->output_directory(collector, (lynx_string){.data = job->directory, .size = strlen(job->directory)});
    return LYNX_OK;
}

static void release(lynx_engine_job *job) {
    close(job->exit_fd);
    free(job->directory);
    free(job);
}

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    (void)engine, (void)name;
    return NULL;
}

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    static const lynx_engine engine = {
        .struct_size = sizeof engine, .abi_major = LYNX_ABI_MAJOR, .abi_minor = LYNX_ABI_MINOR, .id = {"noop", 4},
        .display_name = {"No-op", 5}, .version = {"1.0.0", 5}, .configure = configure, .prepare = prepare, .launch = launch,
        .terminate = terminate, .reap = reap, .collect = collect, .release = release, .get_extension = get_extension};
    (void)host;
    return abi_major == LYNX_ABI_MAJOR ? &engine : NULL;
}
