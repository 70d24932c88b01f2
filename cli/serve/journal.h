/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: the file of verdicts. Each verdict is one line of JSON, written at once and on disk before the browser is
 * told; a line that a killed process left unfinished is removed before the next one. Several servers may share a file. */
#ifndef CLI_SERVE_JOURNAL_H
#define CLI_SERVE_JOURNAL_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Looks at the file before work begins: it may be missing, else it must have verdicts as JSON lines. Returns the number of
 * verdicts that are there, or -1 after a failure, which is reported. */
long journal_check(const char *path);

/* Appends a verdict; one without a time gets the present one. AMOS_OK, AMOS_E_OPEN, AMOS_E_IO or AMOS_E_NOMEM. One thread at
 * a time. */
amos_status journal_append(const char *path, const amos_verdict_entry *entry, amos_error *err);

/* The verdicts of the file as a list of objects; *out is NULL after a failure. Any thread. */
amos_status journal_list(const char *path, cJSON **out, amos_error *err);

#endif
