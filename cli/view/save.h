/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: writes a picture from memory to a PNG file. */
#ifndef CLI_VIEW_SAVE_H
#define CLI_VIEW_SAVE_H

#include <stdbool.h>

#include "view/canvas.h"

/* "-" is stdout. False after a failure, which is reported. */
bool view_save(const view_canvas *canvas, const char *path);

#endif
