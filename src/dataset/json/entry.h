/* SPDX-License-Identifier: BSD-3-Clause */
/* A case as dataset.json names it: its files, and what is wrong with them. */
#ifndef AMOSI_DATASET_JSON_ENTRY_H
#define AMOSI_DATASET_JSON_ENTRY_H

#include <amos/dataset.h>

/* Where an entry stands, for messages, and what it names. */
struct amosi_json_entry {
    const char *list; /* "training" */
    const char *key;  /* of its own, in a list that is an object; else NULL: it has a number */
    size_t number;    /* from 1 */
    amos_split split;
    const char *image; /* as given; NULL: not known yet */
    const char *label; /* NULL: none */
    const char *id;    /* NULL: from the names of the files */
    int channels;      /* at least 1 */
    struct amosi_backslashes *backslashes;
};

/* Paths that were taken with slashes in place of their backslashes. */
struct amosi_backslashes {
    size_t count;
    const char *first; /* as given */
};

/* Fails with AMOS_E_JSON_SCHEMA: "entry 3 of "training" `what`", and names the case if its image is known. */
amos_status amosi_json_refuse_entry(const amos_dataset *dataset, const struct amosi_json_entry *entry, const char *what,
                                    amos_error *err);

/* Adds the case of an entry. A path with backslashes, as Windows writes them, is taken with slashes, unless there is a
 * file with backslashes in its name. AMOS_OK, AMOS_E_NOMEM, AMOS_E_PATH, AMOS_E_IO or AMOS_E_DUP. */
amos_status amosi_json_add_entry(amos_dataset *dataset, const struct amosi_json_entry *entry, amos_error *err);

/* Raises AMOS_W_RENAMED if there were paths with backslashes. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_json_note_backslashes(amos_dataset *dataset, const struct amosi_backslashes *backslashes,
                                        amos_error *err);

#endif
