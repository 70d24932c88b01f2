/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/voxels.h"

#include <math.h>
#include <string.h>

#include "base/system/clock.h"
#include "loader/fill/affine.h"
#include "nifti/convert.h"
#include "nifti/kernels.h"
#include "nifti/strided.h"
#include "nifti/type.h"

/* ---- indices ---- */

static int64_t index_of(const struct amosi_fill *m, const int64_t at[3])
{
    return (at[2] * m->frame.size[1] + at[1]) * m->frame.size[0] + at[0];
}

static bool is_half(const struct amosi_fill *m)
{
    return m->maker->settings->o.image_type == AMOS_IMAGE_TYPE_FLOAT16;
}

/* ---- values ---- */

static bool changes_values(const struct amosi_fill *m)
{
    return m->change.contrast != 1.0 || m->change.brightness != 0.0 || m->change.noise > 0.0;
}

void amosi_fill_begin(struct amosi_fill *m)
{
    const int64_t *size = m->frame.size;
    for (int64_t row = 0; m->change.noise > 0.0 && row < size[1] * size[2]; row++) {
        struct amosi_random r = amosi_random(&m->chance, AMOSI_RANDOM_NOISE, (uint32_t)row);
        m->scratch->keys[row] = (uint64_t)r.word[0] << 32 | r.word[1];
    }
    if (m->label && m->maker->settings->o.label_type == AMOS_LABEL_TYPE_ONEHOT)
        memset(m->label, 0, (size_t)(size[0] * size[1] * size[2]) * (size_t)m->maker->settings->label_planes);
}

void amosi_fill_finish(const struct amosi_fill *m, float *values, const int64_t at[3], int64_t n, float mean)
{
    if (m->change.contrast != 1.0 || m->change.brightness != 0.0)
        amosi_tone()->stretch(values, (size_t)n, mean, (float)m->change.contrast, (float)m->change.brightness);
    if (m->change.noise > 0.0)
        amosi_tone()->noise(values, (size_t)n, m->scratch->keys[at[2] * m->frame.size[1] + at[1]], (size_t)at[0],
                            (float)m->change.noise);
    if (is_half(m))
        amosi_tone()->to_half((uint16_t *)m->image + index_of(m, at), values, (size_t)n);
}

/* The destination of float32 values that start at sample voxel `at`; close_row() must follow. */
static float *open_row(const struct amosi_fill *m, const int64_t at[3])
{
    return m->values ? m->values + index_of(m, at) : m->scratch->row;
}

/* Applies the last changes to n values of a filled row, unless the caller does so later. */
static void close_row(const struct amosi_fill *m, float *values, const int64_t at[3], int64_t n)
{
    if (m->finishes)
        amosi_fill_finish(m, values, at, n, 0.0f);
}

/* ---- the image, from a part of the volume ---- */

/* Counts the values that are not finite, and replaces them if the loader is to. */
static void note_not_finite(struct amosi_fill *m, float *values, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += isfinite(values[i]) ? 0 : 1;
    m->not_finite += found;
    for (size_t i = 0; i < n && found && m->frame.replaces; i++)
        values[i] = isfinite(values[i]) ? values[i] : m->frame.pad;
}

/* Converts n contiguous voxels to scaled values. Values beyond float32 become its largest finite value. */
static void to_float(struct amosi_fill *m, const struct amosi_view *v, float *to, const void *from, size_t n)
{
    const struct amosi_convert convert = {v->type,  AMOS_TYPE_FLOAT32, v->slope != 1.0 || v->inter != 0.0,
                                          v->slope, v->inter,          true};
    struct amosi_convert_notes notes = {0};
    (void)amosi_convert_run(&convert, to, from, n, &notes);
    if (amosi_type_kind(v->type) == AMOS_KIND_FLOAT)
        note_not_finite(m, to, n);
    if (m->scales)
        amosi_tone()->scale(to, n, &m->scale);
}

