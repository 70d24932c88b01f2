/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: a picture as PNG, if this build has libpng. */
#include "draw/png.h"

#ifdef AMOS_HAVE_LIBPNG

#include <png.h>
#include <stdlib.h>
#include <string.h>

int png_write_available(void)
{
    return 1;
}

typedef struct growing {
    uint8_t *data;
    size_t size, capacity;
} growing;

static void append(png_structp png, png_bytep data, size_t bytes)
{
    growing *g = png_get_io_ptr(png);
    if (bytes > g->capacity - g->size) {
        size_t capacity = 2 * g->capacity + bytes + 65536;
        uint8_t *larger = realloc(g->data, capacity);
        if (larger == NULL) {
            png_error(png, "memory ran out");
        }
        g->data = larger;
        g->capacity = capacity;
    }
    memcpy(g->data + g->size, data, bytes);
    g->size += bytes;
}

static void nothing_to_flush(png_structp png)
{
    (void)png;
}

/* libpng requires that this function does not return. */
static void on_error(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* No variable of this function changes after setjmp(), so all are valid after a longjmp(). */
static int write_all(png_structp png, png_infop info, growing *out, const uint8_t *rgb, int width, int height)
{
    if (setjmp(png_jmpbuf(png))) {
        return -1;
    }
    png_set_write_fn(png, out, append, nothing_to_flush);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    for (int y = 0; y < height; y++) {
        png_write_row(png, rgb + (size_t)y * (size_t)width * 3);
    }
    png_write_end(png, NULL);
    return 0;
}

uint8_t *png_write(const uint8_t *rgb, int width, int height, size_t *bytes)
{
    growing out = {NULL, 0, 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (info == NULL || write_all(png, info, &out, rgb, width, height) != 0) {
        free(out.data);
        out = (growing){NULL, 0, 0};
    }
    png_destroy_write_struct(&png, &info);
    *bytes = out.size;
    return out.data;
}

#else

int png_write_available(void)
{
    return 0;
}

uint8_t *png_write(const uint8_t *rgb, int width, int height, size_t *bytes)
{
    (void)rgb;
    (void)width;
    (void)height;
    *bytes = 0;
    return NULL;
}

#endif
