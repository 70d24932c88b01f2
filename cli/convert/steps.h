/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: the steps of one file. */
#ifndef CLI_CONVERT_STEPS_H
#define CLI_CONVERT_STEPS_H

#include "convert/plan.h"

/* Whether the voxels of a result lie elsewhere than those of the file, or in another order. */
bool convert_moves(const struct convert_plan *plan, const amos_volume *volume);

/* Writes voxels as the output of a job. `reference` is the volume whose header gives the place, NULL if the layout does;
 * `from` is the file that is converted. With `scaled`, the stored values keep the scaling of that file. */
struct convert_voxels {
    const amos_layout *layout;
    const void *data;
    size_t bytes;
    const amos_volume *from, *reference;
    bool scaled;
};
amos_status convert_write(const struct convert_plan *plan, struct convert_job *job, const struct convert_voxels *voxels,
                          amos_error *err);

/* Fills options->spacing or options->like of a resampling; `place` must live as long as the options are used. */
amos_status convert_aim(const struct convert_plan *plan, const amos_volume *reference, amos_resample_options *options,
                        amos_geometry *place, amos_error *err);

/* The two kinds of files. `reference` is NULL without plan->like. */
amos_status convert_image(const struct convert_plan *plan, struct convert_job *job, const amos_volume *volume,
                          const amos_volume *reference, amos_error *err);
amos_status convert_label(const struct convert_plan *plan, struct convert_job *job, const amos_volume *volume,
                          const amos_volume *reference, amos_error *err);

#endif