/* Reads one row of any type and step. */
static void read_row(struct amosi_fill *m, const struct amosi_view *v, float *to, const void *from, int64_t step,
                     size_t n)
{
    size_t bytes = amos_type_bytes(v->type);
    void *spare = m->scratch->spare;
    if (step == 1) {
        to_float(m, v, to, from, n);
    } else if (step == -1) {
        to_float(m, v, spare, (const char *)from - (n - 1) * bytes, n);
        amosi_kernels()->reverse4(to, spare, n);
    } else {
        amosi_strided_gather(spare, from, step * (int64_t)bytes, bytes, n);
        to_float(m, v, to, spare, n);
    }
}

/* The common case: contiguous int16 voxels without slope, such as Hounsfield units. */
static bool is_common(const struct amosi_view *v, const struct amosi_block *b)
{
    return v->type == AMOS_TYPE_INT16 && v->slope == 1.0 && v->inter == 0.0 &&
           (b->image_step[0] == 1 || b->image_step[0] == -1);
}

static void read_common(const struct amosi_block *b, const struct amosi_tone_scale *scale,
                        const struct amosi_tone_rows *rows)
{
    if (b->image_step[0] == 1)
        amosi_tone()->scale_i16(rows, scale);
    else
        amosi_tone()->scale_i16_reversed(rows, scale);
}

static void take_image(struct amosi_fill *m, const struct amosi_view *v, const struct amosi_block *b)
{
    bool common = is_common(v, b), whole = common && m->values && !(m->finishes && (changes_values(m) || is_half(m)));
    int64_t bytes = (int64_t)amos_type_bytes(v->type), rows = whole ? b->count[1] : 1;
    for (int64_t z = 0; z < b->count[2]; z++)
        for (int64_t y = 0; y < b->count[1]; y += rows) {
            const int64_t at[3] = {b->first[0], b->first[1] + y, b->first[2] + z};
            const void *from = (const char *)b->image + (y * b->image_step[1] + z * b->image_step[2]) * bytes;
            float *to = open_row(m, at);
            const struct amosi_tone_rows all = {
                to, from, m->frame.size[0], b->image_step[1], (size_t)b->count[0], (size_t)rows};
            if (common)
                read_common(b, &m->scale, &all);
            else
                read_row(m, v, to, from, b->image_step[0], (size_t)b->count[0]);
            if (!whole)
                close_row(m, to, at, b->count[0]);
        }
}

/* ---- the label ---- */

/* Updates the largest labels with a piece of a row. Compilers vectorize this loop. */
static inline void note_piece(uint8_t *largest, const uint8_t *from, size_t piece)
{
    for (size_t k = 0; k < piece; k++)
        largest[k] = from[k] > largest[k] ? from[k] : largest[k];
}

/* Updates the largest labels with a row. Its last piece may overlap the previous one. */
static inline void note_row(uint8_t *largest, const uint8_t *row, size_t n)
{
    if (n >= AMOSI_LABEL_PIECE)
        for (size_t i = 0; i < n; i += AMOSI_LABEL_PIECE)
            note_piece(largest, row + (i + AMOSI_LABEL_PIECE <= n ? i : n - AMOSI_LABEL_PIECE), AMOSI_LABEL_PIECE);
    else
        note_piece(largest, row, n);
}

int amosi_fill_largest_label(const struct amosi_fill *m)
{
    int largest = 0;
    for (int i = 0; i < AMOSI_LABEL_PIECE; i++)
        largest = m->largest_labels[i] > largest ? m->largest_labels[i] : largest;
    return largest;
}

/* Sets each voxel in the plane of its label. Labels come from files, so labels without a plane are skipped. */
static void store_onehot(const struct amosi_fill *m, uint8_t *first, const uint8_t *row, int64_t n)
{
    const int64_t *size = m->frame.size, voxels = size[0] * size[1] * size[2];
    int planes = m->maker->settings->label_planes;
    for (int64_t i = 0; i < n; i++)
        if (row[i] < planes)
            first[row[i] * voxels + i] = 1;
}

