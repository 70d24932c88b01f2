/* SPDX-License-Identifier: BSD-3-Clause */
/* One file, read in many ways that must agree: from memory, through short reads and windows of a few bytes; a
 * reoriented box against the whole; numbers against float64; odd strides; the range. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/choice.h"
#include "fuzz/kit/fuzz.h"
#include "volume/volume.h"

static bool next_index(int64_t at[4], const int64_t shape[4])
{
    for (int i = 0; i < 4; i++) {
        if (++at[i] < shape[i])
            return true;
        at[i] = 0;
    }
    return false;
}

static const unsigned char *voxel(const void *data, const amos_layout *layout, const int64_t at[4])
{
    int64_t offset = layout->offset;
    for (int i = 0; i < 4; i++)
        offset += at[i] * layout->strides[i];
    return (const unsigned char *)data + offset;
}

static amos_array *load(const amos_volume *volume, const amos_read_options *options, amos_status *status)
{
    amos_array *array;
    amos_error err;
    err.status = AMOS_OK;
    *status = amos_volume_load(volume, options, &array, &err);
    FUZZ_REQUIRE(*status == err.status || *status == AMOS_OK);
    FUZZ_REQUIRE((*status == AMOS_OK) == (array != NULL));
    return array;
}

/* ---- sources ---- */

struct reader {
    const uint8_t *data;
    size_t size;
    size_t most; /* bytes per read */
    int closed;
};

static int64_t read_few(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    const struct reader *r = user;
    FUZZ_REQUIRE(offset <= r->size && bytes <= r->size - offset);
    size_t n = bytes < r->most ? bytes : r->most;
    memcpy(buffer, r->data + offset, n);
    return (int64_t)n;
}

static void note_close(void *user)
{
    ((struct reader *)user)->closed++;
}

static void require_same(const amos_array *a, const amos_array *b)
{
    FUZZ_REQUIRE(amos_array_layout(a)->bytes == amos_array_layout(b)->bytes);
    FUZZ_REQUIRE(memcmp(amos_array_data(a), amos_array_data(b), amos_array_layout(a)->bytes) == 0);
}

/* The same file through a caller's functions, with windows of a few bytes. */
static void check_source(const uint8_t *file, size_t size, const struct choice *c, const amos_volume_options *open,
                         const amos_volume *volume, amos_status opened)
{
    struct reader reader = {file, size, 1 + (size_t)c->how % 19, 0};
    amos_byte_source source = {
        .size = sizeof source, .bytes = size, .read_at = read_few, .close = note_close, .user = &reader};
    amos_volume *other;
    amos_error err;
    FUZZ_REQUIRE(amos_volume_open_source(&source, open, &other, &err) == opened);
    if (!other) {
        FUZZ_REQUIRE(reader.closed == 1);
        return;
    }
    amosi_volume_set_window(other, 1 + (size_t)c->how % 5);
    amos_read_options options = choice_options(c, amos_volume_get_info(volume));
    amos_status a, b;
    amos_array *first = load(volume, &options, &a), *second = load(other, &options, &b);
    FUZZ_REQUIRE(a == b);
    if (first)
        require_same(first, second);
    FUZZ_REQUIRE(amos_volume_verify(volume, NULL, NULL, NULL) == amos_volume_verify(other, NULL, NULL, NULL));
    FUZZ_REQUIRE(amos_volume_warnings(volume) == amos_volume_warnings(other));
    amos_array_free(first);
    amos_array_free(second);
    amos_volume_free(other);
    FUZZ_REQUIRE(reader.closed == 1);
}

/* ---- boxes and orientations ---- */

/* The axis of codes along a letter, and whether it runs backwards. */
static int axis_of(const char *codes, char letter, bool *backwards)
{
    static const char *const opposites[] = {"LR", "AP", "IS"};
    for (int pair = 0; pair < 3; pair++)
        for (int axis = 0; axis < 3 && strchr(opposites[pair], letter); axis++)
            if (strchr(opposites[pair], codes[axis])) {
                *backwards = codes[axis] != letter;
                return axis;
            }
    fuzz_fail(__FILE__, __LINE__, "a letter of an orientation");
    return 0;
}

/* Every voxel of a part, which may be reoriented, is at its right place in the whole. */
static void compare_part(const amos_array *whole, const amos_array *part, const amos_box *box)
{
    const amos_layout *w = amos_array_layout(whole), *p = amos_array_layout(part);
    int axis[3] = {0, 1, 2};
    bool backwards[3] = {false, false, false};
    for (int i = 0; i < 3 && w->has_geometry; i++)
        axis[i] = axis_of(w->geometry.orientation, p->geometry.orientation[i], &backwards[i]);
    int64_t at[4] = {0};
    do {
        int64_t where[4] = {0, 0, 0, at[3]};
        for (int i = 0; i < 3; i++) {
            int64_t n = at[i] + box->start[i];
            where[axis[i]] = backwards[i] ? w->shape[axis[i]] - 1 - n : n;
        }
        FUZZ_REQUIRE(memcmp(voxel(amos_array_data(whole), w, where), voxel(amos_array_data(part), p, at),
                            amos_type_bytes(w->type)) == 0);
    } while (next_index(at, p->shape));
}

