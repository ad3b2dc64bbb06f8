/*
 * Has an interpreter run the warm bootstrap before its script, while everybody who looks at the process sees the command
 * line of a plain start: this library is preloaded, and hands main another argument vector than the kernel's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef int main_function(int argc, char **argv, char **envp);
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

#define BOOT_VARIABLE "LYNX_WARM_BOOT"

static main_function *own_main;

static int main_with_bootstrap(int argc, char **argv, char **envp) {
    static char option[] = "-c";
    static char program[] =
        "exec(open(__import__('os').environ['" BOOT_VARIABLE "'], encoding='utf-8').read().partition('\\n#:: ')[0], {'__name__': 'lynx_warm_boot'})";
    char **with = malloc(((size_t)argc + 3) * sizeof *with);
    if (with == NULL) abort();
    with[0] = argv[0];
    with[1] = option;
    with[2] = program;
    memcpy(with + 3, argv + 1, (size_t)argc * sizeof *argv); /* with its NULL */
    return own_main(argc + 2, with, envp);
}

/* Programs between host and interpreter, such as a shell wrapper, are left alone; they pass the variables on. */
static int is_interpreter(void) { return dlsym(RTLD_DEFAULT, "Py_BytesMain") != NULL; }

__attribute__((visibility("default"))) int __libc_start_main(
    main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(
    main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack_end) {
    start_function *const start = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
    if (start == NULL) abort();
    if (argc > 0 && getenv(BOOT_VARIABLE) != NULL && is_interpreter()) {
        own_main = main;
        main = main_with_bootstrap;
    }
    return start(main, argc, argv, init, fini, rtld_fini, stack_end);
}
