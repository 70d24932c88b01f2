/* SPDX-License-Identifier: BSD-3-Clause */
/* UTF-8 as in RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF. Texts from files, and names of
 * files, may contain any bytes. A "letter" is a code point here. */
#ifndef AMOSI_UTF8_H
#define AMOSI_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The code point returned for a byte that is not UTF-8. */
#define AMOSI_UTF8_BAD 0xFFFDu

/* The number of bytes of the letter at `text`; 0 if it is not UTF-8. `left` bytes can be read there (at least 1). */
size_t amosi_utf8_length(const char *text, size_t left);

/* The offset of the first byte that is not UTF-8; `length` if there is none. */
size_t amosi_utf8_end(const char *text, size_t length);

/* Whether the text begins with the byte order mark, which has three bytes. */
bool amosi_utf8_has_bom(const char *text, size_t length);

/* Returns the code point at *text and advances *text past it; *text must not be at the end. A byte that is not UTF-8
 * counts as one letter, AMOSI_UTF8_BAD. */
unsigned amosi_utf8_next(const char **text);

/* The number of letters of a text, and the number of bytes of its first `most` letters (all bytes if it has fewer). */
size_t amosi_utf8_letters(const char *text);
size_t amosi_utf8_bytes(const char *text, size_t most);

/* The largest number of bytes, up to `most`, at which a text of `length` bytes can be cut without splitting a
 * letter. */
size_t amosi_utf8_cut(const char *text, size_t length, size_t most);

/* The number of bytes of the letter at `text` if it must not be shown as it is, else 0: a byte that is not UTF-8; a control
 * character (C0, DEL, C1), which could steer a terminal; one that begins a line (U+2028, U+2029) or changes the direction
 * of the text around it (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), which could make a name look like
 * another one. `text` must not be at its end. */
size_t amosi_utf8_unsafe(const char *text);

/* Writes the letter at *text with a NUL behind it, and advances *text past it; the bytes of an unsafe one become \xNN. This
 * is how texts from outside are printed for people and in CSV. Returns the number of bytes. */
#define AMOSI_LETTER_BYTES 17
size_t amosi_utf8_escape(char out[AMOSI_LETTER_BYTES], const char **text);

/* Copies a text from a file in a form suitable for a message: one line, not too long, '?' for each unsafe letter. Returns
 * `out`. */
const char *amosi_text_show(char *out, size_t bytes, const char *text);

#endif
