/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: a small stroke font, drawn anti-aliased at any size.
 *
 * A glyph is a list of pen movements on a grid: the baseline is y = 0, capitals reach 20, small letters 14, tails -6.
 *   M x y       move            L x y   line
 *   a x y       quarter of an ellipse that leaves vertically
 *   b x y       quarter of an ellipse that leaves horizontally
 *   q u v x y   curve with the control point u v
 *   . x y       dot
 * Sizes are few and small, so positions are snapped to whole pixels: the left and right edge of every glyph, the
 * baseline and the tops of small letters and of capitals fall on pixel borders, which keeps the text crisp. */
#include "draw/font.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/utf8.h"

enum { CAPITAL = 20, SMALL = 14, SEGMENTS = 160, ARC_STEPS = 8, FIRST = 32, LAST = 126 };

typedef struct glyph {
    int width; /* of the pen's path */
    const char *pen;
} glyph;

static const glyph ascii[LAST - FIRST + 1] = {
    {2, ""},                                                                          /* space */
    {0, "M0 20 L0 6 .0 0"},                                                           /* ! */
    {5, "M0 20 L0 15 M5 20 L5 15"},                                                   /* " */
    {14, "M3 0 L5 20 M9 0 L11 20 M0 6 L13 6 M1 14 L14 14"},                           /* # */
    {12, "M11 16 q10 19 6 19 b1 15 a6 10 b12 5 a6 1 q1 1 0 4 M6 22 L6 -2"},           /* $ */
    {18, "M4 12 b8 16 a4 20 b0 16 a4 12 M14 0 b18 4 a14 8 b10 4 a14 0 M15 20 L3 0"},  /* % */
    {14, "M14 0 L4 13 q3 15 3 16 a6 20 b10 16 q10 13 5 11 q0 9 0 5 a5 0 q11 0 13 8"}, /* & */
    {0, "M0 20 L0 15"},                                                               /* ' */
    {5, "M5 23 q0 17 0 9 q0 1 5 -5"},                                                 /* ( */
    {5, "M0 23 q5 17 5 9 q5 1 0 -5"},                                                 /* ) */
    {10, "M5 20 L5 10 M1 18 L9 12 M9 18 L1 12"},                                      /* * */
    {12, "M0 9 L12 9 M6 15 L6 3"},                                                    /* + */
    {2, "M2 1 L0 -4"},                                                                /* , */
    {7, "M0 8 L7 8"},                                                                 /* - */
    {0, ".0 0"},                                                                      /* . */
    {8, "M0 -2 L8 21"},                                                               /* / */
    {12, "M6 0 b12 10 a6 20 b0 10 a6 0"},                                             /* 0 */
    {12, "M2 16 L7 20 L7 0"},                                                         /* 1 */
    {12, "M0 15 a6 20 b12 15 q12 12 8 8 L0 0 L12 0"},                                 /* 2 */
    {12, "M1 17 q3 20 6 20 b11 15 a5 11 M5 11 L6 11 b12 5 a6 0 q2 0 0 4"},            /* 3 */
    {12, "M9 0 L9 20 L0 6 L12 6"},                                                    /* 4 */
    {12, "M11 20 L2 20 L1 11 q3 13 6 13 b12 7 a6 0 q2 0 0 4"},                        /* 5 */
    {12, "M11 17 q9 20 6 20 b0 9 L0 6 a6 0 b12 6 a6 12 b0 6"},                        /* 6 */
    {12, "M0 20 L12 20 L4 0"},                                                        /* 7 */
    {12, "M6 11 b1 15 a6 20 b11 15 a6 11 b0 5 a6 0 b12 5 a6 11"},                     /* 8 */
    {12, "M1 3 q3 0 6 0 b12 11 L12 14 a6 20 b0 14 a6 8 b12 14"},                      /* 9 */
    {0, ".0 0 .0 11"},                                                                /* : */
    {2, ".2 11 M2 1 L0 -4"},                                                          /* ; */
    {11, "M11 16 L0 9 L11 2"},                                                        /* < */
    {12, "M0 12 L12 12 M0 6 L12 6"},                                                  /* = */
    {11, "M0 16 L11 9 L0 2"},                                                         /* > */
    {10, "M0 16 q1 20 5 20 b10 15 q10 12 7 10 q5 9 5 6 .5 0"},                        /* ? */
    {18, "M15 -1 q12 -3 9 -3 b0 8 a9 19 b18 9 q18 4 15 4 q13 4 13 6 L13 12 "
         "M13 8 a9 12 b5 8 a9 4 b13 8"},                                     /* @ */
    {14, "M0 0 L7 20 L14 0 M2 6 L12 6"},                                     /* A */
    {12, "M0 0 L0 20 L6 20 b11 15 a6 11 L0 11 M6 11 L7 11 b12 5 a7 0 L0 0"}, /* B */
    {14, "M14 16 q12 20 8 20 b0 10 a8 0 q12 0 14 4"},                        /* C */
    {14, "M0 0 L0 20 L5 20 b14 10 a5 0 L0 0"},                               /* D */
    {11, "M11 20 L0 20 L0 0 L11 0 M0 11 L9 11"},                             /* E */
    {10, "M10 20 L0 20 L0 0 M0 10 L9 10"},                                   /* F */
    {15, "M14 16 q12 20 8 20 b0 10 a8 0 b15 7 L15 9 L9 9"},                  /* G */
    {13, "M0 0 L0 20 M13 0 L13 20 M0 11 L13 11"},                            /* H */
    {6, "M0 20 L6 20 M3 20 L3 0 M0 0 L6 0"},                                 /* I */
    {9, "M9 20 L9 5 a5 0 q1 0 0 4"},                                         /* J */
    {13, "M0 0 L0 20 M12 20 L0 8 M5 13 L13 0"},                              /* K */
    {10, "M0 20 L0 0 L10 0"},                                                /* L */
    {16, "M0 0 L0 20 L8 4 L16 20 L16 0"},                                    /* M */
    {13, "M0 0 L0 20 L13 0 L13 20"},                                         /* N */
    {16, "M8 0 b16 10 a8 20 b0 10 a8 0"},                                    /* O */
    {12, "M0 0 L0 20 L6 20 b12 15 a6 9 L0 9"},                               /* P */
    {16, "M8 0 b16 10 a8 20 b0 10 a8 0 M10 5 L16 -1"},                       /* Q */
    {13, "M0 0 L0 20 L6 20 b12 15 a6 10 L0 10 M6 10 L13 0"},                 /* R */
    {12, "M11 16 q10 20 6 20 b1 15 a6 10 b12 5 a6 0 q1 0 0 4"},              /* S */
    {12, "M0 20 L12 20 M6 20 L6 0"},                                         /* T */
    {12, "M0 20 L0 6 a6 0 b12 6 L12 20"},                                    /* U */
    {14, "M0 20 L7 0 L14 20"},                                               /* V */
    {20, "M0 20 L5 0 L10 20 L15 0 L20 20"},                                  /* W */
    {13, "M0 0 L13 20 M0 20 L13 0"},                                         /* X */
    {14, "M0 20 L7 10 L14 20 M7 10 L7 0"},                                   /* Y */
    {12, "M0 20 L12 20 L0 0 L12 0"},                                         /* Z */
    {5, "M5 23 L0 23 L0 -5 L5 -5"},                                          /* [ */
    {8, "M0 21 L8 -2"},                                                      /* \ */
    {5, "M0 23 L5 23 L5 -5 L0 -5"},                                          /* ] */
    {10, "M0 12 L5 20 L10 12"},                                              /* ^ */
    {12, "M0 -3 L12 -3"},                                                    /* _ */
    {4, "M0 21 L4 17"},                                                      /* ` */
    {10, "M1 11 q2 14 6 14 b10 10 L10 0 M10 8 L5 8 b0 4 a4 0 q8 0 10 4"},    /* a */
    {11, "M0 0 L0 20 M0 7 a6 14 b11 7 a6 0 b0 7"},                           /* b */
    {10, "M10 11 q9 14 6 14 b0 7 a6 0 q9 0 10 3"},                           /* c */
    {11, "M11 0 L11 20 M11 7 a5 14 b0 7 a5 0 b11 7"},                        /* d */
    {11, "M0 7 L11 7 L11 8 a6 14 b0 7 a6 0 q9 0 11 3"},                      /* e */
    {7, "M7 20 L6 20 b3 16 L3 0 M0 14 L7 14"},                               /* f */
    {11, "M11 14 L11 -1 a6 -6 q2 -6 1 -4 M11 7 a5 14 b0 7 a5 0 b11 7"},      /* g */
    {10, "M0 0 L0 20 M0 8 a5 14 b10 9 L10 0"},                               /* h */
    {0, "M0 0 L0 14 .0 20"},                                                 /* i */
    {3, "M3 14 L3 -2 a0 -6 .3 20"},                                          /* j */
    {10, "M0 0 L0 20 M9 14 L0 5 M3 8 L10 0"},                                /* k */
    {3, "M0 20 L0 3 a3 0"},                                                  /* l */
    {16, "M0 0 L0 14 M0 9 a4 14 b8 9 L8 0 M8 9 a12 14 b16 9 L16 0"},         /* m */
    {10, "M0 0 L0 14 M0 8 a5 14 b10 9 L10 0"},                               /* n */
    {12, "M6 0 b12 7 a6 14 b0 7 a6 0"},                                      /* o */
    {11, "M0 -6 L0 14 M0 7 a6 14 b11 7 a6 0 b0 7"},                          /* p */
    {11, "M11 -6 L11 14 M11 7 a5 14 b0 7 a5 0 b11 7"},                       /* q */
    {6, "M0 0 L0 14 M0 8 a5 14 L6 14"},                                      /* r */
    {9, "M9 11 q8 14 5 14 b1 11 a5 7 b9 3 a5 0 q1 0 0 3"},                   /* s */
    {7, "M3 19 L3 4 a6 0 L7 0 M0 14 L7 14"},                                 /* t */
    {10, "M0 14 L0 5 a5 0 b10 6 M10 14 L10 0"},                              /* u */
    {10, "M0 14 L5 0 L10 14"},                                               /* v */
    {16, "M0 14 L4 0 L8 14 L12 0 L16 14"},                                   /* w */
    {10, "M0 0 L10 14 M0 14 L10 0"},                                         /* x */
    {10, "M0 14 L5 0 M10 14 L3 -6 L1 -6"},                                   /* y */
    {10, "M0 14 L10 14 L0 0 L10 0"},                                         /* z */
    {7, "M7 23 q3 23 3 19 L3 13 q3 9 0 9 q3 9 3 5 L3 -1 q3 -5 7 -5"},        /* { */
    {0, "M0 23 L0 -5"},                                                      /* | */
    {7, "M0 23 q4 23 4 19 L4 13 q4 9 7 9 q4 9 4 5 L4 -1 q4 -5 0 -5"},        /* } */
    {12, "M0 7 q3 12 6 9 q9 6 12 11"},                                       /* ~ */
};

