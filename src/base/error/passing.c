/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "base/error/passing.h"

#include <errno.h>
#include <time.h>

/* ESTALE and the network's own: the server was started again, or cannot be reached. EIO: an NFS mount with `soft` gives
 * it instead. EAGAIN: the server is busy. */
static const int passing[] = {ESTALE,    EAGAIN,      EIO,       ETIMEDOUT,    ENETDOWN,
                              ENETRESET, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ECONNRESET};

bool amosi_passing(const amos_error *err)
{
    if (err->status == AMOS_E_LIMIT) /* entries of a cache that others have open leave no room */
        return err->sys_errno == EAGAIN;
    if (err->status != AMOS_E_OPEN && err->status != AMOS_E_IO)
        return false;
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (err->sys_errno == passing[i])
            return true;
    return false;
}

void amosi_passing_wait(void)
{
    nanosleep(&(struct timespec){0, 100000000}, NULL);
}
