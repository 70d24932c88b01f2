/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: draws all items and writes their pictures. */
#ifndef CLI_VIEW_BATCH_H
#define CLI_VIEW_BATCH_H

#include "view/report.h"

/* Where pictures go. */
typedef struct view_outputs {
    const char *picture; /* "-" or the path of the one picture; NULL */
    const char *folder;  /* of a picture for each item, as NAME.png; NULL */
    const char *sheet;   /* NULL */
} view_outputs;

/* What options name besides the items. */
struct view_inputs {
    const char *relabel; /* NULL: none */
    const struct dataset_choice *dataset;
};

/* False if a picture or the sheet would replace a file that is read, which is reported as a usage error. */
bool view_outputs_spare(const view_outputs *outputs, const view_items *items, const struct view_inputs *others);

/* Draws all items with some threads; 0: one for each processor. Failures are reported, and the other items are drawn. If
 * there is an array, it gets an object for each item. *failed is the number of items that were not drawn or not written.
 * False after a failure of any kind. */
bool view_draw_items(view_items *items, const view_request *request, const view_outputs *outputs, int threads,
                     cJSON *results, size_t *failed);

#endif
