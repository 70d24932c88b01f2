/* SPDX-License-Identifier: BSD-3-Clause */
/* The text files of a phantom tree, built in memory: its list of files, the metadata CSV and dataset.json. */
#ifndef PHANTOM_TEXT_H
#define PHANTOM_TEXT_H

#include "phantom/phantom.h"

#define PHANTOM_JSON_NAME "dataset.json"
#define PHANTOM_CSV_NAME "labeled_data_meta_0000_0599.csv"
#define PHANTOM_LIST_TITLE "Files of a phantom data set; amos phantom replaces them.\n"
#define PHANTOM_NAME_BYTES 64

struct phantom_text {
    char *data;
    size_t length, capacity;
    bool failed; /* memory ran out */
};

void phantom_text_free(struct phantom_text *text);

/* "imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "predictions/amos_0001.nii.gz". */
void phantom_image_name(const struct phantom_case *c, char name[PHANTOM_NAME_BYTES]);
void phantom_label_name(const struct phantom_case *c, char name[PHANTOM_NAME_BYTES]);
void phantom_prediction_name(const struct phantom_case *c, char name[PHANTOM_NAME_BYTES]);

/* These fill `text`, which phantom_text_free() releases. Cases are sorted by number. */
void phantom_list_text(const struct phantom_options *options, struct phantom_text *text);
void phantom_csv_text(const struct phantom_options *options, struct phantom_text *text);
void phantom_json_text(const struct phantom_options *options, struct phantom_text *text);

#endif
