/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export labelmaps: a data set whose labels are label maps, of one whose labels are a file for each organ. */
#ifndef CLI_MASKS_LABELMAPS_H
#define CLI_MASKS_LABELMAPS_H

#include "export/cases.h"
#include "export/place.h"

struct labelmaps_export {
    const amos_dataset *dataset;
    const char *output;  /* the folder of the new data set */
    enum export_way way; /* of the images; EXPORT_BY_NAME: as links */
    enum export_paths paths;
    enum export_fault on_fault;
    const amos_verdicts *verdicts; /* NULL: they do not matter */
    uint32_t only;                 /* as amos_case_filter.only */
    bool force;
    int threads;
    amos_progress progress; /* units are cases */
};

struct labelmaps_exported {
    size_t cases, skipped, organs;
    uint64_t overlaps; /* voxels that are in several masks */
};

/* Returns an enum cli_exit, with failures reported. */
int labelmaps_export_write(const struct labelmaps_export *given, struct labelmaps_exported *out);

#endif
