/* Check notes every one of its ck_assert calls in a file, which is slow in loops over voxels. This one asks first. */
#ifndef TESTS_REQUIRE_H
#define TESTS_REQUIRE_H

#include <check.h>

#define require(condition, ...)        \
    do {                               \
        if (!(condition))              \
            ck_abort_msg(__VA_ARGS__); \
    } while (0)

#endif
