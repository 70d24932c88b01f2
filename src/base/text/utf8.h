/* SPDX-License-Identifier: BSD-3-Clause */
/* UTF-8 as RFC 3629 has it: shortest forms, no surrogates, nothing beyond U+10FFFF. Texts that come from files and names
 * of files may hold any bytes. */
#ifndef AMOSI_UTF8_H
#define AMOSI_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Stands for a byte that is not UTF-8. */
#define AMOSI_UTF8_BAD 0xFFFDu

/* How many bytes the letter at `text` has, of which `left` bytes exist (at least 1); 0 if this is not UTF-8. */
size_t amosi_utf8_length(const char *text, size_t left);

/* The offset of the first byte that is not UTF-8; `length` if all is well. */
size_t amosi_utf8_end(const char *text, size_t length);

/* Whether it begins with the byte order mark, which has three bytes. */
bool amosi_utf8_has_bom(const char *text, size_t length);

/* The code point at *text, which must not be at its end; *text moves behind it. A byte that is not UTF-8 counts as one
 * letter, AMOSI_UTF8_BAD. */
unsigned amosi_utf8_next(const char **text);

/* How many letters a text has, and how many bytes its first `most` letters have (all bytes if it has fewer). */
size_t amosi_utf8_letters(const char *text);
size_t amosi_utf8_bytes(const char *text, size_t most);

/* The largest number of bytes up to `most` after which a text of `length` bytes can be cut without dividing a letter. */
size_t amosi_utf8_cut(const char *text, size_t length, size_t most);

/* A text from a file, made fit for a message: one line, not too long. Returns `out`. */
const char *amosi_text_show(char *out, size_t bytes, const char *text);

#endif
