/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the contents of a picture, as plain arrays and numbers, independent of the files. */
#ifndef CLI_VIEW_SCENE_H
#define CLI_VIEW_SCENE_H

#include <amos/geometry.h>

#include "view/canvas.h"

enum { VIEW_ORGANS = 15 };

typedef struct view_organ {
    const char *title; /* "Right kidney" */
    view_color color;
    int present;
    double millilitres;
    double centroid[3]; /* voxel index, if present */
    amos_box box;       /* if present */
    char note[32];      /* in the legend; "": the millilitres */
} view_organ;

/* How a voxel of a prediction differs from the label. */
typedef enum view_difference {
    VIEW_AGREED = 0,
    VIEW_MISSED = 1,   /* an organ of the label, background in the prediction */
    VIEW_EXTRA = 2,    /* the reverse */
    VIEW_CONFUSED = 3, /* another organ */
    VIEW_DIFFERENCES = 4
} view_difference;

typedef struct view_scene {
    amos_geometry geometry;         /* of the voxels, which are in RAS order, x fastest */
    const float *grey;              /* NULL: no image */
    const uint8_t *label;           /* NULL: no label */
    const uint8_t *prediction;      /* NULL: none. Else its organs are filled, those of the label outlined, and what
                                     * differs is striped */
    view_organ organs[VIEW_ORGANS]; /* organs[n] is label n + 1; with a label only */
    double apart[VIEW_DIFFERENCES]; /* mL of each difference in the whole volume; with a prediction only */
    double low, high;               /* grey values shown black and white */
    char window[64];                /* the window for people: "W 400  L 40 HU" */
    char title[64];                 /* "amos_0018" */
    char details[256];              /* the line beside it */
    char remark[224];               /* the last line, with a prediction only */
    int oriented;                   /* 0: the file has no orientation, so no letters may be shown */
    int64_t cut[3];                 /* the voxel where the three planes meet */
    amos_box box;                   /* the visible part */
} view_scene;

view_difference view_difference_of(uint8_t label, uint8_t prediction);

/* Sets `apart` from label and prediction, and the remark to the organs of which the prediction takes more than 5 % for
 * another one, as far as there is room: "Taken for another organ: Spleen (97 % for Liver), ...". */
void view_scene_compare(view_scene *scene);

/* Sets the window to level and width, in Hounsfield units. */
void view_scene_window_ct(view_scene *scene, double level, double width);

/* Sets the window to the 1st and 99th percentile of the nonzero voxels. Returns 0, or -1 if memory ran out. */
int view_scene_window_percentiles(view_scene *scene);

/* Places the planes at the mean of the organs' centres, equally weighted; without organs at the volume's centre. */
void view_scene_aim(view_scene *scene);

/* Places the planes where label and prediction differ most in one organ; changes nothing if they agree. Returns 0, or
 * -1 if memory ran out. */
int view_scene_aim_apart(view_scene *scene, int organ);

/* Sets the box to the visible part of the body without the air around it; without an image, to the organs and a
 * margin. Returns 0, or -1 if memory ran out. */
int view_scene_trim(view_scene *scene);

/* The largest angle in degrees between a voxel axis and its nearest patient axis. */
double view_scene_obliquity(const view_scene *scene);

#endif
