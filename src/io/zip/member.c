/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/zip/member.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error/fail.h"
#include "base/math/bytes.h"
#include "base/system/alloc.h"
#include "io/crc32.h"
#include "io/inflate/inflate.h"
#include "io/input.h"

#define LOCAL_SIGNATURE 0x04034b50u
#define LOCAL_BYTES ((size_t)30)
#define WINDOW ((size_t)64 << 10)
#define LARGEST_RATIO 1032 /* of DEFLATE, as in volume/open.c */

/* A member that is being unpacked. */
struct unpacking {
    const struct amosi_source *archive;
    const struct amosi_zip_file *file;
    const char *path; /* of the member, for messages */
    uint64_t at;      /* where its packed bytes begin */
    unsigned char *bytes;
    amos_error *err;
};

/* ---- what can be read ---- */

static const struct method {
    unsigned number;
    const char *name;
} methods[] = {{1, "shrink"}, {6, "implode"}, {9, "Deflate64"}, {12, "bzip2"},
               {14, "LZMA"},  {93, "zstd"},   {95, "xz"},       {99, "AES encryption"}};

static const char *method_name(unsigned number)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].number == number)
            return methods[i].name;
    return "an unknown method";
}

static amos_status fail_damaged(const struct unpacking *u, const char *what)
{
    return amosi_fail(u->err, AMOS_E_GZ_DATA, u->path, "this member of a ZIP archive is damaged: %s.", what);
}

static amos_status check_file(const struct unpacking *u, const amos_limits *limits)
{
    const struct amosi_zip_file *file = u->file;
    if (file->encrypted)
        return amosi_fail(u->err, AMOS_E_UNSUPPORTED, u->path,
                          "this member of a ZIP archive is encrypted; unpack the archive with its password first.");
    if (file->method != AMOSI_ZIP_STORED && file->method != AMOSI_ZIP_DEFLATED)
        return amosi_fail(u->err, AMOS_E_UNSUPPORTED, u->path,
                          "this member of a ZIP archive is packed by %s (method %u); only stored and deflated ones can "
                          "be read, so unpack the archive first.",
                          method_name(file->method), file->method);
    if (file->method == AMOSI_ZIP_STORED ? file->bytes != file->packed : file->bytes / LARGEST_RATIO > file->packed)
        return fail_damaged(u, "its packed bytes cannot hold its size");
    if (file->bytes > limits->max_uncompressed || file->bytes >= SIZE_MAX)
        return amosi_fail(u->err, AMOS_E_LIMIT, u->path, "it has %llu bytes, more than max_uncompressed (%llu) allows.",
                          (unsigned long long)file->bytes, (unsigned long long)limits->max_uncompressed);
    return AMOS_OK;
}

/* The local header has a name and an extra field of its own lengths. */
static amos_status find_data(struct unpacking *u, uint64_t end)
{
    unsigned char header[LOCAL_BYTES];
    if (end - u->file->at < LOCAL_BYTES)
        return fail_damaged(u, "it lies beyond the end");
    amos_status status = amosi_source_read(u->archive, u->file->at, header, LOCAL_BYTES, u->err);
    if (status)
        return status;
    if (amosi_get32(header, false) != LOCAL_SIGNATURE)
        return fail_damaged(u, "it does not begin where the directory says");
    u->at = u->file->at + LOCAL_BYTES + amosi_get16(header + 26, false) + amosi_get16(header + 28, false);
    return u->at > end || u->file->packed > end - u->at ? fail_damaged(u, "it lies beyond the end") : AMOS_OK;
}

/* ---- unpacking ---- */

/* A step of the decoder with what is in the window. The byte of room behind the data shows that there is more. */
static enum amosi_inflate_result inflate_step(const struct amosi_inflate_backend *backend, void *state,
                                              const struct unpacking *u, struct amosi_input *input, uint64_t *done)
{
    uint64_t left = u->at + u->file->packed - amosi_input_position(input), room = u->file->bytes + 1 - *done;
    size_t window = (size_t)(input->end - input->next), in = window < left ? window : (size_t)left;
    size_t out = room < AMOSI_INFLATE_MOST ? (size_t)room : AMOSI_INFLATE_MOST;
    struct amosi_inflate_io io = {input->next, in, u->bytes + *done, out, 0, 0, 0};
    enum amosi_inflate_result result = backend->run(state, &io);
    *done += out - io.out_bytes;
    input->next = io.in;
    if (io.unused)
        amosi_input_seek(input, amosi_input_position(input) - io.unused);
    bool cut = io.in_bytes == 0 && in == left, too_long = *done > u->file->bytes;
    return result == AMOSI_INFLATE_MORE && (cut || too_long) ? AMOSI_INFLATE_BAD : result;
}

