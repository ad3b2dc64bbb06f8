#ifndef LYNX_SANDBOX_ENVIRONMENT_H
#define LYNX_SANDBOX_ENVIRONMENT_H

/*
 * Becomes the program after "--", with a variable PREFIX + NAME for each word --setenv=NAME=VALUE before it.
 *
 * Apptainer takes the variables of what it runs that way as they are; its option --env splits a value with commas. Variables with
 * the prefix that were there before are removed, so that what runs inside has those of the words alone.
 *
 * Returns the exit code of a failure, which it has written to standard error.
 */
int lynx_with_environment(const char *prefix, char **words);

#endif
