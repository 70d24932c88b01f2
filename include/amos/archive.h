/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: volumes in a ZIP archive, such as the predictions that are submitted to AMOS, or AMOS itself.
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

#include <amos/error.h>

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

#ifdef __cplusplus
}
#endif

#endif
