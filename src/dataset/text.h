/* A whole text file in memory: dataset.json, the metadata CSV. */
#ifndef AMOSI_DATASET_TEXT_H
#define AMOSI_DATASET_TEXT_H

#include <amos/error.h>

/* Reads a regular file of at most `max_bytes` bytes. *data is the caller's (amosi_free) and has a NUL behind its last
 * byte. AMOS_OK, AMOS_E_OPEN, _NOTREG, _LIMIT, _NOMEM, _IO or _CHANGED. */
amos_status amosi_text_read(const char *path, uint64_t max_bytes, char **data, size_t *length, amos_error *err);

/* Where the first byte stands that is not UTF-8 (RFC 3629: shortest form, no surrogates); `length` if all is well. */
size_t amosi_text_utf8_end(const char *text, size_t length);

/* Whether it begins with the UTF-8 byte order mark. */
int amosi_text_has_bom(const char *text, size_t length);

/* A text from a file, made fit for a message: one line, not too long. Returns `out`. */
const char *amosi_text_show(char *out, size_t bytes, const char *text);

#endif
