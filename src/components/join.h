/* SPDX-License-Identifier: BSD-3-Clause */
/* Joins runs of neighbouring rows: union-find in which the first run of a component stands for it, so that results do
 * not depend on the order in which runs are joined. */
#ifndef AMOSI_COMPONENTS_JOIN_H
#define AMOSI_COMPONENTS_JOIN_H

#include "components/runs.h"

/* A slice of rows: row r lies at y = r - first_row. */
struct amosi_join {
    struct amosi_runs *runs;
    int64_t height; /* rows in a slice */
    int connectivity;
};

/* Joins the runs of row `row`, at `y` of its slice, with those of the row before it in its slice, */
void amosi_join_beside(const struct amosi_join *join, size_t row, int64_t y);

/* and with those of the rows around the same place of the slice before. */
void amosi_join_below(const struct amosi_join *join, size_t row, int64_t y);

#endif
