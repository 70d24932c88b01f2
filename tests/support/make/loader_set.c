/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/make/loader_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

static const struct member {
    int number;
    const char *split;
    int64_t shape[3];
    amos_type type;
    double slope, inter;
    const char *orientation;
    int organs[4]; /* ends with 0 */
} members[LOADER_SET_CASES] = {
    {1, "Tr", {40, 36, 20}, AMOS_TYPE_INT16, 1, 0, "LAS", {1, 2, 3, 0}},
    {2, "Tr", {33, 40, 17}, AMOS_TYPE_UINT8, 2, -100, "RAS", {1, 2, 0, 0}},
    {3, "Tr", {24, 20, 30}, AMOS_TYPE_INT16, 1, 0, "LPS", {1, 6, 0, 0}},
    {4, "Tr", {48, 31, 12}, AMOS_TYPE_UINT16, 1, 0, "LAS", {1, 0, 0, 0}},
    {501, "Tr", {30, 30, 16}, AMOS_TYPE_FLOAT32, 1, 0, "RAS", {1, 6, 0, 0}},
    {502, "Va", {28, 26, 18}, AMOS_TYPE_INT32, 1, 0, "LAS", {0, 0, 0, 0}},
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Values that every type and float16 can represent. */
static void *make_image(const struct member *m, size_t voxels)
{
    uint32_t state = (uint32_t)m->number;
    unsigned char *data = must_alloc(voxels * nifti_type_bytes(m->type));
    for (size_t i = 0; i < voxels; i++) {
        int value = (int)(next_random(&state) % 2000) - (m->type == AMOS_TYPE_UINT16 ? 0 : 1000);
        if (m->type == AMOS_TYPE_UINT8)
            data[i] = (unsigned char)value;
        else if (m->type == AMOS_TYPE_FLOAT32)
            ((float *)(void *)data)[i] = (float)value * 0.25f;
        else if (m->type == AMOS_TYPE_INT32)
            ((int32_t *)(void *)data)[i] = value;
        else
            ((int16_t *)(void *)data)[i] = (int16_t)value;
    }
    return data;
}

/* Organ 1 fills 5 x 4 x 3 voxels of the first corner; others are further inside. */
static uint8_t *make_label(const struct member *m, size_t voxels)
{
    uint8_t *data = must_alloc(voxels);
    memset(data, 0, voxels);
    for (int i = 0; m->organs[i]; i++) {
        int64_t organ = m->organs[i],
                first[3] = {organ == 1 ? 0 : 2 * organ, organ == 1 ? 0 : organ + 4, organ == 1 ? 0 : 6};
        for (int64_t z = first[2]; z < first[2] + 3; z++)
            for (int64_t y = first[1]; y < first[1] + 4; y++)
                for (int64_t x = first[0]; x < first[0] + 5; x++)
                    data[(z * m->shape[1] + y) * m->shape[0] + x] = (uint8_t)organ;
    }
    return data;
}

static void write_volume(const char *root, const struct member *m, const char *folder, amos_type type, void *voxels)
{
    struct nifti_spec spec = {.dim = {m->shape[0], m->shape[1], m->shape[2]}, .type = type, .voxels = voxels};
    if (strcmp(folder, "images") == 0) {
        spec.slope = m->slope;
        spec.inter = m->inter;
    }
    nifti_set_sform(&spec, m->orientation, (double[3]){0.8, 0.8, 2.5}, (double[3]){-50, 20, 300});
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    char name[256];
    snprintf(name, sizeof name, "%s/%s%s/amos_%04d.nii.gz", root, folder, m->split, m->number);
    free(tmp_write_bytes(name, &packed));
    bytes_free(&packed);
    nifti_free(&file);
    free(voxels);
}

char *loader_set_make(const char *name)
{
    for (int i = 0; i < LOADER_SET_CASES; i++) {
        const struct member *m = &members[i];
        size_t voxels = (size_t)(m->shape[0] * m->shape[1] * m->shape[2]);
        write_volume(name, m, "images", m->type, make_image(m, voxels));
        write_volume(name, m, "labels", AMOS_TYPE_UINT8, make_label(m, voxels));
    }
    return tmp_path(name);
}

char *loader_set_path(const char *root, int index, int label)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s/amos_%04d.nii.gz", label ? "labels" : "images", members[index].split,
             members[index].number);
    return small_set_path(root, name);
}

void loader_set_damage(const char *path)
{
    FILE *file = fopen(path, "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, -8, SEEK_END), 0); /* the CRC-32 */
    int byte = fgetc(file);
    ck_assert_int_eq(fseek(file, -8, SEEK_END), 0);
    ck_assert_int_ne(fputc(byte ^ 1, file), EOF);
    ck_assert_int_eq(fclose(file), 0);
}

struct loader_case loader_case_read(const amos_dataset *dataset, const char *id, const char *orientation)
{
    struct loader_case c;
    amos_pair *pair;
    amos_error err;
    amos_read_options read = {.size = sizeof read, .type = AMOS_TYPE_FLOAT32, .orientation = orientation};
    assert_ok(amos_pair_open_case(amos_dataset_find(dataset, id), NULL, &pair, &err), &err);
    assert_ok(amos_pair_load(pair, &read, NULL, &c.image, &c.label, &err), &err);
    memcpy(c.shape, amos_array_layout(c.image)->shape, sizeof c.shape);
    amos_pair_free(pair);
    return c;
}

void loader_case_free(struct loader_case *c)
{
    amos_labelmap_free(c->label);
    amos_array_free(c->image);
}

/* -1 beyond the volume. */
static int64_t index_of(const struct loader_case *c, const int64_t at[3])
{
    for (int i = 0; i < 3; i++)
        if (at[i] < 0 || at[i] >= c->shape[i])
            return -1;
    return (at[2] * c->shape[1] + at[1]) * c->shape[0] + at[0];
}

float loader_case_value(const struct loader_case *c, const int64_t at[3], float pad)
{
    int64_t index = index_of(c, at);
    return index < 0 ? pad : ((const float *)amos_array_data(c->image))[index];
}

uint8_t loader_case_label(const struct loader_case *c, const int64_t at[3])
{
    int64_t index = index_of(c, at);
    return index < 0 ? 0 : amos_labelmap_voxels(c->label)[index];
}

/* Of little-endian items, whatever the machine. */
static uLong add_tensor(uLong crc, const amos_tensor *tensor)
{
    const unsigned char *from = tensor->data;
    if (!from)
        return crc;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return crc32(crc, from, (uInt)tensor->bytes);
#else
    size_t items = 1;
    for (int i = 0; i < 5; i++)
        items *= (size_t)tensor->shape[i];
    size_t bytes = items ? tensor->bytes / items : 0;
    for (size_t i = 0; i < tensor->bytes; i += bytes)
        for (size_t k = bytes; k > 0; k--)
            crc = crc32(crc, from + i + k - 1, 1);
    return crc;
#endif
}

uint32_t loader_batch_crc(const amos_batch *batch)
{
    const amos_batch_info *info = amos_batch_get_info(batch);
    return info ? (uint32_t)add_tensor(add_tensor(0, &info->image), &info->label) : 0;
}
