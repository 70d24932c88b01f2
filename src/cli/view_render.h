/* amos view: draws a scene. */
#ifndef VIEW_RENDER_H
#define VIEW_RENDER_H

#include "view_scene.h"

/* Makes the canvas and draws everything. Returns 0, or -1 where memory ran out. Release with view_canvas_free() in
 * either case. */
int view_render(const view_scene *scene, view_canvas *canvas);

#endif
