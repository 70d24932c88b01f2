/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/progress.h"

#include "base/error/fail.h"

struct amosi_progress amosi_progress_of(const amos_progress *caller, uint64_t total, const char *path)
{
    return (struct amosi_progress){caller ? caller->function : NULL, caller ? caller->user : NULL, total, path};
}

amos_status amosi_progress_report(const struct amosi_progress *progress, uint64_t done, amos_error *err)
{
    if (!progress->fn || progress->fn(progress->user, done, progress->total) == 0)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_CANCEL, progress->path, "the work was stopped on request.");
}
