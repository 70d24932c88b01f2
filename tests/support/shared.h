/* SPDX-License-Identifier: BSD-3-Clause */
/* Real data, which is not part of the project: $AMOS_SHARED_DATA, else ../shared/data next to the project's root. */
#ifndef TESTS_SHARED_H
#define TESTS_SHARED_H

/* The directory; or prints one line about what is skipped and returns NULL. Call it in main(), before the tests run. */
const char *shared_data(const char *what_is_skipped);

/* The path of a file in it; from malloc(). Only if shared_data() was not NULL. */
char *shared_path(const char *name);

#endif