static void store_labels(const struct amosi_fill *m, const int64_t at[3], const uint8_t *row, int64_t n)
{
    int64_t first = index_of(m, at), *wide = m->label;
    amos_label_type type = m->maker->settings->o.label_type;
    for (int64_t i = 0; i < n && type == AMOS_LABEL_TYPE_INT64; i++)
        wide[first + i] = row[i];
    if (type == AMOS_LABEL_TYPE_ONEHOT)
        store_onehot(m, (uint8_t *)m->label + first, row, n);
}

/* The destination of a row's labels as uint8. For other label types, a buffer that store_labels() reads. */
static uint8_t *label_row(const struct amosi_fill *m, const int64_t at[3])
{
    bool direct = m->maker->settings->o.label_type == AMOS_LABEL_TYPE_UINT8;
    return direct ? (uint8_t *)m->label + index_of(m, at) : m->scratch->labels;
}

static void take_label_row(const struct amosi_fill *m, const int64_t at[3], const uint8_t *from, int64_t step, size_t n,
                           uint8_t *largest)
{
    uint8_t *to = label_row(m, at);
    amosi_strided_gather(to, from, step, 1, n);
    note_row(largest, to, n);
    if (to == m->scratch->labels)
        store_labels(m, at, to, (int64_t)n);
}

/* Rows of labels to copy without a change. */
struct label_rows {
    uint8_t *to;
    const uint8_t *from;
    int64_t to_step, from_step, rows;
    size_t n;
};

/* Copies each row as two pieces that may overlap. Moves of constant length are faster than a call of memcpy(). */
static inline void copy_ends(const struct label_rows *r, size_t piece, uint8_t *largest)
{
    for (int64_t y = 0; y < r->rows; y++) {
        uint8_t *to = r->to + y * r->to_step;
        const uint8_t *from = r->from + y * r->from_step;
        memcpy(to, from, piece);
        memcpy(to + r->n - piece, from + r->n - piece, piece);
        note_piece(largest, from, piece);
        note_piece(largest, from + r->n - piece, piece);
    }
}

/* Copies rows whose labels were checked when they were decoded. */
static void copy_checked_rows(const struct label_rows *r)
{
    for (int64_t y = 0; y < r->rows; y++)
        memcpy(r->to + y * r->to_step, r->from + y * r->from_step, r->n);
}

static void copy_label_rows(const struct label_rows *r, uint8_t *largest)
{
    if (r->n >= 32 && r->n <= 64)
        copy_ends(r, 32, largest);
    else if (r->n >= 16 && r->n < 32)
        copy_ends(r, 16, largest);
    else if (r->n >= 8 && r->n < 16)
        copy_ends(r, 8, largest);
    else
        for (int64_t y = 0; y < r->rows; y++) {
            memcpy(r->to + y * r->to_step, r->from + y * r->from_step, r->n);
            note_row(largest, r->from + y * r->from_step, r->n);
        }
}

/* One plane of a block of labels. */
static void take_label_plane(const struct amosi_fill *m, const struct amosi_view *v, const struct amosi_block *b,
                             int64_t z, uint8_t *largest)
{
    const int64_t at[3] = {b->first[0], b->first[1], b->first[2] + z};
    const uint8_t *from = b->label + z * b->label_step[2];
    bool same = m->maker->settings->o.label_type == AMOS_LABEL_TYPE_UINT8 && b->label_step[0] == 1;
    const struct label_rows rows = {label_row(m, at), from,        m->frame.size[0],
                                    b->label_step[1], b->count[1], (size_t)b->count[0]};
    if (same && v->label_checked)
        copy_checked_rows(&rows);
    else if (same)
        copy_label_rows(&rows, largest);
    for (int64_t y = 0; y < b->count[1] && !same; y++)
        take_label_row(m, (const int64_t[3]){at[0], at[1] + y, at[2]}, from + y * b->label_step[1], b->label_step[0],
                       (size_t)b->count[0], largest);
}

