/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: draws a scene. */
#include "view/render.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/font.h"
#include "draw/overlay.h"
#include "draw/scale.h"
#include "view/caption.h"

static const view_color background = {20, 22, 26};
static const view_color black = {0, 0, 0};
static const view_color border = {52, 56, 64};
static const view_color bright = {236, 239, 243};
static const view_color marking = {255, 214, 102};

static const double fill_over_image = 0.28, fill_alone = 0.6, more_for_prediction = 0.22;
static const double line_width = 1.3, reference_width = 1.5;

/* Sizes in units. */
static const view_style letter_style = {16, {255, 214, 102}, 1, 1};
static const view_style caption_style = {11, {220, 224, 230}, 1, 1};
static const view_style note_style = {11, {200, 206, 214}, 0, 1};

/* What the parts of a panel are drawn with. */
typedef struct panel {
    view_canvas *canvas;
    const view_scene *scene;
    const view_plane *plane;
    int64_t at;
    view_rect frame, image;
    double unit, pixels_per_mm;
    bool roomy; /* not one of many: captions have lines of their own */
} panel;

static view_style sized(const view_style *style, double unit, double share)
{
    view_style out = *style;
    out.size = (int)fmax(round(style->size * unit * share), 7);
    return out;
}

/* ---- voxels ---- */

static int draw_grey(const panel *p)
{
    int64_t width, height;
    const view_scene *scene = p->scene;
    float *voxels = view_plane_grey(scene, p->plane, p->at, &width, &height);
    float *pixels = voxels != NULL ? view_scale_grey(voxels, width, height, p->image.width, p->image.height) : NULL;
    free(voxels);
    for (int y = 0; pixels != NULL && y < p->image.height; y++) {
        for (int x = 0; x < p->image.width; x++) {
            double value = pixels[(size_t)y * (size_t)p->image.width + (size_t)x];
            double level = (value - scene->low) / (scene->high - scene->low) * 255;
            uint8_t grey = (uint8_t)(fmin(fmax(level, 0), 255) + 0.5);
            view_canvas_blend(p->canvas, p->image.x + x, p->image.y + y, (view_color){grey, grey, grey}, 1);
        }
    }
    int rc = pixels != NULL ? 0 : -1;
    free(pixels);
    return rc;
}

static int draw_labels(const panel *p, const uint8_t *label, const view_overlay_style *style)
{
    int64_t width, height;
    uint8_t *voxels = view_plane_label(p->scene, label, p->plane, p->at, &width, &height);
    int rc = voxels != NULL ? view_overlay_draw(p->canvas, p->image, voxels, width, height, style) : -1;
    free(voxels);
    return rc;
}

static int draw_differences(const panel *p)
{
    int64_t width, height;
    uint8_t *label = view_plane_label(p->scene, p->scene->label, p->plane, p->at, &width, &height);
    uint8_t *prediction = view_plane_label(p->scene, p->scene->prediction, p->plane, p->at, &width, &height);
    int rc = label != NULL && prediction != NULL ? 0 : -1;
    for (int64_t i = 0; rc == 0 && i < width * height; i++) {
        label[i] = (uint8_t)view_difference_of(label[i], prediction[i]);
    }
    if (rc == 0) {
        rc = view_overlay_differences(p->canvas, p->image, label, width, height);
    }
    free(prediction);
    free(label);
    return rc;
}

static double fill_of(const view_scene *scene, const view_look *look)
{
    double fill = scene->grey != NULL ? fill_over_image : fill_alone;
    fill += scene->prediction != NULL ? more_for_prediction : 0;
    return look->outline ? 0 : look->opacity >= 0 ? look->opacity : fill;
}

/* Without a prediction, the label filled and outlined. With one, its organs filled, the label's outlined, and stripes
 * where they differ. */
