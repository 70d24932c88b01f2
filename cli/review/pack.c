/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/pack.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

void review_filter_left(uint8_t *bytes, size_t width, size_t rows)
{
    for (size_t y = 0; y < rows; y++)
        for (size_t x = width - 1; x > 0; x--)
            bytes[y * width + x] = (uint8_t)(bytes[y * width + x] - bytes[y * width + x - 1]);
}

/* Three bytes become four letters; '=' stands for bytes that the end lacks. */
static size_t put_base64(const unsigned char *bytes, size_t count, char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;
    for (size_t i = 0; i < count; i += 3) {
        size_t left = count - i;
        unsigned group = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0u) |
                         (left > 2 ? (unsigned)bytes[i + 2] : 0u);
        out[used++] = letters[group >> 18];
        out[used++] = letters[group >> 12 & 63];
        out[used++] = left > 1 ? letters[group >> 6 & 63] : '=';
        out[used++] = left > 2 ? letters[group & 63] : '=';
    }
    return used;
}

/* NULL if memory ran out, and for more bytes than zlib takes at once. */
static unsigned char *compress_bytes(const uint8_t *bytes, size_t count, bool noisy, size_t *compressed)
{
    z_stream stream = {.zalloc = Z_NULL};
    unsigned char *out = NULL;
    if (count > UINT_MAX / 2 || deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS, 9, noisy ? Z_RLE : Z_DEFAULT_STRATEGY))
        return NULL;
    uLong bound = deflateBound(&stream, (uLong)count);
    if ((out = malloc(bound)) != NULL) {
        stream.next_in = (z_const Bytef *)bytes;
        stream.avail_in = (uInt)count;
        stream.next_out = out;
        stream.avail_out = (uInt)bound;
        if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
            free(out);
            out = NULL;
        }
    }
    *compressed = stream.total_out;
    (void)deflateEnd(&stream);
    return out;
}

char *review_pack(const uint8_t *bytes, size_t count, bool noisy, size_t *length)
{
    size_t compressed;
    unsigned char *packed = compress_bytes(bytes, count, noisy, &compressed);
    char *text = packed ? malloc((compressed + 2) / 3 * 4 + 1) : NULL;
    *length = text ? put_base64(packed, compressed, text) : 0;
    free(packed);
    return text;
}
