#ifndef LYNX_GUARDIAN_EXEC_H
#define LYNX_GUARDIAN_EXEC_H

#include "guardian_main.h"

/*
 * A guardian for a copy of this process, which is large: copied once, for the program, and not for the guardian too.
 *
 * The guardian begins in this process's memory, as a child of vfork does; there it forks the program, and then it
 * executes `guardian_program`, which goes on with lynx_guardian_resume. It is a child of this process's parent.
 *
 * `request` names no program. `shown` is the guardian's only variable, NAME=value, by which leftovers are found; or "".
 * Returns the guardian's pid, of which the host has been told, or a negative errno, of which it has not; and 0 in the
 * program's process, with no other descriptors than 0 to 2 and no signal blocked. The descriptors are still open in this
 * process. It must have one thread.
 */
pid_t lynx_guardian_exec(
    const char *guardian_program, const char *shown, const lynx_guardian_request *request,
    const lynx_guardian_descriptors *own);

/* The only argument of the guardian's program in that case. */
#define LYNX_GUARDIAN_RESUME "guardian"

/* Called in the program that was executed; continues as the guardian. */
_Noreturn void lynx_guardian_resume(void);

#endif
