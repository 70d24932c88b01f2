#define _GNU_SOURCE
#include "base/platform.h"

#include <errno.h>
#include <sched.h>

#define MASK_SETS 8 /* of 1,024 bits each: Linux has at most 8,192 processors */

int amosi_processors(void)
{
    cpu_set_t mask[MASK_SETS];
    int saved_errno = errno, count = 0;
    if (sched_getaffinity(0, sizeof mask, mask) == 0)
        count = CPU_COUNT_S(sizeof mask, mask);
    errno = saved_errno;
    return count > 0 ? count : 1;
}
