/* SPDX-License-Identifier: BSD-3-Clause */
/* What only some systems have, behind functions that a port can write anew: Linux and the GNU C library here, and what is
 * done without them. All others of the library's files need POSIX only, but for flock() and d_type. errno stays. */
#ifndef AMOSI_PLATFORM_H
#define AMOSI_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* How many processors this process may use, at least 1: those of its affinity mask, which batch systems and containers
 * make smaller than the machine. The meaning of "0 threads" everywhere. Any thread. */
int amosi_processors(void);

/* What an errno means, in English whatever the locale and without allocating; NULL for a number that is none. */
const char *amosi_errno_description(int sys_errno);

/* A variable of the environment; NULL in a program that runs with the rights of another user, whose word it would be. */
const char *amosi_trusted_variable(const char *name);

/* Advice to the system, on which only speed depends: to back this memory by huge pages, to begin writing these bytes of a
 * file to the disk, to fetch a file that will be read. */
void amosi_advise_huge_pages(void *memory, size_t bytes);
void amosi_advise_writeback(int fd, uint64_t offset, uint64_t bytes);
void amosi_advise_reading(int fd);

#endif
