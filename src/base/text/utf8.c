/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/utf8.h"

#include <string.h>

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t amosi_utf8_length(const char *text, size_t left)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (!continues(text[i]))
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] > 0x9f;
    bool too_large = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

size_t amosi_utf8_end(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t step = amosi_utf8_length(text + at, length - at);
        if (step == 0)
            break;
        at += step;
    }
    return at;
}

bool amosi_utf8_has_bom(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
}

/* The bytes of the letter at `text`, which ends with NUL. No letter extends beyond the NUL: it is no continuation. */
static size_t step_at(const char *text)
{
    size_t length = amosi_utf8_length(text, 4);
    return length ? length : 1;
}

unsigned amosi_utf8_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    size_t length = amosi_utf8_length(*text, 4);
    *text += length ? length : 1;
    if (length <= 1)
        return length ? s[0] : AMOSI_UTF8_BAD;
    unsigned point = s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (s[i] & 0x3fu);
    return point;
}

size_t amosi_utf8_letters(const char *text)
{
    size_t letters = 0;
    for (; *text; text += step_at(text))
        letters++;
    return letters;
}

size_t amosi_utf8_bytes(const char *text, size_t most)
{
    size_t bytes = 0;
    for (; most > 0 && text[bytes]; most--)
        bytes += step_at(text + bytes);
    return bytes;
}

size_t amosi_utf8_cut(const char *text, size_t length, size_t most)
{
    if (length <= most)
        return length;
    size_t start = most;
    while (start > 0 && most - start < 3 && continues(text[start]))
        start--;
    return start + amosi_utf8_length(text + start, length - start) > most ? start : most;
}

size_t amosi_utf8_unsafe(const char *text)
{
    static const struct {
        unsigned first, last;
    } unsafe[] = {{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    size_t length = amosi_utf8_length(text, 4);
    const char *at = text;
    unsigned point = amosi_utf8_next(&at);
    bool found = length == 0;
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        found = found || (point >= unsafe[i].first && point <= unsafe[i].last);
    return found ? (size_t)(at - text) : 0;
}

size_t amosi_utf8_escape(char out[AMOSI_LETTER_BYTES], const char **text)
{
    static const char digits[] = "0123456789abcdef";
    size_t unsafe = amosi_utf8_unsafe(*text), length = unsafe ? unsafe : amosi_utf8_length(*text, 4), used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)*(*text)++;
        if (unsafe) {
            memcpy(out + used, "\\x", 2);
            out[used + 2] = digits[byte >> 4];
            out[used + 3] = digits[byte & 15];
            used += 4;
        } else {
            out[used++] = (char)byte;
        }
    }
    out[used] = '\0';
    return used;
}

const char *amosi_text_show(char *out, size_t bytes, const char *text)
{
    size_t used = 0, cut = 0; /* the longest part that leaves room for "..." */
    while (*text) {
        size_t unsafe = amosi_utf8_unsafe(text), length = unsafe ? 1 : amosi_utf8_length(text, 4);
        if (used + length >= bytes) {
            memcpy(out + cut, "...", 4);
            return out;
        }
        memcpy(out + used, unsafe ? "?" : text, length);
        used += length;
        text += unsafe ? unsafe : length;
        cut = used + 4 <= bytes ? used : cut;
    }
    out[used] = '\0';
    return out;
}
