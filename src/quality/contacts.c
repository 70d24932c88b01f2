/* SPDX-License-Identifier: BSD-3-Clause */
/* Which labels touch by faces, from the runs of the label map. */
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "quality/quality.h"

/* The contact of a label with a larger one. */
struct contact {
    uint64_t faces[3]; /* along each axis */
    int64_t at[3];     /* of the label at the first face */
};

struct meeting {
    const struct amosi_runs *runs;
    int64_t height;
    size_t labels;            /* max_label + 1 */
    struct contact *contacts; /* labels * labels of them */
    size_t count;             /* which have faces */
};

/* A run of the one label, in a row at y and z. */
struct side {
    int label;
    int64_t y, z;
};

static void add_faces(struct meeting *m, int axis, const struct side *a, const struct side *b, int64_t x, uint64_t n)
{
    const struct side *less = a->label < b->label ? a : b, *more = less == a ? b : a;
    struct contact *c = &m->contacts[(size_t)less->label * m->labels + (size_t)more->label];
    if (!(c->faces[0] | c->faces[1] | c->faces[2])) {
        m->count++;
        c->at[0] = x;
        c->at[1] = less->y;
        c->at[2] = less->z;
    }
    c->faces[axis] += n;
}

/* Runs of one row that follow each other without a gap. */
static void meet_within(struct meeting *m, int64_t row)
{
    const struct amosi_label_run *items = m->runs->items;
    for (uint32_t i = m->runs->first[row] + 1; i < m->runs->first[row + 1]; i++) {
        if (items[i - 1].end != items[i].start)
            continue;
        const struct side a = {items[i - 1].label, row % m->height, row / m->height},
                          b = {items[i].label, row % m->height, row / m->height};
        add_faces(m, 0, &a, &b, a.label < b.label ? (int64_t)items[i].start - 1 : (int64_t)items[i].start, 1);
    }
}

/* Runs of two rows that lie beside each other along `axis`. */
static void meet_row(struct meeting *m, int64_t row, int64_t other, int axis)
{
    const struct amosi_label_run *a = m->runs->items + m->runs->first[row], *b = m->runs->items + m->runs->first[other];
    const struct amosi_label_run *a_end = m->runs->items + m->runs->first[row + 1],
                                 *b_end = m->runs->items + m->runs->first[other + 1];
    while (a < a_end && b < b_end) {
        const uint32_t start = a->start > b->start ? a->start : b->start, end = a->end < b->end ? a->end : b->end;
        if (start < end && a->label != b->label) {
            const struct side here = {a->label, row % m->height, row / m->height},
                              there = {b->label, other % m->height, other / m->height};
            add_faces(m, axis, &here, &there, start, end - start);
        }
        const bool first = a->end <= b->end, second = b->end <= a->end;
        a += first;
        b += second;
    }
}

static amos_status list_contacts(const struct meeting *m, const double spacing[3], amos_quality *out, amos_error *err)
{
    const double area[3] = {spacing[1] * spacing[2], spacing[0] * spacing[2], spacing[0] * spacing[1]};
    out->contacts = amosi_zalloc_array(m->count, sizeof *out->contacts);
    if (!out->contacts)
        return amosi_fail_nomem(err, NULL);
    for (size_t i = 0; i < m->labels * m->labels; i++) {
        const struct contact *c = &m->contacts[i];
        if (!(c->faces[0] | c->faces[1] | c->faces[2]))
            continue;
        amos_quality_contact *to = &out->contacts[out->contact_count++];
        to->label = (int)(i / m->labels);
        to->other = (int)(i % m->labels);
        memcpy(to->at, c->at, sizeof to->at);
        for (int axis = 0; axis < 3; axis++) {
            to->faces += c->faces[axis];
            to->mm2 += (double)c->faces[axis] * area[axis];
        }
    }
    return AMOS_OK;
}

amos_status amosi_quality_contacts(const struct amosi_quality_subject *s, amos_error *err)
{
    const int64_t *shape = s->components->info.shape;
    struct meeting m = {
        .runs = &s->components->runs, .height = shape[1], .labels = (size_t)s->components->info.max_label + 1};
    m.contacts = amosi_zalloc_array(m.labels * m.labels, sizeof *m.contacts);
    if (!m.contacts)
        return amosi_fail_nomem(err, NULL);
    for (int64_t row = 0; row < shape[1] * shape[2]; row++) {
        if (m.runs->first[row] == m.runs->first[row + 1])
            continue;
        meet_within(&m, row);
        if (row % shape[1])
            meet_row(&m, row, row - 1, 1);
        if (row >= shape[1])
            meet_row(&m, row, row - shape[1], 2);
    }
    amos_status status = list_contacts(&m, s->spacing, s->out, err);
    amosi_free(m.contacts);
    return status;
}
