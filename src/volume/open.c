/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "base/text/volume_name.h"
#include "io/zip/member.h"
#include "volume/explain.h"
#include "volume/open.h"
#include "volume/volume.h"

/* The largest expansion of DEFLATE (RFC 1951: 258 bytes for two bits). */
#define LARGEST_RATIO 1032

/* A volume that is being opened. */
struct opening {
    amos_volume *volume;
    struct amosi_stream stream; /* of the file with the header */
    bool from_path;
    amos_warnings warnings;
    amos_error *err; /* never NULL */
};

/* ---- compressed or not ---- */

/* The content decides. The name matters only for files that are too short or not a volume: it determines which error
 * they get. */
static amos_status detect_gzip(struct opening *o, const struct amosi_source *source, bool *gzip)
{
    unsigned char start[4] = {0};
    size_t bytes = source->size < sizeof start ? (size_t)source->size : sizeof start;
    amos_status status = amosi_source_read(source, 0, start, bytes, o->err);
    if (status)
        return status;
    const struct amosi_volume_name name = amosi_volume_name(source->path);
    bool has_magic = bytes >= 2 && start[0] == 0x1f && start[1] == 0x8b;
    bool is_header = bytes == sizeof start && amosi_header_size(start) != 0;
    *gzip = has_magic || (name.gz && !is_header);
    bool named_plain = !name.gz && (name.kind == AMOSI_NAME_SINGLE || name.kind == AMOSI_NAME_HEADER);
    if ((has_magic && named_plain) || (name.gz && is_header))
        o->warnings |= AMOS_W_SUFFIX;
    return AMOS_OK;
}

/* ---- the header ---- */

static amos_status refuse_image_file(struct opening *o, const char *path)
{
    return amosi_fail(o->err, AMOS_E_UNSUPPORTED, path,
                      "this file holds the voxels of a pair; open its header %.*s.hdr instead.",
                      (int)amosi_volume_name(path).stem, path);
}

static amos_status read_header(struct opening *o)
{
    unsigned char bytes[AMOSI_NIFTI2_BYTES];
    const char *path = o->volume->source.path;
    size_t got, more = 0;
    amosi_stream_expect(&o->stream, sizeof bytes);
    amos_status status = amosi_stream_read(&o->stream, bytes, AMOSI_NIFTI1_BYTES, &got, o->err);
    if (!status && got == AMOSI_NIFTI1_BYTES && amosi_header_size(bytes) == AMOSI_NIFTI2_BYTES)
        status = amosi_stream_read(&o->stream, bytes + got, sizeof bytes - got, &more, o->err);
    if (!status)
        status = amosi_header_parse(bytes, got + more, path, &o->volume->header, o->err);
    bool is_image = amosi_volume_name(path).kind == AMOSI_NAME_IMAGE;
    if (is_image && (status == AMOS_E_HDR_SHORT || status == AMOS_E_HDR_MAGIC))
        return refuse_image_file(o, path);
    return status ? amosi_volume_explain(o->volume, status, o->err) : AMOS_OK;
}

/* ---- header extensions: counted, never parsed ---- */

static amos_status walk_extensions(struct opening *o, uint64_t end, void *scratch)
{
    const bool big = o->volume->header.info.big_endian;
    while (o->stream.position < end) {
        unsigned char head[8];
        size_t got;
        uint64_t skipped, left = end - o->stream.position;
        amos_status status = amosi_stream_read(&o->stream, head, left < 8 ? (size_t)left : 8, &got, o->err);
        if (status)
            return status;
        uint64_t size = got == 8 ? amosi_get32(head, big) : 0;
        if (size < 16 || size % 16 || size > left) {
            o->warnings |= AMOS_W_EXT;
            return AMOS_OK;
        }
        status = amosi_stream_skip(&o->stream, size - 8, scratch, &skipped, o->err);
        if (status)
            return status;
        o->volume->header.info.extension_count++;
    }
    return AMOS_OK;
}

/* Skips from the beginning of a stream to the end of the header. */
static amos_status pass_header(struct opening *o)
{
    unsigned char bytes[AMOSI_NIFTI2_BYTES];
    size_t got;
    amosi_stream_expect(&o->stream, sizeof bytes);
    return amosi_stream_read(&o->stream, bytes, o->volume->header.header_bytes, &got, o->err);
}

