/* SPDX-License-Identifier: BSD-3-Clause */
/* zlib and our own decoder, each forced in turn: the same bytes from good input, the same status from bad. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"

static const amos_inflate backends[] = {AMOS_INFLATE_ZLIB, AMOS_INFLATE_OWN, AMOS_INFLATE_AUTO};
static const char *const backend_names[] = {"zlib", "own", "auto"};
#define BACKENDS 3

/* The result of a whole read of a stream: the statuses of opening and reading, the warnings, the voxels. */
struct outcome {
    amos_status opened, read, verified;
    amos_warnings warnings;
    unsigned char *voxels; /* from malloc(); NULL if the read failed */
    size_t bytes;
};

static struct outcome run(const struct bytes *packed, amos_inflate backend, amos_type type)
{
    struct outcome o = {AMOS_OK, AMOS_OK, AMOS_OK, 0, NULL, 0};
    amos_volume_options options = {.size = sizeof options, .inflate = backend};
    amos_read_options reading = {
        .size = sizeof reading, .type = type, .frame = AMOS_FRAME_ALL, .flags = AMOS_READ_SATURATE};
    amos_volume *volume = NULL;
    amos_layout layout;
    o.opened = amos_volume_open_memory(packed->data, packed->size, &options, &volume, NULL);
    if (o.opened || amos_volume_get_layout(volume, &reading, &layout, NULL))
        return o;
    o.bytes = layout.bytes;
    o.voxels = must_alloc(o.bytes);
    o.read = amos_volume_read(volume, &reading, o.voxels, o.bytes, NULL);
    o.verified = amos_volume_verify(volume, NULL, NULL, NULL);
    o.warnings = amos_volume_warnings(volume);
    if (o.read) {
        free(o.voxels);
        o.voxels = NULL;
    }
    amos_volume_free(volume);
    return o;
}

static void assert_same_outcome(const struct bytes *packed, amos_type type, const char *what)
{
    struct outcome first = run(packed, AMOS_INFLATE_ZLIB, type);
    for (int b = 0; b < BACKENDS; b++) {
        struct outcome o = run(packed, backends[b], type);
        ck_assert_msg(o.opened == first.opened, "%s: opening gives %s with %s and %s with zlib", what,
                      amos_status_name(o.opened), backend_names[b], amos_status_name(first.opened));
        ck_assert_msg(o.read == first.read, "%s: reading gives %s with %s and %s with zlib", what,
                      amos_status_name(o.read), backend_names[b], amos_status_name(first.read));
        ck_assert_msg(o.verified == first.verified, "%s: verifying gives %s with %s and %s with zlib", what,
                      amos_status_name(o.verified), backend_names[b], amos_status_name(first.verified));
        ck_assert_msg(o.warnings == first.warnings, "%s: %s warns otherwise", what, backend_names[b]);
        ck_assert((o.voxels == NULL) == (first.voxels == NULL));
        if (o.voxels && first.voxels)
            ck_assert_mem_eq(o.voxels, first.voxels, first.bytes);
        free(o.voxels);
    }
    free(first.voxels);
}

