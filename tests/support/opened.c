/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/opened.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/tmp.h"

amos_volume *open_bytes(const struct bytes *b)
{
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_memory(b->data, b->size, NULL, &volume, &err), &err);
    ck_assert_ptr_nonnull(volume);
    return volume;
}

amos_volume *open_made(const struct nifti_file *file)
{
    ck_assert(!file->pair);
    return open_bytes(&file->bytes);
}

static char *write_part(const char *stem, const char *suffix, const struct bytes *plain, int gzip)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", stem, suffix, gzip ? ".gz" : "");
    struct bytes packed = {0};
    if (gzip)
        packed = gzip_of(plain);
    char *path = tmp_write_bytes(name, gzip ? &packed : plain);
    bytes_free(&packed);
    return path;
}

amos_volume *open_written(const struct nifti_file *file, const char *stem, int gzip)
{
    if (file->pair)
        free(write_part(stem, ".img", &file->image, gzip & 2));
    char *path = write_part(stem, file->pair ? ".hdr" : ".nii", &file->bytes, gzip & 1);
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    ck_assert_str_eq(amos_volume_get_info(volume)->path, path);
    free(path);
    return volume;
}

int same_voxel(amos_type type, const void *a, const void *b)
{
    float fa, fb;
    double da, db;
    if (type == AMOS_TYPE_FLOAT32) {
        memcpy(&fa, a, sizeof fa);
        memcpy(&fb, b, sizeof fb);
        if (isnan(fa) && isnan(fb))
            return 1;
    }
    if (type == AMOS_TYPE_FLOAT64) {
        memcpy(&da, a, sizeof da);
        memcpy(&db, b, sizeof db);
        if (isnan(da) && isnan(db))
            return 1;
    }
    return memcmp(a, b, nifti_type_bytes(type)) == 0;
}

void *read_all(const amos_volume *volume, amos_type type, size_t *bytes)
{
    amos_read_options options = {.size = sizeof options, .type = type, .frame = AMOS_FRAME_ALL};
    amos_layout layout;
    amos_error err;
    assert_ok(amos_volume_get_layout(volume, &options, &layout, &err), &err);
    void *out = must_alloc(layout.bytes);
    assert_ok(amos_volume_read(volume, &options, out, layout.bytes, &err), &err);
    *bytes = layout.bytes;
    return out;
}

void assert_reads_as(const amos_volume *volume, const struct nifti_file *file)
{
    size_t expected_bytes, bytes;
    unsigned char *expected = nifti_host_voxels(file, &expected_bytes);
    void *got = read_all(volume, AMOS_TYPE_STORED, &bytes);
    ck_assert_uint_eq(bytes, expected_bytes);
    ck_assert_mem_eq(got, expected, bytes);
    free(got);
    free(expected);
}