static amos_status read_extensions(struct opening *o, uint64_t end)
{
    amos_volume *v = o->volume;
    unsigned char extender[4];
    size_t got;
    amosi_stream_expect(&o->stream, end);
    amos_status status = amosi_stream_read(&o->stream, extender, sizeof extender, &got, o->err);
    if (status)
        return status;
    if (got < sizeof extender)
        return v->header.separate_voxels
                   ? AMOS_OK
                   : amosi_fail(o->err, AMOS_E_HDR_SHORT, v->source.path,
                                "the file ends inside the 4 bytes that follow the header; it has no voxels.");
    if (extender[0] == 0)
        return AMOS_OK;
    if (end - o->stream.position > v->settings.limits.max_extensions)
        return amosi_fail(o->err, AMOS_E_LIMIT, v->source.path,
                          "the header extensions take %llu bytes, more than max_extensions allows.",
                          (unsigned long long)(end - o->stream.position));
    if (o->stream.position == end)
        o->warnings |= AMOS_W_EXT;
    void *scratch = amosi_alloc(AMOSI_TILE_BYTES);
    status = scratch ? walk_extensions(o, end, scratch) : amosi_fail_nomem(o->err, v->source.path);
    amosi_free(scratch);
    return status;
}

/* In a pair, extensions extend to the end of the header file. A compressed header file is read to its end first, which
 * gives its length and also checks it. */
static amos_status read_pair_extensions(struct opening *o)
{
    const amos_volume *v = o->volume;
    if (!v->gzip)
        return read_extensions(o, v->source.size);
    uint64_t most = v->header.header_bytes + v->settings.limits.max_extensions, skipped = 0;
    unsigned char *scratch = amosi_alloc(AMOSI_TILE_BYTES);
    amosi_stream_expect(&o->stream, most);
    amos_status status = scratch ? amosi_stream_skip(&o->stream, most - o->stream.position, scratch, &skipped, o->err)
                                 : amosi_fail_nomem(o->err, v->path);
    amosi_free(scratch);
    uint64_t end = o->stream.position;
    amosi_stream_close(&o->stream);
    if (!status)
        status = amosi_stream_open(&o->stream, &v->source, true, &v->settings, o->err);
    if (!status)
        status = pass_header(o);
    return status ? status : read_extensions(o, end);
}

/* ---- the file with the voxels ---- */

static char *image_path(const char *header_path, const char *suffix)
{
    size_t stem = amosi_volume_name(header_path).stem;
    char *path = amosi_alloc(stem + strlen(suffix) + 1);
    if (path) {
        memcpy(path, header_path, stem);
        strcpy(path + stem, suffix);
    }
    return path;
}

static amos_status open_image(struct opening *o, const char *suffix)
{
    struct amosi_source image;
    char *path = image_path(o->volume->path, suffix);
    if (!path)
        return amosi_fail_nomem(o->err, o->volume->path);
    amos_status status = amosi_path_open(&image, path, &o->volume->settings.limits, o->err);
    if (!status) {
        amosi_source_close(&o->volume->source);
        o->volume->source = image;
    }
    amosi_free(path);
    return status;
}

/* Opens <stem>.img, else <stem>.img.gz, in the same folder; for a .HDR the same in capitals is tried first. If none of
 * them exists, the message names the first. */
static amos_status open_either_image(struct opening *o)
{
    static const char *const all[] = {".IMG", ".IMG.GZ", ".img", ".img.gz", NULL};
    bool capitals = o->volume->path[amosi_volume_name(o->volume->path).stem + 1] == 'H';
    const char *const *names = capitals ? all : all + 2;
    amos_error first;
    struct opening quiet = *o;
    quiet.err = &first;
    amos_status status = open_image(&quiet, *names);
    bool missing = status == AMOS_E_OPEN && first.sys_errno == ENOENT;
    while (missing && *++names) {
        status = open_image(o, *names);
        missing = status == AMOS_E_OPEN && o->err->sys_errno == ENOENT;
        if (!missing)
            return status;
    }
    if (status)
        *o->err = first;
    return status;
}

static amos_status open_pair(struct opening *o)
{
    amos_volume *v = o->volume;
    enum amosi_volume_kind kind = o->from_path ? amosi_volume_name(v->path).kind : AMOSI_NAME_OTHER;
    if (kind != AMOSI_NAME_HEADER) {
        if (kind == AMOSI_NAME_IMAGE)
            return refuse_image_file(o, v->path);
        return amosi_fail(
            o->err, AMOS_E_UNSUPPORTED, v->path,
            "this is only the header of a pair, its voxels are in a .img file; open it as a .hdr next to its "
            ".img.");
    }
    amos_status status = read_pair_extensions(o);
    if (!status)
        status = amosi_identity_of(&v->source, &v->beside, o->err);
    if (!status)
        status = amosi_source_check(&v->source, o->err);
    if (status)
        return status;
    status = open_either_image(o);
    if (status)
        return status;
    v->header.info.is_pair = 1;
    /* Voxels may begin with any bytes, also those of gzip: an .img of sufficient size counts as uncompressed. */
    uint64_t need = (uint64_t)v->header.info.vox_offset + v->header.info.stored_bytes;
    bool named_gz = amosi_volume_name(v->source.path).gz;
    v->gzip = named_gz;
    if (!named_gz && v->source.size < need) {
        status = detect_gzip(o, &v->source, &v->gzip);
        if (v->gzip)
            o->warnings |= AMOS_W_SUFFIX;
    }
    return status;
}

