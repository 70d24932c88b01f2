/* SPDX-License-Identifier: BSD-3-Clause */
/* One status for one file: randomly damaged streams get the same status from our own decoder as from zlib, when
 * opened, read as a box, read whole, loaded as a label map, and verified.
 *
 * AMOS_TEST_DAMAGE is the number of damaged streams, AMOS_TEST_SEED their seed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"

#define GROUPS 8 /* test cases, which run in parallel */
#define STREAMS 10000

enum { X = 40, Y = 24, Z = 6, VOXELS = X * Y * Z };

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

/* ---- streams ---- */

/* A label map, or an image with or without noise. */
static struct nifti_file any_file(uint64_t *seed)
{
    static uint8_t voxels[VOXELS];
    int64_t kind = random_below(seed, 3), run = 0;
    for (int i = 0; i < VOXELS; i++) {
        if (run-- <= 0) {
            voxels[i] = (uint8_t)random_below(seed, 16);
            run = random_below(seed, kind == 0 ? 60 : 3);
        } else
            voxels[i] = kind == 2 && i > X ? voxels[i - X] : voxels[i - 1];
    }
    struct nifti_spec spec = {.ndim = 3, .dim = {X, Y, Z}, .voxels = voxels};
    return nifti_make(&spec);
}

static struct bytes any_stream(const struct nifti_file *file, uint64_t *seed)
{
    struct gzip_member member = {.level = 1 + (int)random_below(seed, 9)};
    int64_t form = random_below(seed, 8);
    if (form == 0)
        member.form = GZIP_BODY_STORED;
    else if (form == 1)
        member.form = GZIP_BODY_FIXED;
    if (random_below(seed, 3) == 0)
        member.block = 200 + (size_t)random_below(seed, 2000);
    size_t part = random_below(seed, 4) ? file->bytes.size : 1 + (size_t)random_below(seed, (int64_t)file->bytes.size);
    part = part < 300 ? 300 : part;
    return gzip_in_members(&file->bytes, part, &member);
}

/* Flips bits, and overwrites, moves or removes bytes; often in the codes of a block, because damage there affects
 * everything after it; sometimes truncates the stream. */
static void damage(struct bytes *stream, uint64_t *seed)
{
    if (random_below(seed, 2) && stream->size > 80) { /* one bit, in the codes of the first block */
        stream->data[10 + random_below(seed, 70)] ^= (unsigned char)(1u << random_below(seed, 8));
        return;
    }
    for (int64_t n = 1 + random_below(seed, 3); n > 0; n--) {
        int64_t among = random_below(seed, 2) && stream->size > 120 ? 120 : (int64_t)stream->size;
        size_t at = (size_t)random_below(seed, among), other = (size_t)random_below(seed, (int64_t)stream->size);
        switch (random_below(seed, 6)) {
        case 0:
            stream->data[at] = (unsigned char)random_next(seed);
            break;
        case 1:
            memmove(stream->data + at, stream->data + at + 1, stream->size - at - 1);
            break;
        case 2:
            stream->data[at] = stream->data[other];
            break;
        default:
            stream->data[at] ^= (unsigned char)(1u << random_below(seed, 8));
        }
    }
    if (random_below(seed, 6) == 0)
        bytes_cut(stream, 1 + (size_t)random_below(seed, (int64_t)stream->size));
}

/* ---- statuses ---- */

enum { OPENED, BOX, WHOLE, LABELS, VERIFIED, STEPS };
static const char *const steps[STEPS] = {"opening", "a box", "a whole read", "a label map", "verify"};

struct outcome {
    amos_status status[STEPS];
    amos_warnings warnings;
    uint8_t box[VOXELS], whole[VOXELS];
};

static amos_status read_box(const amos_volume *volume, const amos_box *box, uint8_t *out)
{
    amos_read_options options = {
        .size = sizeof options, .type = AMOS_TYPE_UINT8, .flags = AMOS_READ_SATURATE, .box = *box};
    amos_layout layout;
    amos_status status = amos_volume_get_layout(volume, &options, &layout, NULL);
    if (!status && layout.bytes > VOXELS) /* the header is different */
        return AMOS_OK;
    return status ? status : amos_volume_read(volume, &options, out, VOXELS, NULL);
}

static void try_all(const struct bytes *stream, amos_inflate inflate, const amos_box *box, struct outcome *o)
{
    const amos_limits limits = {.size = sizeof limits, .max_uncompressed = 1 << 22};
    const amos_volume_options options = {.size = sizeof options, .inflate = inflate, .limits = &limits};
    const amos_box all = {{0, 0, 0}, {0, 0, 0}};
    amos_volume *volume = NULL;
    amos_labelmap *map = NULL;
    memset(o, 0, sizeof *o);
    o->status[OPENED] = amos_volume_open_memory(stream->data, stream->size, &options, &volume, NULL);
    if (!volume)
        return;
    o->status[BOX] = read_box(volume, box, o->box);
    o->status[WHOLE] = read_box(volume, &all, o->whole);
    o->status[LABELS] = amos_labelmap_load(volume, NULL, &map, NULL);
    o->status[VERIFIED] = amos_volume_verify(volume, NULL, NULL, NULL);
    o->warnings = amos_volume_warnings(volume);
    amos_labelmap_free(map);
    amos_volume_free(volume);
}

static void compare(const struct bytes *stream, const amos_box *box, unsigned long long number, int *refused)
{
    static struct outcome zlib, own;
    try_all(stream, AMOS_INFLATE_ZLIB, box, &zlib);
    try_all(stream, AMOS_INFLATE_OWN, box, &own);
    for (int i = 0; i < STEPS; i++) {
        ck_assert_msg(zlib.status[i] == own.status[i], "stream %llu: %s gives %s by zlib, and %s by our own decoder",
                      number, steps[i], amos_status_name(zlib.status[i]), amos_status_name(own.status[i]));
        *refused += zlib.status[i] != AMOS_OK;
    }
    ck_assert_uint_eq(zlib.warnings, own.warnings);
    ck_assert(zlib.status[BOX] != AMOS_OK || memcmp(zlib.box, own.box, VOXELS) == 0);
    ck_assert(zlib.status[WHOLE] != AMOS_OK || memcmp(zlib.whole, own.whole, VOXELS) == 0);
}

START_TEST(damaged_streams_have_one_status)
{
    const uint64_t streams = setting("AMOS_TEST_DAMAGE", STREAMS), base = setting("AMOS_TEST_SEED", 0) << 32;
    int refused = 0;
    for (uint64_t n = (uint64_t)_i; n < streams; n += GROUPS) {
        uint64_t seed = (base + n) * 2654435761u + 1;
        struct nifti_file file = any_file(&seed);
        struct bytes stream = any_stream(&file, &seed);
        damage(&stream, &seed);
        unsigned char *exact = must_alloc(stream.size); /* so that a sanitizer detects a read beyond the end */
        memcpy(exact, stream.data, stream.size);
        const struct bytes packed = {exact, stream.size, stream.size};
        int64_t z = random_below(&seed, Z);
        const amos_box box = {{3, 2, z}, {X - 5, Y - 1, z + 1}};
        compare(&packed, &box, (unsigned long long)n, &refused);
        free(exact);
        bytes_free(&stream);
        nifti_free(&file);
    }
    ck_assert_int_gt(refused, (int)(streams / GROUPS)); /* the damage has an effect */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("damage");
    TCase *random = add_case(suite, "random", (int)(60 + setting("AMOS_TEST_DAMAGE", STREAMS) / 200));
    tcase_add_loop_test(random, damaged_streams_have_one_status, 0, GROUPS);
    return run_suite(suite);
}
