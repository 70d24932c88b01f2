/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: reads files into a scene. */
#ifndef CLI_VIEW_LOAD_H
#define CLI_VIEW_LOAD_H

#include <amos/amos.h>

#include "view/scene.h"

/* Bytes of a name in the legend. */
enum { VIEW_NAME = 128 };

typedef struct view_source {
    const char *image;      /* NULL: none */
    const char *label;      /* NULL: none; without an image, the label alone is drawn */
    const char *prediction; /* NULL: none; else drawn over the label, whose shape it must have */
    const amos_case *c;     /* the case of the files; NULL: plain files */
    const amos_dataset *dataset; /* whose names and colours the labels have; NULL: AMOS's */
    amos_modality
        modality; /* AMOS_MODALITY_ANY: that of the case, from the file's number, or guessed from the values */
} view_source;

typedef struct view_loaded {
    view_scene scene; /* its arrays belong to those below */
    amos_array *image;
    amos_labelmap *label, *prediction;
    char names[VIEW_ORGANS][VIEW_NAME]; /* of the organs in the scene */
} view_loaded;

/* Reads the files and prepares the scene for drawing. Release with view_unload() in either case. A single image is
 * treated as a label if its voxels are all integers 0..15, and not all 0. */
amos_status view_load(const view_source *source, view_loaded *out, amos_error *err);
void view_unload(view_loaded *loaded);

#endif
