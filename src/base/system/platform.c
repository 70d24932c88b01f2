/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "base/system/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MASK_SETS 8 /* of 1,024 bits each: Linux supports at most 8,192 processors */

int amosi_processors(void)
{
    cpu_set_t mask[MASK_SETS];
    int saved_errno = errno, count = 0;
    if (sched_getaffinity(0, sizeof mask, mask) == 0)
        count = CPU_COUNT_S(sizeof mask, mask);
    errno = saved_errno;
    return count > 0 ? count : 1;
}

/* strerror_r() may allocate, and its text depends on the locale. musl's strerror() does neither, unless a translation
 * is loaded. */
const char *amosi_errno_description(int sys_errno)
{
#ifdef __GLIBC__
    return strerrordesc_np(sys_errno);
#else
    return strerror(sys_errno);
#endif
}

const char *amosi_trusted_variable(const char *name)
{
    return secure_getenv(name);
}

/* Advice for the huge pages that lie in this memory as a whole. */
static void advise(void *memory, size_t bytes, int advice)
{
    const uintptr_t page = AMOSI_HUGE_PAGE;
    uintptr_t begin = ((uintptr_t)memory + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)memory + bytes) & ~(page - 1);
    int saved_errno = errno;
    if (memory && end > begin)
        madvise((void *)begin, end - begin, advice);
    errno = saved_errno;
}

void amosi_advise_huge_pages(void *memory, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    advise(memory, bytes, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)bytes;
#endif
}

void amosi_advise_unused(void *memory, size_t bytes)
{
#ifdef MADV_FREE
    advise(memory, bytes, MADV_FREE);
#else
    (void)memory;
    (void)bytes;
#endif
}

void amosi_advise_room(int fd, uint64_t offset, uint64_t bytes)
{
#ifdef FALLOC_FL_KEEP_SIZE
    int saved_errno = errno;
    (void)fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)bytes);
    errno = saved_errno;
#else
    (void)fd;
    (void)offset;
    (void)bytes;
#endif
}

void amosi_advise_writeback(int fd, uint64_t offset, uint64_t bytes)
{
#ifdef SYNC_FILE_RANGE_WRITE
    int saved_errno = errno;
    (void)sync_file_range(fd, (off_t)offset, (off_t)bytes, SYNC_FILE_RANGE_WRITE);
    errno = saved_errno;
#else
    (void)fd;
    (void)offset;
    (void)bytes;
#endif
}

void amosi_advise_reading(int fd)
{
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED); /* returns its error and does not set errno */
}
