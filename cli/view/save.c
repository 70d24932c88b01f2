/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: writes a picture from memory to a PNG file. */
#include "view/save.h"

#include <stdlib.h>

#include "kit/message.h"
#include "kit/outfile.h"
#include "view/png.h"

bool view_save(const view_canvas *canvas, const char *path)
{
    size_t bytes;
    uint8_t *png = png_write(canvas->rgb, canvas->width, canvas->height, &bytes);
    if (png == NULL) {
        cli_error("%s: Memory ran out while the picture was compressed.", path);
        return false;
    }
    struct outfile *out = outfile_open(path);
    bool good = out != NULL && outfile_write(out, png, bytes);
    good = outfile_finish(out, good);
    free(png);
    return good;
}
