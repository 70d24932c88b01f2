/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the texts beside the panels. */
#include "view/caption.h"

#include <stdio.h>
#include <string.h>

#include "draw/font.h"

enum { FEW_LABELS = 20 };

/* In units. */
enum {
    FIRST_LINE = 45,  /* baseline of the header's first line */
    LINE = 22,        /* between its lines */
    BELOW = 31,       /* below its last baseline */
    TITLE_SPACE = 24, /* between title and details */
    ENTRY_SPACE = 52, /* between the columns of the legend */
    SWATCH = 15,
    SWATCH_SPACE = 11
};

static const char dot[] = " \xC2\xB7 ";

static const view_color bright = {236, 239, 243};
static const view_color soft = {168, 175, 186};
static const view_color faint = {98, 104, 114};

static view_style style_of(double unit, int size, view_color color, int bold)
{
    return (view_style){view_layout_pixels(unit, size), color, bold, 0};
}

/* ---- the header ---- */

/* The header's lines as they are set: an item that no longer fits begins the next line. */
typedef struct setter {
    view_canvas *canvas; /* NULL: only measured */
    view_style style;
    int left, right, x, baseline, line;
    char text[sizeof((view_scene *)NULL)->details]; /* of the line so far */
} setter;

static void end_line(setter *s)
{
    if (s->canvas != NULL && s->text[0] != '\0')
        view_font_draw(s->canvas, &s->style, s->x, s->baseline, s->text);
    s->text[0] = '\0';
}

static void set_item(setter *s, const char *item, size_t length)
{
    size_t before = strlen(s->text), room = sizeof s->text - before;
    snprintf(s->text + before, room, "%s%.*s", before > 0 ? dot : "", (int)length, item);
    if (s->x + view_font_width(&s->style, s->text) <= s->right || (before == 0 && s->x == s->left))
        return;
    s->text[before] = '\0';
    end_line(s);
    s->x = s->left;
    s->baseline += s->line;
    snprintf(s->text, sizeof s->text, "%.*s", (int)length, item);
}

/* Returns the height. */
static int set_header(view_canvas *canvas, const view_scene *scene, int left, int width, double unit)
{
    const view_style title = style_of(unit, 18, bright, 1);
    setter s = {.canvas = canvas, .style = style_of(unit, 12, soft, 0), .left = left, .right = left + width};
    s.baseline = view_layout_pixels(unit, FIRST_LINE);
    s.line = view_layout_pixels(unit, LINE);
    if (canvas != NULL)
        view_font_draw(canvas, &title, left, s.baseline, scene->title);
    s.x = left + view_font_width(&title, scene->title) + view_layout_pixels(unit, TITLE_SPACE);
    for (const char *at = scene->details; *at != '\0';) {
        const char *end = strstr(at, dot);
        size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        set_item(&s, at, length);
        at += length + (end != NULL ? strlen(dot) : 0);
    }
    end_line(&s);
    return s.baseline + view_layout_pixels(unit, BELOW);
}

int view_header_height(const view_scene *scene, int width)
{
    double unit = view_layout_unit(width);
    return set_header(NULL, scene, 0, width - 2 * view_layout_pixels(unit, VIEW_MARGIN), unit);
}

void view_header_draw(view_canvas *canvas, const view_scene *scene, view_rect header, double unit)
{
    set_header(canvas, scene, header.x, header.width, unit);
}

/* ---- the legend ---- */

static bool is_listed(const view_scene *scene, int i)
{
    return scene->organ_count <= FEW_LABELS || scene->organs[i].present;
}

int view_legend_entries(const view_scene *scene)
{
    int entries = 0;
    for (int i = 0; i < scene->organ_count; i++)
        entries += is_listed(scene, i);
    return entries;
}

static void draw_entry(view_canvas *canvas, const view_scene *scene, int label, double unit, view_rect place)
{
    const view_organ *organ = &scene->organs[label - 1];
    const view_style name = style_of(unit, 12, organ->present ? bright : faint, 0);
    const view_style amount = style_of(unit, 12, organ->present ? soft : faint, 0);
    int size = view_layout_pixels(unit, SWATCH), baseline = place.y + view_layout_pixels(unit, 18);
    view_rect swatch = {place.x, baseline - view_layout_pixels(unit, SWATCH - 2), size, size};
    char text[48], own[32];
    view_canvas_rounded(canvas, swatch, 3 * unit, organ->color, organ->present ? 1 : 0.25);
    view_font_draw(canvas, &name, place.x + size + view_layout_pixels(unit, SWATCH_SPACE), baseline,
                   view_organ_title(scene, label, own));
    snprintf(text, sizeof text, organ->present ? "%.1f mL" : "absent", organ->millilitres);
    view_font_draw_right(canvas, &amount, place.x + place.width, baseline, organ->note[0] != '\0' ? organ->note : text);
}

