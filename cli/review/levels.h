/* SPDX-License-Identifier: BSD-3-Clause */
/* The 8 bits of a shown voxel: which intensity each code stands for, and the windows in which a case is looked at.
 *
 * Images of CT have the same codes in every case: -1000 HU for air, steps of 40 up to -160 and of 3 up to 239, then growing ones
 * up to 3071. Others have steps of 1 if their values are integers that span at most 255, else 127 equal ones up to the 99.5th
 * percentile, and as many above. More codes for the noise of a voxel would double the size of a report.
 */
#ifndef CLI_REVIEW_LEVELS_H
#define CLI_REVIEW_LEVELS_H

#include <amos/amos.h>

#include <stdbool.h>

/* What is known about the values of an image, from which levels and windows follow. */
struct review_range {
    double min, max;                       /* of the finite voxels; 0 if there is none */
    double very_low, low, high, very_high; /* percentiles 0.5, 1, 99 and 99.5 of those that are not 0 */
    bool hounsfield;                       /* they are Hounsfield units */
    bool unfinite;                         /* some are NaN or infinite */
    bool whole;                            /* all others are integers */
};

/* Looks at an image: packed float32 voxels. Percentiles are those of evenly spaced voxels, at most 200,000. An image is in
 * Hounsfield units if its case is CT and its values span at least 256, or if nothing says what it is and there are values
 * below -500. False if memory ran out. */
bool review_range_find(const float *voxels, size_t count, amos_modality modality, struct review_range *out);

enum { REVIEW_LEVELS = 256 };

struct review_levels {
    double value[REVIEW_LEVELS]; /* increasing */
    int count; /* of codes that stand for a value: 256, or 255 if the last one stands for NaN and infinity */
    double middle[REVIEW_LEVELS]; /* between value[i] and value[i + 1]; infinite for the last */
    double low, per_step;         /* of `first` */
    uint8_t first[4096];          /* no code below this is near to the values of a step */
};

void review_levels_make(const struct review_range *range, struct review_levels *out);

/* The code whose value is nearest, the larger of two. */
void review_levels_code(const struct review_levels *levels, const double *values, size_t count, uint8_t *codes);

/* A range of values that is shown from black to white. */
struct review_window {
    const char *name;
    double low, high;
};

/* Those of a case; the first is shown at first. Returns their number. */
enum { REVIEW_WINDOWS = 4 };
int review_windows(const struct review_range *range, struct review_window out[REVIEW_WINDOWS]);

#endif
