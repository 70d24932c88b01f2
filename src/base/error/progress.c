/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/progress.h"

#include "base/error/fail.h"

amos_status amosi_progress_tell(const struct amosi_progress *progress, uint64_t done, amos_error *err)
{
    if (!progress->fn || progress->fn(progress->user, done, progress->total) == 0)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_CANCEL, progress->path, "the work was stopped on request.");
}
