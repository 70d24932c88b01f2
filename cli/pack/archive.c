/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "pack/archive.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "export/staging.h"
#include "kit/interrupt.h"
#include "kit/message.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"

#define FOLDER "results/" /* in the archive, as the challenge wants it */

struct packing {
    struct pack_cases *cases;
    const char *folder;           /* where labels are written before they come into the archive; NULL: none are */
    amos_archive_writer *archive; /* NULL: none */
    size_t faults;
};

/* ---- one case ---- */

static void path_of(const struct packing *run, const struct pack_case *c, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s.nii.gz", run->folder, c->info->id);
}

static amos_status write_label(const struct packing *run, const struct pack_case *c, const amos_pair *pair,
                               const amos_labelmap *map, amos_error *err)
{
    char path[PATH_MAX];
    const amos_layout *layout = amos_labelmap_layout(map);
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.reference = amos_pair_get_info(pair)->image;
    path_of(run, c, path);
    return amos_file_write(path, layout, amos_labelmap_voxels(map), layout->bytes, &options, err);
}

/* A fault of a prediction is stored with its case, and the others go on; a failure to write ends the run. */
static amos_status pack_one(void *user, size_t index, amos_error *err)
{
    const struct packing *run = user;
    struct pack_case *c = &run->cases->items[index];
    amos_pair *pair = NULL;
    amos_labelmap *map = NULL;
    if (index + CLI_READ_AHEAD < run->cases->count)
        amos_file_read_ahead(run->cases->items[index + CLI_READ_AHEAD].prediction);
    amos_status status = pack_case_read(run->cases, c, &pair, &map);
    if (status == AMOS_E_NOMEM)
        *err = c->fault;
    else if (status)
        status = AMOS_OK;
    else if (run->folder)
        status = write_label(run, c, pair, map, err);
    amos_labelmap_free(map);
    amos_pair_free(pair);
    return status;
}

/* ---- the archive ---- */

static amos_status read_whole(const char *path, char **data, size_t *bytes, amos_error *err)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    *data = size >= 0 ? malloc((size_t)size + 1) : NULL;
    bool good = *data && fseek(file, 0, SEEK_SET) == 0 && fread(*data, 1, (size_t)size, file) == (size_t)size;
    *bytes = good ? (size_t)size : 0;
    int error = errno;
    if (file)
        fclose(file);
    return good ? AMOS_OK : amosi_fail_errno(err, AMOS_E_IO, path, error, "the file cannot be read");
}

static amos_status add_label(const struct packing *run, const struct pack_case *c, amos_error *err)
{
    char path[PATH_MAX], name[PATH_MAX], *data = NULL;
    size_t bytes = 0;
    path_of(run, c, path);
    snprintf(name, sizeof name, FOLDER "%s.nii.gz", c->info->id);
    amos_status status = read_whole(path, &data, &bytes, err);
    if (!status)
        status = amos_archive_writer_add(run->archive, name, data, bytes, err);
    free(data);
    (void)unlink(path);
    return status;
}

static amos_status take_one(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct packing *run = user;
    const struct pack_case *c = &run->cases->items[index];
    amos_error failure;
    if (status)
        failure = *err;
    else if (c->fault.status)
        run->faults++;
    else if (run->archive && !run->faults)
        status = add_label(run, c, &failure);
    if (status)
        cli_error_of(&failure);
    return status;
}

/* A signal that waits ends the run, so that the folder of labels goes. */
static int show_progress(void *user, uint64_t done, uint64_t total)
{
    return progress_show(user, done, total) || interrupt_pending();
}

static bool pack_all(struct packing *run, int threads)
{
    const amos_workers_options workers = {
        .size = sizeof workers, .threads = threads, .progress = {show_progress, NULL}};
    amos_error err;
    progress_start(run->archive ? "packing" : "checking", PROGRESS_CASES);
    amos_status status = amos_workers_run(run->cases->count, &workers, pack_one, take_one, run, &err);
    progress_stop();
    return !status && run->faults == 0;
}

static bool write_archive(struct packing *run, const char *path, int threads)
{
    int slot = -1;
    amos_error err;
    const amos_archive_options options = {
        .size = sizeof options, .temporary = interrupt_watch, .temporary_user = &slot};
    amos_status status = amos_archive_writer_open(path, &options, &run->archive, &err);
    bool good = !status && pack_all(run, threads);
    if (good)
        status = amos_archive_writer_finish(run->archive, &err);
    if (status)
        cli_error_of(&err);
    amos_archive_writer_free(run->archive);
    run->archive = NULL;
    return good && !status;
}

bool pack_archive(struct pack_cases *cases, const char *path, int threads)
{
    static const char *const nothing[] = {NULL};
    struct packing run = {.cases = cases};
    struct staging staging;
    char labels[PATH_MAX];
    if (!path)
        return pack_all(&run, threads);
    snprintf(labels, sizeof labels, "%s.labels", path);
    bool good = staging_begin(&staging, labels, false, nothing);
    run.folder = staging.folder;
    good = good && write_archive(&run, path, threads);
    (void)staging_end(&staging, false);
    return good;
}
