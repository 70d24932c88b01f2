/* SPDX-License-Identifier: BSD-3-Clause */
/* The facts of a case: the internal side of amos_quality, and the steps in which they are measured. */
#ifndef AMOSI_QUALITY_QUALITY_H
#define AMOSI_QUALITY_QUALITY_H

#include <amos/quality.h>

#include "components/components.h"

/* The library owns every text and array that a pointer of the facts, the organs and the parts names. */
struct amos_quality {
    amos_quality_facts facts;
    amos_quality_organ *organs; /* of labels 1..count */
    size_t count;
    amos_quality_contact *contacts;
    size_t contact_count;
    char *json;
};

/* What the steps of measuring share. */
struct amosi_quality_subject {
    const amos_labelmap *map;          /* NULL: there is no label */
    const amos_components *components; /* of the map, with holes */
    const float *image;                /* packed, in the shape of the facts; NULL: there is none */
    double spacing[3];                 /* mm; 1 without geometry */
    amos_quality *out;
};

/* Facts of which nothing is measured; out->facts.case_id is a copy. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_quality_begin(const char *case_id, amos_quality **out, amos_error *err);

/* A copy of a text in which bytes that are not UTF-8 are written as \xNN, so that JSON can hold it. NULL: memory ran
 * out. */
char *amosi_quality_text(const char *text);

/* Takes shape and geometry from a layout. */
void amosi_quality_place(const amos_layout *layout, amos_quality_facts *facts);

/* Makes the organs from the statistics and the components of the map. names may be NULL, and so may each of them.
 * AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_quality_organs(const struct amosi_quality_subject *s, const char *const *names, size_t name_count,
                                 amos_error *err);

/* Finds which labels touch. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_quality_contacts(const struct amosi_quality_subject *s, amos_error *err);

/* The digest of the label. */
void amosi_quality_digest_label(const struct amosi_quality_subject *s);

/* The facts of the image alone: values, slices, digest. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_quality_image(const struct amosi_quality_subject *s, amos_error *err);

/* Mean and deviation of the image in each organ. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_quality_intensities(const struct amosi_quality_subject *s, amos_error *err);

/* How well the borders of organs agree with edges of the image, here and after small shifts. */
void amosi_quality_edges(const struct amosi_quality_subject *s);

/* Makes the JSON of facts that are complete. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_quality_write(amos_quality *quality, amos_error *err);

#endif
