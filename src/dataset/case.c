/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <sys/stat.h>

#include "dataset/record.h"
#include "io/missing.h"
#include "masks/table.h"

const amos_case_info *amos_case_get_info(const amos_case *c)
{
    return c ? &c->info : NULL;
}

amos_status amos_case_get_file_bytes(const amos_case *c, amos_case_file file, uint64_t *bytes, amos_error *err)
{
    struct stat state;
    if (bytes)
        *bytes = 0;
    if (!c || !bytes || (file != AMOS_CASE_IMAGE && file != AMOS_CASE_LABEL))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_case_get_file_bytes needs a case, a file of it and a place.");
    const char *path = file == AMOS_CASE_IMAGE ? c->info.image_path : c->info.label_path;
    if (!path)
        return amosi_fail_errno(err, AMOS_E_OPEN, c->dataset->info.root, ENOENT, "the case %s names no label",
                                c->info.id);
    if (amosi_archive_stat(c->dataset->archive, path, &state) != 0)
        return amosi_fail_missing(err, path, errno, "the file cannot be opened");
    if (S_ISDIR(state.st_mode) && file == AMOS_CASE_LABEL && amosi_masks_are_at(path))
        return amosi_masks_bytes(path, bytes, err);
    if (!S_ISREG(state.st_mode))
        return amosi_fail(err, AMOS_E_NOTREG, path, "this is not a regular file; a volume is expected here.");
    *bytes = (uint64_t)state.st_size;
    return AMOS_OK;
}
