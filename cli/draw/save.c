/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: writes a picture from memory to a PNG file. */
#define _POSIX_C_SOURCE 200809L
#include "draw/save.h"

#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "kit/outfile.h"
#include "draw/png.h"

bool view_save_png(const uint8_t *png, size_t bytes, const char *path)
{
    struct outfile *out = outfile_open(path);
    bool good = out != NULL && outfile_write(out, png, bytes);
    return outfile_finish(out, good);
}

bool view_save(const view_canvas *canvas, const char *path)
{
    size_t bytes;
    uint8_t *png = png_write(canvas->rgb, canvas->width, canvas->height, &bytes);
    if (png == NULL) {
        cli_error("%s: Memory ran out while the picture was compressed.", path);
        return false;
    }
    bool good = view_save_png(png, bytes, path);
    free(png);
    return good;
}
