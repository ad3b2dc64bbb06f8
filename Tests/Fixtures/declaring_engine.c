/* An engine that declares its configuration and does nothing else. */
#include "engine_configuration.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT(literal) {literal, sizeof literal - 1}

static const lynx_string modes[] = {TEXT("fast"), TEXT("exact")};

static const lynx_config_key keys[] = {
    {sizeof(lynx_config_key), LYNX_CONFIG_PATH, LYNX_CONFIG_ENTRYPOINT, TEXT("model"), TEXT(""), TEXT(""), TEXT("The model."), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_NUMBER, LYNX_CONFIG_BATCH | LYNX_CONFIG_ABOVE_MINIMUM, TEXT("step"), TEXT("0.1"), TEXT("s"),
     TEXT("The step of the integrator."), 0, 10, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_INTEGER, 0, TEXT("threads"), TEXT("1"), TEXT(""), TEXT("Threads."), 1, 64, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_ENUM, LYNX_CONFIG_BATCH, TEXT("mode"), TEXT("fast"), TEXT(""), TEXT("The mode."), -INFINITY, INFINITY, modes, 2},
    {sizeof(lynx_config_key), LYNX_CONFIG_BOOLEAN | LYNX_CONFIG_INTEGER, 0, TEXT("cache"), TEXT("true"), TEXT(""), TEXT("A cache, or its size."), 1, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_LIST, LYNX_CONFIG_ONE_OR_MORE, TEXT("probes"), TEXT(""), TEXT(""), TEXT("Probes."), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_MAP | LYNX_CONFIG_STRING, 0, TEXT("probes[]"), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_STRING, LYNX_CONFIG_REQUIRED, TEXT("probes[].name"), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_MAP, 0, TEXT("probes[].gains"), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_NUMBER, 0, TEXT("probes[].gains.*"), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_INTEGER, LYNX_CONFIG_FROM_RUNNER, TEXT("telemetry_max_points"), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_INTEGER, LYNX_CONFIG_FROM_RUNNER, TEXT("declaring_pace"), TEXT("1"), TEXT(""), TEXT("The pace."), 1, 9, 0, 0},
    {sizeof(lynx_config_key), LYNX_CONFIG_MAP, 0, TEXT("free"), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
    /* What is no key breaks nothing. */
    {sizeof(lynx_config_key), LYNX_CONFIG_STRING, 0, TEXT("[.."), TEXT(""), TEXT(""), TEXT(""), -INFINITY, INFINITY, 0, 0},
};

static void list(const lynx_engine *engine, void (*take)(void *context, const lynx_config_key *key), void *context) {
    (void)engine;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) take(context, &keys[i]);
}

static uint32_t most_jobs(const lynx_engine *engine, uint32_t processors) {
    (void)engine;
    return processors * 3;
}

static const lynx_configuration configuration = {sizeof(lynx_configuration), list, most_jobs};

/* Says what it was given of the runner's fields, or which probe has no name that it likes. */
static lynx_status configure(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) {
    (void)engine;
    for (size_t i = 0; i < config->setting_count; i++) {
        const lynx_setting *setting = &config->settings[i];
        if (setting->key.size == 8 && memcmp(setting->key.data, "probes.1", 8) == 0 && setting->value.size == 3) {
            snprintf(error->message, sizeof error->message, "probes[1]: 'bad' is no probe");
            return LYNX_E_INVALID;
        }
        if (setting->key.size == 14 && memcmp(setting->key.data, "declaring_pace", 14) == 0 && setting->value.data[0] >= '7') {
            snprintf(error->message, sizeof error->message, "declaring_pace: is %.1s", setting->value.data);
            return LYNX_E_INVALID;
        }
        if (setting->key.size == 20 && memcmp(setting->key.data, "telemetry_max_points", 20) == 0 && setting->value.size == 1) {
            snprintf(error->message, sizeof error->message, "telemetry_max_points: is %.1s", setting->value.data);
            return LYNX_E_INVALID;
        }
    }
    return LYNX_OK;
}

static lynx_status unsupported(void) { return LYNX_E_UNSUPPORTED; }
static lynx_status prepare(const lynx_engine *e, const lynx_job *j, lynx_engine_job **o, lynx_error *r) { (void)e, (void)j, (void)o, (void)r; return unsupported(); }
static lynx_status launch(lynx_engine_job *j, lynx_process *p, lynx_error *r) { (void)j, (void)p, (void)r; return unsupported(); }
static void end(lynx_engine_job *j) { (void)j; }
static lynx_status reap(lynx_engine_job *j, lynx_exit *x, lynx_error *r) { (void)j, (void)x, (void)r; return unsupported(); }
static lynx_status collect(lynx_engine_job *j, const lynx_collector *c, lynx_error *r) { (void)j, (void)c, (void)r; return unsupported(); }

static lynx_status check(const lynx_engine *engine, const lynx_engine_config *config, lynx_error *error) { return configure(engine, config, error); }
static int32_t has_default(const lynx_engine *engine) { (void)engine; return 1; }
static const lynx_scenarios scenarios = {sizeof(lynx_scenarios), check, has_default};

static const void *get_extension(const lynx_engine *engine, lynx_string name) {
    (void)engine;
    if (name.size == strlen(LYNX_EXTENSION_CONFIGURATION) && memcmp(name.data, LYNX_EXTENSION_CONFIGURATION, name.size) == 0) return &configuration;
    if (name.size == strlen(LYNX_EXTENSION_SCENARIOS) && memcmp(name.data, LYNX_EXTENSION_SCENARIOS, name.size) == 0) return &scenarios;
    return NULL;
}

static const lynx_engine engine = {
    .struct_size = sizeof(lynx_engine), .abi_major = LYNX_ABI_MAJOR, .abi_minor = LYNX_ABI_MINOR,
    .id = TEXT("declaring"), .display_name = TEXT("Declaring"), .version = TEXT("1"),
    .configure = configure, .prepare = prepare, .launch = launch, .terminate = end, .reap = reap, .collect = collect, .release = end,
    .get_extension = get_extension,
};

LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) {
    (void)host;
    return abi_major == LYNX_ABI_MAJOR ? &engine : NULL;
}
