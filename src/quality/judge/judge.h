/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings from facts: what the rules share, and the rules. */
#ifndef AMOSI_QUALITY_JUDGE_JUDGE_H
#define AMOSI_QUALITY_JUDGE_JUDGE_H

#include <stdbool.h>

#include <amos/quality.h>

/* The cases and what was found in them. */
struct amosi_judging {
    const amos_quality *const *cases;
    size_t count;
    amos_quality_limits limits;
    amos_quality_findings *out;
    bool no_memory;
};

/* A finding that is being made. */
struct amosi_suspicion {
    amos_quality_kind kind;
    size_t index;                    /* of the case */
    const amos_quality_organ *organ; /* NULL: none */
    const int64_t *voxel;            /* NULL: the middle of the largest component of the organ, or of the volume */
    double value, low, high;         /* NaN: no such limit */
    const char *unit;                /* static storage */
};

#if defined(__GNUC__)
#define AMOSI_SENTENCE __attribute__((format(printf, 3, 4)))
#else
#define AMOSI_SENTENCE
#endif

/* Adds a finding with its sentence. */
void amosi_suspect(struct amosi_judging *j, const struct amosi_suspicion *suspicion, const char *format,
                   ...) AMOSI_SENTENCE;

/* Copies and checks the caller's limits. AMOS_OK or AMOS_E_ARG. */
amos_status amosi_quality_limits(amos_quality_limits *to, const amos_quality_limits *from, amos_error *err);

/* For sentences: "the left kidney" without "the"; a number of four digits without an exponent. Both return `text`. */
#define AMOSI_NAME_BYTES 64
const char *amosi_organ_words(const amos_quality_organ *organ, char text[AMOSI_NAME_BYTES]);
#define AMOSI_SHORT_BYTES 32
const char *amosi_short_number(double value, char text[AMOSI_SHORT_BYTES]);

/* The organ of a case that has at least one voxel, by its amos_organ; NULL if there is none. */
const amos_quality_organ *amosi_organ_of(const amos_quality *quality, int organ);

/* The middle of an organ in mm, RAS+. */
void amosi_organ_center(const amos_quality_facts *facts, const amos_quality_organ *organ, double mm[3]);

/* Whether an organ reaches the border of the volume in the direction of a letter of orientations, such as 'S'. */
bool amosi_organ_reaches(const amos_quality_facts *facts, int border, char direction);

/* The volume of a voxel in mm3. */
double amosi_voxel_mm3(const amos_quality_facts *facts);

/* The rules of one case: */
void amosi_judge_components(struct amosi_judging *j, size_t index); /* specks, parts, holes, border */
void amosi_judge_anatomy(struct amosi_judging *j, size_t index);    /* contact, side, order */
void amosi_judge_missing(struct amosi_judging *j, size_t index);
void amosi_judge_image(struct amosi_judging *j, size_t index); /* slices, values, shift */

/* The rules of all cases together: */
void amosi_judge_outliers(struct amosi_judging *j); /* volume, intensity, spacing, size */
void amosi_judge_duplicates(struct amosi_judging *j);

#endif
