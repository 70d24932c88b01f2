/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz/kit/choice.h"

#include <string.h>

#include "fuzz/kit/fuzz.h"

struct choice choose(const uint8_t **data, size_t *size)
{
    static const char *const orientations[] = {NULL, "RAS", "LPS", "ASR", "ILA", "XYZ"};
    uint8_t a = fuzz_byte(data, size), b = fuzz_byte(data, size);
    struct choice c;
    c.packed = a & 1;
    c.flags = a & 2 ? AMOS_READ_SATURATE : 0;
    c.box = a & 4;
    c.frame = a & 8 ? AMOS_FRAME_ALL : a >> 6;
    c.members = 1 + (a >> 4 & 3);
    c.type = (amos_type)(b % 12);
    c.orientation = orientations[b / 12 % 6];
    c.how = fuzz_byte(data, size);
    return c;
}

amos_read_options choice_options(const struct choice *c, const amos_volume_info *info)
{
    amos_read_options o = {
        .size = sizeof o, .type = c->type, .orientation = c->orientation, .frame = c->frame, .flags = c->flags};
    for (int i = 0; i < 3 && c->box; i++) {
        o.box.start[i] = info->shape[i] / 3;
        o.box.stop[i] = o.box.start[i] + 1 + info->shape[i] / 2;
    }
    return o;
}

uint8_t *choice_file(const struct choice *c, const uint8_t *data, size_t size, size_t *file_size)
{
    if (c->packed)
        return fuzz_gzip(data, size, c->members, 1, file_size);
    *file_size = size;
    return fuzz_copy(data, size);
}

amos_limits choice_limits(void)
{
    return (amos_limits){.size = sizeof(amos_limits), .max_uncompressed = 4 << 20, .max_extra = 65536};
}
