/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: one file. */
#include <stdlib.h>

#include "base/error/fail.h"
#include "convert/steps.h"

/* Opens the reference of a file. */
static amos_status open_reference(const struct convert_plan *plan, const struct convert_job *job, amos_volume **out,
                                  amos_error *err)
{
    char *path = convert_reference_path(plan, job->input);
    amos_status status = AMOS_OK;
    if (path)
        status = amos_volume_open(path, &plan->accepting->volume, out, err);
    else if (plan->like)
        status = amosi_fail(err, AMOS_E_OPEN, job->input, "its reference is missing: %s has no file of this name.",
                            plan->like);
    free(path);
    return status;
}

amos_status convert_file(const struct convert_plan *plan, struct convert_job *job, amos_error *err)
{
    amos_volume *volume = NULL, *reference = NULL;
    amos_status status = amos_volume_open(job->input, &plan->accepting->volume, &volume, err);
    if (!status)
        status = open_reference(plan, job, &reference, err);
    if (!status)
        status = job->is_label ? convert_label(plan, job, volume, reference, err)
                               : convert_image(plan, job, volume, reference, err);
    amos_volume_free(reference);
    amos_volume_free(volume);
    return status;
}
