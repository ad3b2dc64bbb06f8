#include "include/warm_scripts.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char boot[] = {
#embed "boot.py"
};
static const char plan[] = {
#embed "plan.py"
};
static const char effects[] = {
#embed "effects.py"
};
static const char fingerprint[] = {
#embed "fingerprint.py"
};
static const char recorder[] = {
#embed "recorder.py"
};
static const char script[] = {
#embed "script.py"
};
static const char context[] = {
#embed "context.py"
};
static const char importing[] = {
#embed "importing.py"
};
static const char layout[] = {
#embed "layout.py"
};
static const char store[] = {
#embed "store.py"
};
static const char learn[] = {
#embed "learn.py"
};
static const char vet[] = {
#embed "vet.py"
};
static const char serve[] = {
#embed "serve.py"
};

#define SCRIPT(name) {#name, name, sizeof name}

const lynx_warm_script lynx_warm_scripts[LYNX_WARM_SCRIPTS] = {
    SCRIPT(boot), SCRIPT(plan), SCRIPT(effects), SCRIPT(fingerprint), SCRIPT(recorder), SCRIPT(script),
    SCRIPT(context), SCRIPT(importing), SCRIPT(layout), SCRIPT(store), SCRIPT(learn), SCRIPT(vet), SCRIPT(serve),
};
