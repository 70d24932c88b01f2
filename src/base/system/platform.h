/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions for what only some systems have; a port rewrites them. Here: Linux with the GNU C library, and a fallback
 * without. All other files of the library need POSIX only, except for flock() and d_type. errno is unchanged. */
#ifndef AMOSI_PLATFORM_H
#define AMOSI_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* How many processors this process may use, at least 1: those in its affinity mask, which batch systems and containers
 * limit. "0 threads" means this number everywhere. Any thread. */
int amosi_processors(void);

/* The meaning of an errno, in English in every locale and without allocating; NULL if the number is not an errno. */
const char *amosi_errno_description(int sys_errno);

/* An environment variable; NULL in a program that runs with the rights of another user (setuid), because the caller
 * who set the variable is then not trusted. */
const char *amosi_trusted_variable(const char *name);

/* The bytes of a huge page, and where one may begin, of most systems. */
#define AMOSI_HUGE_PAGE ((size_t)2 << 20)

/* Advice to the system; it affects speed only: back this memory by huge pages, take this memory back
 * at need (its contents are undefined from then on), set room aside for these bytes beyond the end of a file, which then
 * need not be found one page at a time, begin writing these bytes of a file to the disk (0 bytes: all from the offset
 * on), prefetch a file that will be read. */
void amosi_advise_huge_pages(void *memory, size_t bytes);
void amosi_advise_unused(void *memory, size_t bytes);
void amosi_advise_room(int fd, uint64_t offset, uint64_t bytes);
void amosi_advise_writeback(int fd, uint64_t offset, uint64_t bytes);
void amosi_advise_reading(int fd);

#endif
