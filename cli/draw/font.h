/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: a small stroke font, drawn anti-aliased at any size. */
#ifndef CLI_DRAW_FONT_H
#define CLI_DRAW_FONT_H

#include "draw/canvas.h"

typedef struct view_style {
    int size; /* height of a capital letter in pixels */
    view_color color;
    int bold;
    int halo; /* nonzero: darken the surroundings of the letters, for text on a picture */
} view_style;

/* The width of a text in pixels. Texts are UTF-8; a character that the font lacks is drawn as a box. */
int view_font_width(const view_style *style, const char *text);

/* Draws a text whose capitals stand on the pixel row `baseline` (its upper edge) and begin at column x. Returns the
 * column after it. */
int view_font_draw(view_canvas *canvas, const view_style *style, int x, int baseline, const char *text);

/* The same, ending before column `right`. */
void view_font_draw_right(view_canvas *canvas, const view_style *style, int right, int baseline, const char *text);

/* 1 if the font has a glyph for a Unicode character, else 0. */
int view_font_has(unsigned character);

#endif
