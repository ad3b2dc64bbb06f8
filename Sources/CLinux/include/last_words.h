#pragma once

// What a process still says when code that it has loaded has damaged it: one line on standard error, and then its end.

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Prepares for the worst; to be called once, before any foreign code is loaded. From then on
/// - a fatal signal writes one line and the calls that led to it, and ends the process with that signal, all within
///   half a second. Swift's own backtracer, which takes seconds and leaves processes behind, is out of the game;
/// - `lynx_descriptors_are_intact` knows what there is to be missed;
/// - `lynx_die` has a copy of standard error that nobody else in the process can close.
/// `program` comes before each line.
void lynx_prepare_last_words(const char *program);

/// Says what the calling thread is doing, such as "launch of engine basilisk", for what is written if it crashes. The text is
/// copied, and cut to 200 bytes; NULL means nothing of interest.
void lynx_set_activity(const char *activity);

/// Gives the calling thread a stack for the handling of signals, so that an overflow of its own can be told.
void lynx_give_signal_stack(void);

/// False if somebody has closed descriptors of this process that are none of theirs.
bool lynx_descriptors_are_intact(void);

/// Writes one line, and ends the process at once with exit code 70.
_Noreturn void lynx_die(const char *line);

#ifdef __cplusplus
}
#endif