static const struct {
    unsigned character;
    glyph glyph;
} others[] = {
    {0xB0, {8, "M4 12 b8 16 a4 20 b0 16 a4 12"}}, /* degree sign */
    {0xB7, {0, ".0 8"}},                          /* middle dot */
    {0x2026, {8, ".0 0 .4 0 .8 0"}},              /* ellipsis */
    {0xD7, {10, "M0 3 L10 13 M0 13 L10 3"}},      /* multiplication sign */
};

static const glyph missing = {12, "M0 0 L12 0 L12 20 L0 20 L0 0"};

static const glyph *find_glyph(unsigned character)
{
    if (character >= FIRST && character <= LAST) {
        return &ascii[character - FIRST];
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i].character == character) {
            return &others[i].glyph;
        }
    }
    return NULL;
}

int view_font_has(unsigned character)
{
    return find_glyph(character) != NULL;
}

/* The mapping of the grid to pixels, for one glyph. */
typedef struct fitting {
    double half;           /* half the pen's width */
    double left, x_scale;  /* pixels of grid column 0, and per column */
    double small, capital; /* pixels above the baseline of the grid rows 14 and 20 */
    int width;             /* whole pixels from edge to edge */
} fitting;

static fitting fit(const view_style *style, const glyph *g)
{
    double half = style->size * (style->bold ? 0.085 : 0.066);
    double scale = (style->size - 2 * half) / (double)CAPITAL;
    double ink = fmax(1, round(g->width * scale + 2 * half));
    fitting f = {.half = half, .width = (int)ink};
    f.left = g->width > 0 ? half : ink / 2;
    f.x_scale = g->width > 0 ? (ink - 2 * half) / g->width : scale;
    f.small = round((double)SMALL * scale + 2 * half) - half;
    f.capital = style->size - half;
    return f;
}

