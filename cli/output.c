/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "kit/message.h"

/* Suffixes that promise something, the longer ones first, and the outputs that keep the promise. Others promise
 * nothing. */
static const struct promise {
    const char *suffix, *what;
    int kept_by;
} promises[] = {
    {".nii.gz", "a compressed NIfTI file", 0},
    {".nii", "a NIfTI file", 0},
    {".hdr", "a NIfTI header", 0},
    {".gz", "gzip data", 0},
    {".zip", "a ZIP archive", OUTPUT_ZIP},
    {".npy", "a NumPy array", 0},
    {".npz", "NumPy arrays", 0},
    {".nrrd", "a NRRD file", 0},
    {".mha", "a MetaImage", 0},
    {".mhd", "a MetaImage header", 0},
    {".mgz", "an MGZ volume", 0},
    {".mgh", "an MGH volume", 0},
    {".dcm", "a DICOM file", 0},
    {".png", "a PNG picture", OUTPUT_PNG},
    {".jpg", "a JPEG picture", 0},
    {".jpeg", "a JPEG picture", 0},
    {".gif", "a GIF picture", 0},
    {".bmp", "a BMP picture", 0},
    {".tif", "a TIFF picture", 0},
    {".tiff", "a TIFF picture", 0},
    {".webp", "a WebP picture", 0},
    {".svg", "an SVG drawing", 0},
    {".pdf", "a PDF document", 0},
    {".html", "an HTML page", 0},
    {".json", "JSON", OUTPUT_JSON},
    {".csv", "CSV", OUTPUT_CSV},
    {".txt", "text", OUTPUT_TABLE | OUTPUT_JSON | OUTPUT_CSV},
};

/* What each output is, and the way on if its name promises something else. */
static const struct written {
    enum output_kind kind;
    const char *what, *way;
} writings[] = {
    {OUTPUT_RAW, "raw voxels without a header are", "name it .raw, or write NIfTI by amos convert"},
    {OUTPUT_PNG, "a PNG picture is", "name it .png"},
    {OUTPUT_TABLE, "a table for people is", "add --json or --csv, or name it .txt"},
    {OUTPUT_JSON, "JSON is", "name it .json"},
    {OUTPUT_CSV, "CSV is", "name it .csv"},
    {OUTPUT_ZIP, "a ZIP archive is", "name it .zip"},
};

static const struct promise *promise_of(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof promises / sizeof promises[0]; i++) {
        size_t suffix = strlen(promises[i].suffix);
        if (length >= suffix && strcasecmp(path + length - suffix, promises[i].suffix) == 0)
            return &promises[i];
    }
    return NULL;
}

bool output_name_fits(const char *command, const char *path, enum output_kind kind)
{
    const struct promise *promise = promise_of(path);
    if (!promise || promise->kept_by & (int)kind)
        return true;
    for (size_t i = 0; i < sizeof writings / sizeof writings[0]; i++)
        if (writings[i].kind == kind)
            cli_error("%s: The name %s promises %s, but %s written; %s, or give --force.", command, path, promise->what,
                      writings[i].what, writings[i].way);
    return false;
}

/* As stat(); of a path that goes on into a file, as into a ZIP archive, it is that file. Each level is one part of the
 * path. NOLINTNEXTLINE(misc-no-recursion) */
static bool file_state(const char *path, struct stat *state)
{
    if (stat(path, state) == 0)
        return true;
    const char *slash = errno == ENOTDIR ? strrchr(path, '/') : NULL;
    char *before = slash && slash > path ? strndup(path, (size_t)(slash - path)) : NULL;
    bool found = before && file_state(before, state);
    free(before);
    return found;
}

bool output_spares(const char *command, const char *output, const char *input)
{
    struct stat to, from;
    if (!input || strcmp(output, "-") == 0 || stat(output, &to) != 0 || !file_state(input, &from) ||
        !S_ISREG(to.st_mode) || to.st_dev != from.st_dev || to.st_ino != from.st_ino)
        return true;
    bool same_name = strcmp(output, input) == 0;
    cli_error("%s: %s is an input of this command%s%s%s, which would be overwritten; give another name for the output.",
              command, output, same_name ? "" : " (", same_name ? "" : input, same_name ? "" : ")");
    return false;
}
