/*
 * The spawner: a process that does nothing but fork guardians in the host's place (lynx-spawner).
 *
 * A fork copies the page tables of the process that forks, and then each of its threads copies the pages that it writes
 * next. The host is large and busy; the spawner is neither. It is started as a warm parent is (lynx_warm_start), and asked
 * with lynx_guardian_spawn_warm by a request that names its program; guardians are the host's own children all the same.
 */
#ifndef LYNX_SPAWNER_H
#define LYNX_SPAWNER_H

/*
 * Serves the host at LYNX_WARM_SOCKET until that is gone. With the one argument that warm parents give it, it is instead
 * the guardian of one program that the parent has forked.
 */
int lynx_spawner_main(int count, char *const *arguments);

#endif
