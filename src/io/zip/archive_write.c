/* SPDX-License-Identifier: BSD-3-Clause */
/* ZIP archives that programs write. */
#include <amos/archive.h>

#include <stdbool.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/alloc.h"
#include "base/text/utf8.h"
#include "io/outfile.h"
#include "io/zip/write.h"

struct amos_archive_writer {
    struct amosi_outfile out;
    struct amosi_zip_writer zip;
    bool ended; /* finished, or failed */
};

static amos_status write_bytes(void *user, const void *data, size_t bytes, amos_error *err)
{
    amos_archive_writer *archive = user;
    return amosi_outfile_write(&archive->out, data, bytes, err);
}

amos_status amos_archive_writer_open(const char *path, const amos_archive_options *options, amos_archive_writer **out,
                                     amos_error *err)
{
    if (out)
        *out = NULL;
    if (!path || !*path || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_archive_writer_open() needs a path and a place for its result.");
    amos_archive_options own;
    amos_status status = amosi_options_copy(&own, sizeof own, options, "amos_archive_options", err);
    amos_archive_writer *archive = status ? NULL : amosi_zalloc(sizeof *archive);
    if (!archive)
        return status ? status : amosi_fail_nomem(err, path);
    archive->out.file.notify = own.temporary;
    archive->out.file.user = own.temporary_user;
    status = amosi_outfile_open(&archive->out, path, err);
    const struct amosi_zip_sink sink = {
        write_bytes,
        NULL,
        NULL,
        archive,
        archive->out.name,
        "the archive would have more than 4 GiB or 65534 members, which it cannot hold; write several."};
    amosi_zip_begin(&archive->zip, &sink);
    if (status)
        amos_archive_writer_free(archive);
    else
        *out = archive;
    return status;
}

/* A name that every program unpacks below its folder. */
static bool is_good_name(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    if (length == 0 || length > AMOSI_ZIP_NAME_MOST || name[0] == '/' || name[length - 1] == '/')
        return false;
    for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (strcspn(part, "/") == 0 || (strcspn(part, "/") == 2 && memcmp(part, "..", 2) == 0))
            return false;
    return true;
}

amos_status amos_archive_writer_add(amos_archive_writer *archive, const char *name, const void *data, size_t bytes,
                                    amos_error *err)
{
    char shown[80];
    if (!archive || (bytes && !data) || archive->ended)
        return amosi_fail(err, AMOS_E_ARG, archive ? archive->out.name : NULL,
                          archive ? "a member needs bytes, and an archive that is not finished and has not failed."
                                  : "amos_archive_writer_add() needs an archive.");
    if (!is_good_name(name))
        return amosi_fail(err, AMOS_E_ARG, archive->out.name,
                          "a member cannot be called \"%s\"; a path of 1 to 255 bytes without \"..\" was expected.",
                          amosi_text_show(shown, sizeof shown, name ? name : ""));
    amos_status status = amosi_zip_add(&archive->zip, name, data, bytes, err);
    archive->ended = status != AMOS_OK;
    return status;
}

amos_status amos_archive_writer_finish(amos_archive_writer *archive, amos_error *err)
{
    if (!archive || archive->ended)
        return amosi_fail(err, AMOS_E_ARG, archive ? archive->out.name : NULL,
                          archive ? "the archive is finished already, or has failed."
                                  : "amos_archive_writer_finish() needs an archive.");
    archive->ended = true;
    amos_status status = amosi_zip_end(&archive->zip, "", err);
    return status ? status : amosi_outfile_keep(&archive->out, err);
}

void amos_archive_writer_free(amos_archive_writer *archive)
{
    if (!archive)
        return;
    amosi_zip_free_writer(&archive->zip);
    amosi_outfile_close(&archive->out);
    amosi_free(archive);
}