static int column_width(const view_layout *layout, int space)
{
    return (layout->legend.width - (layout->legend_columns - 1) * space) / layout->legend_columns;
}

/* Entries are listed column by column. */
void view_legend_draw(view_canvas *canvas, const view_scene *scene, const view_layout *layout)
{
    int space = view_layout_pixels(layout->unit, ENTRY_SPACE), width = column_width(layout, space), n = 0;
    for (int i = 0; layout->legend_rows > 0 && i < scene->organ_count; i++) {
        if (!is_listed(scene, i))
            continue;
        const view_rect place = {layout->legend.x + n / layout->legend_rows * (width + space),
                                 layout->legend.y + n % layout->legend_rows * layout->row, width, layout->row};
        draw_entry(canvas, scene, i + 1, layout->unit, place);
        n++;
    }
}

/* ---- the key of a prediction ---- */

static const struct key_entry {
    const char *text;
    view_difference kind; /* VIEW_AGREED: a label in a style */
    double fill, outline;
} key_entries[] = {
    {"filled: the prediction", VIEW_AGREED, 0.45, 0},
    {"outlined: the reference", VIEW_AGREED, 0, 1.5},
    {"missed", VIEW_MISSED, 0, 0},
    {"extra", VIEW_EXTRA, 0, 0},
    {"another organ", VIEW_CONFUSED, 0, 0},
};

enum { KEY_ENTRIES = sizeof key_entries / sizeof key_entries[0] };

int view_key_entries(const view_scene *scene)
{
    return scene->label != NULL && scene->prediction != NULL ? KEY_ENTRIES : 0;
}

/* A rectangle drawn as in the panels. */
static int draw_swatch(view_canvas *canvas, const struct key_entry *entry, view_rect place, double unit)
{
    enum { ACROSS = 32, DOWN = 16 };
    uint8_t plane[ACROSS * DOWN] = {0};
    const view_overlay_style style = {&soft, 1, entry->fill, entry->outline * unit};
    for (int y = 1; y < DOWN - 1; y++)
        memset(plane + y * ACROSS + 1, entry->kind == VIEW_AGREED ? 1 : (int)entry->kind, ACROSS - 2);
    if (entry->kind == VIEW_AGREED)
        return view_overlay_draw(canvas, place, plane, ACROSS, DOWN, &style);
    return view_overlay_differences(canvas, place, plane, ACROSS, DOWN);
}

static int draw_key_entry(view_canvas *canvas, const view_scene *scene, const struct key_entry *entry, int x,
                          int baseline, double unit)
{
    const view_style style = style_of(unit, 12, soft, 0);
    const view_rect swatch = {x - 1, baseline - view_layout_pixels(unit, 13), view_layout_pixels(unit, 32),
                              view_layout_pixels(unit, 16)};
    char text[64];
    snprintf(text, sizeof text, entry->kind == VIEW_AGREED ? "%s" : "%s: %.1f mL", entry->text,
             scene->apart[entry->kind]);
    view_font_draw(canvas, &style, swatch.x + swatch.width + view_layout_pixels(unit, SWATCH_SPACE), baseline, text);
    return draw_swatch(canvas, entry, swatch, unit);
}

/* Entries are listed row by row. */
int view_key_draw(view_canvas *canvas, const view_scene *scene, const view_layout *layout)
{
    double unit = layout->unit;
    const view_style style = style_of(unit, 12, soft, 0);
    int columns = layout->legend_columns, space = view_layout_pixels(unit, ENTRY_SPACE), rc = 0;
    int step = column_width(layout, space) + space, baseline = layout->key.y + view_layout_pixels(unit, 17);
    for (int i = 0; i < view_key_entries(scene) && rc == 0; i++)
        rc = draw_key_entry(canvas, scene, &key_entries[i], layout->key.x + i % columns * step,
                            baseline + i / columns * layout->row, unit);
    if (layout->key.height > 0)
        view_font_draw(canvas, &style, layout->key.x,
                       layout->key.y + layout->key.height - layout->row + view_layout_pixels(unit, 18), scene->remark);
    return rc;
}
