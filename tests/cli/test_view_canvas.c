/* SPDX-License-Identifier: BSD-3-Clause */
/* The drawing tools of `amos view`: canvas, font and PNG. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/png.h"
#include "support/bytes.h"
#include "support/main.h"
#include "draw/font.h"

#ifdef AMOS_HAVE_LIBPNG
#include <png.h>
#endif

static const view_color white = {255, 255, 255};
static const view_color dark = {10, 20, 30};

/* ---- canvas ---- */

static view_canvas canvas_of(int width, int height)
{
    view_canvas canvas;
    ck_assert_int_eq(view_canvas_init(&canvas, width, height, dark), 0);
    return canvas;
}

static const uint8_t *pixel(const view_canvas *canvas, int x, int y)
{
    return canvas->rgb + ((size_t)y * (size_t)canvas->width + (size_t)x) * 3;
}

/* The number of pixels that differ from canvas_of(). */
static int touched(const view_canvas *canvas)
{
    int n = 0;
    for (int i = 0; i < canvas->width * canvas->height; i++)
        n += memcmp(canvas->rgb + 3 * i, &dark, 3) != 0;
    return n;
}

/* Shapes partly or wholly outside; the sanitizer detects any access out of bounds. */
START_TEST(nothing_is_written_outside)
{
    static const view_style style = {20, {255, 255, 255}, 1, 1};
    static const int places[] = {-100000, -7, 0, 3, 100000};
    view_canvas canvas = canvas_of(9, 5);
    for (int i = 0; i < 25; i++) {
        int x = places[i / 5], y = places[i % 5];
        const view_segment far[2] = {{x, y, x + 50, y + 3}, {x, y, x, y}};
        view_canvas_fill(&canvas, (view_rect){x, y, 20, 20}, white);
        view_canvas_rounded(&canvas, (view_rect){x, y, 20, 20}, 3, white, 1);
        view_canvas_stroke(&canvas, far, 2, 4, white, 1);
        view_canvas_blend(&canvas, x, y, white, 2);
        view_font_draw(&canvas, &style, x, y, "Wg");
    }
    ck_assert_int_eq(touched(&canvas), 9 * 5);
    view_canvas_free(&canvas);
}
END_TEST

START_TEST(a_stroke_has_its_width_and_place)
{
    view_canvas canvas = canvas_of(20, 11);
    const view_segment line = {2, 5.5, 18, 5.5};
    view_canvas_stroke(&canvas, &line, 1, 3, white, 1);
    for (int y = 0; y < 11; y++) {
        int inside = y >= 4 && y <= 6;
        ck_assert_int_eq(pixel(&canvas, 10, y)[0], inside ? 255 : dark.r);
    }
    view_canvas_free(&canvas);
}
END_TEST

/* ---- font ---- */

static view_canvas draw_character(unsigned char c)
{
    static const view_style style = {20, {255, 255, 255}, 0, 0};
    char text[2] = {(char)c, '\0'};
    view_canvas canvas = canvas_of(40, 48);
    int end = view_font_draw(&canvas, &style, 6, 32, text);
    ck_assert_int_eq(end - 6, view_font_width(&style, text));
    return canvas;
}

START_TEST(the_font_covers_ascii_with_different_glyphs)
{
    view_canvas drawn[127];
    for (unsigned char c = 32; c < 127; c++) {
        ck_assert_msg(view_font_has(c), "no glyph for '%c'", c);
        drawn[c] = draw_character(c);
        ck_assert_msg(c == ' ' || touched(&drawn[c]) > 3, "'%c' draws nothing", c);
        for (unsigned char other = 32; other < c; other++)
            ck_assert_msg(memcmp(drawn[c].rgb, drawn[other].rgb, 40 * 48 * 3) != 0, "'%c' looks like '%c'", c, other);
    }
    for (int c = 32; c < 127; c++)
        view_canvas_free(&drawn[c]);
    ck_assert(!view_font_has(31) && !view_font_has(127) && !view_font_has(0x20AC));
}
END_TEST

