/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: references, and the output file. */
#define _POSIX_C_SOURCE 200809L
#include "convert/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "base/text/volume_name.h"
#include "folder.h"
#include "kit/interrupt.h"

/* ---- references ---- */

/* The file in a folder that belongs to an input: of the same stem, or with nnU-Net's _0000 after it or without it. From
 * malloc(); NULL if there is none, or memory ran out. */
static char *find_beside(const char *folder, const char *input)
{
    static const char *const suffixes[] = {".nii.gz", ".nii", "_0000.nii.gz", "_0000.nii"};
    const char *base = amosi_base_name(input);
    const int stem = (int)amosi_volume_name(base).stem;
    const int bare = stem > 5 && strncmp(base + stem - 5, "_0000", 5) == 0 ? stem - 5 : stem;
    char *found = NULL;
    for (size_t i = 0; i < 8 && !found; i++) {
        char name[512];
        snprintf(name, sizeof name, "%.*s%s", i < 4 ? stem : bare, base, suffixes[i % 4]);
        found = folder_join(folder, name);
        if (found && access(found, F_OK) != 0) {
            free(found);
            found = NULL;
        }
    }
    return found;
}

char *convert_reference_path(const struct convert_plan *plan, const char *input)
{
    struct stat about;
    if (!plan->like)
        return NULL;
    return stat(plan->like, &about) != 0 || !S_ISDIR(about.st_mode) ? strdup(plan->like)
                                                                    : find_beside(plan->like, input);
}

amos_status convert_aim(const struct convert_plan *plan, const amos_volume *reference, amos_resample_options *options,
                        amos_geometry *place, amos_error *err)
{
    options->threads = plan->threads;
    options->outside = plan->outside;
    options->interpolation = plan->interpolation;
    memcpy(options->spacing, plan->spacing, sizeof options->spacing);
    if (!reference)
        return AMOS_OK;
    options->like = place;
    return amos_volume_get_geometry(reference, place, err);
}

bool convert_moves(const struct convert_plan *plan, const amos_volume *volume)
{
    amos_geometry geometry;
    amos_error unused;
    if (plan->has_box || plan->has_spacing)
        return true;
    return plan->orientation && (amos_volume_get_geometry(volume, &geometry, &unused) != AMOS_OK ||
                                 strcasecmp(geometry.orientation, plan->orientation) != 0);
}

/* ---- the output ---- */

/* The code of the form that gives the place; 0 if there is none. The writer's own choice is 1. */
static int form_code(const amos_volume *from)
{
    const amos_volume_info *info = amos_volume_get_info(from);
    return info->sform_code ? info->sform_code : info->qform_code;
}

static void note_before(struct convert_job *job, const amos_volume *from, bool moved)
{
    const amos_volume_info *info = amos_volume_get_info(from);
    struct convert_found *found = &job->found;
    amos_geometry geometry;
    amos_error unused;
    found->type_before = info->type;
    memcpy(found->before, info->shape, 3 * sizeof *found->before);
    found->before[3] = info->frames;
    if (amos_volume_get_geometry(from, &geometry, &unused) == AMOS_OK)
        memcpy(found->axes_before, geometry.orientation, sizeof found->axes_before);
    found->warnings = amos_volume_warnings(from);
    found->extensions = info->extension_count;
    found->intent = info->intent_code;
    if (moved && info->frames > 1 && info->pixdim[4] != 1)
        found->lost_step = info->pixdim[4];
}

static void note_after(struct convert_job *job, const struct convert_voxels *voxels)
{
    struct stat about;
    amos_geometry geometry;
    amos_error unused;
    struct convert_found *found = &job->found;
    found->type = voxels->layout->type;
    memcpy(found->shape, voxels->layout->shape, sizeof found->shape);
    if (voxels->reference && amos_volume_get_geometry(voxels->reference, &geometry, &unused) == AMOS_OK)
        memcpy(found->axes, geometry.orientation, sizeof found->axes);
    else if (voxels->layout->has_geometry)
        memcpy(found->axes, voxels->layout->geometry.orientation, sizeof found->axes);
    found->bytes = stat(job->output, &about) == 0 ? (uint64_t)about.st_size : 0;
}

amos_status convert_write(const struct convert_plan *plan, struct convert_job *job, const struct convert_voxels *voxels,
                          amos_error *err)
{
    const amos_volume_info *info = amos_volume_get_info(voxels->from);
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    char description[80];
    int slot = -1;
    note_before(job, voxels->from, !voxels->reference);
    snprintf(description, sizeof description, "%.79s", info->description);
    options.level = plan->level;
    options.threads = plan->threads;
    options.index = plan->index ? AMOS_INDEX_BUILD : AMOS_INDEX_NEVER;
    options.temporaries = (amos_temporaries){interrupt_temporaries, NULL};
    options.reference = voxels->reference;
    options.temporary = interrupt_watch;
    options.temporary_user = &slot;
    if (!plan->clean && description[0])
        options.description = description;
    if (!plan->clean && !voxels->reference && form_code(voxels->from) > 1)
        options.sform_code = form_code(voxels->from);
    if (voxels->scaled && (info->slope != 1 || info->inter != 0)) {
        options.slope = info->slope;
        options.inter = info->inter;
    }
    if (!voxels->reference && !voxels->layout->has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, job->input,
                          "the header has no usable geometry, which would be lost; only the type can be changed, with "
                          "the header as it is.");
    amos_status status = amos_file_write(job->output, voxels->layout, voxels->data, voxels->bytes, &options, err);
    if (!status)
        note_after(job, voxels);
    return status;
}
