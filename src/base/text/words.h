/* SPDX-License-Identifier: BSD-3-Clause */
/* Words as people type and read them. */
#ifndef AMOSI_BASE_TEXT_WORDS_H
#define AMOSI_BASE_TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Compares names: case, spaces, '_', '-', '/' and '.' do not matter. ASCII only, so that the locale does not matter. */
bool amosi_words_equal(const char *a, const char *b);

/* How many letters must be changed, added or left out to get from one to the other; only the first 63 count, and what
 * does not matter when comparing does not count. */
size_t amosi_words_distance(const char *a, const char *b);

/* The next line of a text that is broken at spaces into lines of at most `width` letters (of UTF-8), and at every '\n'. A
 * longer word has a line of its own. False at the end of the text. *text moves on; *line points into it. */
bool amosi_words_wrap(const char **text, size_t width, const char **line, size_t *bytes);

#endif