START_TEST(capitals_stand_on_the_baseline)
{
    static const view_style style = {16, {255, 255, 255}, 0, 0};
    view_canvas canvas = canvas_of(200, 60);
    view_font_draw(&canvas, &style, 4, 40, "AHLTEZ");
    int first = 60, last = 0;
    for (int y = 0; y < 60; y++)
        for (int x = 0; x < 200; x++)
            if (pixel(&canvas, x, y)[0] > 128) {
                first = y < first ? y : first;
                last = y;
            }
    ck_assert_int_eq(first, 24);
    ck_assert_int_eq(last, 39);
    view_canvas_free(&canvas);
}
END_TEST

/* Each byte that is not UTF-8 is drawn as a box, and the end of the text is never passed. */
START_TEST(any_bytes_can_be_drawn)
{
    static const view_style style = {12, {255, 255, 255}, 0, 0};
    static const char *const texts[] = {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF\xFE",
                                        "\x80", "\xC0\xAF", "a\xE2",        ""};
    int box = view_font_width(&style, "\x01");
    view_canvas canvas = canvas_of(100, 30);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t bytes = strlen(texts[i]) + 1;
        char *exact = must_alloc(bytes);
        memcpy(exact, texts[i], bytes);
        view_font_draw(&canvas, &style, 2, 20, exact);
        free(exact);
    }
    ck_assert_int_gt(box, 5);
    ck_assert_int_eq(view_font_width(&style, "\xE2\x82\xAC"), box);
    ck_assert_int_eq(view_font_width(&style, "\xFF"), box);
    ck_assert_int_lt(view_font_width(&style, "\xC2\xB7"), box);
    view_canvas_free(&canvas);
}
END_TEST

/* ---- PNG ---- */

#ifdef AMOS_HAVE_LIBPNG
START_TEST(libpng_reads_the_picture_back)
{
    view_canvas canvas = canvas_of(37, 11);
    uint64_t state = 5;
    for (int i = 0; i < 37 * 11 * 3; i++)
        canvas.rgb[i] = (uint8_t)random_next(&state);
    size_t bytes;
    uint8_t *file = png_write(canvas.rgb, 37, 11, &bytes);
    ck_assert_ptr_nonnull(file);
    png_image image = {.version = PNG_IMAGE_VERSION};
    ck_assert(png_image_begin_read_from_memory(&image, file, bytes));
    ck_assert_uint_eq(image.width, 37);
    ck_assert_uint_eq(image.height, 11);
    image.format = PNG_FORMAT_RGB;
    uint8_t *back = must_alloc(PNG_IMAGE_SIZE(image));
    ck_assert(png_image_finish_read(&image, NULL, back, 0, NULL));
    ck_assert_mem_eq(back, canvas.rgb, 37 * 11 * 3);
    free(back);
    free(file);
    view_canvas_free(&canvas);
}
END_TEST
#else
START_TEST(without_libpng_there_is_no_picture)
{
    const uint8_t rgb[3] = {0};
    size_t bytes = 1;
    ck_assert_int_eq(png_write_available(), 0);
    ck_assert_ptr_null(png_write(rgb, 1, 1, &bytes));
    ck_assert_uint_eq(bytes, 0);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("view_canvas");
    TCase *drawing = add_case(suite, "drawing", 30);
    tcase_add_test(drawing, nothing_is_written_outside);
    tcase_add_test(drawing, a_stroke_has_its_width_and_place);
    tcase_add_test(drawing, the_font_covers_ascii_with_different_glyphs);
    tcase_add_test(drawing, capitals_stand_on_the_baseline);
    tcase_add_test(drawing, any_bytes_can_be_drawn);
#ifdef AMOS_HAVE_LIBPNG
    tcase_add_test(drawing, libpng_reads_the_picture_back);
#else
    tcase_add_test(drawing, without_libpng_there_is_no_picture);
#endif
    return run_suite(suite);
}
