/* SPDX-License-Identifier: BSD-3-Clause */
/* A .hdr and its .img or .img.gz, as files: opened and read with each library. */
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/choice.h"
#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/tree.h"
#include "io/inflate/inflate.h"

static amos_status read_pair(const char *path, const struct choice *c, amos_inflate inflate, amos_array **out,
                             amos_warnings *warnings)
{
    amos_limits limits = choice_limits();
    amos_volume_options open = {.size = sizeof open, .inflate = inflate, .limits = &limits};
    amos_volume *volume;
    amos_error err;
    *out = NULL;
    *warnings = 0;
    amos_status status = amos_volume_open(path, &open, &volume, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (volume != NULL));
    if (volume) {
        amos_read_options options = choice_options(c, amos_volume_get_info(volume));
        status = amos_volume_load(volume, &options, out, &err);
        *warnings = amos_volume_warnings(volume);
    }
    FUZZ_REQUIRE(status == AMOS_OK || (err.status == status && strlen(err.message) > 10));
    amos_volume_free(volume);
    return status;
}

static void compare(const amos_array *a, const amos_array *b)
{
    FUZZ_REQUIRE(amos_array_layout(a)->bytes == amos_array_layout(b)->bytes);
    FUZZ_REQUIRE(memcmp(amos_array_data(a), amos_array_data(b), amos_array_layout(a)->bytes) == 0);
}

static void read_all_ways(const char *path, const struct choice *c)
{
    amos_array *first, *next;
    amos_warnings warnings, others;
    amos_status status = read_pair(path, c, AMOS_INFLATE_ZLIB, &first, &warnings);
    for (int inflate = AMOS_INFLATE_AUTO; inflate <= AMOS_INFLATE_OWN; inflate++) {
        amos_status other = read_pair(path, c, (amos_inflate)inflate, &next, &others);
        FUZZ_REQUIRE(status == other && warnings == others && !first == !next);
        if (first)
            compare(first, next);
        amos_array_free(next);
    }
    amos_array_free(first);
}

/* The input: the choice, the length of the .hdr in two bytes, the .hdr, and the image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choice c = choose(&data, &size);
    size_t header = fuzz_byte(&data, &size);
    header |= (size_t)fuzz_byte(&data, &size) << 8;
    if (header > size)
        header = size;
    const char *image = c.how & 1 ? "pair.img.gz" : "pair.img";
    size_t image_size;
    uint8_t *file = choice_file(&c, data + header, size - header, &image_size);
    char path[512];
    fuzz_tree_path(path, sizeof path, "pair.hdr");
    fuzz_tree_write("pair.hdr", data, header);
    if (!(c.how & 2))
        fuzz_tree_write(image, file, image_size);
    read_all_ways(path, &c);
    fuzz_tree_remove(image);
    free(file);
    return 0;
}
