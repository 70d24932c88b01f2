/* Comparing names as people type them: case, spaces, '_', '-', '/' and '.' do not matter. ASCII only, so that the
 * locale does not matter either. */
#ifndef AMOSI_BASE_WORDS_H
#define AMOSI_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

bool amosi_words_equal(const char *a, const char *b);

/* How many letters must be changed, added or left out to get from one to the other; only the first 63 count. */
size_t amosi_words_distance(const char *a, const char *b);

#endif
