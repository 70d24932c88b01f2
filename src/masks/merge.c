/* SPDX-License-Identifier: BSD-3-Clause */
#include "masks/merge.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/alloc.h"
#include "base/text/volume_name.h"
#include "base/math/bytes.h"
#include "io/identity.h"
#include "io/zip/member.h"
#include "masks/table.h"
#include "nifti/header_make.h"
#include "volume/fit.h"
#include "volume/open.h"

struct merging {
    char *folder;
    struct amosi_masks own, table;
    amos_volume *base; /* the first mask: all lie on its grid */
    size_t voxels;
    unsigned char header[AMOSI_HEADER_MADE_BYTES];
    amos_volume_options options;
    amos_limits limits;
    uint8_t *_Atomic labels;     /* NULL: not made yet */
    amos_error *_Atomic failure; /* why they could not be made */
};

/* ---- voxels ---- */

static amos_status fail_at(const struct merging *m, const char *path, size_t at, const char *what, const char *way,
                           amos_error *err)
{
    const size_t width = (size_t)m->base->header.info.shape[0], height = (size_t)m->base->header.info.shape[1];
    return amosi_fail(err, AMOS_E_LABEL, path, "the voxel (%zu, %zu, %zu) %s; %s.", at % width, at / width % height,
                      at / width / height, what, way);
}

static amos_status take_voxel(const struct merging *m, const char *path, size_t at, bool is_one, uint8_t label,
                              uint8_t *labels, amos_error *err)
{
    char what[300];
    if (!is_one)
        return fail_at(m, path, at, "is neither 0 nor 1", "a mask has these two values alone", err);
    if (labels[at]) {
        snprintf(what, sizeof what, "is in the mask %.200s too", m->table.names[labels[at] - 1]);
        return fail_at(m, path, at, what, "amos export labelmaps gives such voxels the first of their labels", err);
    }
    labels[at] = label;
    return AMOS_OK;
}

static amos_status take_bytes(const struct merging *m, const char *path, const uint8_t *mask, uint8_t label,
                              uint8_t *labels, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < m->voxels && !status; i++) {
        uint64_t eight = 1;
        if (m->voxels - i >= sizeof eight)
            memcpy(&eight, mask + i, sizeof eight);
        if (eight == 0)
            i += sizeof eight - 1;
        else if (mask[i])
            status = take_voxel(m, path, i, mask[i] == 1, label, labels, err);
    }
    return status;
}

static amos_status take_floats(const struct merging *m, const char *path, const float *mask, uint8_t label,
                               uint8_t *labels, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < m->voxels && !status; i++)
        if (!(mask[i] == 0))
            status = take_voxel(m, path, i, mask[i] == 1, label, labels, err);
    return status;
}

static amos_status check_grid(const struct merging *m, const amos_volume *volume, amos_error *err)
{
    const amos_accept accept = AMOS_ACCEPT_INIT;
    const struct amosi_side base = amosi_side_of_volume(m->base, "first mask"),
                            side = amosi_side_of_volume(volume, "mask");
    struct amosi_fit fit;
    amos_status status = amosi_fit(&base, &side, &accept, false, &fit, err);
    if (!status && (fit.warnings & AMOS_W_TURNED))
        status = amosi_fail(err, AMOS_E_PAIR_GEOM, volume->path,
                            "the mask is stored in another orientation than %s; all masks of a subject need the same.",
                            amosi_base_name(m->base->path));
    return status;
}

static amos_status add_mask(const struct merging *m, const char *path, uint8_t label, void *buffer, uint8_t *labels,
                            amos_error *err)
{
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    amos_volume *volume;
    amos_status status = amosi_volume_open_file(path, &m->options, &volume, err);
    if (status)
        return status;
    const amos_volume_info *info = &volume->header.info;
    const bool bytes = info->type == AMOS_TYPE_UINT8 && info->slope == 1 && info->inter == 0;
    read.type = bytes ? AMOS_TYPE_UINT8 : AMOS_TYPE_FLOAT32;
    read.threads = 1;
    status = check_grid(m, volume, err);
    if (!status)
        status = amos_volume_read(volume, &read, buffer, m->voxels * amos_type_bytes(read.type), err);
    if (!status)
        status =
            bytes ? take_bytes(m, path, buffer, label, labels, err) : take_floats(m, path, buffer, label, labels, err);
    amos_volume_free(volume);
    return status;
}

