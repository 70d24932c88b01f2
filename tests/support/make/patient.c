/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/make/patient.h"

#include <stdlib.h>
#include <string.h>

#include "support/accept.h"
#include "support/bytes.h"
#include "support/main.h"

static amos_error err;

struct patient patient_make(int index)
{
    struct phantom_options options = phantom_defaults;
    struct patient b = {.shape = {128, 108, 64}};
    memcpy(options.size, b.shape, sizeof b.shape);
    phantom_plan(&options, index, &b.c);
    b.row = b.shape[0];
    b.slice = b.row * b.shape[1];
    b.voxels = b.slice * b.shape[2];
    int16_t *stored = must_alloc(2 * (size_t)b.voxels);
    b.image = must_alloc(sizeof(float) * (size_t)b.voxels);
    b.label = must_alloc((size_t)b.voxels);
    ck_assert(phantom_render(&b.c, stored, b.label));
    for (int64_t i = 0; i < b.voxels; i++)
        b.image[i] = (float)stored[i];
    free(stored);
    return b;
}

struct patient patient_copy(const struct patient *from)
{
    struct patient b = *from;
    b.image = must_alloc(sizeof(float) * (size_t)b.voxels);
    b.label = must_alloc((size_t)b.voxels);
    memcpy(b.image, from->image, sizeof(float) * (size_t)b.voxels);
    memcpy(b.label, from->label, (size_t)b.voxels);
    return b;
}

void patient_free(struct patient *from)
{
    free(from->image);
    free(from->label);
}

amos_labelmap *patient_map(const struct patient *from)
{
    amos_layout layout = from->c.label;
    amos_labelmap *map;
    static const char letters[3][2] = {{'L', 'R'}, {'P', 'A'}, {'I', 'S'}};
    layout.type = AMOS_TYPE_UINT8;
    layout.bytes = (size_t)from->voxels;
    memset(layout.strides, 0, sizeof layout.strides);
    for (int i = 0; i < 3; i++) /* phantoms keep their axes, but for signs */
        layout.geometry.orientation[i] = letters[i][layout.geometry.affine[i][i] > 0];
    assert_ok(amos_labelmap_make(&layout, from->label, layout.bytes, ACCEPT(.max_label = 15), &map, &err), &err);
    return map;
}

amos_quality *patient_measure(const struct patient *from, const amos_quality_options *options)
{
    amos_quality_options own = AMOS_QUALITY_OPTIONS_INIT;
    amos_labelmap *map = patient_map(from);
    amos_quality *facts;
    own.case_id = from->c.id;
    own.modality = from->c.patient.modality;
    own.threads = 1;
    assert_ok(amos_quality_measure(map, from->image, options ? options : &own, &facts, &err), &err);
    amos_labelmap_free(map);
    return facts;
}

amos_quality_findings *judge_one(const amos_quality *facts)
{
    amos_quality_findings *findings;
    assert_ok(amos_quality_judge(&facts, 1, NULL, &findings, &err), &err);
    return findings;
}

size_t count_findings(const amos_quality_findings *findings, amos_quality_kind kind, int label)
{
    size_t count = 0;
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++) {
        const amos_quality_finding *f = amos_quality_findings_get(findings, i);
        count += f->kind == kind && (label < 0 || f->label == label);
    }
    return count;
}
