/* SPDX-License-Identifier: BSD-3-Clause */
/* A whole file from memory: open, geometry, reads as several types, boxes and orientations, with each library. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/choice.h"
#include "fuzz/kit/fuzz.h"
#include "io/inflate/inflate.h"

struct outcome {
    amos_status status; /* of opening and reading */
    amos_status whole;  /* of decoding the whole file */
    amos_warnings warnings;
    amos_array *array;
};

static amos_status read_volume(const amos_volume *volume, const struct choice *c, struct outcome *out, amos_error *err)
{
    amos_geometry geometry;
    amos_read_options options = choice_options(c, amos_volume_get_info(volume));
    amos_status status = amos_volume_get_geometry(volume, &geometry, err);
    FUZZ_REQUIRE(status == AMOS_OK || status == AMOS_E_GEOM);
    status = amos_volume_load(volume, &options, &out->array, err);
    FUZZ_REQUIRE((status == AMOS_OK) == (out->array != NULL));
    uint64_t nonfinite;
    out->whole = amos_volume_verify(volume, NULL, &nonfinite, NULL);
    out->warnings = amos_volume_warnings(volume);
    return status;
}

static void run(const uint8_t *data, size_t size, amos_inflate inflate, const struct choice *c, struct outcome *out)
{
    amos_limits limits = choice_limits();
    amos_volume_options options = {.size = sizeof options, .inflate = inflate, .limits = &limits};
    amos_volume *volume;
    amos_error err;
    err.message[0] = '\0';
    memset(out, 0, sizeof *out);
    out->status = amos_volume_open_memory(data, size, &options, &volume, &err);
    FUZZ_REQUIRE((out->status == AMOS_OK) == (volume != NULL));
    if (volume)
        out->status = read_volume(volume, c, out, &err);
    amos_volume_free(volume);
}

static void compare(const struct outcome *a, const struct outcome *b)
{
    FUZZ_REQUIRE(a->status == b->status && a->whole == b->whole);
    FUZZ_REQUIRE(a->warnings == b->warnings);
    FUZZ_REQUIRE((a->array == NULL) == (b->array == NULL));
    if (a->array) {
        const amos_layout *layout = amos_array_layout(a->array);
        FUZZ_REQUIRE(memcmp(amos_array_data(a->array), amos_array_data(b->array), layout->bytes) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choice c = choose(&data, &size);
    struct outcome first, next;
    uint8_t *file = choice_file(&c, data, size, &size);
    run(file, size, AMOS_INFLATE_ZLIB, &c, &first);
    for (int inflate = AMOS_INFLATE_AUTO; inflate <= AMOS_INFLATE_OWN; inflate++) {
        run(file, size, (amos_inflate)inflate, &c, &next);
        compare(&first, &next);
        amos_array_free(next.array);
    }
    amos_array_free(first.array);
    free(file);
    return 0;
}
