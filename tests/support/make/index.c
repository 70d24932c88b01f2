/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "support/make/index.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "io/seek/cache.h"
#include "io/seek/file.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/tmp.h"

const char *packing_name(enum packing packing)
{
    static const char *const names[PACKINGS] = {"dynamic", "fixed",   "stored",       "members",
                                                "BGZF",    "flushed", "empty members"};
    return names[packing];
}

/* One member with a full flush every 100,000 bytes, and the empty stored blocks that flushes write. */
static void add_flushed(struct bytes *out, const struct bytes *plain)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    ck_assert_int_eq(deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = plain->size + plain->size / 8 + 4096;
    unsigned char *body = must_alloc(room);
    z.next_out = body;
    z.avail_out = (uInt)room;
    z.next_in = plain->data;
    for (size_t done = 0; done < plain->size; done += z.avail_in) {
        z.avail_in = (uInt)(plain->size - done < 100000 ? plain->size - done : 100000);
        done += z.avail_in;
        ck_assert_int_ge(deflate(&z, done % 3 ? Z_FULL_FLUSH : Z_SYNC_FLUSH), Z_OK);
    }
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    struct bytes deflated = {body, room - z.avail_out, room};
    const struct gzip_member member = {.form = GZIP_BODY_GIVEN, .body = &deflated};
    deflateEnd(&z);
    gzip_add(out, plain->data, plain->size, &member);
    free(body);
}

struct bytes pack_gzip(const struct bytes *plain, enum packing packing)
{
    const struct gzip_member quick = {.level = 1, .flags = GZIP_FNAME, .name = "volume.nii"};
    const struct gzip_member fixed = {.level = 1, .form = GZIP_BODY_FIXED};
    const struct gzip_member stored = {.form = GZIP_BODY_STORED};
    struct bytes out = {0};
    switch (packing) {
    case PACK_FIXED:
        gzip_add(&out, plain->data, plain->size, &fixed);
        break;
    case PACK_STORED:
        gzip_add(&out, plain->data, plain->size, &stored);
        break;
    case PACK_MEMBERS:
        return gzip_in_members(plain, 300000, &quick);
    case PACK_BGZF:
        return gzip_bgzf(plain);
    case PACK_FLUSHED:
        add_flushed(&out, plain);
        break;
    case PACK_EMPTY_MEMBERS:
        for (size_t at = 0; at < plain->size; at += 700000) {
            gzip_add(&out, plain->data + at, plain->size - at < 700000 ? plain->size - at : 700000, &quick);
            gzip_add(&out, "", 0, &quick);
        }
        break;
    default:
        gzip_add(&out, plain->data, plain->size, &quick);
    }
    return out;
}

struct nifti_file index_volume(int64_t frames, uint64_t seed)
{
    const int64_t x = 128, y = 96, z = 120;
    int16_t *voxels = must_alloc((size_t)(x * y * z * frames) * sizeof *voxels);
    for (int64_t i = 0; i < x * y * z * frames; i++) {
        int64_t row = i / x % y, column = i % x;
        bool air = row < y / 6 || column < x / 8;
        voxels[i] = air ? (int16_t)-1024 : (int16_t)(column * 2 + i / (x * y) + random_below(&seed, 16 + row));
    }
    struct nifti_spec spec = {
        .ndim = frames > 1 ? 4 : 3, .dim = {x, y, z, frames}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    const double spacing[3] = {0.8, 0.9, 5}, origin[3] = {10, -20, 30};
    nifti_set_sform(&spec, "LAS", spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    free(voxels);
    return file;
}

static void count_warning(void *user, amos_log_level level, const char *message)
{
    int *warnings = user;
    ck_assert_ptr_nonnull(message);
    if (warnings && level == AMOS_LOG_WARNING)
        ++*warnings;
}

amos_volume *open_indexed(const char *path, const char *folder, amos_index_use use, int *warnings)
{
    amos_volume_options options = {
        .size = sizeof options, .index = use, .index_folder = folder, .log = count_warning, .log_user = warnings};
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open(path, &options, &volume, &err), &err);
    return volume;
}

char *index_folder(const char *name)
{
    char *path = tmp_path(name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    return path;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int folder_count(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += !is_dots(entry->d_name);
    closedir(dir);
    return count;
}

char *only_file(const char *folder)
{
    DIR *dir = opendir(folder);
    char *path = NULL;
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (is_dots(entry->d_name))
            continue;
        ck_assert_msg(!path, "%s holds more than one file", folder);
        ck_assert_int_gt(asprintf(&path, "%s/%s", folder, entry->d_name), 0);
    }
    closedir(dir);
    ck_assert_msg(path, "%s is empty", folder);
    return path;
}

struct amosi_content_id key_of(const char *path)
{
    struct amosi_source source;
    struct amosi_content_id key;
    amos_error err;
    assert_ok(amosi_source_open_file(&source, path, &err), &err);
    assert_ok(amosi_content_id_of(&source, &key, &err), &err);
    amosi_source_close(&source);
    return key;
}

struct amosi_index *load_index(const char *path, const char *folder)
{
    struct amosi_content_id key = key_of(path);
    struct amosi_index *index = NULL;
    amos_error err;
    assert_ok(amosi_index_cache_load(folder, &key, &index, &err), &err);
    return index;
}

struct bytes index_bytes(const struct amosi_index *index)
{
    struct bytes b = {0};
    bytes_add_fill(&b, 0, (size_t)amosi_index_file_bytes(index->count, index->windows_bytes));
    amosi_index_file_write(index, b.data);
    return b;
}

static void put32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

void index_seal(struct bytes *b)
{
    put32(b->data + 88, (uint32_t)crc32_z(0, b->data + AMOSI_INDEX_HEADER, b->size - AMOSI_INDEX_HEADER));
    put32(b->data + 92, (uint32_t)crc32_z(0, b->data, 92));
}
