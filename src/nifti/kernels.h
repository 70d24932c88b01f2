/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops that nearly every read uses, in plain C and as vector code. The best set that base/cpu.h allows is used.
 * All sets give the same bits; a test compares them. */
#ifndef AMOSI_NIFTI_KERNELS_H
#define AMOSI_NIFTI_KERNELS_H

#include <stddef.h>
#include <stdint.h>

struct amosi_kernels {
    const char *name;
    /* n integers as float32 */
    void (*float_from_i16)(float *to, const int16_t *from, size_t n);
    void (*float_from_u16)(float *to, const uint16_t *from, size_t n);
    void (*float_from_u8)(float *to, const uint8_t *from, size_t n);
    /* slope * value + inter in double, rounded once; no result may be beyond float32 */
    void (*scaled_from_i16)(float *to, const int16_t *from, size_t n, double slope, double inter);
    void (*scaled_from_u16)(float *to, const uint16_t *from, size_t n, double slope, double inter);
    void (*scaled_from_u8)(float *to, const uint8_t *from, size_t n, double slope, double inter);
    /* reverses the byte order of n items, in place */
    void (*swap2)(void *items, size_t n);
    void (*swap4)(void *items, size_t n);
    void (*swap8)(void *items, size_t n);
    /* copies n items of 1, 2 or 4 bytes in reverse order */
    void (*reverse1)(void *to, const void *from, size_t n);
    void (*reverse2)(void *to, const void *from, size_t n);
    void (*reverse4)(void *to, const void *from, size_t n);
    /* splits n items of 2 bytes into their first and second bytes, and joins them */
    void (*split2)(void *first, void *second, const void *from, size_t n);
    void (*join2)(void *to, const void *first, const void *second, size_t n);
    /* how many of n bytes, from the start, repeat the first `item` bytes; item is 1, 2, 4 or 8 and at most n */
    size_t (*repeated)(const void *from, size_t n, size_t item);
    /* how many of n values precede the first one above `most` */
    size_t (*at_most_i16)(const int16_t *from, size_t n, int16_t most);
};

extern const struct amosi_kernels amosi_kernels_plain;

/* The best set for this processor. */
const struct amosi_kernels *amosi_kernels(void);

#endif