static int draw_organs(const panel *p, const view_look *look)
{
    const view_scene *scene = p->scene;
    view_color colors[VIEW_LABELS];
    for (int i = 0; i < scene->organ_count; i++) {
        colors[i] = scene->organs[i].color;
    }
    double fill = fill_of(scene, look);
    const view_overlay_style both = {colors, scene->organ_count, fill, line_width * p->unit};
    const view_overlay_style filled = {colors, scene->organ_count, fill, 0};
    const view_overlay_style outlined = {colors, scene->organ_count, 0, reference_width * p->unit};
    if (scene->prediction == NULL)
        return draw_labels(p, scene->label, &both);
    int rc = draw_labels(p, scene->prediction, &filled);
    if (rc == 0)
        rc = draw_differences(p);
    if (rc == 0)
        rc = draw_labels(p, scene->label, &outlined);
    return rc;
}

/* ---- marks ---- */

/* The middle of the cut voxel along an axis, as a fraction of the image on screen, where voxel axes run backwards. */
static double share_of(const view_scene *scene, int axis)
{
    int64_t start = scene->box.start[axis], stop = scene->box.stop[axis];
    return ((double)(stop - scene->cut[axis]) - 0.5) / (double)(stop - start);
}

/* Draws small ticks outside the frame at the cuts of the other two planes. */
static void draw_ticks(const panel *p)
{
    double x = p->image.x + share_of(p->scene, p->plane->across) * p->image.width;
    double y = p->image.y + share_of(p->scene, p->plane->down) * p->image.height;
    double left = p->frame.x, right = left + p->frame.width, top = p->frame.y, bottom = top + p->frame.height;
    double near = 3 * p->unit, far = 6 * p->unit;
    const view_segment ticks[4] = {{x, top - far, x, top - near},
                                   {x, bottom + near, x, bottom + far},
                                   {left - far, y, left - near, y},
                                   {right + near, y, right + far, y}};
    view_canvas_stroke(p->canvas, ticks, 4, 1.6 * p->unit, marking, 0.9);
}

static void draw_letters(const panel *p)
{
    const view_style s = sized(&letter_style, p->unit, p->roomy ? 1 : 0.7);
    view_rect f = p->frame;
    int edge = view_layout_pixels(p->unit, p->roomy ? 12 : 6);
    int middle = f.y + (f.height + s.size) / 2, centre = f.x + f.width / 2;
    view_font_draw(p->canvas, &s, f.x + edge, middle, p->plane->left);
    view_font_draw_right(p->canvas, &s, f.x + f.width - edge, middle, p->plane->right);
    view_font_draw(p->canvas, &s, centre - view_font_width(&s, p->plane->top) / 2, f.y + edge + s.size, p->plane->top);
    view_font_draw(p->canvas, &s, centre - view_font_width(&s, p->plane->bottom) / 2, f.y + f.height - edge,
                   p->plane->bottom);
}

/* The longest of 1, 2, 5, 10, 20, ... mm that is at most `most_pixels` pixels long. */
static double bar_length(double pixels_per_mm, double most_pixels)
{
    double most = most_pixels / pixels_per_mm, power = pow(10, floor(log10(most)));
    return most >= 5 * power ? 5 * power : most >= 2 * power ? 2 * power : power;
}

static void draw_scale_bar(const panel *p)
{
    double u = p->unit, most = fmin(140 * u, 0.35 * p->frame.width);
    double mm = bar_length(p->pixels_per_mm, most), length = mm * p->pixels_per_mm;
    double right = p->frame.x + p->frame.width - 13 * u, left = right - length;
    double y = p->frame.y + p->frame.height - 14 * u, end = 4 * u;
    const view_segment bar[3] = {{left, y, right, y}, {left, y - end, left, y + end}, {right, y - end, right, y + end}};
    view_canvas_stroke(p->canvas, bar, 3, 4 * u, black, 0.5);
    view_canvas_stroke(p->canvas, bar, 3, 1.5 * u, bright, 1);
    char text[32];
    snprintf(text, sizeof text, mm >= 10 ? "%g cm" : "%g mm", mm >= 10 ? mm / 10 : mm);
    const view_style note = sized(&note_style, u, 1);
    view_font_draw_right(p->canvas, &note, (int)right + 1, (int)(y - 9 * u), text);
}

