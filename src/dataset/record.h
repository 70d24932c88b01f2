/* SPDX-License-Identifier: BSD-3-Clause */
/* The data set and its cases as internal structs, and the functions that add cases and warnings while it is opened. */
#ifndef AMOSI_DATASET_RECORD_H
#define AMOSI_DATASET_RECORD_H

#include <amos/dataset.h>
#include <stdbool.h>

#include "base/error/fail.h"
#include "base/error/log.h"
#include "dataset/arena.h"
#include "dataset/tree/root.h"

#define AMOSI_LABEL_COUNT 256 /* label values are 0..255 */

/* Where people get the data set; docs/dataset.md names the records. */
#define AMOSI_DATA_URL "https://zenodo.org/records/7262581"

struct amos_case {
    const struct amos_dataset *dataset;
    amos_case_info info;
};

/* A warning raised while the data set was opened; validation reports it again. */
struct amosi_note {
    amos_warnings warnings;
    const char *path;
    const char *case_id;
    const char *message;
};

struct amos_dataset {
    amos_dataset_info info;
    uint32_t flags;
    bool from_folders;             /* the folders give the cases, not lists of dataset.json */
    bool names_of_masks;           /* the labels have the names of their files, see masks/table.h */
    bool has_layout;               /* it is a tree of another data set, see tree/layout.h */
    struct amosi_archive *archive; /* that the data set lies in; NULL: folders of the system */
    amos_modality stated;          /* of all cases, by dataset.json; ..._UNKNOWN: it states none */
    amos_limits limits;
    struct amosi_log log;
    struct amosi_root tree;  /* what lies in the data set's folder; while it is opened */
    struct amosi_arena text; /* holds every text of the data set */
    amos_case *cases;        /* info.count of them */
    size_t capacity;
    amos_metadata *metadata; /* NULL, or one for each case, filled or not */
    const char *label_names[AMOSI_LABEL_COUNT];
    struct amosi_note *notes;
    size_t note_count;
    size_t note_capacity;
};

/* The folders of a split. */
struct amosi_split_folders {
    amos_split split;
    const char *images;
    const char *labels;
    const char *key;   /* key of its list in dataset.json */
    const char *total; /* key of the stated length of that list */
};

#define AMOSI_SPLIT_COUNT 3

extern const struct amosi_split_folders amosi_splits[AMOSI_SPLIT_COUNT];

/* A case to be added. Its paths must be in the data set's arena. */
struct amosi_new_case {
    amos_split split;
    const char *id; /* the first id_length bytes; copied */
    size_t id_length;
    const char *image_path;
    const char *label_path; /* NULL: none */
    int channels;           /* at least 1 */
};

/* Adds a case. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_dataset_add(amos_dataset *dataset, const struct amosi_new_case *c, amos_error *err);

/* Raises warning bits, logs the message and keeps it for validation. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_dataset_note(amos_dataset *dataset, amos_error *err, amos_warnings warnings, const char *path,
                               const char *case_id, const char *format, ...) AMOSI_PRINTF(6, 7);

/* Whether a case passes a filter that has all of its fields. */
bool amosi_dataset_accepts(const amos_case_filter *filter, const amos_case *c);

/* The absolute path of a file in the data set's folder, in its arena; NULL if out of memory. */
const char *amosi_dataset_path(amos_dataset *dataset, const char *folder, const char *name);

#endif
