/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that say what unusual input is accepted: the same in each command that reads labels. A command has a
 * member of struct accept_options in its struct, and the rows of this table that it takes:
 *
 *   static const struct args_option options[] = {OPTIONS_ACCEPT(struct stats_values, accept), ARGS_END};
 * */
#ifndef CLI_ACCEPT_ACCEPT_H
#define CLI_ACCEPT_ACCEPT_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stddef.h>

#include "kit/args.h"
#include "kit/json.h"
#include "kit/options.h"

struct accept_ignored {
    size_t count;
    int64_t value[16];
};

struct accept_tolerance {
    bool given;
    double voxels, mm;
};

struct accept_frame {
    bool given;
    int64_t number;
};

/* All zero: nothing unusual is accepted. */
struct accept_options {
    double round_within;
    int64_t max_label; /* 0: the data set's, else 15 */
    struct accept_ignored ignore;
    const char *relabel;            /* as given; NULL: none */
    const char *relabel_prediction; /* the same, for predictions alone; of score */
    struct accept_tolerance tolerance;
    struct accept_frame frame;
    bool lenient; /* as AMOS_OPEN_LENIENT */
};

extern const struct args_type accept_type_round, accept_type_ignore, accept_type_tolerance, accept_type_frame;

#define OPTION_ROUND_LABELS(values, member) \
    ARGS_VALUE(0, "round-labels", "TOL", "round values of labels within TOL (0.01) of an integer", accept_type_round, \
               values, member.round_within)
#define OPTION_MAX_LABEL(values, member) \
    ARGS_RANGE(0, "max-label", "N", "the largest label (default: that of the data set, else 15)", args_integer, \
               values, member.max_label, 1, 255)
#define OPTION_IGNORE(values, member) \
    ARGS_VALUE(0, "ignore", "V,V", "values of labels that become background, such as 255 or -1", accept_type_ignore, \
               values, member.ignore)
#define OPTION_RELABEL(values, member) \
    ARGS_VALUE(0, "relabel", "V=N,V=N|FILE", \
               "give values of labels other numbers, or organs by name; a JSON or CSV file has such a table too. *=* " \
               "keeps all other values, *=0 drops them", \
               args_file, values, member.relabel)
#define OPTION_GEOMETRY_TOLERANCE(values, member) \
    ARGS_VALUE(0, "geometry-tolerance", "X[mm|voxels]", \
               "accept a displacement of up to X mm, or X times the smallest spacing (without a unit)", \
               accept_type_tolerance, values, member.tolerance)
#define OPTION_FRAME(values, member) \
    ARGS_VALUE(0, "frame", "N", "read frame N of files with several, counted from 0", accept_type_frame, values, \
               member.frame)

/* Those of a label alone, and all of them. */
#define OPTIONS_ACCEPT_LABELS(values, member) \
    OPTION_ROUND_LABELS(values, member), OPTION_MAX_LABEL(values, member), OPTION_IGNORE(values, member), \
        OPTION_RELABEL(values, member), OPTION_FRAME(values, member), OPTION_LENIENT(values, member.lenient)
#define OPTIONS_ACCEPT(values, member) OPTIONS_ACCEPT_LABELS(values, member), OPTION_GEOMETRY_TOLERANCE(values, member)

/* What the options mean for the library. */
struct accepting {
    amos_accept accept;         /* max_label 0: not given */
    amos_volume_options volume; /* with which files are opened */
    amos_relabel *table;        /* owned */
};

/* Reads the table of --relabel, whose organs have the names of `names` (NULL: AMOS's). Returns an enum cli_exit, with a
 * failure reported. `given` must outlive *out. Release with accepting_free() in either case. */
int accepting_make(const struct accept_options *given, const amos_dataset *names, struct accepting *out);
void accepting_free(struct accepting *accepting);

/* The same, for the labels of a data set (NULL: of files). */
amos_accept accepting_for(const struct accepting *accepting, const amos_dataset *dataset);

/* Reads a table from the text or the file of --relabel; for the parts of accepting_make(). */
struct accept_table {
    amos_relabel *rows;
    size_t count, room;
    uint32_t flags;
    const amos_dataset *names;
};
int accept_table_read(const char *given, struct accept_table *table);

/* ---- outputs ---- */

/* What was asked for, as a sentence: "values rounded within 0.01; labels to 16"; "" for nothing. */
#define ACCEPT_TEXT 512
const char *accept_options_text(const struct accept_options *given, char text[ACCEPT_TEXT]);

/* "accept": {"round_within": ..., ...}; null if nothing was asked for. */
void accept_options_put(cJSON *object, const struct accept_options *given);

/* What was found, in voxels: "rounded 24172 (by up to 3.5e-09), ignored 12, relabelled 300"; "" for nothing. */
const char *accept_found_text(const amos_accepted *found, char text[ACCEPT_TEXT]);

/* The sentence of a warning, with the count if it is one of what was accepted. */
const char *accept_warning_text(amos_warnings bit, const amos_accepted *found, char text[ACCEPT_TEXT]);

/* `name`: {"rounded": 24172, "largest_rounding": 3.5e-09, "ignored": 0, "relabelled": 0} */
void accept_found_put(cJSON *object, const char *name, const amos_accepted *found);

/* Adds the counts. */
void accept_found_add(amos_accepted *sum, const amos_accepted *found);

#endif