/* One of many panels has a line that leaves room for the letter in the middle: of these, the first one that does. */
static void draw_short_caption(const panel *p, const view_style *style, long long slice, double mm)
{
    char text[96];
    int x = p->frame.x + view_layout_pixels(p->unit, 6), room = p->frame.width / 2 - view_layout_pixels(p->unit, 18);
    const char axis = "xyz"[p->plane->through];
    snprintf(text, sizeof text, "%s %lld  %c %.1f mm", p->plane->word, slice, axis, mm);
    if (view_font_width(style, text) > room)
        snprintf(text, sizeof text, "%lld  %c %.0f mm", slice, axis, mm);
    if (view_font_width(style, text) > room)
        snprintf(text, sizeof text, "%lld", slice);
    view_font_draw(p->canvas, style, x, p->frame.y + view_layout_pixels(p->unit, 8) + style->size, text);
}

/* The plane, the slice and its place. */
static void draw_captions(const panel *p)
{
    int axis = p->plane->through;
    long long slice = (long long)view_scene_stored_index(p->scene, axis, p->at);
    double mm = view_scene_mm(p->scene, axis, p->at);
    char text[96];
    int x = p->frame.x + view_layout_pixels(p->unit, 12);
    const view_style note = sized(&note_style, p->unit, p->roomy ? 1 : 0.8), name = sized(&caption_style, p->unit, 1);
    if (!p->roomy) {
        draw_short_caption(p, &note, slice, mm);
        return;
    }
    view_font_draw(p->canvas, &name, x, p->frame.y + view_layout_pixels(p->unit, 23), p->plane->name);
    snprintf(text, sizeof text, "slice %lld of 0-%lld", slice, (long long)p->scene->geometry.shape[axis] - 1);
    view_font_draw(p->canvas, &note, x, p->frame.y + view_layout_pixels(p->unit, 43), text);
    snprintf(text, sizeof text, "%c = %.1f mm", "xyz"[axis], mm);
    view_font_draw(p->canvas, &note, x, p->frame.y + view_layout_pixels(p->unit, 62), text);
}

/* ---- the whole ---- */

int view_render_cell(view_canvas *canvas, const view_scene *scene, const view_plan *plan, int cell,
                     const view_look *look, const view_layout *layout)
{
    view_rect f = layout->frame[cell];
    const panel p = {canvas,
                     scene,
                     &view_planes[plan->cells[cell].plane],
                     plan->cells[cell].at,
                     f,
                     layout->image[cell],
                     layout->unit,
                     layout->pixels_per_mm,
                     plan->count == 1 || plan->columns == 0};
    view_canvas_fill(canvas, (view_rect){f.x - 1, f.y - 1, f.width + 2, f.height + 2}, border);
    view_canvas_fill(canvas, f, black);
    if (scene->grey != NULL && draw_grey(&p) != 0)
        return -1;
    if (scene->label != NULL && draw_organs(&p, look) != 0)
        return -1;
    if (plan->columns == 0)
        draw_ticks(&p);
    draw_captions(&p);
    draw_scale_bar(&p);
    if (scene->oriented)
        draw_letters(&p);
    return 0;
}

void view_render_layout(const view_scene *scene, const view_plan *plan, const view_look *look, view_layout *out)
{
    view_wants wants = {.width = look != NULL && look->width > 0 ? look->width : VIEW_WIDTH};
    for (int axis = 0; axis < 3; axis++)
        wants.size_mm[axis] = (double)(scene->box.stop[axis] - scene->box.start[axis]) * scene->geometry.spacing[axis];
    wants.header = view_header_height(scene, wants.width);
    wants.entries = view_legend_entries(scene);
    wants.key = view_key_entries(scene);
    wants.remark = scene->remark[0] != '\0';
    view_layout_make(&wants, plan, out);
}

int view_render(const view_scene *scene, const view_plan *plan, const view_look *look, view_canvas *canvas)
{
    static const view_look standard = {.opacity = -1};
    view_layout layout;
    look = look != NULL ? look : &standard;
    view_render_layout(scene, plan, look, &layout);
    if (view_canvas_init(canvas, layout.width, layout.height, background) != 0)
        return -1;
    view_header_draw(canvas, scene, layout.header, layout.unit);
    for (int i = 0; i < plan->count; i++)
        if (view_render_cell(canvas, scene, plan, i, look, &layout) != 0)
            return -1;
    view_legend_draw(canvas, scene, &layout);
    return view_key_draw(canvas, scene, &layout);
}
