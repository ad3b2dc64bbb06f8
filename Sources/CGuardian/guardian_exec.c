#define _GNU_SOURCE
#include "guardian_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct birth {
    const char *guardian_program;
    const char *shown;
    const lynx_guardian_request *request;
    const lynx_guardian_descriptors *own;
    jmp_buf program;
} birth;

/* The stack for the guardian's steps up to exec and for the program's first ones. */
static char stack[64 << 10] __attribute__((aligned(16)));

/*
 * The kernel forgets where a thread's restartable sequences are when it makes a process in the same memory, and with it
 * in that process's children; the C library would go on to read the number of a processor there that nobody writes.
 */
static void register_restartable_sequences(void) {
    if (__rseq_size == 0) return;
    char *const area = (char *)__builtin_thread_pointer() + __rseq_offset;
    syscall(SYS_rseq, area, sizeof(struct rseq), 0, RSEQ_SIG);
}

/* This process already is the program, so the descriptors that exec would have closed are closed here. */
static void stay_program(int news) {
    register_restartable_sequences();
    if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0) lynx_guardian_fail(news, errno, LYNX_GUARDIAN_EXEC);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The descriptors of the watch survive exec, and it finds the watch itself at its standard input. */
static int hand_over(const lynx_guardian_watch *watch) {
    const int kept[] = {
        watch->lifeline, watch->stdout_pipe, watch->stderr_pipe, watch->stdout_log,
        watch->stderr_log, watch->tree.list, watch->ends};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (kept[i] >= 0 && fcntl(kept[i], F_SETFD, 0) < 0) return -1;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0 || dup2(ends[0], 0) < 0) return -1;
    return write(ends[1], watch, sizeof *watch) == (ssize_t)sizeof *watch ? 0 : -1;
}

/* Runs in the memory of the requesting process, which waits meanwhile, but on a stack of its own. */
static int be_born(void *argument) {
    birth *const birth = argument;
    lynx_guardian_tell(birth->own->news, (lynx_guardian_news){.guardian = getpid()});
    lynx_guardian_watch watch;
    lynx_guardian_gate gate;
    const pid_t program = lynx_guardian_fork(birth->request, birth->own, &watch, &gate);
    if (program == 0) {
        stay_program(gate.news);
        /* Returns to the stack of the requesting process, as it was when that began to wait. */
        _longjmp(birth->program, 1);
    }
    if (hand_over(&watch) == 0) {
        /* Exec opens the gate. */
        char *const arguments[] = {"lynx-guardian", LYNX_GUARDIAN_RESUME, NULL};
        char *const variables[] = {*birth->shown != 0 ? (char *)birth->shown : NULL, NULL};
        execve(birth->guardian_program, arguments, variables);
    }
    const int error = errno;
    kill(program, SIGKILL);
    waitpid(program, NULL, 0);
    lynx_guardian_fail(gate.news, error, LYNX_GUARDIAN_PARENT);
}

pid_t lynx_guardian_exec(
    const char *guardian_program, const char *shown, const lynx_guardian_request *request,
    const lynx_guardian_descriptors *own) {
    birth birth = {.guardian_program = guardian_program, .shown = shown, .request = request, .own = own};
    if (_setjmp(birth.program) != 0) return 0;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    const pid_t guardian = clone(be_born, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD, &birth);
    const int failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return guardian < 0 ? -failure : guardian;
}

void lynx_guardian_resume(void) {
    lynx_guardian_watch watch;
    if (read(0, &watch, sizeof watch) != (ssize_t)sizeof watch) _exit(1);
    lynx_guardian_keep(&watch);
}
