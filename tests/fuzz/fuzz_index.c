/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of an index file. Key and checksums are corrected first, so that the fuzzer gets past them. An accepted
 * index must be written back as it was read, and its points must be usable. */
#include <stdlib.h>
#include <string.h>

#include "base/math/bytes.h"
#include "fuzz/kit/fuzz.h"
#include "io/seek/file.h"
#include "io/crc32.h"

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static void read_key(const uint8_t *file, struct amosi_content_id *key)
{
    key->size = amosi_get64(file + 24, false);
    key->head = amosi_get64(file + 32, false);
    memcpy(key->trailer, file + 56, sizeof key->trailer);
}

static void use(const struct amosi_index *index)
{
    unsigned char *window = malloc(AMOSI_WINDOW_ROOM);
    FUZZ_REQUIRE(window != NULL && index->count > 0);
    for (size_t i = 0; i < index->count; i++) {
        const struct amosi_index_point *point = &index->points[i];
        size_t bytes = 0;
        FUZZ_REQUIRE(amosi_index_end(index, i) > point->out || i + 1 == index->count);
        FUZZ_REQUIRE(amosi_index_find(index, point->out) == i);
        if (point->window_bytes && amosi_index_window(index, point, "fuzz", window, &bytes, NULL) == AMOS_OK)
            FUZZ_REQUIRE(bytes <= AMOSI_WINDOW_BYTES);
    }
    free(window);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_content_id key;
    struct amosi_index *index = NULL;
    amos_error err;
    if (size < AMOSI_INDEX_HEADER)
        return 0;
    uint8_t *file = fuzz_copy(data, size);
    memset(&key, 0, sizeof key);
    read_key(file, &key);
    put32(file + 88, amosi_crc32(0, file + AMOSI_INDEX_HEADER, size - AMOSI_INDEX_HEADER));
    put32(file + 92, amosi_crc32(0, file, 92));
    amos_status status = amosi_index_file_parse(file, size, &key, "fuzz", &index, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (index != NULL) && (status == AMOS_OK || status == AMOS_E_INDEX));
    if (index) {
        uint8_t *again = malloc(size);
        FUZZ_REQUIRE(again != NULL && amosi_index_file_bytes(index->count, index->windows_bytes) == size);
        amosi_index_file_write(index, again);
        FUZZ_REQUIRE(memcmp(again, file, size) == 0);
        use(index);
        free(again);
    }
    amosi_index_free(index);
    free(file);
    return 0;
}
