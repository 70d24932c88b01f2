/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/outfile.h"

#include <errno.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/system/platform.h"

#define WRITEBACK ((uint64_t)4 << 20)

amos_status amosi_outfile_open(struct amosi_outfile *out, const char *path, amos_error *err)
{
    out->file.fd = -1;
    out->name = amosi_strdup(path);
    if (!out->name)
        return amosi_fail_nomem(err, path);
    enum amosi_place place = amosi_place_at(path);
    if (place == AMOSI_PLACE_FOLDER || place == AMOSI_PLACE_OTHER)
        return amosi_fail(err, AMOS_E_NOTREG, path, "this is a %s, which cannot be replaced by a file.",
                          place == AMOSI_PLACE_FOLDER ? "directory" : "device, pipe or socket");
    if (amosi_whole_file_open(&out->file, path))
        return AMOS_OK;
    return errno == ENOMEM ? amosi_fail_nomem(err, path)
                           : amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "the file cannot be opened for writing");
}

static amos_status fail(const struct amosi_outfile *out, amos_error *err)
{
    return amosi_fail_errno(err, AMOS_E_IO, out->name, errno, "the file cannot be written");
}

/* Asks the system to start writing to the disk, so that little is left to wait for at the end. */
static void begin_writeback(struct amosi_outfile *out)
{
    if (out->written - out->begun < WRITEBACK)
        return;
    amosi_advise_writeback(out->file.fd, out->begun, out->written - out->begun);
    out->begun = out->written;
}

amos_status amosi_outfile_write(struct amosi_outfile *out, const void *data, size_t bytes, amos_error *err)
{
    if (!amosi_file_write(out->file.fd, data, bytes))
        return fail(out, err);
    out->written += bytes;
    begin_writeback(out);
    return AMOS_OK;
}

amos_status amosi_outfile_keep(struct amosi_outfile *out, amos_error *err)
{
    return amosi_whole_file_keep(&out->file) ? AMOS_OK : fail(out, err);
}

void amosi_outfile_close(struct amosi_outfile *out)
{
    amosi_whole_file_close(&out->file);
    amosi_free(out->name);
}