static void take_label(struct amosi_fill *m, const struct amosi_view *v, const struct amosi_block *b)
{
    uint8_t largest[AMOSI_LABEL_PIECE]; /* a local copy, which cannot alias the labels */
    memcpy(largest, m->largest_labels, sizeof largest);
    for (int64_t z = 0; z < b->count[2]; z++)
        take_label_plane(m, v, b, z, largest);
    memcpy(m->largest_labels, largest, sizeof largest);
}

void amosi_fill_part(struct amosi_fill *m, const struct amosi_view *part)
{
    struct amosi_block block;
    uint64_t begin = amosi_now();
    amosi_frame_block(&m->frame, part, &block);
    take_image(m, part, &block);
    if (m->label)
        take_label(m, part, &block);
    m->copy_ns += amosi_now() - begin;
}

/* ---- beyond the volume ---- */

static void pad_row(const struct amosi_fill *m, const int64_t at[3], int64_t n)
{
    if (n == 0)
        return;
    float *to = open_row(m, at);
    for (int64_t i = 0; i < n; i++)
        to[i] = m->frame.pad;
    if (m->scales)
        amosi_tone()->scale(to, (size_t)n, &m->scale);
    close_row(m, to, at, n);
    if (m->label) {
        uint8_t *labels = label_row(m, at);
        memset(labels, 0, (size_t)n);
        store_labels(m, at, labels, n);
    }
}

void amosi_fill_pad(const struct amosi_fill *m)
{
    const int64_t *size = m->frame.size;
    const struct amosi_view within = {.box = m->frame.source};
    struct amosi_block b = {.count = {0, 0, 0}};
    if (!amosi_frame_is_beyond(&m->frame))
        amosi_frame_block(&m->frame, &within, &b);
    if (memcmp(b.count, size, sizeof b.count) == 0)
        return;
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            bool crosses =
                z >= b.first[2] && z < b.first[2] + b.count[2] && y >= b.first[1] && y < b.first[1] + b.count[1];
            int64_t left = crosses ? b.first[0] : size[0], right = crosses ? b.first[0] + b.count[0] : size[0];
            pad_row(m, (const int64_t[3]){0, y, z}, left);
            pad_row(m, (const int64_t[3]){right, y, z}, size[0] - right);
        }
}

/* ---- rotated ---- */

static void rotate_row(struct amosi_fill *m, const struct amosi_affine *affine, int64_t y, int64_t z)
{
    const struct amosi_affine_kernels *kernels = amosi_affine_choose(affine->view);
    const struct amosi_line line = amosi_line_make(&m->frame, y, z);
    const int64_t at[3] = {0, y, z}, n = m->frame.size[0];
    float *to = open_row(m, at);
    kernels->image(affine, &line, 0, n, to);
    if (m->scales)
        amosi_tone()->scale(to, (size_t)n, &m->scale);
    close_row(m, to, at, n);
    if (!m->label)
        return;
    uint8_t *labels = label_row(m, at);
    kernels->label(affine, &line, 0, n, labels);
    note_row(m->largest_labels, labels, (size_t)n);
    store_labels(m, at, labels, n);
}

/* In bars of a few rows along z, whose source voxels are close to each other and stay in the processor's cache. */
void amosi_fill_rotate(struct amosi_fill *m, const struct amosi_view *view)
{
    enum { BAR = 8 };
    const int64_t *size = m->frame.size;
    const struct amosi_affine affine = amosi_affine_make(&m->frame, view);
    for (int64_t bar = 0; bar < size[1]; bar += BAR)
        for (int64_t z = 0; z < size[2]; z++)
            for (int64_t y = bar; y < bar + BAR && y < size[1]; y++)
                rotate_row(m, &affine, y, z);
}
