/* SPDX-License-Identifier: BSD-3-Clause */
/* Compressing any bytes. The first byte chooses how often the others are repeated; zlib must read what each compressor
 * of libamos itself makes, from the same bytes, and the versions for other processors must make the same. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/system/cpu.h"
#include "fuzz/kit/fuzz.h"
#include "io/deflate/method.h"

static const struct amosi_deflate_method *const methods[] = {&amosi_deflate_words, &amosi_deflate_smallest};

static void check_zlib_reads(const uint8_t *packed, size_t packed_bytes, const uint8_t *data, size_t bytes)
{
    uint8_t *out = malloc(bytes + 1);
    z_stream z;
    memset(&z, 0, sizeof z);
    FUZZ_REQUIRE(out != NULL && inflateInit2(&z, -15) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)packed;
    z.avail_in = (uInt)packed_bytes;
    z.next_out = out;
    z.avail_out = (uInt)bytes + 1;
    FUZZ_REQUIRE(inflate(&z, Z_SYNC_FLUSH) == Z_OK && z.avail_in == 0 && z.total_out == bytes);
    FUZZ_REQUIRE(memcmp(out, data, bytes) == 0);
    inflateEnd(&z);
    free(out);
}

static size_t pack(const struct amosi_deflate_method *method, const uint8_t *data, size_t bytes, uint8_t *out,
                   size_t room)
{
    void *state = method->create(method->most);
    FUZZ_REQUIRE(state != NULL);
    size_t made = method->run(state, data, bytes, out, room);
    method->destroy(state);
    return made;
}

static void check_method(const struct amosi_deflate_method *method, const uint8_t *data, size_t bytes)
{
    size_t room = 2 * bytes + 2000;
    uint8_t *packed = malloc(room), *plain = malloc(room);
    FUZZ_REQUIRE(packed != NULL && plain != NULL);
    size_t made = pack(method, data, bytes, packed, room);
    FUZZ_REQUIRE(made > 0 && made <= room);
    check_zlib_reads(packed, made, data, bytes);
    amosi_cpu_limit(0);
    FUZZ_REQUIRE(pack(method, data, bytes, plain, made) == made && memcmp(packed, plain, made) == 0);
    FUZZ_REQUIRE(pack(method, data, bytes, plain, made - 1) == 0);
    amosi_cpu_limit(AMOSI_CPU_ALL);
    free(packed);
    free(plain);
}

#define MOST_BYTES 150000 /* blocks of the fast one have 65,536 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > MOST_BYTES)
        return 0;
    size_t most = MOST_BYTES / (size - 1), times = (size_t)data[0] + 1;
    times = times < most ? times : most;
    size_t bytes = (size - 1) * times;
    uint8_t *repeated = malloc(bytes);
    FUZZ_REQUIRE(repeated != NULL);
    for (size_t i = 0; i < times; i++)
        memcpy(repeated + i * (size - 1), data + 1, size - 1);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        check_method(methods[i], repeated, bytes);
    free(repeated);
    return 0;
}
