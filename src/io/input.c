/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/input.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"

amos_status amosi_input_open(struct amosi_input *input, const struct amosi_source *source, size_t buffer_bytes,
                             amos_error *err)
{
    memset(input, 0, sizeof *input);
    input->source = source;
    input->buffer_bytes = buffer_bytes;
    if (source->memory)
        return AMOS_OK;
    input->buffer = amosi_alloc(buffer_bytes);
    return input->buffer ? AMOS_OK : amosi_fail_nomem(err, source->path);
}

void amosi_input_close(struct amosi_input *input)
{
    amosi_free(input->buffer);
    input->buffer = NULL;
}

uint64_t amosi_input_position(const struct amosi_input *input)
{
    return input->end_offset - (uint64_t)(input->end - input->next);
}

void amosi_input_seek(struct amosi_input *input, uint64_t offset)
{
    uint64_t begin_offset = input->end_offset - (uint64_t)(input->end - input->begin);
    if (input->begin && offset >= begin_offset && offset <= input->end_offset) {
        input->next = input->begin + (offset - begin_offset);
        return;
    }
    input->begin = input->next = input->end = input->buffer;
    input->end_offset = offset;
}

amos_status amosi_input_fill(struct amosi_input *input, amos_error *err)
{
    if (input->next < input->end)
        return AMOS_OK;
    uint64_t left = input->source->size - input->end_offset;
    size_t want = left < input->buffer_bytes ? (size_t)left : input->buffer_bytes;
    const unsigned char *window = input->buffer;
    if (input->source->memory)
        window = input->source->memory + input->end_offset;
    else if (want) {
        amos_status status = amosi_source_read(input->source, input->end_offset, input->buffer, want, err);
        if (status)
            return status;
    }
    input->begin = input->next = window;
    input->end = window + want;
    input->end_offset += want;
    return AMOS_OK;
}

amos_status amosi_input_byte(struct amosi_input *input, int *byte, amos_error *err)
{
    amos_status status = amosi_input_fill(input, err);
    if (!status)
        *byte = input->next < input->end ? *input->next++ : -1;
    return status;
}
