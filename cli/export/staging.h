/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder that appears whole or not at all: it is filled under a temporary name beside its target, then renamed.
 *
 *   struct staging staging;
 *   bool good = staging_begin(&staging, "raw/Dataset218_AMOS", force, owned) && fill(staging.folder);
 *   good = staging_end(&staging, good);
 *
 * The temporary name is made from that of the target (".amos-NAME.new.tmp"), so what a killed process left behind goes when
 * the target is written again. While it is filled no signal ends the process: long work asks interrupt_pending(), and
 * gives up. Each function reports its failures on stderr. */
#ifndef CLI_EXPORT_STAGING_H
#define CLI_EXPORT_STAGING_H

#include <signal.h>
#include <stdbool.h>

struct staging {
    char *target; /* absolute, links of its parent resolved; need not exist */
    char *folder; /* the temporary one, which is filled */
    char *old;    /* a name for what is replaced */
    int lock;
    bool held;
    sigset_t before;
};

/* Whether a target may be made: staging_begin() asks too, but after long work. A refusal is reported. */
bool staging_is_free(const char *target, bool force, const char *const *owned);

/* Makes the temporary folder. The parent of the target is made if it is missing. A target that is there is refused, unless
 * `force`: then it will be replaced, but only if it holds nothing but what `owned` (a list that ends with NULL) names, files
 * or folders of files. staging_end() must follow in either case. */
bool staging_begin(struct staging *staging, const char *target, bool force, const char *const *owned);

/* Renames the folder to its target if `keep`, else removes it. True only if it is under its name. */
bool staging_end(struct staging *staging, bool keep);

/* Makes a folder in the temporary one. */
bool staging_add_folder(const struct staging *staging, const char *name);

/* Joins the temporary folder and a name; from malloc(), NULL if memory ran out, which is reported. */
char *staging_path(const struct staging *staging, const char *name);

#endif
