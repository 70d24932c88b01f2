/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check --quality: measures cases with several threads, and judges them. */
#ifndef CLI_QUALITY_RUN_H
#define CLI_QUALITY_RUN_H

#include <amos/amos.h>

#include <stdbool.h>

/* A case, or a label file without its image. */
struct quality_subject {
    const amos_case *c;        /* NULL for a file */
    const char *path;          /* of a file */
    const amos_accept *accept; /* in its label */
    amos_quality *facts;       /* made by quality_measure(), and released by quality_release() */
};

/* Measures all subjects. False after a failure, which is reported; a case that cannot be read is none. */
bool quality_measure(struct quality_subject *subjects, size_t count, const amos_volume_options *volume, int threads);

/* Judges them. On success the caller owns *out. False after a failure, which is reported. */
bool quality_judge(const struct quality_subject *subjects, size_t count, const amos_quality_limits *limits,
                   amos_quality_findings **out);

void quality_release(struct quality_subject *subjects, size_t count);

#endif
