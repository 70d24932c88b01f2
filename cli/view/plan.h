/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: which slices of a scene a picture shows. */
#ifndef CLI_VIEW_PLAN_H
#define CLI_VIEW_PLAN_H

#include "view/plane.h"
#include "view/request.h"

enum { VIEW_CELLS = VIEW_MONTAGE_MOST * VIEW_MONTAGE_MOST };

/* One panel: a slice of a plane. */
typedef struct view_cell {
    int plane;  /* VIEW_AXIAL, ... */
    int64_t at; /* the voxel along the axis through the plane */
} view_cell;

typedef struct view_plan {
    int count;   /* cells, at least 1 */
    int columns; /* of a grid; 0: the three planes, arranged by their sizes */
    int organ;   /* the label through which the planes go, 0: none */
    view_cell cells[VIEW_CELLS];
} view_plan;

/* The three planes at the scene's cut. */
void view_plan_planes(const view_scene *scene, view_plan *plan);

/* Chooses the slices that are asked for; the scene's cut and box follow. A montage goes from the head to the feet, from
 * front to back, or from the patient's right to the left; it has fewer cells than asked for if there are fewer slices.
 * Returns AMOS_OK; AMOS_E_ARG: an organ that is not there, or a slice outside of the volume; AMOS_E_NOMEM. */
amos_status view_plan_make(const view_request *request, view_scene *scene, view_plan *plan, amos_error *err);

#endif
