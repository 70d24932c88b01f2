/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/words.h"

#include <string.h>

#include "base/text/utf8.h"

#define LONGEST 64

/* Lower-case letters and digits only. */
static size_t squeeze(char out[LONGEST], const char *text)
{
    size_t n = 0;
    for (; *text && n < LONGEST - 1; text++) {
        if (strchr(" _-/.", *text))
            continue;
        out[n++] = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
    }
    out[n] = '\0';
    return n;
}

bool amosi_words_equal(const char *a, const char *b)
{
    char x[LONGEST], y[LONGEST];
    return squeeze(x, a) == squeeze(y, b) && strcmp(x, y) == 0;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein's distance, one row at a time. */
size_t amosi_words_distance(const char *a, const char *b)
{
    char x[LONGEST], y[LONGEST];
    size_t nx = squeeze(x, a), ny = squeeze(y, b);
    size_t row[LONGEST];
    for (size_t j = 0; j <= ny; j++)
        row[j] = j;
    for (size_t i = 1; i <= nx; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= ny; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (x[i - 1] != y[j - 1]));
            diagonal = above;
        }
    }
    return row[ny];
}

bool amosi_words_wrap(const char **text, size_t width, const char **line, size_t *bytes)
{
    const char *start = *text;
    size_t length = strcspn(start, "\n"), whole = amosi_utf8_bytes(start, width), end = 0;
    *line = start;
    if (*start == '\0')
        return false;
    if (length > whole) {
        for (size_t i = 0; i <= whole || end == 0; i++) /* the last space at which the line is short enough */
            if (start[i] == ' ' || i == length)
                end = i;
    } else {
        end = length;
    }
    *bytes = end;
    *text = start + end + (start[end] != '\0');
    return true;
}
