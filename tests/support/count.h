/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts steps: the Makefile compiles code for test_steps with this header included first and with
 * -fsanitize-coverage=trace-pc, so that each basic block calls __sanitizer_cov_trace_pc(). What goes through bytes or
 * members in other libraries is counted here by their number. A count does not depend on the machine's load. */
#ifndef TESTS_COUNT_H
#define TESTS_COUNT_H

/* Stands before the files' own macros: what all of them ask for, and no more after this. */
#define _DEFAULT_SOURCE
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <stdint.h>
#include <string.h>
#undef _DEFAULT_SOURCE

extern uint64_t count_steps;

/* The steps are added where the function is called: no function of this header shall be counted as code. */
#define COUNTED static inline __attribute__((always_inline, unused))

COUNTED size_t count_strlen(const char *s)
{
    size_t n = strlen(s);
    count_steps += n;
    return n;
}

COUNTED int count_strcmp(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    count_steps += n;
    return strcmp(a, b);
}

COUNTED int count_strncmp(const char *a, const char *b, size_t n)
{
    count_steps += n;
    return strncmp(a, b, n);
}

COUNTED int count_memcmp(const void *a, const void *b, size_t n)
{
    count_steps += n;
    return memcmp(a, b, n);
}

COUNTED char *count_strchr(const char *s, int c)
{
    char *found = strchr(s, c);
    count_steps += found ? (size_t)(found - s) : strlen(s);
    return found;
}

COUNTED char *count_strrchr(const char *s, int c)
{
    count_steps += strlen(s);
    return strrchr(s, c);
}

COUNTED void *count_memchr(const void *s, int c, size_t n)
{
    void *found = memchr(s, c, n);
    count_steps += found ? (size_t)((char *)found - (const char *)s) : n;
    return found;
}

COUNTED size_t count_strspn(const char *s, const char *set)
{
    size_t n = strspn(s, set);
    count_steps += n;
    return n;
}

COUNTED size_t count_strcspn(const char *s, const char *set)
{
    size_t n = strcspn(s, set);
    count_steps += n;
    return n;
}

COUNTED void *count_memcpy(void *to, const void *from, size_t n)
{
    count_steps += n;
    return memcpy(to, from, n);
}

COUNTED cJSON *count_member(const cJSON *object, const char *name)
{
    for (const cJSON *item = object ? object->child : NULL; item; item = item->next)
        count_steps++;
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

#define strlen count_strlen
#define strcmp count_strcmp
#define strncmp count_strncmp
#define memcmp count_memcmp
#define strchr count_strchr
#define strrchr count_strrchr
#define memchr count_memchr
#define strspn count_strspn
#define strcspn count_strcspn
#define memcpy count_memcpy
#define cJSON_GetObjectItemCaseSensitive count_member

#endif
