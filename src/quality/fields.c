/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/fields.h"

#include <limits.h>
#include <math.h>

#define MOST 9007199254740992.0 /* 2^53: every integer up to here is a double */
#define VOXEL 4294967295.0      /* of an axis; components are limited to it */
#define BORDERS 63.0            /* bits of six faces */
#define ROW(type, member, kind, count, low, high) \
    { \
#member, AMOSI_FACT_##kind, offsetof(amos_quality_##type, member), count, low, high \
    }
#define END \
    { \
        NULL, AMOSI_FACT_INT, 0, 0, 0, 0 \
    }

const struct amosi_fact_field amosi_fact_case[] = {
    ROW(facts, case_id, TEXT, 1, 0, 0),
    ROW(facts, split, SPLIT, 1, 0, 0),
    ROW(facts, modality, MODALITY, 1, 0, 0),
    ROW(facts, sex, SEX, 1, 0, 0),
    ROW(facts, age_years, INT, 1, -1, INT_MAX),
    ROW(facts, status, STATUS, 1, 0, 0),
    ROW(facts, message, TEXT, 1, 0, 0),
    ROW(facts, connectivity, INT, 1, 6, 26),
    ROW(facts, has_label, FLAG, 1, 0, 1),
    ROW(facts, has_image, FLAG, 1, 0, 1),
    ROW(facts, shape, INT64, 3, 0, VOXEL),
    ROW(facts, has_geometry, FLAG, 1, 0, 1),
    ROW(facts, spacing, NUMBER, 3, 0, INFINITY),
    ROW(facts, affine, NUMBER, 12, -INFINITY, INFINITY),
    ROW(facts, orientation, CHARS, 4, 0, 0),
    ROW(facts, label_digest, CHARS, 65, 0, 0),
    ROW(facts, image_digest, CHARS, 65, 0, 0),
    ROW(facts, min, NUMBER, 1, -INFINITY, INFINITY),
    ROW(facts, max, NUMBER, 1, -INFINITY, INFINITY),
    ROW(facts, mean, NUMBER, 1, -INFINITY, INFINITY),
    ROW(facts, p01, NUMBER, 1, -INFINITY, INFINITY),
    ROW(facts, p50, NUMBER, 1, -INFINITY, INFINITY),
    ROW(facts, p99, NUMBER, 1, -INFINITY, INFINITY),
    ROW(facts, nonfinite, COUNT, 1, 0, MOST),
    ROW(facts, nonfinite_at, INT64, 3, 0, VOXEL),
    ROW(facts, constant, COUNT, 1, 0, VOXEL),
    ROW(facts, constant_first, INT64, 1, -1, VOXEL),
    ROW(facts, repeated, COUNT, 1, 0, VOXEL),
    ROW(facts, repeated_first, INT64, 1, -1, VOXEL),
    ROW(facts, edge_faces, COUNT, 1, 0, MOST),
    ROW(facts, edge_here, NUMBER, 1, 0, INFINITY),
    ROW(facts, edge_best, NUMBER, 1, 0, INFINITY),
    ROW(facts, edge_shift, INT64, 3, -VOXEL, VOXEL),
    END,
};

const struct amosi_fact_field amosi_fact_organ[] = {
    ROW(organ, label, INT, 1, 1, 255),
    ROW(organ, organ, INT, 1, 0, AMOS_ORGAN_COUNT - 1),
    ROW(organ, name, TEXT, 1, 0, 0),
    ROW(organ, voxels, COUNT, 1, 0, MOST),
    ROW(organ, mm3, NUMBER, 1, 0, INFINITY),
    ROW(organ, low, INT64, 3, 0, VOXEL),
    ROW(organ, high, INT64, 3, 0, VOXEL),
    ROW(organ, centroid_voxel, NUMBER, 3, 0, VOXEL),
    ROW(organ, border, INT, 1, 0, BORDERS),
    ROW(organ, parts, COUNT, 1, 0, MOST),
    ROW(organ, holes, COUNT, 1, 0, MOST),
    ROW(organ, hole_voxels, COUNT, 1, 0, MOST),
    ROW(organ, hole_largest, COUNT, 1, 0, MOST),
    ROW(organ, hole_at, INT64, 3, 0, VOXEL),
    ROW(organ, mean, NUMBER, 1, -INFINITY, INFINITY),
    ROW(organ, sd, NUMBER, 1, 0, INFINITY),
    END,
};

const struct amosi_fact_field amosi_fact_part[] = {
    ROW(part, voxels, COUNT, 1, 0, MOST),
    ROW(part, at, INT64, 3, 0, VOXEL),
    ROW(part, centroid_voxel, NUMBER, 3, 0, VOXEL),
    ROW(part, border, INT, 1, 0, BORDERS),
    END,
};

const struct amosi_fact_field amosi_fact_contact[] = {
    ROW(contact, label, INT, 1, 1, 255),    ROW(contact, other, INT, 1, 1, 255),
    ROW(contact, faces, COUNT, 1, 0, MOST), ROW(contact, mm2, NUMBER, 1, 0, INFINITY),
    ROW(contact, at, INT64, 3, 0, VOXEL),   END,
};