/* ---- the size of the file ---- */

static amos_status fail_short(struct opening *o, const char *why)
{
    const amos_volume *v = o->volume;
    return amosi_fail(
        o->err, AMOS_E_DATA_SHORT, v->source.path,
        "the header promises %llu bytes of voxels from byte %lld on, but the file has only %llu bytes%s; copy or "
        "download it again.",
        (unsigned long long)v->header.info.stored_bytes, (long long)v->header.info.vox_offset,
        (unsigned long long)v->source.size, why);
}

static amos_status check_plain_size(struct opening *o, uint64_t need)
{
    const amos_volume *v = o->volume;
    if (v->source.size < need)
        return fail_short(o, "");
    if (v->source.size > need)
        o->warnings |= AMOS_W_EXTRA;
    return AMOS_OK;
}

/* vox_offset 0 in a single file: it means 352 only if everything then fits exactly. */
static amos_status check_missing_offset(struct opening *o, uint64_t need)
{
    const amos_volume *v = o->volume;
    uint64_t have = v->source.size, skipped = 0;
    if (v->gzip) {
        void *scratch = amosi_alloc(AMOSI_TILE_BYTES);
        if (!scratch)
            return amosi_fail_nomem(o->err, v->source.path);
        amosi_stream_expect(&o->stream, need);
        uint64_t before = o->stream.position;
        amos_status status = amosi_stream_skip(&o->stream, need + 1 - before, scratch, &skipped, o->err);
        amosi_free(scratch);
        if (status)
            return status;
        have = before + skipped;
    }
    if (have == need)
        return AMOS_OK;
    return amosi_fail(
        o->err, AMOS_E_HDR_OFFSET, v->source.path,
        "vox_offset is 0, and the usual 352 does not fit either: that would need %llu bytes, and the file has "
        "%s%llu.",
        (unsigned long long)need, have > need ? "at least " : "", (unsigned long long)have);
}

static amos_status check_size(struct opening *o)
{
    amos_volume *v = o->volume;
    const amos_volume_info *info = &v->header.info;
    uint64_t need = (uint64_t)info->vox_offset + info->stored_bytes; /* both are below 2^63 */
    v->header.info.file_bytes = v->source.size;
    v->header.info.compressed = v->gzip;
    if (v->gzip && need / LARGEST_RATIO > v->source.size)
        return fail_short(o, " of compressed data, which cannot hold that much");
    if (info->stored_bytes > v->settings.limits.max_uncompressed && (v->gzip || v->source.size >= need))
        return amosi_fail(o->err, AMOS_E_LIMIT, v->source.path,
                          "the voxels take %llu bytes, more than max_uncompressed (%llu) allows.",
                          (unsigned long long)info->stored_bytes,
                          (unsigned long long)v->settings.limits.max_uncompressed);
    if (v->header.offset_missing)
        return check_missing_offset(o, need);
    return v->gzip ? AMOS_OK : check_plain_size(o, need);
}

/* ---- opening ---- */

static amos_status open_header(struct opening *o)
{
    amos_volume *v = o->volume;
    amos_status status = detect_gzip(o, &v->source, &v->gzip);
    if (!status)
        status = amosi_stream_open(&o->stream, &v->source, v->gzip, &v->settings, o->err);
    if (!status)
        status = read_header(o);
    if (!status && v->header.separate_voxels)
        status = open_pair(o);
    else if (!status)
        status = read_extensions(o, (uint64_t)v->header.info.vox_offset);
    if (!status)
        status = check_size(o);
    amosi_stream_close(&o->stream);
    return status;
}

static amos_status open_voxels(struct opening *o)
{
    amos_volume *v = o->volume;
    amos_error failure;
    failure.status = AMOS_OK;
    struct opening careful = *o;
    careful.err = &failure;
    memset(&careful.stream, 0, sizeof careful.stream);
    amos_status status = open_header(&careful);
    /* If the file has changed, report that instead of errors in its content. */
    amos_status changed = amosi_source_check(&v->source, o->err);
    if (changed)
        return changed;
    if (status && o->err)
        *o->err = failure;
    if (status)
        return status;
    v->header.info.path = v->path;
    v->has_geometry =
        amosi_geometry_from_header(&v->header, v->lenient, v->path, &v->geometry, &careful.warnings, NULL) == AMOS_OK;
    atomic_store(&v->state->warnings, careful.warnings | v->header.warnings);
    return AMOS_OK;
}

