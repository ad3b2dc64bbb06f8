#ifndef LYNX_GUARDIAN_PRIORITY_H
#define LYNX_GUARDIAN_PRIORITY_H

/*
 * Gives up the right to real-time scheduling for this process and whatever it will execute: CAP_SYS_NICE leaves the
 * sets that survive an exec, and RLIMIT_RTPRIO, which allows the same without it, becomes 0.
 *
 * What the kernel refuses stays as it was: the bounding set is only root's to change, and without root it gives nothing.
 */
void lynx_give_up_realtime(void);

#endif
