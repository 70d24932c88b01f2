/* The bytes of a cache entry. Checksums are made right first, so that the fuzzer gets behind them. What is accepted must
 * be readable: a box and the whole give the same voxels, and positions lie in the volume. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "loader/cache_chunk.h"
#include "loader/cache_entry.h"
#include "support/make/cache_seal.h"

#define MOST_BYTES ((size_t)4 << 20) /* of voxels; larger images are not read */

static struct amosi_scratch_pool pool;

typedef amos_status (*read_fn)(const amos_cache_entry *, const amos_read_options *, void *, size_t, amos_error *);

static void hold_box_against_whole(const amos_cache_entry *entry, read_fn read, size_t item)
{
    const amos_layout *layout = &amos_cache_entry_get_info(entry)->layout;
    size_t bytes = layout->bytes / amos_type_bytes(layout->type) * item;
    if (bytes > MOST_BYTES)
        return;
    unsigned char *whole = malloc(bytes), one[16];
    FUZZ_REQUIRE(whole != NULL);
    amos_read_options o = {.size = sizeof o};
    amos_status status = read(entry, &o, whole, bytes, NULL);
    FUZZ_REQUIRE(status == AMOS_OK || status == AMOS_E_INDEX);
    for (int i = 0; i < 3; i++) {
        o.box.start[i] = layout->shape[i] / 2;
        o.box.stop[i] = o.box.start[i] + 1;
    }
    size_t at = (size_t)((o.box.start[2] * layout->shape[1] + o.box.start[1]) * layout->shape[0] + o.box.start[0]);
    if (status == AMOS_OK) {
        FUZZ_REQUIRE(read(entry, &o, one, item, NULL) == AMOS_OK);
        FUZZ_REQUIRE(memcmp(one, whole + at * item, item) == 0);
    }
    free(whole);
}

static void use(const amos_cache_entry *entry)
{
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    for (int label = 0; label <= info->max_label; label++) {
        size_t count;
        const int32_t(*at)[3] = amos_cache_entry_positions(entry, label, &count);
        for (size_t i = 0; i < count; i++)
            for (int k = 0; k < 3; k++)
                FUZZ_REQUIRE(at[i][k] >= 0 && at[i][k] < info->layout.shape[k]);
    }
    hold_box_against_whole(entry, amos_cache_read_image, amos_type_bytes(info->layout.type));
    if (info->has_labels)
        hold_box_against_whole(entry, amos_cache_read_labels, 1);
    amos_status status = amos_cache_entry_verify(entry, NULL);
    FUZZ_REQUIRE(status == AMOS_OK || status == AMOS_E_INDEX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_source source;
    amos_cache_entry *entry = NULL;
    amos_error err;
    if (!amosi_chunk_supported())
        return 0;
    uint8_t *file = fuzz_copy(data, size);
    cache_reseal(file, size);
    FUZZ_REQUIRE(amosi_source_open_memory(&source, file, size, &err) == AMOS_OK);
    amos_status status = amosi_cache_entry_open(&source, &pool, &entry, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (entry != NULL) && (status == AMOS_OK || status == AMOS_E_INDEX));
    if (entry)
        use(entry);
    amos_cache_entry_free(entry);
    amosi_scratch_clear(&pool);
    free(file);
    return 0;
}
