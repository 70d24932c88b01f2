/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/output.h"

#include <errno.h>
#include <stdio.h>

#include "base/error/fail.h"

amos_status phantom_output_open(struct phantom_output *out, const struct phantom_files *files, const char *path,
                                const amos_layout *layout, const amos_write_options *options, amos_error *err)
{
    if (files)
        return files->open_volume(path, layout, options, &out->note, &out->writer, err);
    return amos_writer_open(path, layout, options, &out->writer, err);
}

static amos_status write_plainly(const char *path, const char *text, size_t bytes, amos_error *err)
{
    FILE *out = fopen(path, "wb");
    bool good = out && fwrite(text, 1, bytes, out) == bytes;
    int failed = errno;
    if (out && fclose(out) != 0 && good) {
        good = false;
        failed = errno;
    }
    return good ? AMOS_OK : amosi_fail_errno(err, AMOS_E_IO, path, failed, "The file cannot be written");
}

amos_status phantom_output_text(const struct phantom_files *files, const char *path, const char *text, size_t bytes,
                                amos_error *err)
{
    return files ? files->write_text(path, text, bytes, err) : write_plainly(path, text, bytes, err);
}
