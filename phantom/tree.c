/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder of a phantom data set: its files, and the order in which they are written and removed. A list of the
 * files is written first and stays in the folder. dataset.json is written last, so that an interrupted tree is never
 * mistaken for a whole one. */
#define _POSIX_C_SOURCE 200809L
#include "phantom/phantom.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "phantom/prediction.h"
#include "phantom/text.h"

#define LIST_NAME ".amos-phantom"
#define OWN_PREFIX ".amos-" /* the list, and files that writers leave behind if the machine stops */

/* "DIRECTORY/NAME", to be freed; NULL if memory ran out, which fills err. */
static char *join_path(const char *directory, const char *name, amos_error *err)
{
    size_t bytes = strlen(directory) + strlen(name) + 2;
    char *path = malloc(bytes);
    if (path)
        snprintf(path, bytes, "%s/%s", directory, name);
    else
        amosi_fail_nomem(err, directory);
    return path;
}

static amos_status make_folder(const char *path, amos_error *err)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return AMOS_OK;
    return amosi_fail_errno(err, AMOS_E_IO, path, errno, "The folder cannot be created");
}

static amos_status remove_file(const char *path, amos_error *err)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return AMOS_OK;
    return amosi_fail_errno(err, AMOS_E_IO, path, errno, "The file cannot be removed");
}