static double fit_y(const fitting *f, double y)
{
    double below = (f->small - f->half) / (double)SMALL, above = (f->capital - f->small) / (CAPITAL - SMALL);
    return y <= (double)SMALL ? f->half + y * below : f->small + (y - (double)SMALL) * above;
}

typedef struct pen {
    fitting fit;
    double x, y;           /* on the grid */
    double origin_x, base; /* pixels */
    view_segment *segments;
    size_t count;
} pen;

static void line_to(pen *p, double x, double y)
{
    if (p->count < SEGMENTS) {
        const fitting *f = &p->fit;
        p->segments[p->count++] = (view_segment){
            p->origin_x + f->left + p->x * f->x_scale,
            p->base - fit_y(f, p->y),
            p->origin_x + f->left + x * f->x_scale,
            p->base - fit_y(f, y),
        };
    }
    p->x = x;
    p->y = y;
}

static void arc_to(pen *p, double x, double y, int vertical_first)
{
    const double quarter = 1.57079632679489662;
    double x0 = p->x, y0 = p->y;
    for (int i = 1; i <= ARC_STEPS; i++) {
        double angle = quarter * i / (double)ARC_STEPS, s = sin(angle), c = cos(angle);
        double along_x = vertical_first ? 1 - c : s, along_y = vertical_first ? s : 1 - c;
        line_to(p, x0 + (x - x0) * along_x, y0 + (y - y0) * along_y);
    }
}