static amos_status take_options(amos_volume *v, const amos_volume_options *options, amos_error *err)
{
    amos_volume_options o;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_volume_options", err);
    if (!status)
        status = amosi_limits_copy(&v->settings.limits, o.limits, err);
    if (status)
        return status;
    if (o.flags & ~(AMOS_OPEN_STRICT | AMOS_OPEN_LENIENT) || !amosi_name_is_known(amos_inflate_name(o.inflate)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_options has an unknown flag or decoder.");
    v->settings.inflate = o.inflate;
    v->settings.strict = o.flags & AMOS_OPEN_STRICT;
    v->settings.input_bytes = AMOSI_HEADER_INPUT_BYTES;
    if (!amosi_name_is_known(amos_index_use_name(o.index)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_options has an unknown use of an index.");
    v->index_use = o.index;
    if (o.index_folder && !(v->index_folder = amosi_strdup(o.index_folder)))
        return amosi_fail_nomem(err, v->path);
    v->lenient = o.flags & AMOS_OPEN_LENIENT;
    v->log.fn = o.log;
    v->log.user = o.log_user;
    v->temporaries = o.temporaries;
    return AMOS_OK;
}

static void log_opened(const amos_volume *v)
{
    const amos_volume_info *i = &v->header.info;
    amosi_log_say(&v->log, AMOS_LOG_INFO, "%s: opened, %lld x %lld x %lld voxels of %s.", v->path,
                  (long long)i->shape[0], (long long)i->shape[1], (long long)i->shape[2], amos_type_name(i->type));
    for (unsigned bit = 0; bit < AMOS_WARNING_BITS; bit++) {
        const char *text = amos_warning_text(amos_volume_warnings(v) & (amos_warnings)1 << bit);
        if (text)
            amosi_log_say(&v->log, AMOS_LOG_WARNING, "%s: %s.", v->path, text);
    }
}

/* Takes over an open source, also if this function fails. */
static amos_status open_source(struct amosi_source *source, bool from_path, const amos_volume_options *options,
                               amos_volume **out, amos_error *err)
{
    amos_volume *v = amosi_zalloc(sizeof *v);
    if (!v) {
        amos_status status = amosi_fail_nomem(err, source->path);
        amosi_source_close(source);
        return status;
    }
    v->source = *source;
    v->path = amosi_strdup(source->path);
    v->state = amosi_zalloc(sizeof *v->state);
    amos_status status = v->path && v->state ? take_options(v, options, err) : amosi_fail_nomem(err, v->source.path);
    if (!status) {
        struct opening o = {.volume = v, .from_path = from_path, .err = err};
        int rounding = amosi_rounding_begin();
        status = open_voxels(&o);
        amosi_rounding_end(rounding);
    }
    if (status) {
        amos_volume_free(v);
        return status;
    }
    v->settings.input_bytes = AMOSI_INPUT_BYTES;
    log_opened(v);
    *out = v;
    return AMOS_OK;
}

amos_status amosi_volume_open_file(const char *path, const amos_volume_options *options, amos_volume **out,
                                   amos_error *err)
{
    struct amosi_source source;
    amos_volume_options o;
    amos_limits limits;
    *out = NULL;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_volume_options", err);
    if (!status)
        status = amosi_limits_copy(&limits, o.limits, err);
    if (!status)
        status = amosi_path_open(&source, path, &limits, err);
    if (!status)
        status = open_source(&source, true, options, out, err);
    return status;
}

amos_status amosi_volume_open_from(struct amosi_source *source, const amos_volume_options *options, amos_volume **out,
                                   amos_error *err)
{
    *out = NULL;
    return open_source(source, false, options, out, err);
}

amos_status amos_volume_open_memory(const void *data, size_t bytes, const amos_volume_options *options,
                                    amos_volume **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!data || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_open_memory needs bytes and a place for the volume.");
    struct amosi_source source;
    amos_status status = amosi_source_open_memory(&source, data, bytes, err);
    if (!status)
        status = open_source(&source, false, options, out, err);
    return status;
}

amos_status amos_volume_open_source(const amos_byte_source *caller, const amos_volume_options *options,
                                    amos_volume **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!caller || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_open_source needs a source and a place for the volume.");
    struct amosi_source source;
    amos_status status = amosi_source_open_caller(&source, caller, err);
    if (!status)
        status = open_source(&source, false, options, out, err);
    return status;
}
