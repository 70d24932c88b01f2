/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: what a picture shows, as plain arrays and numbers, whatever files it came from. */
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
    double centroid[3]; /* voxel index, where present */
    amos_box box;       /* where present */
    char note[32];      /* in the legend; "": the millilitres */
} view_organ;

typedef struct view_scene {
    amos_geometry geometry;         /* of the voxels, which are in RAS order, x fastest */
    const float *grey;              /* NULL: no image */
    const uint8_t *label;           /* NULL: no label */
    const uint8_t *prediction;      /* NULL: none. Drawn as white outlines over the label */
    view_organ organs[VIEW_ORGANS]; /* organs[n] is label n + 1; with a label only */
    double low, high;               /* grey values shown black and white */
    char window[64];                /* the same for people: "W 400  L 40 HU" */
    char title[64];                 /* "amos_0018" */
    char details[256];              /* the line beside it */
    int oriented;                   /* 0: the file gives no orientation, so no letter may be shown */
    int64_t cut[3];                 /* the voxel through which the three planes go */
    amos_box box;                   /* the part that is shown */
} view_scene;

/* Sets the window to level and width, in Hounsfield units. */
void view_scene_window_ct(view_scene *scene, double level, double width);

/* Sets the window to the 1st and 99th percentile of the voxels that are not zero. Returns 0, or -1 out of memory. */
int view_scene_window_percentiles(view_scene *scene);

/* Aims the planes: at the centre of the organs, each counting as much as any other; without organs at the volume's. */
void view_scene_aim(view_scene *scene);

/* Aims the planes where label and prediction differ most in one organ; nothing changes where they agree. Returns 0, or -1
 * out of memory. */
int view_scene_aim_apart(view_scene *scene, int organ);

/* Sets the box: the body, as far as the window shows any of it, without the air around it; without an image the organs
 * and some room. Returns 0, or -1 out of memory. */
int view_scene_trim(view_scene *scene);

/* The largest angle in degrees between an axis of the voxels and the patient's axis that it is nearest to. */
double view_scene_obliquity(const view_scene *scene);

#endif
