/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/explain.h"

#include "base/error/fail.h"
#include "io/content.h"

/* Other refusals are of files that are NIfTI. A truncated one is explained only if it is empty. */
static bool may_be_foreign(const amos_volume *volume, amos_status status)
{
    return status == AMOS_E_GZ_HEADER || status == AMOS_E_HDR_MAGIC || status == AMOS_E_HDR_SHORT ||
           (status == AMOS_E_GZ_TRUNC && volume->source.size == 0);
}

/* The first bytes of the file, or of what it holds compressed. False: they cannot be read. */
static bool read_start(const amos_volume *volume, bool gzip, unsigned char *start, size_t *bytes)
{
    struct amosi_stream stream;
    if (amosi_stream_open(&stream, &volume->source, gzip, &volume->settings, NULL) != AMOS_OK)
        return false;
    amosi_stream_expect(&stream, AMOSI_CONTENT_BYTES);
    /* What was decoded before the data turned out to be damaged is enough. */
    bool good = amosi_stream_read(&stream, start, AMOSI_CONTENT_BYTES, bytes, NULL) == AMOS_OK || *bytes > 0;
    amosi_stream_close(&stream);
    return good;
}

amos_status amosi_volume_explain(const amos_volume *volume, amos_status status, amos_error *err)
{
    unsigned char start[AMOSI_CONTENT_BYTES];
    size_t bytes = 0;
    /* A file that is named as gzip and is none. */
    bool inside = volume->gzip && status != AMOS_E_GZ_HEADER && status != AMOS_E_GZ_TRUNC;
    if (!may_be_foreign(volume, status) || !read_start(volume, inside, start, &bytes))
        return status;
    /* gzip data whose header is damaged */
    bool is_gzip = !inside && bytes >= 2 && start[0] == 0x1f && start[1] == 0x8b;
    const struct amosi_content *content = is_gzip ? NULL : amosi_content_of(start, bytes);
    if (!content)
        return status;
    return amosi_fail_at(err, status, volume->source.path, err->offset, "%s %s, not a NIfTI volume; %s.",
                         inside ? "its gzip data holds" : "this is", content->what, content->way);
}
