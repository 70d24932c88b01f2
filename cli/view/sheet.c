/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: a contact sheet. All rows have the same height, so it is known before any file is read. */
#include "view/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/utf8.h"
#include "draw/font.h"
#include "draw/save.h"
#include "kit/message.h"
#include "view/caption.h"
#include "view/render.h"

enum { CELL_LEAST = 40 }; /* pixels */

/* In units. */
enum { TEXT_WIDTH = 270, GAP = 8, ROW_GAP = 10, ROW_HEIGHT = 130, LINE = 20 };

static const double cell_height = 0.72; /* of its width, at most */

static const char dot[] = " \xC2\xB7 ";

static const view_color background = {20, 22, 26};

static int width_of(const view_look *look)
{
    return look->width > 0 ? look->width : VIEW_SHEET_WIDTH;
}

/* The width of a cell; 0 or less if there is no room. */
static int cell_width(double unit, int width, int cells)
{
    int room = width - 2 * view_layout_pixels(unit, VIEW_MARGIN) - view_layout_pixels(unit, TEXT_WIDTH);
    return (room - (cells - 1) * view_layout_pixels(unit, GAP)) / cells;
}

static int row_height(double unit, int width, int cells)
{
    int high = (int)(cell_width(unit, width, cells) * cell_height), least = view_layout_pixels(unit, ROW_HEIGHT);
    return high > least ? high : least;
}

/* How many cells a row has, as far as the request says it. */
static int cells_asked(const view_request *request)
{
    if (request->montage.columns > 0)
        return request->montage.columns * request->montage.rows;
    return request->plane == VIEW_CHOICE_NONE || request->plane == VIEW_CHOICE_ALL ? VIEW_PLANES : 1;
}

int view_sheet_cells(const view_request *request)
{
    int width = width_of(&request->look), cells = cells_asked(request);
    return cell_width(view_layout_unit(width), width, cells) >= CELL_LEAST ? 0 : cells;
}

int64_t view_sheet_height(const view_request *request, size_t rows)
{
    int width = width_of(&request->look);
    double unit = view_layout_unit(width);
    int row = row_height(unit, width, cells_asked(request)) + view_layout_pixels(unit, ROW_GAP);
    return (int64_t)rows * row + 2 * (int64_t)view_layout_pixels(unit, VIEW_MARGIN);
}

/* ---- a row ---- */

static view_style style_of(double unit, int size, view_color color, int bold)
{
    return (view_style){view_layout_pixels(unit, size), color, bold, 0};
}

/* Writes a line, cut to a width. */
static void draw_line(view_canvas *canvas, const view_style *style, int x, int baseline, int width, const char *text)
{
    char cut[256];
    snprintf(cut, sizeof cut, "%.*s", (int)amosi_utf8_cut(text, strlen(text), 80), text);
    while (view_font_width(style, cut) > width && cut[0] != '\0')
        cut[amosi_utf8_cut(cut, strlen(cut), strlen(cut) - 1)] = '\0';
    view_font_draw(canvas, style, x, baseline, cut);
}

/* The length of as many items as fit in a width; at least one. */
static size_t items_that_fit(const view_style *style, int width, const char *details)
{
    size_t fitting = 0;
    for (const char *end = details; end != NULL;) {
        end = strstr(end, dot);
        size_t length = end != NULL ? (size_t)(end - details) : strlen(details);
        char text[256];
        snprintf(text, sizeof text, "%.*s", (int)length, details);
        if (fitting > 0 && view_font_width(style, text) > width)
            break;
        fitting = length;
        end = end != NULL ? end + strlen(dot) : NULL;
    }
    return fitting;
}

/* The name, and below it the details, as many lines as fit. */
static void draw_texts(view_canvas *row, double unit, const char *title, const char *details)
{
    const view_style name = style_of(unit, 16, (view_color){236, 239, 243}, 1);
    const view_style item = style_of(unit, 11, (view_color){168, 175, 186}, 0);
    int x = view_layout_pixels(unit, VIEW_MARGIN), width = view_layout_pixels(unit, TEXT_WIDTH - 16);
    int baseline = view_layout_pixels(unit, 22), line = view_layout_pixels(unit, LINE);
    draw_line(row, &name, x, baseline, width, title);
    baseline += view_layout_pixels(unit, 6);
    while (*details != '\0' && baseline + line <= row->height) {
        size_t length = items_that_fit(&item, width, details);
        char text[256];
        snprintf(text, sizeof text, "%.*s", (int)length, details);
        draw_line(row, &item, x, baseline += line, width, text);
        details += length;
        details += strncmp(details, dot, strlen(dot)) == 0 ? strlen(dot) : 0;
    }
}

