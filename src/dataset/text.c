/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/text.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "io/zip/member.h"

static amos_status read_content(const struct amosi_source *source, char *content, size_t size, amos_error *err)
{
    amos_status status = amosi_source_read(source, 0, content, size, err);
    if (status == AMOS_OK)
        status = amosi_source_check(source, err);
    content[size] = '\0';
    return status;
}

static amos_status read_source(const struct amosi_source *source, uint64_t max_bytes, char **data, size_t *length,
                               amos_error *err)
{
    if (source->size > max_bytes)
        return amosi_fail(err, AMOS_E_LIMIT, source->path, "the file has %llu bytes; at most %llu are allowed.",
                          (unsigned long long)source->size, (unsigned long long)max_bytes);
    char *content = source->size < SIZE_MAX ? amosi_alloc((size_t)source->size + 1) : NULL;
    if (!content)
        return amosi_fail_nomem(err, source->path);
    amos_status status = read_content(source, content, (size_t)source->size, err);
    if (status) {
        amosi_free(content);
        return status;
    }
    *data = content;
    *length = (size_t)source->size;
    return AMOS_OK;
}

amos_status amosi_text_read(const char *path, uint64_t max_bytes, char **data, size_t *length, amos_error *err)
{
    struct amosi_source source;
    amos_status status = amosi_path_open(&source, path, NULL, err);
    if (status)
        return status;
    status = read_source(&source, max_bytes, data, length, err);
    amosi_source_close(&source);
    return status;
}
