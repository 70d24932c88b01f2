/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of a ZIP archive: its directory, and the members that it names. */
#include <stdlib.h>
#include <string.h>

#include "base/error/options.h"
#include "fuzz/fuzz.h"
#include "io/zip/member.h"

static void unpack(const struct amosi_source *archive, const struct amosi_zip_directory *directory,
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_zip_directory directory;
    struct amosi_source source;
    amos_error err;
    uint8_t *copy = fuzz_copy(data, size);
    FUZZ_REQUIRE(amosi_source_open_memory(&source, copy, size, &err) == AMOS_OK);
    bool is_zip;
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