static amos_status inflate_window(const struct amosi_inflate_backend *backend, void *state, const struct unpacking *u,
                                  struct amosi_input *input)
{
    uint64_t done = 0;
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    backend->begin(state);
    while (result == AMOSI_INFLATE_MORE) {
        amos_status status = amosi_input_fill(input, u->err);
        if (status)
            return status;
        result = inflate_step(backend, state, u, input, &done);
    }
    if (result == AMOSI_INFLATE_NOMEM)
        return amosi_fail_nomem(u->err, u->path);
    return result == AMOSI_INFLATE_END && done == u->file->bytes ? AMOS_OK
                                                                 : fail_damaged(u, "its deflated data is wrong");
}

static amos_status inflate_all(const struct unpacking *u)
{
    const struct amosi_inflate_backend *backend = amosi_inflate_choose(AMOS_INFLATE_AUTO);
    struct amosi_input input = {.source = NULL};
    void *state = backend->create();
    amos_status status =
        state ? amosi_input_open(&input, u->archive, WINDOW, u->err) : amosi_fail_nomem(u->err, u->path);
    if (!status) {
        amosi_input_seek(&input, u->at);
        status = inflate_window(backend, state, u, &input);
    }
    amosi_input_close(&input);
    backend->destroy(state);
    return status;
}

static amos_status unpack(struct unpacking *u)
{
    size_t bytes = (size_t)u->file->bytes;
    u->bytes = amosi_alloc(bytes + 1);
    if (!u->bytes)
        return amosi_fail_nomem(u->err, u->path);
    amos_status status = u->file->method == AMOSI_ZIP_STORED
                             ? amosi_source_read(u->archive, u->at, u->bytes, bytes, u->err)
                             : inflate_all(u);
    uint32_t crc = status ? 0 : amosi_crc32(0, u->bytes, bytes);
    if (!status && crc != u->file->crc)
        status = amosi_fail(u->err, AMOS_E_GZ_CRC, u->path,
                            "the data has the CRC-32 0x%08x, but the ZIP archive says 0x%08x; it is damaged.", crc,
                            u->file->crc);
    return status ? status : amosi_source_check(u->archive, u->err);
}

/* ---- opening ---- */

/* The length of the part of a path that names a regular file, if another part follows it; else 0. */
static size_t regular_file_length(const char *path)
{
    char part[PATH_MAX];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        struct stat about;
        size_t length = (size_t)(slash - path);
        if (length >= sizeof part)
            return 0;
        memcpy(part, path, length);
        part[length] = '\0';
        bool there = stat(part, &about) == 0;
        if (!there || S_ISREG(about.st_mode))
            return there ? length : 0;
    }
    return 0;
}

amos_status amosi_zip_open_file(struct amosi_source *source, const struct amosi_source *archive,
                                const struct amosi_zip_directory *directory, const struct amosi_zip_file *file,
                                const char *path, const amos_limits *limits, amos_error *err)
{
    struct unpacking u = {.archive = archive, .file = file, .path = path, .err = err};
    amos_status status = check_file(&u, limits);
    if (!status)
        status = find_data(&u, directory->at);
    if (!status)
        status = unpack(&u);
    if (!status)
        status = amosi_source_take_memory(source, u.bytes, (size_t)file->bytes, path, err);
    else
        amosi_free(u.bytes);
    return status;
}

static amos_status open_in(struct amosi_source *source, const struct amosi_source *archive, const char *path,
                           const char *name, const amos_limits *limits, amos_error *err)
{
    struct amosi_zip_directory directory;
    amos_status status = amosi_zip_read_directory(&directory, archive, err);
    const struct amosi_zip_file *file = status ? NULL : amosi_zip_find_file(&directory, name);
    if (!status && !file)
        status = amosi_fail_errno(err, AMOS_E_OPEN, path, ENOENT, "the ZIP archive has no such member");
    if (!status)
        status = amosi_zip_open_file(source, archive, &directory, file, path, limits, err);
    amosi_zip_free_directory(&directory);
    return status;
}

amos_status amosi_zip_open_member(struct amosi_source *source, const char *path, const amos_limits *limits,
                                  bool *is_member, amos_error *err)
{
    struct amosi_source archive;
    size_t length = *path ? regular_file_length(path) : 0;
    *is_member = false;
    if (length == 0)
        return AMOS_OK;
    char *archive_path = amosi_strndup(path, length);
    if (!archive_path)
        return amosi_fail_nomem(err, path);
    amos_status status = amosi_source_open_file(&archive, archive_path, err);
    amosi_free(archive_path);
    if (status)
        return status;
    status = amosi_zip_look(&archive, is_member, err);
    if (!status && *is_member)
        status = open_in(source, &archive, path, path + length + 1, limits, err);
    amosi_source_close(&archive);
    return status;
}
