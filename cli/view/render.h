/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: draws a scene. */
#ifndef CLI_VIEW_RENDER_H
#define CLI_VIEW_RENDER_H

#include "view/plan.h"
#include "view/layout.h"

/* Where view_render() draws what. */
void view_render_layout(const view_scene *scene, const view_plan *plan, const view_look *look, view_layout *out);

/* Initialises the canvas and draws everything. NULL as `look` is the default. Returns 0, or -1 if memory ran out.
 * Release with view_canvas_free() in either case. */
int view_render(const view_scene *scene, const view_plan *plan, const view_look *look, view_canvas *canvas);

/* Draws one cell of the plan into a frame of a canvas that exists, its voxels into `image`. Returns 0, or -1. */
int view_render_cell(view_canvas *canvas, const view_scene *scene, const view_plan *plan, int cell,
                     const view_look *look, const view_layout *layout);

#endif
