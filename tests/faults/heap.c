/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "faults/heap.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shared libraries must see them too, although everything is compiled with -fvisibility=hidden. Not with a
 * sanitizer, which is a shared library itself and allocates before its allocator is ready: then only allocations of
 * the program fail. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEEN
#else
#define SEEN __attribute__((visibility("default")))
#endif

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*memalign)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void (*free)(void *);
} next;

static atomic_uint_fast64_t calls, failed, fail_at;
static atomic_int fail_mode;
static atomic_int_fast64_t blocks, bytes, peak, base;

/* ---- before the next allocator is known ---- */

/* The lookup may allocate memory itself. This memory is never released. */
static alignas(64) unsigned char early[64 * 1024];
static size_t early_used;

static void *early_alloc(size_t size)
{
    size_t place = (early_used + 63) / 64 * 64;
    if (size > sizeof early || place > sizeof early - size)
        return NULL;
    early_used = place + size;
    return early + place;
}

static bool is_early(const void *memory)
{
    uintptr_t at = (uintptr_t)memory;
    return at >= (uintptr_t)early && at < (uintptr_t)early + sizeof early;
}

static void look_up(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

/* False for allocations of the lookup itself. The first call happens before there is a second thread. */
static bool ready(void)
{
    static bool looking;
    if (next.free)
        return true;
    if (looking)
        return false;
    looking = true;
    look_up(&next.malloc, "malloc");
    look_up(&next.calloc, "calloc");
    look_up(&next.realloc, "realloc");
    look_up(&next.memalign, "memalign");
    look_up(&next.posix_memalign, "posix_memalign");
    look_up(&next.free, "free");
    return true;
}

/* ---- counting ---- */

static bool must_fail(void)
{
    uint64_t call = atomic_fetch_add(&calls, 1) + 1, at = atomic_load(&fail_at);
    bool fails = at && (call == at || (call > at && atomic_load(&fail_mode) == HEAP_FROM_THEN_ON));
    if (fails) {
        atomic_fetch_add(&failed, 1);
        errno = ENOMEM;
    }
    return fails;
}

static void *count_in(void *memory)
{
    if (!memory)
        return NULL;
    atomic_fetch_add(&blocks, 1);
    int64_t now = atomic_fetch_add(&bytes, (int64_t)malloc_usable_size(memory)) + (int64_t)malloc_usable_size(memory);
    int64_t most = atomic_load(&peak);
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
        continue;
    return memory;
}

static void count_out(void *memory)
{
    if (!memory)
        return;
    atomic_fetch_sub(&blocks, 1);
    atomic_fetch_sub(&bytes, (int64_t)malloc_usable_size(memory));
}

void heap_arm(uint64_t nth, enum heap_mode mode)
{
    atomic_store(&fail_at, 0);
    atomic_store(&calls, 0);
    atomic_store(&failed, 0);
    atomic_store(&fail_mode, mode);
    atomic_store(&fail_at, nth);
}

uint64_t heap_disarm(void)
{
    atomic_store(&fail_at, 0);
    return atomic_load(&failed);
}

uint64_t heap_calls(void)
{
    return atomic_load(&calls);
}

int64_t heap_blocks(void)
{
    return atomic_load(&blocks);
}

int64_t heap_bytes(void)
{
    return atomic_load(&bytes);
}

void heap_watch(void)
{
    int64_t now = atomic_load(&bytes);
    atomic_store(&base, now);
    atomic_store(&peak, now);
}

int64_t heap_peak(void)
{
    return atomic_load(&peak) - atomic_load(&base);
}

/* ---- orders from the environment ---- */

/* Called by exit() before anything that was set up earlier is torn down. */
static void report(void)
{
    const char *path = getenv("AMOS_HEAP_REPORT");
    uint64_t sum = heap_disarm();
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%llu\n", (unsigned long long)sum);
        fclose(file);
    }
}

__attribute__((constructor)) static void take_orders(void)
{
    const char *orders = getenv("AMOS_HEAP");
    unsigned long long nth;
    int mode;
    if (orders && sscanf(orders, "%llu %d", &nth, &mode) == 2 && atexit(report) == 0)
        heap_arm(nth, (enum heap_mode)mode);
}

/* ---- the replaced functions ---- */

SEEN void *malloc(size_t size)
{
    if (!ready())
        return early_alloc(size);
    return must_fail() ? NULL : count_in(next.malloc(size));
}

SEEN void *calloc(size_t count, size_t size)
{
    if (!ready())
        return early_alloc(count * size); /* never used before, so zero */
    return must_fail() ? NULL : count_in(next.calloc(count, size));
}

SEEN void *realloc(void *old, size_t size)
{
    if (!ready() || is_early(old))
        return NULL;
    if (must_fail())
        return NULL;
    int64_t before = old ? (int64_t)malloc_usable_size(old) : 0;
    void *memory = next.realloc(old, size);
    if (old && (memory || size == 0)) {
        atomic_fetch_sub(&blocks, 1);
        atomic_fetch_sub(&bytes, before);
    }
    return count_in(memory);
}

SEEN void *memalign(size_t alignment, size_t size)
{
    return !ready() || must_fail() ? NULL : count_in(next.memalign(alignment, size));
}

SEEN void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

SEEN int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (!ready() || must_fail())
        return ENOMEM;
    int code = next.posix_memalign(memory, alignment, size);
    if (code == 0)
        count_in(*memory);
    return code;
}

SEEN void free(void *memory)
{
    if (!memory || is_early(memory) || !ready())
        return;
    count_out(memory);
    next.free(memory);
}
