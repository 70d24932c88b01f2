/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: volumes in a ZIP archive, such as the predictions that are submitted to AMOS, or AMOS itself: read from it, and put
 * into it.
 *
 * A path goes on into an archive as into a folder. Every function that opens a volume or label takes such a path:
 *   amos_labelmap_open("results.zip/results/amos_0018.nii.gz", NULL, NULL, &map, &err)
 * and amos_dataset_open("amos22.zip", ...) opens a whole data set; see dataset.h. Members that are stored or deflated can
 * be read, with ZIP64 too; those that are encrypted or packed in another way are AMOS_E_UNSUPPORTED. Nothing is written
 * to the disk, and names in an archive are never used as names of files. Indexes and caches work as for files.
 *
 * A member has at most max_uncompressed bytes of amos_limits. A .nii.gz that is stored is read in place, and checked by
 * its own CRC-32 alone. Other members are unpacked into memory, and their CRC-32 is checked: a deflated .nii.gz as far as
 * it is read (its CRC-32 with the last byte), all others whole. */
#ifndef AMOS_ARCHIVE_H
#define AMOS_ARCHIVE_H

#include <amos/writer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Called with the path of a member, "ARCHIVE/NAME", which is valid during the call, and with its size unpacked. Any
 * status but AMOS_OK ends the list. Runs on the thread of amos_archive_list(). */
typedef amos_status (*amos_archive_fn)(void *user, const char *path, uint64_t bytes);

/* Calls `found` for each member of a ZIP archive that is no folder, in the order of the archive.
 * Returns AMOS_OK, what `found` returned, AMOS_E_ARG, AMOS_E_NOMEM, AMOS_E_OPEN, AMOS_E_NOTREG, AMOS_E_IO,
 * AMOS_E_CHANGED, AMOS_E_UNSUPPORTED (this is no ZIP archive, or one in several parts), AMOS_E_GZ_TRUNC (it is cut off),
 * AMOS_E_GZ_DATA (it is damaged) or AMOS_E_LIMIT (its directory has more than 64 MiB). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_archive_list(const char *path, amos_archive_fn found, void *user,
                                                       amos_error *err);

/* ---- writing ---- */

/* An archive that is being written: members are stored as they are, which suits .nii.gz. It appears whole or not at all, as
 * the files of amos_file_write() do. The same members give the same bytes. The caller owns it and releases it with
 * amos_archive_writer_free(). One thread at a time may use it. */
typedef struct amos_archive_writer amos_archive_writer;

/* How to write an archive. Start from AMOS_ARCHIVE_OPTIONS_INIT. */
typedef struct amos_archive_options {
    size_t size;                 /* sizeof(amos_archive_options) */
    amos_temporary_fn temporary; /* as in amos_write_options; NULL: not called */
    void *temporary_user;        /* argument of temporary */
} amos_archive_options;

/* The defaults; NULL options mean the same. */
#define AMOS_ARCHIVE_OPTIONS_INIT \
    { \
        sizeof(amos_archive_options), NULL, NULL \
    }

/* Starts an archive. options may be NULL:
 *   amos_archive_writer *archive;
 *   amos_status status = amos_archive_writer_open("results.zip", NULL, &archive, &err);
 *   if (!status)
 *       status = amos_archive_writer_add(archive, "results/amos_0018.nii.gz", bytes, count, &err);
 *   if (!status)
 *       status = amos_archive_writer_finish(archive, &err);
 *   amos_archive_writer_free(archive);
 * On success the caller owns *out. Returns AMOS_OK, AMOS_E_ARG, AMOS_E_NOMEM, AMOS_E_OPEN, AMOS_E_NOTREG (the path exists
 * and is no regular file) or AMOS_E_IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_archive_writer_open(const char *path, const amos_archive_options *options,
                                                              amos_archive_writer **out, amos_error *err);

/* Adds a member: a name of at most 255 bytes with '/' between folders, and `bytes` bytes.
 * Returns AMOS_OK, AMOS_E_ARG (a name that is empty, too long, absolute, ends in '/' or has a part ".."), AMOS_E_NOMEM,
 * AMOS_E_IO, or AMOS_E_LIMIT (more than 4 GiB or 65,534 members in all, which would need ZIP64). After an error the archive
 * cannot be finished. One thread at a time. */
AMOS_API AMOS_MUST_CHECK amos_status amos_archive_writer_add(amos_archive_writer *archive, const char *name,
                                                             const void *data, size_t bytes, amos_error *err);

/* Completes the archive, synchronises it with the disk and gives it its name.
 * Returns AMOS_OK, AMOS_E_ARG (it failed or was finished before), AMOS_E_NOMEM or AMOS_E_IO. One thread at a time. */
AMOS_API AMOS_MUST_CHECK amos_status amos_archive_writer_finish(amos_archive_writer *archive, amos_error *err);

/* Releases a writer and removes an archive that was not finished. Does nothing for NULL. No other thread may be using it. */
AMOS_API void amos_archive_writer_free(amos_archive_writer *archive);

/* ---- members ---- */

/* What the directory of an archive says of a member. It belongs to the library, and may grow at its end. */
typedef struct amos_archive_member {
    const char *path; /* "ARCHIVE/NAME" */
    const char *name; /* in the archive */
    uint64_t bytes;   /* unpacked */
    uint64_t first;   /* where its header begins in the archive */
    uint64_t stop;    /* where the next member or the directory begins: all of it lies before */
    uint32_t crc;     /* CRC-32 of the unpacked bytes */
} amos_archive_member;

/* Called with each member, valid during the call. As amos_archive_fn. */
typedef amos_status (*amos_archive_member_fn)(void *user, const amos_archive_member *member);

/* As amos_archive_list(), with all that the directory says. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_archive_visit(const char *path, amos_archive_member_fn found, void *user,
                                                        amos_error *err);

/* Called with bytes of a member, valid during the call. As amos_archive_fn. */
typedef amos_status (*amos_archive_take_fn)(void *user, const void *bytes, size_t count);

/* Unpacks a member, "ARCHIVE/NAME", into memory, compares it with its CRC-32, and then calls `take` with all of it. It has
 * at most max_uncompressed bytes (limits NULL: the default).
 * Returns the statuses of amos_archive_list(), what `take` returned, AMOS_E_OPEN (no such member, ENOENT) or AMOS_E_GZ_CRC.
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_archive_unpack(const char *path, const amos_limits *limits,
                                                         amos_archive_take_fn take, void *user, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
