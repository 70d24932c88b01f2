/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: draws a scene. */
#ifndef CLI_VIEW_RENDER_H
#define CLI_VIEW_RENDER_H

#include "view/scene.h"

/* Initialises the canvas and draws everything. Returns 0, or -1 if memory ran out. Release with view_canvas_free() in
 * either case. */
int view_render(const view_scene *scene, view_canvas *canvas);

#endif
