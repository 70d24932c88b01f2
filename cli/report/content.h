/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: what the file of a case is made of. */
#ifndef CLI_REPORT_CONTENT_H
#define CLI_REPORT_CONTENT_H

#include "review/facts.h"
#include "review/levels.h"

/* Packed voxels, see review/pack.h. */
struct report_text {
    char *text; /* NULL: there is none */
    size_t length;
};

struct report_content {
    struct review_facts facts;
    amos_quality *quality; /* the facts from which findings are made */
    bool drawn;            /* there is a picture: all below is set */
    amos_geometry shown;   /* the grid of the voxels */
    struct review_levels levels;
    struct review_window windows[REVIEW_WINDOWS];
    int window_count;
    struct report_text image, labels[2]; /* reference and prediction, if they lie on the image */
};

/* Reads a case, and makes its content; with `size` 0 its facts alone, else slices are at most that wide. As
 * review_case_load(). Release with report_content_free() in either case. Any thread. */
amos_status report_content_make(const struct review_loading *loading, const struct review_item *item, int64_t size,
                                struct report_content *out, amos_error *err);
void report_content_free(struct report_content *content);

#endif
