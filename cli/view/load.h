/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: reads files into a scene. */
#ifndef CLI_VIEW_LOAD_H
#define CLI_VIEW_LOAD_H

#include <amos/amos.h>

#include "view/scene.h"
#include "draw/window.h"

typedef struct view_source {
    const char *image;                    /* NULL: none */
    const char *label;                    /* NULL: none; without an image, the label alone is drawn */
    const char *prediction;               /* NULL: none; else drawn over the label, whose shape it must have */
    const amos_case *c;                   /* the case of the files; NULL: plain files */
    const amos_dataset *dataset;          /* whose names and colours the labels have; NULL: AMOS's */
    const amos_accept *accept;            /* in the labels; NULL: the defaults */
    const amos_accept *accept_prediction; /* in the prediction; the same */
    const amos_volume_options *volume;    /* with which files are opened; NULL: the defaults */
    amos_progress progress;               /* of reading, in bytes; may be empty */
    amos_modality
        modality; /* AMOS_MODALITY_ANY: that of the case, from the file's number, or guessed from the values */
    view_window window;
} view_source;

typedef struct view_loaded {
    view_scene scene;       /* its arrays belong to those below */
    amos_modality modality; /* AMOS_MODALITY_UNKNOWN: not known */
    amos_array *image;
    amos_labelmap *label, *prediction;
    amos_warnings warnings; /* of the files, and of image, label and prediction together */
} view_loaded;

/* Reads the files and prepares the scene for drawing. Release with view_unload() in either case. A single image is
 * treated as a label if its voxels are all integers 0..15, and not all 0.
 * Returns the statuses of the volumes and label maps, and AMOS_E_ARG: a window in Hounsfield units for MRI. */
amos_status view_load(const view_source *source, view_loaded *out, amos_error *err);
void view_unload(view_loaded *loaded);

#endif