/* *empty: whether the folder has no files except our own hidden ones. */
static amos_status look_for_files(const char *directory, bool *empty, amos_error *err)
{
    DIR *dir = opendir(directory);
    if (!dir)
        return amosi_fail_errno(err, AMOS_E_IO, directory, errno, "The folder cannot be opened");
    const struct dirent *entry;
    *empty = true;
    while (*empty && (entry = readdir(dir)))
        *empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                 strncmp(entry->d_name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0;
    closedir(dir);
    return AMOS_OK;
}

/* A list may have been edited, so names outside the tree are refused. */
static bool is_inside(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && !strstr(name, "..");
}

static amos_status remove_listed(const char *directory, FILE *list, amos_error *err)
{
    char line[256];
    amos_status status = AMOS_OK;
    while (!status && fgets(line, sizeof line, list)) {
        line[strcspn(line, "\n")] = '\0';
        if (!is_inside(line))
            continue;
        char *path = join_path(directory, line, err);
        status = path ? remove_file(path, err) : AMOS_E_NOMEM;
        free(path);
    }
    return status;
}

/* Removes the files of an older phantom tree, dataset.json first. *found: whether there was one. */
static amos_status remove_older(const char *directory, bool *found, amos_error *err)
{
    char first[256];
    char *path = join_path(directory, LIST_NAME, err);
    if (!path)
        return AMOS_E_NOMEM;
    FILE *list = fopen(path, "r");
    free(path);
    *found = list && fgets(first, sizeof first, list) && strcmp(first, PHANTOM_LIST_TITLE) == 0;
    amos_status status = *found ? remove_listed(directory, list, err) : AMOS_OK;
    if (list)
        fclose(list);
    return status;
}

/* Creates the folder, or checks that its contents may be replaced. */
static amos_status prepare_folder(const char *directory, amos_error *err)
{
    struct stat info;
    bool empty = false, ours = false;
    if (stat(directory, &info) != 0 && errno == ENOENT)
        return make_folder(directory, err);
    if (stat(directory, &info) != 0 || !S_ISDIR(info.st_mode))
        return amosi_fail(err, AMOS_E_ARG, directory, "This is not a folder; a new or empty folder was expected.");
    amos_status status = look_for_files(directory, &empty, err);
    if (!status)
        status = remove_older(directory, &ours, err);
    if (!status && !empty && !ours)
        status = amosi_fail(err, AMOS_E_ARG, directory,
                            "The folder has other files and no phantom data set; give a new or empty folder.");
    return status;
}

struct tree {
    const char *directory;
    const struct phantom_options *options;
    atomic_ullong voxels; /* written so far */
    atomic_bool stop;
    amos_error failure; /* the first failure, which stopped the other cases */
};

static void count_voxels(void *user, uint64_t voxels)
{
    struct tree *tree = user;
    atomic_fetch_add(&tree->voxels, voxels);
}

static bool must_stop(void *user)
{
    struct tree *tree = user;
    return atomic_load(&tree->stop);
}

static amos_status write_prediction(const struct tree *tree, const struct phantom_case *c, const char *label,
                                    amos_error *err)
{
    char name[PHANTOM_NAME_BYTES];
    phantom_prediction_name(c, name);
    char *path = join_path(tree->directory, name, err);
    if (!path)
        return AMOS_E_NOMEM;
    const struct phantom_targets to = {
        .label_path = path, .level = tree->options->level, .files = tree->options->files};
    amos_status status = phantom_write_prediction(c, label, &to, err);
    free(path);
    return status;
}

static amos_status write_volumes(struct tree *tree, const struct phantom_case *c, amos_error *err)
{
    char name[PHANTOM_NAME_BYTES];
    phantom_image_name(c, name);
    char *image = join_path(tree->directory, name, err), *label = NULL;
    bool named = image != NULL;
    if (c->has_label && named) {
        phantom_label_name(c, name);
        named = (label = join_path(tree->directory, name, err)) != NULL;
    }
    const struct phantom_watch watch = {count_voxels, must_stop, tree};
    const struct phantom_targets to = {image, label, tree->options->level, tree->options->files};
    amos_status status = named ? phantom_write_case(c, &to, &watch, err) : AMOS_E_NOMEM;
    if (!status && label && tree->options->predictions)
        status = write_prediction(tree, c, label, err);
    free(image);
    free(label);
    return status;
}

/* The first failure stops the other cases. */
static amos_status write_case(void *user, size_t index, amos_error *err)
{
    struct tree *tree = user;
    struct phantom_case c;
    *err = (amos_error){.status = AMOS_E_CANCEL, .offset = -1};
    if (must_stop(tree))
        return AMOS_E_CANCEL;
    phantom_plan(tree->options, (int)index, &c);
    amos_status status = write_volumes(tree, &c, err);
    if (status && !atomic_exchange(&tree->stop, true))
        tree->failure = *err;
    return status;
}

/* Cases are few and slow, so progress counts voxels. A request to stop reaches the other threads between two slices. */
static int report_voxels(void *user, uint64_t done, uint64_t total)
{
    struct tree *tree = user;
    const struct phantom_options *o = tree->options;
    (void)done;
    uint64_t bytes = 2 * (uint64_t)o->size[0] * (uint64_t)o->size[1] * (uint64_t)o->size[2] * total;
    if (o->progress.function && o->progress.function(o->progress.user, 2 * atomic_load(&tree->voxels), bytes))
        atomic_store(&tree->stop, true);
    return atomic_load(&tree->stop);
}

static amos_status write_cases(const char *directory, const struct phantom_options *options, amos_error *err)
{
    struct tree tree = {.directory = directory, .options = options};
    amos_workers_options workers = {
        .size = sizeof workers, .threads = options->threads, .progress = {report_voxels, &tree}};
    amos_status status = amos_workers_run((size_t)options->cases, &workers, write_case, NULL, &tree, err);
    if (status && tree.failure.status)
        *err = tree.failure;
    return status ? err->status : AMOS_OK;
}

static amos_status make_folders(const char *directory, bool predictions, amos_error *err)
{
    static const char *const names[] = {"imagesTr", "labelsTr", "imagesVa",   "labelsVa",
                                        "imagesTs", "labelsTs", "predictions"};
    size_t count = sizeof names / sizeof names[0] - !predictions;
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        char *path = join_path(directory, names[i], err);
        status = path ? make_folder(path, err) : AMOS_E_NOMEM;
        free(path);
    }
    return status;
}

typedef void (*make_text_fn)(const struct phantom_options *options, struct phantom_text *text);

static amos_status write_text(const char *directory, const char *name, const struct phantom_options *options,
                              make_text_fn make_text, amos_error *err)
{
    struct phantom_text text;
    char *path = join_path(directory, name, err);
    if (!path)
        return AMOS_E_NOMEM;
    make_text(options, &text);
    amos_status status = text.failed ? amosi_fail_nomem(err, path)
                                     : phantom_output_text(options->files, path, text.data, text.length, err);
    phantom_text_free(&text);
    free(path);
    return status;
}

amos_status phantom_write_tree(const char *directory, const struct phantom_options *options, amos_error *err)
{
    amos_status status = prepare_folder(directory, err);
    if (!status)
        status = write_text(directory, LIST_NAME, options, phantom_list_text, err);
    if (!status)
        status = make_folders(directory, options->predictions, err);
    if (!status)
        status = write_cases(directory, options, err);
    if (!status)
        status = write_text(directory, PHANTOM_CSV_NAME, options, phantom_csv_text, err);
    return status ? status : write_text(directory, PHANTOM_JSON_NAME, options, phantom_json_text, err);
}
