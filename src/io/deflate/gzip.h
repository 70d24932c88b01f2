/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a file that is one gzip member. Its data are cut into pieces by their position alone, so the bytes do not
 * depend on the number of threads nor on how the data were added. No piece refers to the one before it: each is a place
 * where decoding can start, and the seek index costs nothing. */
#ifndef AMOSI_IO_DEFLATE_GZIP_H
#define AMOSI_IO_DEFLATE_GZIP_H

#include <stdbool.h>

#include "io/gzip/index.h"
#include "io/outfile.h"

struct amosi_gzip_plan {
    uint64_t total; /* bytes of data */
    uint64_t first; /* pieces end at first + step, first + 2 * step, ... */
    uint64_t step;  /* at least 1; first + step are at most AMOSI_DEFLATE_MOST */
    int level;      /* 1 to 9, or 0 for the default */
    int threads;    /* 0: as many as there are processors */
    bool index;     /* make one */
};

struct amosi_gzip;

/* Writes the header. The file must outlive the result. */
amos_status amosi_gzip_open(struct amosi_outfile *file, const struct amosi_gzip_plan *plan, struct amosi_gzip **out,
                            amos_error *err);
void amosi_gzip_free(struct amosi_gzip *gzip); /* accepts NULL */

/* Adds data, in all no more than plan.total. `stays`: they do not change before the member is finished or freed, so that
 * they need not be copied. After a failure the member can only be freed, and nothing reads the data any more. */
amos_status amosi_gzip_add(struct amosi_gzip *gzip, const void *data, size_t bytes, bool stays, amos_error *err);

/* Writes what is left and the trailer. All data must have been added. */
amos_status amosi_gzip_finish(struct amosi_gzip *gzip, amos_error *err);

/* After the finish: the index, which the member owns; NULL if none was asked for. */
const struct amosi_index *amosi_gzip_index(const struct amosi_gzip *gzip);

#endif