/* A third of the volume, in the reoriented shape. */
static void choose_box(const amos_volume *volume, const char *orientation, amos_read_options *options)
{
    amos_geometry geometry;
    memcpy(geometry.shape, amos_volume_get_info(volume)->shape, sizeof geometry.shape);
    if (orientation) {
        FUZZ_REQUIRE(amos_volume_get_geometry(volume, &geometry, NULL) == AMOS_OK);
        FUZZ_REQUIRE(amos_geometry_reorient(&geometry, orientation, &geometry, NULL) == AMOS_OK);
    }
    for (int i = 0; i < 3; i++) {
        options->box.start[i] = geometry.shape[i] / 3;
        options->box.stop[i] = geometry.shape[i] - geometry.shape[i] / 3;
    }
}

static void check_part(const amos_volume *volume, const struct choice *c)
{
    amos_status a, b;
    amos_read_options options = {.size = sizeof options, .type = c->type, .flags = c->flags, .frame = c->frame};
    amos_array *whole = load(volume, &options, &a);
    if (!whole)
        return;
    if (amos_array_layout(whole)->has_geometry && c->orientation && strcmp(c->orientation, "XYZ") != 0)
        options.orientation = c->orientation;
    if (c->box)
        choose_box(volume, options.orientation, &options);
    amos_array *part = load(volume, &options, &b);
    FUZZ_REQUIRE(b == AMOS_OK);
    compare_part(whole, part, &options.box);
    amos_array_free(part);
    amos_array_free(whole);
}

/* ---- strides ---- */

#define TAIL 16

/* z fastest, x backwards, a gap after each voxel. */
static void set_strides(const amos_layout *packed, amos_read_options *options)
{
    int64_t stride = 2 * (int64_t)amos_type_bytes(packed->type);
    for (int i = 2; i >= 0; i--) {
        options->strides[i] = stride;
        stride *= packed->shape[i];
    }
    options->strides[3] = stride;
    options->offset = options->strides[0] * (packed->shape[0] - 1);
    options->strides[0] = -options->strides[0];
}

static void check_strides(const amos_volume *volume, const struct choice *c)
{
    amos_status status;
    amos_read_options options = {.size = sizeof options, .type = c->type, .flags = c->flags, .frame = c->frame};
    amos_array *packed = load(volume, &options, &status);
    if (!packed)
        return;
    const amos_layout *layout = amos_array_layout(packed);
    amos_layout strided;
    set_strides(layout, &options);
    FUZZ_REQUIRE(amos_volume_get_layout(volume, &options, &strided, NULL) == AMOS_OK);
    unsigned char *buffer = malloc(strided.bytes + TAIL);
    FUZZ_REQUIRE(buffer != NULL);
    memset(buffer, 0xa5, strided.bytes + TAIL);
    FUZZ_REQUIRE(amos_volume_read(volume, &options, buffer, strided.bytes + TAIL, NULL) == AMOS_OK);
    int64_t at[4] = {0};
    do {
        FUZZ_REQUIRE(memcmp(voxel(amos_array_data(packed), layout, at), voxel(buffer, &strided, at),
                            amos_type_bytes(layout->type)) == 0);
    } while (next_index(at, layout->shape));
    for (int i = 0; i < TAIL; i++)
        FUZZ_REQUIRE(buffer[strided.bytes + (size_t)i] == 0xa5);
    free(buffer);
    amos_array_free(packed);
}

/* ---- numbers ---- */

static const struct {
    double low, beyond; /* low <= value < beyond */
} ranges[] = {
    [AMOS_TYPE_INT8] = {-0x1p7, 0x1p7},    [AMOS_TYPE_UINT8] = {0, 0x1p8},        [AMOS_TYPE_INT16] = {-0x1p15, 0x1p15},
    [AMOS_TYPE_UINT16] = {0, 0x1p16},      [AMOS_TYPE_INT32] = {-0x1p31, 0x1p31}, [AMOS_TYPE_UINT32] = {0, 0x1p32},
    [AMOS_TYPE_INT64] = {-0x1p63, 0x1p63}, [AMOS_TYPE_UINT64] = {0, 0x1p64},
};

