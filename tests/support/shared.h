/* SPDX-License-Identifier: BSD-3-Clause */
/* Real data, which is not part of the project: $AMOS_SHARED_DATA, else ../shared/data beside the project's root. */
#ifndef TESTS_SHARED_H
#define TESTS_SHARED_H

/* The directory, or NULL after one printed line that says what is skipped. Call it in main(), before the tests run. */
const char *shared_data(const char *what_is_skipped);

/* The path of a file in it; from malloc(). Only where shared_data() was not NULL. */
char *shared_path(const char *name);

#endif
