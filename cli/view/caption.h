/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the texts beside the panels: the header, the legend, and the key of a prediction. */
#ifndef CLI_VIEW_CAPTION_H
#define CLI_VIEW_CAPTION_H

#include "view/layout.h"

/* The height that the header needs in a picture of some width: its details are wrapped. */
int view_header_height(const view_scene *scene, int width);

void view_header_draw(view_canvas *canvas, const view_scene *scene, view_rect header, double unit);

/* How many entries the legend has: all labels if they are few, otherwise those that are present. */
int view_legend_entries(const view_scene *scene);

void view_legend_draw(view_canvas *canvas, const view_scene *scene, const view_layout *layout);

/* How many entries the key has: 0 without a prediction. */
int view_key_entries(const view_scene *scene);

/* Says how a prediction is drawn, how much of it differs, and the remark. Returns 0, or -1 if memory ran out. */
int view_key_draw(view_canvas *canvas, const view_scene *scene, const view_layout *layout);

#endif
