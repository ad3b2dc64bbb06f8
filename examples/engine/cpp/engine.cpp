// An engine: it starts `program` for each job, reads telemetry from what it prints, and reports the files that it leaves.
//
// The host starts, watches and ends the processes (the extension process/1 of engine_extensions.h). What is left for the engine is
// what it alone knows: which program with which arguments, what its output means, and what its end means. No exception may
// leave a function of the table.
#include "engine_abi.h"

#include <csignal>
#include <cstdio>
#include <new>
#include <sstream>
#include <string>
#include <string_view>

struct lynx_engine_job {
    lynx_job_token token = 0;
    lynx_processes *processes = nullptr;  // the host's
};

namespace {

const lynx_host *host = nullptr;
const lynx_process_control *control = nullptr;  // null from a host before 1.4
std::string program;

constexpr lynx_string text(std::string_view view) { return {view.data(), view.size()}; }
std::string_view view(lynx_string text) { return {text.data, text.size}; }

lynx_status fail(lynx_error *error, lynx_status code, const char *message) {
    if (error) {
        error->code = code;
        std::snprintf(error->message, sizeof error->message, "%s", message);
    }
    return code;
}

// Before the first job: takes the engine's section of engine_options, and checks what can be checked without a job.
lynx_status configure(const lynx_engine *, const lynx_engine_config *config, lynx_error *error) try {
    if (!control) return fail(error, LYNX_E_UNSUPPORTED, "the runner is too old: this engine needs version 1.4 of the engine ABI");
    for (size_t i = 0; i < config->setting_count; i++) {
        if (view(config->settings[i].key) == "program") program = view(config->settings[i].value);
    }
    if (program.empty()) return fail(error, LYNX_E_INVALID, "engine_options.lab.program: is missing; name the program to run");
    return LYNX_OK;
} catch (const std::bad_alloc &) {
    return fail(error, LYNX_E_RESOURCES, "no memory");
}

// The host makes the job's files; a simulator that reads others gets them here, in the job's directory.
lynx_status prepare(const lynx_engine *, const lynx_job *job, lynx_engine_job **out, lynx_error *error) {
    if (program.empty()) return fail(error, LYNX_E_INTERNAL, "prepare was called before configure");
    auto *made = new (std::nothrow) lynx_engine_job;
    if (!made) return fail(error, LYNX_E_RESOURCES, "no memory for another job");
    made->token = job->token;
    const lynx_status status = control->open(host, job, &made->processes, error);
    if (status != LYNX_OK) {
        delete made;
        return status;
    }
    *out = made;
    return LYNX_OK;
}

// A line that the simulator prints: telemetry TIME NAME VALUE UNITS. Others are left to the log.
void on_line(void *context, lynx_string line) try {
    std::istringstream words{std::string(view(line))};
    std::string word, name, units;
    lynx_sample sample{};
    if (!(words >> word >> sample.sim_time_s >> name >> sample.value >> units) || word != "telemetry") return;
    sample.name = text(name);
    sample.units = text(units);
    host->emit_telemetry(host, static_cast<lynx_engine_job *>(context)->token, &sample, 1);
} catch (const std::bad_alloc &) {
}

lynx_status launch(lynx_engine_job *job, lynx_process *process, lynx_error *error) {
    const lynx_string arguments[] = {text(program)};  // and its arguments, if it has any
    lynx_program request{};
    request.struct_size = sizeof request;
    request.arguments = arguments;
    request.argument_count = 1;
    request.context = job;
    request.on_line = on_line;
    return control->spawn(job->processes, &request, process, error);
}

void terminate(lynx_engine_job *job) { control->kill(job->processes); }

// Exit code 0 is success. Change *result here if your simulator means something else by it.
lynx_status reap(lynx_engine_job *job, lynx_exit *result, lynx_error *error) { return control->reap(job->processes, result, error); }

lynx_status collect(lynx_engine_job *job, const lynx_collector *collector, lynx_error *error) {
    return control->collect(job->processes, collector, error);
}

void release(lynx_engine_job *job) {
    control->close(job->processes);
    delete job;
}

// A timeout or a cancellation: the simulator has some seconds to write down what it has.
int32_t stop(lynx_engine_job *job, int32_t, uint64_t) {
    control->signal(job->processes, SIGTERM);
    return 1;
}

const void *get_extension(const lynx_engine *, lynx_string name) {
    static const lynx_soft_stop soft_stop{sizeof(lynx_soft_stop), stop};
    return view(name) == LYNX_EXTENSION_SOFT_STOP ? &soft_stop : nullptr;
}

lynx_engine make() {
    lynx_engine table{};
    table.struct_size = sizeof table;
    table.abi_major = LYNX_ABI_MAJOR;
    table.abi_minor = LYNX_ABI_MINOR;
    table.id = text("lab");  // what batches and runners call it
    table.display_name = text("The lab's simulator");
    table.version = text("1.0.0");
    table.configure = configure;
    table.prepare = prepare;
    table.launch = launch;
    table.terminate = terminate;
    table.reap = reap;
    table.collect = collect;
    table.release = release;
    table.get_extension = get_extension;
    return table;
}

}  // namespace

extern "C" LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *given, uint32_t abi_major) {
    static const lynx_engine table = make();
    if (abi_major != LYNX_ABI_MAJOR) return nullptr;
    host = given;
    control = static_cast<const lynx_process_control *>(given->get_extension(given, text(LYNX_EXTENSION_PROCESS)));
    return &table;
}
