#pragma once

// The last line that a process writes when code that it has loaded has damaged it, before it ends.

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// To be called once, before any foreign code is loaded. From then on
/// - a fatal signal writes one line and the calls that led to it, and ends the process with that signal, all within
///   half a second. Swift's own backtracer, which takes seconds and leaves processes behind, is disabled;
/// - `lynx_descriptors_are_intact` can tell whether descriptors are missing;
/// - `lynx_die` has a copy of standard error that nobody else in the process can close.
/// `program` comes before each line.
void lynx_prepare_last_words(const char *program);

/// Notes what the calling thread is doing, such as "launch of engine command", for what is written if it crashes. The text is
/// copied, and cut to 200 bytes; NULL means nothing of interest.
void lynx_set_activity(const char *activity);

/// Gives the calling thread a stack for signal handlers, so that an overflow of its own stack can be reported.
void lynx_give_signal_stack(void);

/// Frees that stack; to be called at the end of a thread that has been given one.
void lynx_take_signal_stack(void);

/// Returns false if foreign code has closed descriptors of this process.
bool lynx_descriptors_are_intact(void);

/// Writes one line, and ends the process at once with exit code 70.
_Noreturn void lynx_die(const char *line);

#ifdef __cplusplus
}
#endif