/* Voxels that compress like real ones: runs, gradients and noise. */
static struct nifti_file lifelike(int64_t x, int64_t y, int64_t z, uint64_t seed)
{
    int16_t *voxels = must_alloc((size_t)(x * y * z) * sizeof *voxels);
    for (int64_t i = 0; i < x * y * z; i++) {
        int64_t row = i / x % y;
        int noise = (int)random_below(&seed, 1 + row % 40);
        voxels[i] = (int16_t)(row < y / 4 ? -1024 : (i % x) * 3 + noise);
    }
    struct nifti_spec spec = {.ndim = 3, .dim = {x, y, z}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    free(voxels);
    return file;
}

static const struct good_row {
    const char *name;
    struct gzip_member member;
    size_t part; /* plain bytes per member; 0: one member */
} good_rows[] = {
    {"level 1", {.level = 1}, 0},
    {"level 6", {.level = 6}, 0},
    {"level 9", {.level = 9}, 0},
    {"stored blocks", {.form = GZIP_BODY_STORED}, 0},
    {"tiny stored blocks", {.form = GZIP_BODY_STORED, .block = 7}, 0},
    {"fixed codes", {.form = GZIP_BODY_FIXED}, 0},
    {"every header field", {.flags = 31, .extra_bytes = 300, .name = "a.nii", .comment = "c"}, 0},
    {"members of 1 byte", {.form = GZIP_BODY_STORED}, 1},
    {"members of 97 bytes", {.flags = GZIP_FNAME | GZIP_FHCRC, .name = "part"}, 97},
    {"members of 4 KiB", {.level = 9}, 4096},
    {"members of 64 KiB", {.level = 1}, 65536},
    {"members of 256 KiB", {.level = 6}, 262144},
};
#define GOOD ((int)(sizeof good_rows / sizeof good_rows[0]))

START_TEST(good_streams_give_the_voxels)
{
    const struct good_row *row = &good_rows[_i];
    int64_t slices = row->part && row->part < 100 ? 2 : 9;
    struct nifti_file file = row->part && row->part < 100 ? lifelike(60, 50, slices, 4) : lifelike(300, 200, slices, 4);
    struct bytes packed = gzip_in_members(&file.bytes, row->part ? row->part : file.bytes.size, &row->member);
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    for (int b = 0; b < BACKENDS; b++) {
        struct outcome o = run(&packed, backends[b], AMOS_TYPE_STORED);
        ck_assert_msg(o.opened == AMOS_OK && o.read == AMOS_OK && o.verified == AMOS_OK, "%s: %s, %s, %s",
                      backend_names[b], amos_status_name(o.opened), amos_status_name(o.read),
                      amos_status_name(o.verified));
        ck_assert_uint_eq(o.bytes, bytes);
        ck_assert_mem_eq(o.voxels, expected, bytes);
        ck_assert_uint_eq(o.warnings, 0);
        free(o.voxels);
    }
    assert_same_outcome(&packed, AMOS_TYPE_FLOAT32, row->name);
    free(expected);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* Cut after every byte of a small stream of two members: too short for gzip or, if the cut leaves the first member
 * whole (and at most a lone 0x1f), too short for the voxels. */
START_TEST(every_cut_is_too_short)
{
    struct gzip_member member = {.form = _i == 0   ? GZIP_BODY_DYNAMIC
                                         : _i == 1 ? GZIP_BODY_FIXED
                                                   : GZIP_BODY_STORED,
                                 .flags = 31,
                                 .extra_bytes = 9,
                                 .name = "n",
                                 .comment = "c",
                                 .block = 100};
    struct nifti_file file = lifelike(12, 10, 3, 9);
    struct bytes whole = {0};
    size_t half = file.bytes.size / 2;
    gzip_add(&whole, file.bytes.data, half, &member);
    size_t first = whole.size;
    gzip_add(&whole, file.bytes.data + half, file.bytes.size - half, &member);
    for (size_t cut = 2; cut < whole.size; cut++) {
        unsigned char *exact = must_alloc(cut); /* so that ASan detects a read beyond the end */
        memcpy(exact, whole.data, cut);
        struct bytes packed = {exact, cut, cut};
        amos_status expected = cut == first || cut == first + 1 ? AMOS_E_DATA_SHORT : AMOS_E_GZ_TRUNC;
        for (int b = 0; b < BACKENDS; b++) {
            struct outcome o = run(&packed, backends[b], AMOS_TYPE_STORED);
            amos_status got = o.opened ? o.opened : o.read;
            ck_assert_msg(got == expected, "%s, cut at %zu of %zu (first member %zu): %s", backend_names[b], cut,
                          whole.size, first, amos_status_name(got));
            ck_assert_int_eq(o.opened ? o.opened : o.verified, expected);
            free(o.voxels);
        }
        free(exact);
    }
    bytes_free(&whole);
    nifti_free(&file);
}
END_TEST

/* Each bit of a small stream flipped in turn: whatever the result, it is the same. */
START_TEST(every_turned_bit_has_one_outcome)
{
    struct gzip_member member = {.form = _i / 8 == 0   ? GZIP_BODY_DYNAMIC
                                         : _i / 8 == 1 ? GZIP_BODY_FIXED
                                                       : GZIP_BODY_STORED,
                                 .flags = GZIP_FNAME | GZIP_FHCRC,
                                 .name = "n",
                                 .block = 100};
    struct nifti_file file = lifelike(8, 6, 3, 2);
    struct bytes packed = gzip_in_members(&file.bytes, file.bytes.size / 2 + 1, &member);
    for (size_t at = 0; at < packed.size; at++) {
        char what[64];
        snprintf(what, sizeof what, "byte %zu, bit %d", at, _i % 8);
        packed.data[at] ^= (unsigned char)(1u << _i % 8);
        assert_same_outcome(&packed, AMOS_TYPE_STORED, what);
        packed.data[at] ^= (unsigned char)(1u << _i % 8);
    }
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* Damage anywhere in a longer stream is found, with the same status. */
START_TEST(random_damage_has_one_outcome)
{
    uint64_t seed = (uint64_t)_i + 400;
    struct nifti_file file = lifelike(200, 150, 6, seed);
    struct gzip_member member = {.level = 1 + _i % 9};
    struct bytes packed = gzip_in_members(&file.bytes, _i % 2 ? file.bytes.size : 50000, &member);
    int damages = 1 + (int)random_below(&seed, 3);
    for (int i = 0; i < damages; i++)
        packed.data[random_below(&seed, (int64_t)packed.size)] = (unsigned char)random_next(&seed);
    if (random_below(&seed, 4) == 0)
        bytes_cut(&packed, (size_t)random_below(&seed, (int64_t)packed.size));
    assert_same_outcome(&packed, AMOS_TYPE_STORED, "damage");
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backends");
    TCase *good = add_case(suite, "good", 30);
    tcase_add_loop_test(good, good_streams_give_the_voxels, 0, GOOD);
    TCase *bad = add_case(suite, "bad", 60);
    tcase_add_loop_test(bad, every_cut_is_too_short, 0, 3);
    tcase_add_loop_test(bad, every_turned_bit_has_one_outcome, 0, 24);
    tcase_add_loop_test(bad, random_damage_has_one_outcome, 0, 60);
    return run_suite(suite);
}
