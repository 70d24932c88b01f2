/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: what is done to every file, one file's work, and what came of it. */
#ifndef CLI_CONVERT_PLAN_H
#define CLI_CONVERT_PLAN_H

#include <amos/amos.h>

#include <stdbool.h>

#include "accept/accept.h"

/* What the files are. */
enum convert_role { CONVERT_BY_NAME, CONVERT_IMAGES, CONVERT_LABELS };

/* Which components of labels are dropped. */
struct convert_specks {
    bool given;
    uint64_t voxels; /* smaller ones; 0: not by voxels */
    double mm3;      /* smaller ones; 0: not by volume */
    bool but_largest;
};

/* The options that decide what the outputs are. */
struct convert_plan {
    amos_type type; /* AMOS_TYPE_STORED: as in the file */
    const char *orientation;
    amos_box box; /* after reorienting */
    bool has_box;
    double spacing[3]; /* all zero: none */
    bool has_spacing;
    const char *like; /* a file, or a folder with a file for each; NULL: none */
    amos_interpolation interpolation;
    bool majority;
    double outside;
    struct convert_specks specks;
    int connectivity;
    int level;
    bool clean, lossy, index;
    struct accept_frame frame;
    const struct accepting *accepting;
    int threads;            /* within one file */
    amos_buffer_pool *pool; /* memory of voxels, which the next file uses again */
};

/* What happened to the values of a file. */
struct convert_found {
    amos_type type_before, type;
    int64_t before[4], shape[4];
    char axes_before[4], axes[4]; /* "" : unknown */
    uint64_t bytes;               /* of the output file */
    uint64_t rounded;             /* voxels that were no whole numbers */
    double largest_rounding;
    bool rounded_to_float; /* values were rounded to float32 or float64 */
    uint64_t saturated;    /* voxels whose value the type cannot hold */
    amos_resample_report resampled;
    bool was_resampled;
    amos_dropped specks;
    amos_accepted accepted;
    int extensions;   /* of the header, which are not copied */
    int intent;       /* its code, which is not copied */
    double lost_step; /* pixdim[4], which is not copied if voxels move; 0: nothing is lost */
    amos_warnings warnings;
};

enum convert_outcome { CONVERT_DONE, CONVERT_KEPT, CONVERT_FAILED };

/* One file. */
struct convert_job {
    const char *input; /* not owned */
    char *output;      /* owned; the path of the file */
    const char *name;  /* of the output within its folder; in `output` */
    bool is_label;
    const amos_dataset *names; /* of its labels; may be NULL */
    enum convert_outcome outcome;
    amos_error error;
    struct convert_found found;
};

/* Converts one file; `job` gets what was found, or `err` why it failed. Any thread. */
amos_status convert_file(const struct convert_plan *plan, struct convert_job *job, amos_error *err);

/* The file whose grid a result gets: plan->like, or the file of the same case in that folder. From malloc(); NULL if there
 * is none. */
char *convert_reference_path(const struct convert_plan *plan, const char *input);

/* Whether a result is on another grid than its file. */
static inline bool convert_resamples(const struct convert_plan *plan)
{
    return plan->has_spacing || plan->like;
}

#endif
