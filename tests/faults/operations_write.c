/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "faults/digest.h"
#include "faults/rows.h"

/* ---- writing ---- */

/* The temporary file that the library reported; empty if it reported none. */
struct noted {
    char path[300];
};

static void note_temporary(void *user, const char *path)
{
    struct noted *noted = user;
    snprintf(noted->path, sizeof noted->path, "%s", path ? path : "");
}

/* A file name that no other thread or process uses. */
static void output_name(const struct world *world, const void *own, const char *suffix, char *out, size_t bytes)
{
    const char *slash = strrchr(world->plain, '/');
    snprintf(out, bytes, "%.*s/written-%ld-%llx%s", (int)(slash - world->plain), world->plain, (long)getpid(),
             (unsigned long long)(uintptr_t)own, suffix);
}

/* Reads back the written file, and removes it. */
static amos_status read_back(struct world *world, const char *path, amos_status status, const struct noted *noted,
                             uint64_t *digest, amos_error *err)
{
    promise(world, noted->path[0] == '\0', "no temporary file is left behind");
    if (!status) {
        amos_volume_options options = volume_options(world);
        amos_volume *volume;
        status = amos_volume_open(path, &options, &volume, err);
        digest_volume(digest, volume);
        if (!status)
            status = read_into(world, volume, &as_stored, digest, err);
        amos_volume_free(volume);
    }
    unlink(path);
    return status;
}

static const int16_t turned_voxels[4 * 3 * 2] = {-3, 5, 9, 700, -32768, 32767, 1, 2, 3, 4, 5, 6};
static const amos_layout turned_layout = {.type = AMOS_TYPE_INT16, .shape = {4, 3, 2, 1}, .strides = {12, 4, 2, 48}};

/* Twice, so that the second replaces the first. */
amos_status write_plain(struct world *world, uint64_t *digest, amos_error *err)
{
    char path[300];
    struct noted noted = {""};
    amos_write_options options = {
        .size = sizeof options, .slope = 2, .inter = 1, .temporary = note_temporary, .temporary_user = &noted};
    output_name(world, &noted, ".nii", path, sizeof path);
    amos_status status = amos_file_write(path, &turned_layout, turned_voxels, sizeof turned_voxels, &options, err);
    if (!status)
        status = amos_file_write(path, &turned_layout, turned_voxels, sizeof turned_voxels, &options, err);
    return read_back(world, path, status, &noted, digest, err);
}

static amos_status add_slices(const struct world *world, amos_writer *writer, amos_error *err)
{
    const int64_t *shape = amos_labelmap_layout(world->map)->shape;
    amos_status status = AMOS_OK;
    for (int64_t z = 0; z < shape[2] && !status; z++)
        status = amos_writer_add(writer, amos_labelmap_voxels(world->map), (uint64_t)(shape[0] * shape[1]), err);
    return status ? status : amos_writer_finish(writer, err);
}

amos_status write_pieces(struct world *world, uint64_t *digest, amos_error *err)
{
    char path[300];
    struct noted noted = {""};
    amos_write_options options = {.size = sizeof options,
                                  .reference = world->image_volume,
                                  .level = 1,
                                  .temporary = note_temporary,
                                  .temporary_user = &noted};
    amos_writer *writer = UNSET(world);
    output_name(world, &noted, ".nii.gz", path, sizeof path);
    amos_status status = amos_writer_open(path, amos_labelmap_layout(world->map), &options, &writer, err);
    give(world, status, writer);
    if (!status)
        status = add_slices(world, writer, err);
    amos_writer_free(writer);
    return read_back(world, path, status, &noted, digest, err);
}

/* The archive is read back by its list. */
static amos_status digest_archive(void *user, const char *path, uint64_t bytes)
{
    digest_add(user, strrchr(path, '/'), 2);
    digest_add(user, &bytes, sizeof bytes);
    return AMOS_OK;
}

amos_status write_archive(struct world *world, uint64_t *digest, amos_error *err)
{
    char path[300];
    struct noted noted = {""};
    const amos_archive_options options = {
        .size = sizeof options, .temporary = note_temporary, .temporary_user = &noted};
    amos_archive_writer *archive = UNSET(world);
    output_name(world, &noted, ".zip", path, sizeof path);
    amos_status status = amos_archive_writer_open(path, &options, &archive, err);
    give(world, status, archive);
    if (!status)
        status = amos_archive_writer_add(archive, "results/a", turned_voxels, sizeof turned_voxels, err);
    if (!status)
        status = amos_archive_writer_finish(archive, err);
    amos_archive_writer_free(archive);
    promise(world, noted.path[0] == '\0', "no temporary file is left behind");
    if (!status)
        status = amos_archive_list(path, digest_archive, digest, err);
    unlink(path);
    return status;
}

/* Two pieces of compressed data: three slices, and the fourth. */
#define ACROSS 512
#define DOWN 480
#define DEEP 4
static uint8_t slab[ACROSS * DOWN * DEEP];
static pthread_once_t slab_is_filled = PTHREAD_ONCE_INIT; /* rows run on several threads */

static void fill_slab(void)
{
    for (size_t i = 0; i < sizeof slab; i++)
        slab[i] = (uint8_t)(i / ACROSS % 8 < 5 ? (uint32_t)i * 2654435761u >> 26 : 0);
}

static amos_status write_slab(struct world *world, int64_t slices, amos_write_options options, uint64_t *digest,
                              amos_error *err)
{
    char path[300];
    struct noted noted = {""};
    const amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {ACROSS, DOWN, slices, 1}};
    options.size = sizeof options;
    options.temporary = note_temporary;
    options.temporary_user = &noted;
    pthread_once(&slab_is_filled, fill_slab);
    output_name(world, &noted, ".nii.gz", path, sizeof path);
    amos_status status = amos_file_write(path, &layout, slab, (size_t)(ACROSS * DOWN * slices), &options, err);
    return read_back(world, path, status, &noted, digest, err);
}

amos_status write_indexed(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_write_options options = {
        .level = 1, .threads = 3, .index = AMOS_INDEX_BUILD, .index_folder = world->indexes};
    return write_slab(world, DEEP, options, digest, err);
}

amos_status write_smallest(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_write_options options = {.level = 9, .threads = 1};
    return write_slab(world, 1, options, digest, err);
}
