/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/volume.h"

#include <stdatomic.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "io/gzip/index.h"

void amos_volume_free(amos_volume *volume)
{
    if (!volume)
        return;
    if (volume->state)
        amosi_index_free(atomic_load(&volume->state->index));
    amosi_free(volume->state);
    amosi_free(volume->index_folder);
    amosi_source_close(&volume->source);
    amosi_free(volume->path);
    amosi_free(volume);
}

const amos_volume_info *amos_volume_get_info(const amos_volume *volume)
{
    return volume ? &volume->header.info : NULL;
}

amos_warnings amos_volume_warnings(const amos_volume *volume)
{
    return volume && volume->state ? atomic_load(&volume->state->warnings) : 0;
}

void amosi_volume_warn(const amos_volume *volume, amos_warnings warnings)
{
    if (warnings)
        atomic_fetch_or(&volume->state->warnings, warnings);
}

void amosi_volume_set_window(amos_volume *volume, size_t bytes)
{
    volume->settings.input_bytes = bytes;
}

amos_status amos_volume_get_geometry(const amos_volume *volume, amos_geometry *out, amos_error *err)
{
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_get_geometry needs a volume and a place for the answer.");
    *out = volume->geometry;
    if (volume->has_geometry)
        return AMOS_OK;
    /* Computed again, for its error message. */
    int rounding = amosi_rounding_begin();
    amos_status status = amosi_geometry_from_header(&volume->header, volume->lenient, volume->path, out, NULL, err);
    amosi_rounding_end(rounding);
    return status;
}

void amos_file_read_ahead(const char *path)
{
    if (path)
        amosi_source_read_ahead(path);
}

/* ---- the state of the files when they are opened again ---- */

amos_status amosi_volume_identify(const amos_volume *volume, struct amosi_volume_identity *identity, amos_error *err)
{
    identity->beside = volume->beside;
    return amosi_identity_of(&volume->source, &identity->voxels, err);
}

amos_status amosi_volume_check_identity(const amos_volume *volume, const struct amosi_volume_identity *then,
                                        const char *since, amos_error *err)
{
    struct amosi_volume_identity now;
    amos_status status = amosi_volume_identify(volume, &now, err);
    if (status || (amosi_identity_same(&now.voxels, &then->voxels) && amosi_identity_same(&now.beside, &then->beside)))
        return status;
    return amosi_fail(err, AMOS_E_CHANGED, volume->path, "the file was changed after %s.", since);
}
