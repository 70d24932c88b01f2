/* SPDX-License-Identifier: BSD-3-Clause */
/* Comparing and wrapping words that people type and read. */
#ifndef AMOSI_BASE_TEXT_WORDS_H
#define AMOSI_BASE_TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Compares names: case, spaces, '_', '-', '/' and '.' do not matter. ASCII only, so that the locale does not matter. */
bool amosi_words_equal(const char *a, const char *b);

/* How many letters must be changed, added or removed to turn one into the other (Levenshtein distance). Only the first
 * 63 letters count; what amosi_words_equal() ignores is ignored here. */
size_t amosi_words_distance(const char *a, const char *b);

/* Gets the next line of a text that is wrapped at spaces to at most `width` letters (of UTF-8), and broken at every
 * '\n'. A longer word gets a line of its own. False at the end of the text. *text is advanced; *line points into the
 * text. */
bool amosi_words_wrap(const char **text, size_t width, const char **line, size_t *bytes);

#endif