static void curve_to(pen *p, double u, double v, double x, double y)
{
    double x0 = p->x, y0 = p->y;
    for (int i = 1; i <= ARC_STEPS; i++) {
        double t = (double)i / (double)ARC_STEPS, s = 1 - t;
        line_to(p, s * s * x0 + 2 * s * t * u + t * t * x, s * s * y0 + 2 * s * t * v + t * t * y);
    }
}

static void move_to(pen *p, double x, double y)
{
    p->x = x;
    p->y = y;
}

static void follow_script(pen *p, const char *script)
{
    while (*script != '\0') {
        char command = *script++;
        double n[4] = {0};
        int wanted = command == ' ' ? 0 : command == 'q' ? 4 : 2;
        for (int i = 0; i < wanted; i++) {
            char *end;
            n[i] = (double)strtol(script, &end, 10);
            script = end;
        }
        switch (command) {
        case 'M':
            move_to(p, n[0], n[1]);
            break;
        case 'L':
            line_to(p, n[0], n[1]);
            break;
        case 'a':
            arc_to(p, n[0], n[1], 1);
            break;
        case 'b':
            arc_to(p, n[0], n[1], 0);
            break;
        case 'q':
            curve_to(p, n[0], n[1], n[2], n[3]);
            break;
        case '.':
            move_to(p, n[0], n[1]);
            line_to(p, n[0], n[1]);
            break;
        default:
            break;
        }
    }
}

static int letter_gap(const view_style *style)
{
    return (int)fmax(1, round(style->size * 0.19));
}

static void draw_glyph(view_canvas *canvas, const view_style *style, const glyph *g, int x, int baseline, int halo)
{
    view_segment segments[SEGMENTS];
    pen p = {.fit = fit(style, g), .origin_x = x, .base = baseline, .segments = segments};
    follow_script(&p, g->pen);
    double width = 2 * p.fit.half;
    if (halo) {
        view_canvas_stroke(canvas, segments, p.count, width + 4, (view_color){0, 0, 0}, 0.75);
    } else {
        view_canvas_stroke(canvas, segments, p.count, width, style->color, 1);
    }
}

/* Walks along a text. Draws it, or its halo, if there is a canvas. Returns the column after its last glyph. */
static int walk_text(view_canvas *canvas, const view_style *style, int x, int baseline, const char *text, int halo)
{
    int gap = letter_gap(style), end = x;
    while (*text != '\0') {
        const glyph *g = find_glyph(amosi_utf8_next(&text));
        g = g != NULL ? g : &missing;
        if (canvas != NULL) {
            draw_glyph(canvas, style, g, x, baseline, halo);
        }
        end = x + fit(style, g).width;
        x = end + gap;
    }
    return end;
}

int view_font_width(const view_style *style, const char *text)
{
    return walk_text(NULL, style, 0, 0, text, 0);
}

/* Draws the whole halo first, so that no letter's halo darkens the letter before it. */
int view_font_draw(view_canvas *canvas, const view_style *style, int x, int baseline, const char *text)
{
    if (style->halo) {
        walk_text(canvas, style, x, baseline, text, 1);
    }
    return walk_text(canvas, style, x, baseline, text, 0);
}

void view_font_draw_right(view_canvas *canvas, const view_style *style, int right, int baseline, const char *text)
{
    view_font_draw(canvas, style, right - view_font_width(style, text), baseline, text);
}
