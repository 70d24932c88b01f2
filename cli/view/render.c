/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: draws a scene. */
#include "view/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/font.h"
#include "view/layout.h"
#include "view/overlay.h"
#include "view/scale.h"

enum { ORGAN_ROWS = (VIEW_ORGANS + VIEW_LEGEND_COLUMNS - 1) / VIEW_LEGEND_COLUMNS };

static const view_color background = {20, 22, 26};
static const view_color black = {0, 0, 0};
static const view_color border = {52, 56, 64};
static const view_color bright = {236, 239, 243};
static const view_color soft = {168, 175, 186};
static const view_color faint = {98, 104, 114};
static const view_color marking = {255, 214, 102};

static const view_style title_style = {18, {236, 239, 243}, 1, 0};
static const view_style details_style = {12, {168, 175, 186}, 0, 0};
static const view_style letter_style = {16, {255, 214, 102}, 1, 1};
static const view_style caption_style = {11, {220, 224, 230}, 1, 1};
static const view_style note_style = {11, {200, 206, 214}, 0, 1};

static void draw_header(view_canvas *canvas, const view_scene *scene, const view_layout *layout)
{
    int baseline = layout->header.y + 45;
    int x = view_font_draw(canvas, &title_style, layout->header.x, baseline, scene->title);
    view_font_draw(canvas, &details_style, x + 24, baseline, scene->details);
}

static int draw_grey(view_canvas *canvas, const view_scene *scene, const view_plane *plane, view_rect rect)
{
    int64_t width, height;
    float *voxels = view_plane_grey(scene, plane, &width, &height);
    float *pixels = voxels != NULL ? view_scale_grey(voxels, width, height, rect.width, rect.height) : NULL;
    free(voxels);
    for (int y = 0; pixels != NULL && y < rect.height; y++) {
        for (int x = 0; x < rect.width; x++) {
            double value = pixels[(size_t)y * (size_t)rect.width + (size_t)x];
            double level = (value - scene->low) / (scene->high - scene->low) * 255;
            uint8_t grey = (uint8_t)(fmin(fmax(level, 0), 255) + 0.5);
            view_canvas_blend(canvas, rect.x + x, rect.y + y, (view_color){grey, grey, grey}, 1);
        }
    }
    int rc = pixels != NULL ? 0 : -1;
    free(pixels);
    return rc;
}

static int draw_labels(view_canvas *canvas, const view_scene *scene, const uint8_t *label, const view_plane *plane,
                       view_rect rect, const view_overlay_style *style)
{
    int64_t width, height;
    uint8_t *voxels = view_plane_label(scene, label, plane, &width, &height);
    int rc = voxels != NULL ? view_overlay_draw(canvas, rect, voxels, width, height, style) : -1;
    free(voxels);
    return rc;
}

static int draw_differences(view_canvas *canvas, const view_scene *scene, const view_plane *plane, view_rect rect)
{
    int64_t width, height;
    uint8_t *label = view_plane_label(scene, scene->label, plane, &width, &height);
    uint8_t *prediction = view_plane_label(scene, scene->prediction, plane, &width, &height);
    int rc = label != NULL && prediction != NULL ? 0 : -1;
    for (int64_t i = 0; rc == 0 && i < width * height; i++) {
        label[i] = (uint8_t)view_difference_of(label[i], prediction[i]);
    }
    if (rc == 0) {
        rc = view_overlay_differences(canvas, rect, label, width, height);
    }
    free(prediction);
    free(label);
    return rc;
}

/* Without a prediction, the label filled and outlined. With one, its organs filled, the label's outlined, and stripes
 * where they differ. */
static int draw_organs(view_canvas *canvas, const view_scene *scene, const view_plane *plane, view_rect rect)
{
    view_color colors[VIEW_ORGANS];
    for (int i = 0; i < VIEW_ORGANS; i++) {
        colors[i] = scene->organs[i].color;
    }
    double fill = scene->grey != NULL ? 0.28 : 0.6;
    const view_overlay_style both = {colors, VIEW_ORGANS, fill, 1.3}, filled = {colors, VIEW_ORGANS, fill + 0.22, 0};
    const view_overlay_style outlined = {colors, VIEW_ORGANS, 0, 1.5};
    if (scene->prediction == NULL) {
        return draw_labels(canvas, scene, scene->label, plane, rect, &both);
    }
    int rc = draw_labels(canvas, scene, scene->prediction, plane, rect, &filled);
    if (rc == 0) {
        rc = draw_differences(canvas, scene, plane, rect);
    }
    if (rc == 0) {
        rc = draw_labels(canvas, scene, scene->label, plane, rect, &outlined);
    }
    return rc;
}

