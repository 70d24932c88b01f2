/* SPDX-License-Identifier: BSD-3-Clause */
/* G10, H79: a volume of more than 4 GiB, whose stored length is its size modulo 2^32. The file is generated: one
 * gzip member of 65 equal runs of zeros, each independently decodable, so that its 4 MB are copies of one run. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <amos/amos.h>

#include "support/bytes.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"

#define SIDE 2048
#define SLICES_PER_RUN 16
#define RUNS 65
#define RUN_BYTES ((size_t)SIDE * SIDE * SLICES_PER_RUN)
#define SLICES ((int64_t)RUNS * SLICES_PER_RUN)

/* Zeros, except the last byte of the last run, as whole deflate blocks that begin and end at a byte boundary and
 * refer to nothing before them. */
static void add_run(struct bytes *out, unsigned char last, uLong *crc)
{
    unsigned char *zeros = must_alloc(RUN_BYTES);
    memset(zeros, 0, RUN_BYTES);
    zeros[RUN_BYTES - 1] = last;
    z_stream z;
    memset(&z, 0, sizeof z);
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = (size_t)deflateBound(&z, RUN_BYTES);
    unsigned char *packed = must_alloc(room);
    z.next_in = zeros;
    z.avail_in = (uInt)RUN_BYTES;
    z.next_out = packed;
    z.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&z, Z_FULL_FLUSH), Z_OK);
    bytes_add(out, packed, room - z.avail_out);
    deflateEnd(&z);
    *crc = crc32_z(0, zeros, RUN_BYTES);
    free(packed);
    free(zeros);
}

static struct bytes large_file(uint32_t size_add)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {1, 1, 1}, .type = AMOS_TYPE_UINT8};
    struct nifti_file header = nifti_make(&spec);
    const int16_t dim[8] = {3, SIDE, SIDE, (int16_t)SLICES, 1, 1, 1, 1};
    for (size_t i = 0; i < 8; i++) {
        header.bytes.data[40 + 2 * i] = (unsigned char)(dim[i] & 0xff);
        header.bytes.data[41 + 2 * i] = (unsigned char)(dim[i] >> 8);
    }
    struct bytes file = {0}, run = {0}, last = {0};
    uLong run_crc, last_crc;
    add_run(&run, 0, &run_crc);
    add_run(&last, 7, &last_crc);
    uLong crc = crc32_z(0, header.bytes.data, 352);
    gzip_add_header(&file, NULL);
    static const unsigned char stored_352[5] = {0, 0x60, 0x01, 0x9f, 0xfe}, final[5] = {1, 0, 0, 0xff, 0xff};
    bytes_add(&file, stored_352, sizeof stored_352);
    bytes_add(&file, header.bytes.data, 352);
    for (int i = 0; i < RUNS; i++) {
        const struct bytes *next = i < RUNS - 1 ? &run : &last;
        bytes_add(&file, next->data, next->size);
        crc = crc32_combine(crc, i < RUNS - 1 ? run_crc : last_crc, (z_off_t)RUN_BYTES);
    }
    bytes_add(&file, final, sizeof final);
    bytes_add_u32le(&file, (uint32_t)crc);
    bytes_add_u32le(&file, (uint32_t)(352 + (uint64_t)RUNS * RUN_BYTES) + size_add);
    bytes_free(&last);
    bytes_free(&run);
    nifti_free(&header);
    return file;
}

/* The last slice is beyond 4 GiB, and reading it reaches the end: CRC-32 and length are checked. */
START_TEST(G10_H79_more_than_4_gib)
{
    struct bytes file = large_file(_i ? 1 : 0);
    amos_volume *volume;
    amos_error err = {0};
    assert_ok(amos_volume_open_memory(file.data, file.size, NULL, &volume, &err), &err);
    ck_assert_uint_gt(amos_volume_get_info(volume)->stored_bytes, (uint64_t)UINT32_MAX + 1);
    amos_read_options options = {.size = sizeof options, .box = {{0, 0, SLICES - 1}, {SIDE, SIDE, SLICES}}};
    unsigned char *slice = must_alloc((size_t)SIDE * SIDE);
    memset(slice, 9, (size_t)SIDE * SIDE);
    amos_status status = amos_volume_read(volume, &options, slice, (size_t)SIDE * SIDE, &err);
    assert_status(status, _i ? AMOS_E_GZ_SIZE : AMOS_OK, &err);
    size_t marked = 0;
    for (size_t i = 0; i < (size_t)SIDE * SIDE && !_i; i++)
        marked += slice[i] != 0;
    ck_assert(_i || (marked == 1 && slice[(size_t)SIDE * SIDE - 1] == 7));
    free(slice);
    amos_volume_free(volume);
    bytes_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("large");
    TCase *large = add_case(suite, "large", 120);
    tcase_add_loop_test(large, G10_H79_more_than_4_gib, 0, 2);
    return run_suite(suite);
}
