/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/fail.h"
#include "io/source.h"
#include "masks/merge.h"
#include "masks/table.h"
#include "volume/open.h"

amos_status amos_volume_open(const char *path, const amos_volume_options *options, amos_volume **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!path || !*path || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_open needs a path and a place for the volume.");
    if (!amosi_masks_are_at(path))
        return amosi_volume_open_file(path, options, out, err);
    struct amosi_source source;
    amos_status status = amosi_masks_open(&source, path, options, err);
    return status ? status : amosi_volume_open_from(&source, options, out, err);
}
