/* SPDX-License-Identifier: BSD-3-Clause */
/* A ZIP archive as a tree of folders and files, beside those of the system: what stat() and readdir() would say of the
 * paths that go on into it. Only its directory is read. Immutable after opening. */
#ifndef AMOSI_IO_ZIP_ARCHIVE_H
#define AMOSI_IO_ZIP_ARCHIVE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "io/zip/directory.h"

struct amosi_archive {
    char *path; /* of the archive */
    size_t path_length;
    struct stat identity; /* of the archive */
    struct amosi_zip_directory directory;
    const struct amosi_zip_file **files; /* those that can be used, sorted by name, each name once */
    size_t count;
    size_t strange;  /* members that are left out: their names lead out of the archive, or are no paths */
    size_t repeated; /* members that are left out: a later one has the same name */
};

/* Opens an archive. *out stays NULL, with AMOS_OK, if the file is no ZIP archive. As amosi_zip_read_directory(), and
 * AMOS_E_GZ_DATA for members that overlap. */
amos_status amosi_archive_open(const char *path, struct amosi_archive **out, amos_error *err);
amos_status amosi_archive_read(const struct amosi_source *source, struct amosi_archive **out, amos_error *err);
void amosi_archive_free(struct amosi_archive *archive); /* accepts NULL */

/* Whether a path is that of the archive or goes on into it; false for NULL. */
bool amosi_archive_holds(const struct amosi_archive *archive, const char *path);

/* As stat(): 0, or -1 with errno. A path that the archive does not hold, or a NULL archive, is asked of the system. In the
 * archive st_dev is that of the archive and st_ino tells the members apart. There are no links. */
int amosi_archive_stat(const struct amosi_archive *archive, const char *path, struct stat *state);

/* The entries of a folder in the archive, sorted. Call with *at 0 to begin; each call gives the next. NULL after the last.
 * *name is not ended by NUL. */
bool amosi_archive_next(const struct amosi_archive *archive, const char *folder, size_t *at, const char **name,
                        size_t *length, bool *is_folder);

#endif
