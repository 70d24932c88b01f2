/* SPDX-License-Identifier: BSD-3-Clause */
/* A data set of artificial patients with the layout of AMOS, for the demonstration, the tests and the benchmarks. The
 * same options give the same voxels on every machine and with any number of threads. */
#ifndef PHANTOM_PHANTOM_H
#define PHANTOM_PHANTOM_H

#include <amos/amos.h>

#include "phantom/body/scan.h"

#define PHANTOM_CASES_MAX 240
#define PHANTOM_CASES_DEFAULT 6

/* How files are created, so that a program can remove unfinished ones when a signal ends it. Called from any thread;
 * a failure fills err. */
struct phantom_files {
    /* As amos_writer_open(). `note` is for the function's own use: initially -1, valid until the writer is released. */
    amos_status (*open_volume)(const char *path, const amos_layout *layout, const amos_write_options *options,
                               int *note, amos_writer **out, amos_error *err);
    /* Writes a text file, whole or not at all. */
    amos_status (*write_text)(const char *path, const char *text, size_t bytes, amos_error *err);
};

struct phantom_options {
    int cases;         /* 1..PHANTOM_CASES_MAX */
    int64_t size[3];   /* voxels, each 1..32767 */
    double spacing[3]; /* mm; all zero: chosen so that the size covers the body */
    uint64_t seed;
    int threads;                       /* 0: one per processor */
    int level;                         /* compression level, 1..9 */
    bool predictions;                  /* write a folder of predictions too, one for each label */
    amos_progress progress;            /* units are bytes of image voxels */
    const struct phantom_files *files; /* NULL: amos_writer_open(), and plain text files */
};

/* Six cases of 192x160x72 voxels, seed 1, level 6. */
extern const struct phantom_options phantom_defaults;

/* One case: its patient, its scan and its storage. */
struct phantom_case {
    int index;
    int number;
    char id[24]; /* "amos_0001" */
    amos_split split;
    bool has_label;   /* false for the test split */
    bool in_metadata; /* true: it has a line in the CSV */
    struct phantom_patient patient;
    struct phantom_grid grid; /* of the image */
    amos_layout image, label; /* as stored */
    double inter;             /* for the image: value = stored + inter */
    int qform_code, sform_code;
};

/* Plans the case with index 0..cases-1. It does not depend on the number of cases. */
void phantom_plan(const struct phantom_options *options, int index, struct phantom_case *out);

/* Renders a case into memory: HU or MRI units (before slope and inter), and organ numbers; x is fastest. Both arrays
 * hold shape[0]*shape[1]*shape[2] voxels. False if memory ran out. */
bool phantom_render(const struct phantom_case *c, int16_t *image, uint8_t *label);

/* Writes the whole tree: the volumes, the metadata CSV, and last dataset.json. `directory` may be missing or empty,
 * or have an older phantom tree, finished or not, which is replaced; any other directory is refused. A failure fills
 * err; AMOS_E_CANCEL if the progress function stopped the work. */
amos_status phantom_write_tree(const char *directory, const struct phantom_options *options, amos_error *err);

#endif