static amos_status merge(const struct merging *m, uint8_t *labels, void *buffer, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (int n = 0; n < m->own.count && !status; n++) {
        char *path = amosi_masks_path(&m->own, m->folder, n);
        int label = amosi_masks_find(&m->table, m->own.names[n]) + 1;
        status = path ? add_mask(m, path, (uint8_t)label, buffer, labels, err) : amosi_fail_nomem(err, m->folder);
        amosi_free(path);
    }
    return status;
}

/* What the first thread made stays; what others made at the same time goes. */
static void keep_failure(struct merging *m, const amos_error *failure)
{
    amos_error *none = NULL, *copy = amosi_alloc(sizeof *copy);
    if (copy)
        *copy = *failure;
    if (copy && !atomic_compare_exchange_strong(&m->failure, &none, copy))
        amosi_free(copy);
}

static const uint8_t *labels_of(struct merging *m)
{
    uint8_t *labels = atomic_load(&m->labels), *none = NULL;
    amos_error failure = {.status = AMOS_OK};
    if (labels || atomic_load(&m->failure))
        return labels;
    labels = amosi_zalloc_voxels(m->voxels);
    void *buffer = amosi_alloc_voxels(m->voxels * sizeof(float));
    amos_status status = labels && buffer ? merge(m, labels, buffer, &failure) : amosi_fail_nomem(&failure, m->folder);
    amosi_free(buffer);
    if (!status && atomic_compare_exchange_strong(&m->labels, &none, labels))
        return labels;
    if (status)
        keep_failure(m, &failure);
    amosi_free(labels);
    return atomic_load(&m->labels);
}

/* ---- a source of bytes ---- */

static int64_t read_at(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct merging *m = user;
    const uint64_t size = sizeof m->header + m->voxels;
    const bool head = offset < sizeof m->header;
    size_t left = (size_t)((head ? sizeof m->header : size) - offset), n = bytes < left ? bytes : left;
    if (offset >= size)
        return 0;
    const uint8_t *labels = head ? NULL : labels_of(m);
    if (!head && !labels)
        return -EIO;
    memcpy(buffer, head ? m->header + offset : labels + (offset - sizeof m->header), n);
    return (int64_t)n;
}

static amos_status explain(void *user, amos_error *err)
{
    const struct merging *m = user;
    const amos_error *failure = atomic_load(&m->failure);
    if (!failure)
        return amosi_fail_nomem(err, m->folder);
    *err = *failure;
    return failure->status;
}

static void close_masks(void *user)
{
    struct merging *m = user;
    amosi_free(atomic_load(&m->labels));
    amosi_free(atomic_load(&m->failure));
    amos_volume_free(m->base);
    amosi_masks_free(&m->own);
    amosi_masks_free(&m->table);
    amosi_free(m->folder);
    amosi_free(m);
}

/* ---- opening ---- */

static amos_status check_names(const struct merging *m, const char *first, amos_error *err)
{
    if (m->own.count == 0)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, m->folder,
                          "there is no mask here; files such as liver.nii.gz were expected.");
    for (int n = 0; n < m->own.count; n++)
        if (amosi_masks_find(&m->table, m->own.names[n]) < 0)
            return amosi_fail(err, AMOS_E_LABEL, m->folder,
                              "the first subject, which numbers the labels, has no mask of the name %.200s (%s); amos "
                              "export labelmaps numbers the masks of all subjects.",
                              m->own.names[n], first);
    return AMOS_OK;
}

static amos_status open_table(const char *folder, struct amosi_masks *own, struct amosi_masks *table, char **first,
                              amos_error *err)
{
    amos_status status = amosi_masks_list(folder, own, err);
    return status ? status : amosi_masks_table(folder, table, first, err);
}

/* The decoder and the limits of the options; a log and an index are of no use here. */
static amos_status take_options(struct merging *m, const amos_volume_options *options, amos_error *err)
{
    amos_volume_options o;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_volume_options", err);
    if (!status)
        status = amosi_limits_copy(&m->limits, o.limits, err);
    m->options = (amos_volume_options)AMOS_VOLUME_OPTIONS_INIT;
    m->options.flags = o.flags;
    m->options.inflate = o.inflate;
    m->options.limits = &m->limits;
    return status;
}

