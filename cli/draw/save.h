/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: writes a picture from memory to a PNG file. */
#ifndef CLI_DRAW_SAVE_H
#define CLI_DRAW_SAVE_H

#include <stdbool.h>

#include "draw/canvas.h"

/* "-" is stdout. False after a failure, which is reported. */
bool view_save(const view_canvas *canvas, const char *path);

/* The same for a picture that png_write() has made. */
bool view_save_png(const uint8_t *png, size_t bytes, const char *path);

#endif