/* The cells side by side, at one scale. A montage of few slices leaves the last places of `cells` empty. */
static void place_cells(const view_scene *scene, const view_plan *plan, int width, int cells, int height,
                        view_layout *out)
{
    double unit = view_layout_unit(width), scale = 1e9;
    int across = cell_width(unit, width, cells), gap = view_layout_pixels(unit, GAP);
    int x = view_layout_pixels(unit, VIEW_MARGIN + TEXT_WIDTH);
    double mm[3];
    for (int axis = 0; axis < 3; axis++) {
        double voxels = (double)(scene->box.stop[axis] - scene->box.start[axis]);
        mm[axis] = fmin(fmax(voxels * scene->geometry.spacing[axis], 1e-6), 1e9);
    }
    for (int i = 0; i < plan->count; i++) {
        const view_plane *p = &view_planes[plan->cells[i].plane];
        scale = fmin(scale, fmin(across / mm[p->across], height / mm[p->down]));
    }
    for (int i = 0; i < plan->count; i++) {
        const view_plane *p = &view_planes[plan->cells[i].plane];
        int w = (int)fmax(round(mm[p->across] * scale), 1), h = (int)fmax(round(mm[p->down] * scale), 1);
        out->frame[i] = (view_rect){x + i * (across + gap), 0, across, height};
        out->image[i] = (view_rect){out->frame[i].x + (across - w) / 2, (height - h) / 2, w, h};
    }
    out->unit = unit;
    out->pixels_per_mm = scale;
}

int view_sheet_row(const view_scene *scene, const view_plan *plan, const view_request *request, view_canvas *row)
{
    view_layout layout;
    view_plan side_by_side = *plan;
    int width = width_of(&request->look), cells = cells_asked(request);
    int height = row_height(view_layout_unit(width), width, cells);
    side_by_side.columns = plan->count; /* a grid of one row, without ticks */
    if (view_canvas_init(row, width, height, background) != 0)
        return -1;
    place_cells(scene, plan, width, cells, height, &layout);
    draw_texts(row, layout.unit, scene->title, scene->details);
    for (int i = 0; i < plan->count; i++)
        if (view_render_cell(row, scene, &side_by_side, i, &request->look, &layout) != 0)
            return -1;
    return 0;
}

/* ---- the sheet ---- */

static void copy_row(view_canvas *sheet, const view_canvas *row, int y)
{
    size_t line = (size_t)sheet->width * 3;
    memcpy(sheet->rgb + (size_t)y * line, row->rgb, (size_t)row->height * line);
}

static int draw_missing(view_canvas *row, const view_item *item, int width, int height)
{
    char text[160];
    if (view_canvas_init(row, width, height, background) != 0)
        return -1;
    snprintf(text, sizeof text, "not drawn%s%s", dot, amos_status_name(item->error.status));
    draw_texts(row, view_layout_unit(width), item->name, text);
    return 0;
}

/* The scene whose labels the legend lists: that of the first case that has some. */
static const view_scene *legend_scene(const view_items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (items->items[i].facts != NULL && items->items[i].facts->scene.organ_count > 0)
            return &items->items[i].facts->scene;
    return NULL;
}

/* Names and colours hold for all cases; volumes do not. */
static void draw_legend(view_canvas *sheet, const view_scene *scene, view_layout *layout, int y)
{
    view_scene *names = malloc(sizeof *names);
    if (names == NULL)
        return;
    *names = *scene;
    for (int i = 0; i < names->organ_count; i++) {
        names->organs[i].present = 1;
        snprintf(names->organs[i].note, sizeof names->organs[i].note, " ");
    }
    layout->legend.y = y;
    view_legend_draw(sheet, names, layout);
    free(names);
}

/* The rows below each other. Returns 0, or -1 out of memory. */
static int put_together(view_items *items, view_canvas *sheet, double unit, int row)
{
    int y = view_layout_pixels(unit, VIEW_MARGIN);
    for (size_t i = 0; i < items->count; i++) {
        view_item *item = &items->items[i];
        if (item->row.rgb == NULL && draw_missing(&item->row, item, sheet->width, row) != 0)
            return -1;
        copy_row(sheet, &item->row, y);
        view_canvas_free(&item->row);
        y += row + view_layout_pixels(unit, ROW_GAP);
    }
    return 0;
}

bool view_sheet_save(view_items *items, const view_request *request, const char *path)
{
    view_canvas sheet;
    int width = width_of(&request->look), rows = (int)view_sheet_height(request, items->count);
    const view_plan one = {.count = 1, .columns = 1};
    const view_scene *legend = legend_scene(items);
    view_layout layout;
    const view_wants wants = {
        .size_mm = {1, 1, 1}, .width = width, .entries = legend != NULL ? view_legend_entries(legend) : 0};
    view_layout_make(&wants, &one, &layout);
    int space = layout.legend.height > 0 ? layout.legend.height + view_layout_pixels(layout.unit, VIEW_MARGIN) : 0;
    bool good = view_canvas_init(&sheet, width, rows + space, background) == 0 &&
                put_together(items, &sheet, layout.unit, row_height(layout.unit, width, cells_asked(request))) == 0;
    if (good && legend != NULL)
        draw_legend(&sheet, legend, &layout, rows);
    if (!good)
        cli_error("%s: Memory ran out while the sheet was drawn.", path);
    good = good && view_save(&sheet, path);
    view_canvas_free(&sheet);
    return good;
}
