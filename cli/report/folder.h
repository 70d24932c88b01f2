/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: the folder of a report, and what is in it from an earlier run.
 *
 *   OUT/index.html, viewer.js, viewer.css, set.js   the start page
 *   OUT/cases/NAME.js                               the cases
 *   OUT/report.json                                 the manifest: written last, so it is there once the report is whole
 *   OUT/report.journal                              while a report is being made: a line for each case that is done
 *   OUT/report.2-of-8.journal                       the same of a shard, until the whole is made
 *
 * Each file but the journal is written under a temporary name, synced and renamed. The journal is locked meanwhile. */
#ifndef CLI_REPORT_FOLDER_H
#define CLI_REPORT_FOLDER_H

#include "report/earlier.h"

struct report_folder {
    const char *path;
    char name[64];                 /* of its journal */
    int journal;                   /* -1: not open */
    struct report_earlier earlier; /* sorted */
};

struct report_folder_options {
    const char *path;
    const char *data_set; /* its name: a folder with the report of another one is refused */
    const char *head;     /* the line about the report, with which the journal begins */
    bool force;           /* nothing is refused, and no earlier record counts */
    bool merge;           /* shards wrote into the folder; their parts name its data set */
    size_t shard, shards; /* of a shard, which has a journal of its own beside those of others; 0: of the whole */
};

/* Makes the folder or opens it, and reads the records of earlier runs. False after a failure, which is reported. Release with
 * report_folder_close() in either case. */
bool report_folder_open(const struct report_folder_options *options, struct report_folder *out);
void report_folder_close(struct report_folder *folder);

/* Whether the file of a record is there, and is whole. Any thread. */
bool report_folder_has(const struct report_folder *folder, const struct report_record *record);

/* Notes that a case is done. False after a failure, which is reported. */
bool report_folder_note(struct report_folder *folder, const struct report_record *record);

/* The path of a file; from malloc(). NULL, with a report, if memory ran out. */
char *report_folder_join(const struct report_folder *folder, const char *name);

/* Removes the files of earlier records that `kept` says no to. */
void report_folder_prune(const struct report_folder *folder, bool (*kept)(void *user, const char *file), void *user);

/* Removes the journals: the report is whole. */
bool report_folder_finish(struct report_folder *folder);

#endif
