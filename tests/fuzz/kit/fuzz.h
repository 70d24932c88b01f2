/* SPDX-License-Identifier: BSD-3-Clause */
/* Shared by the fuzz targets. A target is libFuzzer's entry point; the same file, linked with replay.c instead,
 * runs on committed inputs in the plain tests. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the fuzzer: two results that must agree differ. */
#define FUZZ_REQUIRE(condition) \
    do { \
        if (!(condition)) \
            fuzz_fail(__FILE__, __LINE__, #condition); \
    } while (0)
void fuzz_fail(const char *file, int line, const char *condition) __attribute__((noreturn));

/* Takes a byte off the input, as a choice. */
uint8_t fuzz_byte(const uint8_t **data, size_t *size);

/* malloc() of exactly `size` bytes with this content, so that a sanitizer detects any access beyond it. */
void *fuzz_copy(const uint8_t *data, size_t size);

/* A gzip file of some bytes, in n members of equal size, with correct CRCs; malloc'd. */
uint8_t *fuzz_gzip(const uint8_t *data, size_t size, int members, int level, size_t *file_size);

#endif
