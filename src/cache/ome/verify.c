/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/ome/verify.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/ome/ome.h"

static amos_status differs(const amos_cache_entry *entry, amos_error *err)
{
    return amosi_cache_entry_damaged(entry, "what it tells other programs does not match its attributes", err);
}

/* Checks that a member begins with `expected`, which is released; is no longer, unless `more`. */
static amos_status check_text(const amos_cache_entry *entry, const char *name, char *expected, bool more,
                              amos_error *err)
{
    char *found;
    size_t bytes = 0;
    if (!expected)
        return amosi_fail_nomem(err, entry->source.path);
    amos_status status = amosi_cache_entry_text(entry, name, AMOSI_ENTRY_MOST_ATTRIBUTES, &found, &bytes, err);
    size_t length = strlen(expected);
    if (!status && (more ? strncmp(found, expected, length) : strcmp(found, expected)) != 0)
        status = differs(entry, err);
    amosi_free(found);
    cJSON_free(expected);
    return status;
}

/* The attributes begin with `multiscales`, before the member `amos`. */
static amos_status check_image(const amos_cache_entry *entry, amos_error *err)
{
    bool good = true;
    cJSON *tree = cJSON_CreateObject();
    amosi_ome_put_image(tree, &entry->meta.info, &good);
    char *text = good ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    if (text)
        text[strlen(text) - 1] = ','; /* instead of the bracket at the end */
    return check_text(entry, ".zattrs", text, true, err);
}

static amos_status check_labels(const amos_cache_entry *entry, amos_error *err)
{
    amos_status status = check_text(entry, AMOSI_ENTRY_LABELS "/.zattrs", amosi_ome_labels(), false, err);
    if (!status)
        status = check_text(entry, AMOSI_ENTRY_ORGANS "/.zattrs", amosi_ome_organs(&entry->meta.info), false, err);
    if (!status)
        status = amosi_cache_entry_check_json(entry, AMOSI_ENTRY_LABELS "/.zgroup", amosi_cache_zgroup(), err);
    if (!status)
        status = amosi_cache_entry_check_json(entry, AMOSI_ENTRY_ORGANS "/.zgroup", amosi_cache_zgroup(), err);
    return status;
}

static amos_status check_header(const amos_cache_entry *entry, amos_error *err)
{
    static const int64_t bytes = AMOSI_OME_HEADER;
    unsigned char expected[AMOSI_OME_HEADER], found[AMOSI_OME_HEADER];
    if (!amosi_ome_header(&entry->meta.info, expected))
        return amosi_zip_find(&entry->zip, AMOSI_ENTRY_NIFTI "/0") ? differs(entry, err) : AMOS_OK;
    amos_status status = amosi_cache_entry_check_json(entry, AMOSI_ENTRY_NIFTI "/.zarray",
                                                      amosi_cache_zarray(AMOS_TYPE_UINT8, 1, &bytes, &bytes), err);
    if (!status)
        status = amosi_cache_entry_table(entry, AMOSI_ENTRY_NIFTI "/0", AMOS_TYPE_UINT8, found, sizeof found, err);
    if (!status && memcmp(found, expected, sizeof found) != 0)
        status = differs(entry, err);
    return status;
}

amos_status amosi_ome_verify(const amos_cache_entry *entry, amos_error *err)
{
    amos_status status = check_image(entry, err);
    if (!status && entry->meta.info.has_labels)
        status = check_labels(entry, err);
    return status ? status : check_header(entry, err);
}