/* The middle of the cut voxel along an axis, as a fraction of the image on screen, where voxel axes run backwards. */
static double share_of(const view_scene *scene, int axis)
{
    int64_t start = scene->box.start[axis], stop = scene->box.stop[axis];
    return ((double)(stop - scene->cut[axis]) - 0.5) / (double)(stop - start);
}

/* Draws small ticks outside the frame at the cuts of the other two planes. */
static void draw_ticks(view_canvas *canvas, const view_scene *scene, const view_plane *plane, view_rect frame,
                       view_rect image)
{
    double x = image.x + share_of(scene, plane->across) * image.width;
    double y = image.y + share_of(scene, plane->down) * image.height;
    double left = frame.x, right = frame.x + frame.width, top = frame.y, bottom = frame.y + frame.height;
    const view_segment ticks[4] = {{x, top - 6, x, top - 3},
                                   {x, bottom + 3, x, bottom + 6},
                                   {left - 6, y, left - 3, y},
                                   {right + 3, y, right + 6, y}};
    view_canvas_stroke(canvas, ticks, 4, 1.6, marking, 0.9);
}

static void draw_letters(view_canvas *canvas, const view_plane *plane, view_rect frame)
{
    const view_style *s = &letter_style;
    int middle = frame.y + (frame.height + s->size) / 2;
    int centre = frame.x + frame.width / 2;
    view_font_draw(canvas, s, frame.x + 12, middle, plane->left);
    view_font_draw_right(canvas, s, frame.x + frame.width - 12, middle, plane->right);
    view_font_draw(canvas, s, centre - view_font_width(s, plane->top) / 2, frame.y + 12 + s->size, plane->top);
    view_font_draw(canvas, s, centre - view_font_width(s, plane->bottom) / 2, frame.y + frame.height - 12,
                   plane->bottom);
}

/* The longest of 1, 2, 5, 10, 20, ... mm that is at most 140 pixels long. */
static double bar_length(double pixels_per_mm)
{
    double most = 140 / pixels_per_mm, power = pow(10, floor(log10(most)));
    return most >= 5 * power ? 5 * power : most >= 2 * power ? 2 * power : power;
}

static void draw_scale_bar(view_canvas *canvas, const view_layout *layout, view_rect frame)
{
    double mm = bar_length(layout->pixels_per_mm), length = mm * layout->pixels_per_mm;
    double right = frame.x + frame.width - 13, left = right - length, y = frame.y + frame.height - 14;
    const view_segment bar[3] = {{left, y, right, y}, {left, y - 4, left, y + 4}, {right, y - 4, right, y + 4}};
    view_canvas_stroke(canvas, bar, 3, 4, black, 0.5);
    view_canvas_stroke(canvas, bar, 3, 1.5, bright, 1);
    char text[32];
    snprintf(text, sizeof text, mm >= 10 ? "%g cm" : "%g mm", mm >= 10 ? mm / 10 : mm);
    view_font_draw_right(canvas, &note_style, (int)right + 1, (int)y - 9, text);
}

static void draw_captions(view_canvas *canvas, const view_scene *scene, const view_plane *plane, view_rect frame)
{
    double voxel[3], mm[3];
    for (int axis = 0; axis < 3; axis++) {
        voxel[axis] = (double)scene->cut[axis];
    }
    amos_geometry_to_mm(&scene->geometry, voxel, mm);
    char position[48];
    snprintf(position, sizeof position, "%c = %.1f mm", "xyz"[plane->through], mm[plane->through]);
    int x = frame.x + 12;
    view_font_draw(canvas, &caption_style, x, frame.y + 23, plane->name);
    view_font_draw(canvas, &note_style, x, frame.y + 43, position);
    if (scene->grey != NULL) {
        view_font_draw(canvas, &note_style, x, frame.y + frame.height - 12, scene->window);
    }
}

static int draw_plane(view_canvas *canvas, const view_scene *scene, const view_layout *layout, int p)
{
    const view_plane *plane = &view_planes[p];
    view_rect frame = layout->frame[p], image = layout->image[p];
    view_canvas_fill(canvas, (view_rect){frame.x - 1, frame.y - 1, frame.width + 2, frame.height + 2}, border);
    view_canvas_fill(canvas, frame, black);
    if (scene->grey != NULL && draw_grey(canvas, scene, plane, image) != 0) {
        return -1;
    }
    if (scene->label != NULL && draw_organs(canvas, scene, plane, image) != 0) {
        return -1;
    }
    draw_ticks(canvas, scene, plane, frame, image);
    draw_captions(canvas, scene, plane, frame);
    draw_scale_bar(canvas, layout, frame);
    if (scene->oriented) {
        draw_letters(canvas, plane, frame);
    }
    return 0;
}

