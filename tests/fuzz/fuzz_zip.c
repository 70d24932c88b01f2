/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of a ZIP archive: its directory, and the members that it names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/options.h"
#include "fuzz/kit/fuzz.h"
#include "io/zip/archive.h"
#include "io/zip/member.h"

static void unpack(struct amosi_source *archive, const struct amosi_zip_directory *directory,
                   const struct amosi_zip_file *file)
{
    amos_limits limits = AMOS_LIMITS_INIT;
    struct amosi_source member;
    unsigned char *copy = NULL;
    amos_error err;
    limits.max_uncompressed = 1 << 20;
    FUZZ_REQUIRE(amosi_limits_copy(&limits, &limits, &err) == AMOS_OK);
    FUZZ_REQUIRE(file->name[0] && file->name[strlen(file->name) - 1] != '/');
    FUZZ_REQUIRE(file->at < directory->at && file->packed <= directory->at - file->at);
    if (amosi_zip_open_file(&member, archive, directory, file, "fuzz.zip/member", &limits, &err) != AMOS_OK)
        return;
    FUZZ_REQUIRE(member.size == file->bytes && member.size <= limits.max_uncompressed);
    copy = malloc((size_t)member.size + 1);
    FUZZ_REQUIRE(copy && amosi_source_read(&member, 0, copy, (size_t)member.size, &err) == AMOS_OK);
    free(copy);
    amosi_source_close(&member);
}

/* Every entry of every folder is there, as a file or a folder, and there are no more files than members. */
static size_t walk(const struct amosi_archive *archive, const char *folder, int depth)
{
    const char *name;
    size_t at = 0, length, files = 0;
    bool is_folder;
    while (amosi_archive_next(archive, folder, &at, &name, &length, &is_folder)) {
        struct stat state;
        size_t bytes = strlen(folder) + length + 2;
        char *path = malloc(bytes);
        FUZZ_REQUIRE(path && length > 0);
        snprintf(path, bytes, "%s/%.*s", folder, (int)length, name);
        FUZZ_REQUIRE(amosi_archive_stat(archive, path, &state) == 0);
        FUZZ_REQUIRE(S_ISREG(state.st_mode) || is_folder);
        if (is_folder && depth < 40)
            files += walk(archive, path, depth + 1);
        files += !is_folder;
        free(path);
    }
    return files;
}

static void walk_all(const struct amosi_source *source)
{
    struct amosi_archive *archive;
    amos_error err;
    if (amosi_archive_read(source, &archive, &err) == AMOS_OK && archive)
        FUZZ_REQUIRE(walk(archive, archive->path, 0) <= archive->count);
    amosi_archive_free(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_zip_directory directory;
    struct amosi_source source;
    amos_error err;
    uint8_t *copy = fuzz_copy(data, size);
    FUZZ_REQUIRE(amosi_source_open_memory(&source, copy, size, &err) == AMOS_OK);
    bool is_zip;
    walk_all(&source);
    FUZZ_REQUIRE(amosi_zip_look(&source, &is_zip, &err) == AMOS_OK);
    if (amosi_zip_read_directory(&directory, &source, &err) == AMOS_OK)
        for (size_t i = 0; i < directory.count && i < 64; i++) {
            FUZZ_REQUIRE(amosi_zip_find_file(&directory, directory.files[i].name) != NULL);
            unpack(&source, &directory, &directory.files[i]);
        }
    amosi_zip_free_directory(&directory);
    amosi_source_close(&source);
    free(copy);
    return 0;
}