static long double number_at(const void *voxels, size_t i, amos_type type)
{
    switch (type) {
    case AMOS_TYPE_INT8:
        return ((const int8_t *)voxels)[i];
    case AMOS_TYPE_UINT8:
        return ((const uint8_t *)voxels)[i];
    case AMOS_TYPE_INT16:
        return ((const int16_t *)voxels)[i];
    case AMOS_TYPE_UINT16:
        return ((const uint16_t *)voxels)[i];
    case AMOS_TYPE_INT32:
        return ((const int32_t *)voxels)[i];
    case AMOS_TYPE_UINT32:
        return ((const uint32_t *)voxels)[i];
    case AMOS_TYPE_INT64:
        return (long double)((const int64_t *)voxels)[i];
    case AMOS_TYPE_UINT64:
        return (long double)((const uint64_t *)voxels)[i];
    default:
        return (long double)((const float *)voxels)[i];
    }
}

/* The value in the type; false if the type cannot hold it. */
static bool round_to(double value, amos_type type, bool saturate, long double *out)
{
    if (type == AMOS_TYPE_FLOAT32) {
        *out = (long double)(float)value;
        if (!isfinite(value) || isfinite((float)value))
            return true;
        *out = value < 0 ? -FLT_MAX : FLT_MAX;
        return saturate;
    }
    double rounded = nearbyint(value);
    *out = rounded;
    if (rounded >= ranges[type].low && rounded < ranges[type].beyond)
        return true;
    *out = rounded < ranges[type].low ? ranges[type].low : (long double)ranges[type].beyond - 1;
    if (isnan(value))
        *out = 0;
    return saturate;
}

/* The voxels of the chosen type are the rounded float64 values. */
static void compare_numbers(const amos_array *reals, const amos_array *numbers, amos_type type, bool saturate)
{
    const double *values = amos_array_data(reals);
    size_t n = amos_array_layout(reals)->bytes / sizeof *values;
    bool refused = false;
    for (size_t i = 0; i < n; i++) {
        long double wanted;
        refused = !round_to(values[i], type, saturate, &wanted) || refused;
        if (!numbers)
            continue;
        long double got = number_at(amos_array_data(numbers), i, type);
        FUZZ_REQUIRE(got == wanted || (isnan(got) && isnan(wanted)));
    }
    FUZZ_REQUIRE(refused == (numbers == NULL));
}

/* 64-bit integers stay exact as integers, beyond the precision of float64. */
static bool is_wide(const amos_volume_info *info)
{
    return (info->type == AMOS_TYPE_INT64 || info->type == AMOS_TYPE_UINT64) && info->slope == 1 && info->inter == 0;
}

static void check_numbers(const amos_volume *volume, const struct choice *c)
{
    amos_status a, b;
    if (c->type < AMOS_TYPE_INT8 || c->type > AMOS_TYPE_FLOAT32 || is_wide(amos_volume_get_info(volume)))
        return;
    amos_read_options options = {.size = sizeof options, .type = c->type, .flags = c->flags, .frame = c->frame};
    amos_array *numbers = load(volume, &options, &a);
    options.type = AMOS_TYPE_FLOAT64;
    amos_array *reals = load(volume, &options, &b);
    FUZZ_REQUIRE(a == b || a == AMOS_E_RANGE);
    if (reals)
        compare_numbers(reals, numbers, c->type, c->flags & AMOS_READ_SATURATE);
    amos_array_free(reals);
    amos_array_free(numbers);
}

/* ---- range ---- */

static void compare_range(const amos_array *reals, const amos_value_range *range)
{
    const double *values = amos_array_data(reals);
    size_t n = amos_array_layout(reals)->bytes / sizeof *values;
    double low = INFINITY, high = -INFINITY;
    uint64_t finite = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
            finite++;
        }
    FUZZ_REQUIRE(range->finite == finite && range->nonfinite == n - finite);
    FUZZ_REQUIRE(range->min == (finite ? low : 0) && range->max == (finite ? high : 0));
    double slack = 1e-9 * fabs(range->min) + 1e-9 * fabs(range->max);
    FUZZ_REQUIRE(range->mean >= range->min - slack && range->mean <= range->max + slack);
}

static void check_range(const amos_volume *volume)
{
    amos_status status;
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_read_options options = {.size = sizeof options, .type = AMOS_TYPE_FLOAT64, .frame = AMOS_FRAME_ALL};
    amos_array *reals = load(volume, &options, &status);
    FUZZ_REQUIRE(amos_volume_get_range(volume, NULL, &range, NULL) == status);
    if (reals)
        compare_range(reals, &range);
    amos_array_free(reals);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choice c = choose(&data, &size);
    amos_limits limits = choice_limits();
    amos_volume_options open = {.size = sizeof open, .limits = &limits};
    amos_volume *volume;
    amos_error err;
    uint8_t *file = choice_file(&c, data, size, &size);
    amos_status opened = amos_volume_open_memory(file, size, &open, &volume, &err);
    check_source(file, size, &c, &open, volume, opened);
    if (volume) {
        check_part(volume, &c);
        check_strides(volume, &c);
        check_numbers(volume, &c);
        check_range(volume);
    }
    amos_volume_free(volume);
    free(file);
    return 0;
}
