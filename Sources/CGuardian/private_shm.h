#ifndef LYNX_GUARDIAN_PRIVATE_SHM_H
#define LYNX_GUARDIAN_PRIVATE_SHM_H

/* Gives this process, which has one thread, an empty /dev/shm in a mount namespace of its own: 0, or an errno. */
int lynx_enter_private_shm(void);

#endif
