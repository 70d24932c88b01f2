/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: the sum of parts whose command wrote files. */
#ifndef CLI_MERGE_RECEIPTS_H
#define CLI_MERGE_RECEIPTS_H

#include "shard/part.h"

/* Names the cases that failed, and counts all. Returns an enum cli_exit: CLI_FAILED if one failed. */
int receipts_report(const struct shard_parts *parts, bool json);

#endif
