/* SPDX-License-Identifier: BSD-3-Clause */
/* A source of bytes: a file, memory, or a caller's functions. Every read gives its offset, so that any number of
 * threads, and a forked child, can use one source at the same time. */
#ifndef AMOSI_IO_SOURCE_H
#define AMOSI_IO_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <amos/volume.h>

struct amosi_source;

struct amosi_source_ops {
    /* Reads up to `bytes` bytes at `offset`. Returns the number of bytes, 0 at the end, or -errno. */
    int64_t (*read_at)(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes);
    void (*close)(struct amosi_source *source);
    /* What made read_at() fail; AMOS_OK: nothing but the errno. NULL: never more than that. */
    amos_status (*explain)(const struct amosi_source *source, amos_error *err);
};

struct amosi_zip_lazy;

struct amosi_source {
    const struct amosi_source_ops *ops; /* NULL: closed */
    char *path;                         /* for messages; owned */
    uint64_t size;
    const unsigned char *memory; /* all bytes, or NULL */
    unsigned char *owned;        /* the same if the source frees them, else NULL */
    int fd;
    bool on_disk;         /* it is a file, or a part of one */
    struct stat identity; /* of that file as it was opened */
    uint64_t base;        /* where the part begins in the file; 0: it is the file */
    struct amosi_zip_lazy *lazy;
    amos_byte_source caller;
};

/* Opens a regular file; never blocks on any other kind. On failure the source is closed. */
amos_status amosi_source_open_file(struct amosi_source *source, const char *path, amos_error *err);

/* The same for an open descriptor. The source closes it, also if this function fails. */
amos_status amosi_source_adopt(struct amosi_source *source, int fd, const char *path, amos_error *err);

amos_status amosi_source_open_memory(struct amosi_source *source, const void *data, size_t bytes, amos_error *err);

/* Memory of amosi_alloc() that the source owns from now on, also if this function fails. `path` is for messages. */
amos_status amosi_source_take_memory(struct amosi_source *source, void *data, size_t bytes, const char *path,
                                     amos_error *err);

/* On failure the caller's close function has been called. */
amos_status amosi_source_open_caller(struct amosi_source *source, const amos_byte_source *caller, amos_error *err);

/* Accepts a source that was never opened (all zero). */
void amosi_source_close(struct amosi_source *source);

/* Reads exactly `bytes` bytes, which must be within the source's size. A file that ends earlier has changed. */
amos_status amosi_source_read(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes,
                              amos_error *err);

/* AMOS_E_CHANGED if the file has changed since it was opened. */
amos_status amosi_source_check(const struct amosi_source *source, amos_error *err);

/* Advises the system that a file will be read soon. Never fails, and does not block on other kinds of files. */
void amosi_source_read_ahead(const char *path);

/* Whether it is a file on disk, or a member of an archive there; `identity` is then filled. */
bool amosi_source_is_file(const struct amosi_source *source);

/* Whether two sources are the same file on disk, and the same part of it. */
bool amosi_source_same_file(const struct amosi_source *a, const struct amosi_source *b);

/* Whether the source is the file at a path, by this or another name of it, or a part of that file. */
bool amosi_source_is_at(const struct amosi_source *source, const char *path);

#endif
