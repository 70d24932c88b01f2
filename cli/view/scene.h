/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the contents of a picture, as plain arrays and numbers, independent of the files. */
#ifndef CLI_VIEW_SCENE_H
#define CLI_VIEW_SCENE_H

#include <amos/geometry.h>

#include "draw/overlay.h"

enum { VIEW_LABELS = 255 }; /* most */

typedef struct view_organ {
    char title[128]; /* "Right kidney"; "": the label has no name */
    view_color color;
    int present;
    double millilitres;
    double centroid[3]; /* voxel index, if present */
    amos_box box;       /* if present */
    char note[32];      /* in the legend; "": the millilitres */
} view_organ;

typedef struct view_scene {
    amos_geometry geometry;         /* of the voxels, which are in RAS order, x fastest */
    const float *grey;              /* NULL: no image */
    const uint8_t *label;           /* NULL: no label */
    const uint8_t *prediction;      /* NULL: none. Else its organs are filled, those of the label outlined, and what
                                     * differs is striped */
    view_organ organs[VIEW_LABELS]; /* organs[n] is label n + 1; with a label only */
    int organ_count;                /* the labels that there may be are 1..organ_count; 0 without a label */
    double apart[VIEW_DIFFERENCES]; /* mL of each difference in the whole volume; with a prediction only */
    double low, high;               /* grey values shown black and white */
    double air;                     /* grey values up to this are the air around the body */
    char window[64];                /* the window for people: "W 400  L 40 HU" */
    char title[64];                 /* "amos_0018" */
    char details[512];              /* the line beside it: items with " \xC2\xB7 " between them */
    char remark[224];               /* the last line, with a prediction only */
    int oriented;                   /* 0: the file has no orientation, so no letters may be shown */
    int reversed[3];                /* along x, y, z: whether the file counts its voxels the other way round */
    int64_t cut[3];                 /* the voxel where the three planes meet */
    amos_box body;                  /* the body and the organs */
    amos_box box;                   /* the visible part: the body and a margin */
} view_scene;

/* The name of a label, "label 17" if it has none. */
const char *view_organ_title(const view_scene *scene, int label, char text[32]);

/* Sets `apart` from label and prediction, and the remark to the organs of which the prediction takes more than 5 % for
 * another one, as far as there is room: "Taken for another organ: Spleen (97 % for Liver), ...". Returns 0, or -1 if
 * memory ran out. */
int view_scene_compare(view_scene *scene);

/* Sets the window to level and width, in Hounsfield units, and what air is. */
void view_scene_window_ct(view_scene *scene, double level, double width);

/* Sets the window to the 1st and 99th percentile of the nonzero voxels, and what air is. Returns 0, or -1 if memory ran
 * out. */
int view_scene_window_percentiles(view_scene *scene);

/* Sets the window alone to level and width. `name` may be NULL, `unit` be "". */
void view_scene_window_levels(view_scene *scene, double level, double width, const char *name, const char *unit);

/* Places the planes at the mean of the organs' centres, equally weighted; without organs at the volume's centre. */
void view_scene_aim(view_scene *scene);

/* Places the planes where the organ, which is present, is largest: each at the first slice with most of its voxels.
 * Returns 0, or -1 if memory ran out. */
int view_scene_aim_organ(view_scene *scene, int organ);

/* Places one plane, the one through axis 0..2, and makes it visible in the box. */
void view_scene_set_cut(view_scene *scene, int axis, int64_t voxel);

/* The index in the file as stored of a voxel of the scene along an axis. The same function leads back. */
int64_t view_scene_stored_index(const view_scene *scene, int axis, int64_t voxel);

/* The position in mm, RAS+, of slice `voxel` through an axis, where the other two planes meet it. */
double view_scene_mm(const view_scene *scene, int axis, int64_t voxel);

/* Places the planes where label and prediction differ most in one organ; changes nothing if they agree. Returns 0, or
 * -1 if memory ran out. */
int view_scene_aim_apart(view_scene *scene, int organ);

/* Sets the box to the visible part of the body without the air around it; without an image, to the organs and a
 * margin. Returns 0, or -1 if memory ran out. */
int view_scene_trim(view_scene *scene);

/* The largest angle in degrees between a voxel axis and its nearest patient axis. */
double view_scene_obliquity(const view_scene *scene);

#endif
