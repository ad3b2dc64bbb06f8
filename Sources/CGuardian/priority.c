#define _GNU_SOURCE
#include "priority.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void lynx_give_up_realtime(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_RTPRIO, &none);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_SYS_NICE, 0, 0);
    /* Root's programs get what is in the bounding or the inheritable set (capabilities(7)). */
    prctl(PR_CAPBSET_DROP, CAP_SYS_NICE, 0, 0, 0);

    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, sets) < 0) return;
    const unsigned bit = CAP_TO_MASK(CAP_SYS_NICE);
    sets[CAP_TO_INDEX(CAP_SYS_NICE)].effective &= ~bit;
    sets[CAP_TO_INDEX(CAP_SYS_NICE)].permitted &= ~bit;
    sets[CAP_TO_INDEX(CAP_SYS_NICE)].inheritable &= ~bit;
    syscall(SYS_capset, &header, sets);
}