static void draw_entry(view_canvas *canvas, const view_organ *organ, int x, int y, int width)
{
    view_style text = {12, organ->present ? bright : faint, 0, 0};
    view_style amount = {12, organ->present ? soft : faint, 0, 0};
    int baseline = y + 18;
    view_rect swatch = {x, baseline - 13, 15, 15};
    view_canvas_rounded(canvas, swatch, 3, organ->color, organ->present ? 1 : 0.25);
    view_font_draw(canvas, &text, x + 26, baseline, organ->title);
    char volume[48];
    snprintf(volume, sizeof volume, organ->present ? "%.1f mL" : "absent", organ->millilitres);
    view_font_draw_right(canvas, &amount, x + width, baseline, organ->note[0] != '\0' ? organ->note : volume);
}

/* A swatch of label `kind` in a style, or of a difference without one, with a text beside it. */
static int draw_key_entry(view_canvas *canvas, view_rect swatch, const view_overlay_style *style, view_difference kind,
                          const char *text)
{
    enum { ACROSS = 32, DOWN = 16 };
    uint8_t plane[ACROSS * DOWN] = {0};
    for (int y = 1; y < DOWN - 1; y++) {
        memset(plane + y * ACROSS + 1, (int)kind, ACROSS - 2);
    }
    int rc = style != NULL ? view_overlay_draw(canvas, swatch, plane, ACROSS, DOWN, style)
                           : view_overlay_differences(canvas, swatch, plane, ACROSS, DOWN);
    view_font_draw(canvas, &details_style, swatch.x + swatch.width + 11, swatch.y + 13, text);
    return rc;
}

/* The rows below the organs, which say how a prediction is drawn and how much of it differs. */
static int draw_key(view_canvas *canvas, const view_scene *scene, int x, int y, int step)
{
    const view_overlay_style filled = {&soft, 1, 0.45, 0}, outlined = {&soft, 1, 0, 1.5};
    static const char *const names[VIEW_DIFFERENCES] = {"", "missed", "extra", "another organ"};
    const view_rect swatch = {x - 1, y + 4, 32, 16};
    int rc = draw_key_entry(canvas, swatch, &filled, 1, "filled: the prediction");
    view_rect next = swatch;
    next.x += step;
    rc |= draw_key_entry(canvas, next, &outlined, 1, "outlined: the reference");
    for (int kind = VIEW_MISSED; kind < VIEW_DIFFERENCES; kind++) {
        char text[64];
        next.x += step;
        snprintf(text, sizeof text, "%s: %.1f mL", names[kind], scene->apart[kind]);
        rc |= draw_key_entry(canvas, next, NULL, (view_difference)kind, text);
    }
    view_font_draw(canvas, &details_style, x, y + VIEW_LEGEND_ROW + 18, scene->remark);
    return rc;
}

/* Entries are listed column by column. */
static int draw_legend(view_canvas *canvas, const view_scene *scene, const view_layout *layout)
{
    int rows = ORGAN_ROWS, space = 52;
    int width = (layout->legend.width - (VIEW_LEGEND_COLUMNS - 1) * space) / VIEW_LEGEND_COLUMNS;
    for (int i = 0; i < VIEW_ORGANS; i++) {
        int x = layout->legend.x + i / rows * (width + space);
        draw_entry(canvas, &scene->organs[i], x, layout->legend.y + i % rows * VIEW_LEGEND_ROW, width);
    }
    if (scene->prediction == NULL) {
        return 0;
    }
    return draw_key(canvas, scene, layout->legend.x, layout->legend.y + rows * VIEW_LEGEND_ROW, width + space);
}

static int legend_rows(const view_scene *scene)
{
    int key = scene->prediction != NULL, remark = key && scene->remark[0] != '\0';
    return scene->label != NULL ? ORGAN_ROWS + key + remark : 0;
}

int view_render(const view_scene *scene, view_canvas *canvas)
{
    view_layout layout;
    double size_mm[3];
    for (int axis = 0; axis < 3; axis++) {
        size_mm[axis] = (double)(scene->box.stop[axis] - scene->box.start[axis]) * scene->geometry.spacing[axis];
    }
    view_layout_make(size_mm, legend_rows(scene), &layout);
    if (view_canvas_init(canvas, layout.width, layout.height, background) != 0) {
        return -1;
    }
    draw_header(canvas, scene, &layout);
    for (int p = 0; p < VIEW_PLANES; p++) {
        if (draw_plane(canvas, scene, &layout, p) != 0) {
            return -1;
        }
    }
    return scene->label != NULL ? draw_legend(canvas, scene, &layout) : 0;
}
