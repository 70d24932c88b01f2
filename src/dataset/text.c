#include "dataset/text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "io/source.h"

static amos_status read_content(const struct amosi_source *source, char *content, size_t size, amos_error *err)
{
    amos_status status = amosi_source_read(source, 0, content, size, err);
    if (status == AMOS_OK)
        status = amosi_source_check(source, err);
    content[size] = '\0';
    return status;
}

static amos_status read_source(const struct amosi_source *source, uint64_t max_bytes, char **data, size_t *length,
                               amos_error *err)
{
    if (source->size > max_bytes)
        return amosi_fail(err, AMOS_E_LIMIT, source->path, "the file has %llu bytes; at most %llu are allowed.",
                          (unsigned long long)source->size, (unsigned long long)max_bytes);
    char *content = source->size < SIZE_MAX ? amosi_alloc((size_t)source->size + 1) : NULL;
    if (!content)
        return amosi_fail_nomem(err, source->path);
    amos_status status = read_content(source, content, (size_t)source->size, err);
    if (status) {
        amosi_free(content);
        return status;
    }
    *data = content;
    *length = (size_t)source->size;
    return AMOS_OK;
}

amos_status amosi_text_read(const char *path, uint64_t max_bytes, char **data, size_t *length, amos_error *err)
{
    struct amosi_source source;
    amos_status status = amosi_source_open_file(&source, path, err);
    if (status)
        return status;
    status = read_source(&source, max_bytes, data, length, err);
    amosi_source_close(&source);
    return status;
}

/* How many bytes the character at `s` has, or 0 where it is not UTF-8. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    int overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    int surrogate = s[0] == 0xed && s[1] > 0x9f;
    int too_large = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

size_t amosi_text_utf8_end(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t step = utf8_length((const unsigned char *)text + at, length - at);
        if (step == 0)
            break;
        at += step;
    }
    return at;
}

int amosi_text_has_bom(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
}

const char *amosi_text_show(char *out, size_t bytes, const char *text)
{
    size_t length = strlen(text);
    if (length >= bytes) {
        length = bytes - 4;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
        memcpy(out + length, "...", 4);
    } else {
        out[length] = '\0';
    }
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    return out;
}