static amos_status open_base(struct merging *m, amos_error *err)
{
    const amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    char *path = amosi_masks_path(&m->own, m->folder, 0);
    amos_status status =
        path ? amosi_volume_open_file(path, &m->options, &m->base, err) : amosi_fail_nomem(err, m->folder);
    amosi_free(path);
    if (status)
        return status;
    const amos_volume_info *info = &m->base->header.info;
    const amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {info->shape[0], info->shape[1], info->shape[2], 1}};
    if (info->frames != 1)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, m->base->path, "a mask has one frame, but this has %lld.",
                          (long long)info->frames);
    m->voxels = (size_t)(info->shape[0] * info->shape[1] * info->shape[2]);
    return amosi_header_make(m->folder, &layout, &options, &m->base->header, m->header, err);
}

static amos_status begin(struct merging *m, const char *folder, const amos_volume_options *options, amos_error *err)
{
    char *first = NULL;
    m->folder = amosi_strdup(folder);
    amos_status status = m->folder ? take_options(m, options, err) : amosi_fail_nomem(err, folder);
    if (!status)
        status = open_table(folder, &m->own, &m->table, &first, err);
    if (!status)
        status = check_names(m, first, err);
    amosi_free(first);
    return status ? status : open_base(m, err);
}

amos_status amosi_masks_open(struct amosi_source *source, const char *folder, const amos_volume_options *options,
                             amos_error *err)
{
    struct merging *m = amosi_zalloc(sizeof *m);
    if (!m)
        return amosi_fail_nomem(err, folder);
    amos_status status = begin(m, folder, options, err);
    if (status) {
        close_masks(m);
        return status;
    }
    const struct stat identity = m->base->source.identity;
    const amos_byte_source caller = {.size = sizeof caller,
                                     .name = folder,
                                     .bytes = sizeof m->header + m->voxels,
                                     .read_at = read_at,
                                     .close = close_masks,
                                     .user = m,
                                     .explain = explain};
    status = amosi_source_open_caller(source, &caller, err);
    source->identity = identity; /* for who may read it */
    return status;
}

/* ---- its content ---- */

#define DIGEST 9 /* bytes of a mask: a hash of its content, and the label */

static amos_status digest_mask(const char *folder, const struct amosi_masks *own, int n, int label,
                               unsigned char said[DIGEST], amos_error *err)
{
    struct amosi_source mask;
    struct amosi_content_id content;
    char *path = amosi_masks_path(own, folder, n);
    if (!path)
        return amosi_fail_nomem(err, folder);
    amos_status status = amosi_path_open(&mask, path, NULL, err);
    if (!status) {
        status = amosi_content_id_of(&mask, &content, err);
        amosi_source_close(&mask);
    }
    if (!status)
        amosi_put64(said, amosi_content_hash(&content));
    said[8] = (unsigned char)label;
    amosi_free(path);
    return status;
}

amos_status amosi_masks_open_digest(struct amosi_source *source, const char *folder, amos_error *err)
{
    struct amosi_masks own = {.count = 0}, table = {.count = 0};
    unsigned char *text = amosi_zalloc((size_t)DIGEST * AMOSI_MASKS_MOST);
    size_t used = 0;
    amos_status status = text ? open_table(folder, &own, &table, NULL, err) : amosi_fail_nomem(err, folder);
    for (int n = 0; n < own.count && !status; n++, used += DIGEST)
        status = digest_mask(folder, &own, n, amosi_masks_find(&table, own.names[n]) + 1, text + used, err);
    amosi_masks_free(&own);
    amosi_masks_free(&table);
    if (status) {
        amosi_free(text);
        return status;
    }
    return amosi_source_take_memory(source, text, used, folder, err);
}

amos_status amosi_masks_open_content(struct amosi_source *source, const char *path, amos_error *err)
{
    return amosi_masks_are_at(path) ? amosi_masks_open_digest(source, path, err)
                                    : amosi_path_open(source, path, NULL, err);
}
