/* SPDX-License-Identifier: BSD-3-Clause */
/* One case in memory: image, reference and prediction, and how well the two agree. Volumes and scores are those of `amos
 * stats` and `amos score` with its defaults: the label maps are read as they are stored. */
#ifndef CLI_REVIEW_LOAD_H
#define CLI_REVIEW_LOAD_H

#include "review/set.h"

/* What is read. */
enum review_part {
    REVIEW_IMAGE = 1,
    REVIEW_REFERENCE = 2,
    REVIEW_PREDICTION = 4,
    REVIEW_SCORE = 8, /* of the prediction, if both label maps are read */
    REVIEW_ALL = 15
};

struct review_case {
    const struct review_item *item;
    amos_volume *volume;                   /* of the image, for facts of its header; NULL: it cannot be opened */
    amos_array *image;                     /* float32, packed, in RAS order; NULL: not read */
    amos_labelmap *reference, *prediction; /* as stored; NULL: none, or not read */
    amos_score *score;                     /* NULL: none */
    bool placed[2]; /* reference and prediction lie on the image: their voxels in RAS order are those of the image */
    amos_geometry stored;    /* of the image as stored; all zero if it cannot be opened */
    amos_geometry canonical; /* the same in RAS order */
    /* Status AMOS_OK: nothing wrong. That of the prediction is also why it has no score. */
    amos_error image_error, reference_error, prediction_error;
};

struct review_loading {
    const struct review_set *set;
    unsigned parts;         /* REVIEW_... */
    amos_buffer_pool *pool; /* NULL: the system's memory */
    int threads;            /* as in amos_read_options */
};

/* Reads a case. What is wrong with a file is kept with the case; the status is AMOS_OK or AMOS_E_NOMEM, which says nothing of
 * the case. Release with review_case_free() in either case. Any thread. */
amos_status review_case_load(const struct review_loading *loading, const struct review_item *item,
                             struct review_case *out, amos_error *err);
void review_case_free(struct review_case *c);

/* The first thing that is wrong with a case, as a sentence with the name of its status: "... (E_GZ_CRC)"; NULL: nothing. */
#define REVIEW_FAULT 1200
const char *review_case_fault(const struct review_case *c, char text[REVIEW_FAULT]);

/* The measures of a score that are shown, in the order of their keys; what `amos score` calls dice, nsd_1mm, hd95 and
 * assd. */
enum { REVIEW_SCORES = 4 };
extern const char *const review_score_keys[REVIEW_SCORES];

/* NaN for an organ that is absent in both. */
double review_score_value(const amos_score *score, int label, int key);

/* A sentence that states the rules of the scores. */
extern const char review_score_rules[];

#endif
