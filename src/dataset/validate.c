/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/system/alloc.h"
#include "dataset/record.h"
#include "masks/table.h"
#include "base/math/sort.h"
#include "dataset/tree/path.h"
#include "dataset/tree/listing.h"
#include "base/text/case_id.h"
#include "base/text/near_name.h"
#include "base/text/volume_name.h"
#include "dataset/case_order.h"
#include "io/missing.h"

/* A file that a case names. */
struct file {
    const amos_case *c;
    const char *path;
    bool is_label;
    bool there; /* a regular file; then the next two are set */
    uint64_t device;
    uint64_t inode;
    const struct file *same; /* the same file under an earlier name, or NULL */
};

struct validation {
    const amos_dataset *dataset;
    amos_finding_fn found;
    void *user;
    amos_error *err;
    struct file *files;         /* in the order of cases, the image first */
    const struct file **sorted; /* the same files in another order */
    size_t count;
    struct amosi_arena text;
    size_t labels[AMOSI_SPLIT_COUNT]; /* number of cases with a label, for each split */
};

static void report_finding(const struct validation *v, amos_status status, amos_warnings warnings, const char *path,
                           const char *case_id, const char *message)
{
    amos_finding finding = {status, warnings, path, case_id, message};
    v->found(v->user, &finding);
}

static void report_notes(const struct validation *v)
{
    for (size_t i = 0; i < v->dataset->note_count; i++) {
        const struct amosi_note *note = &v->dataset->notes[i];
        report_finding(v, AMOS_OK, note->warnings, note->path, note->case_id, note->message);
    }
}

static void add_file(struct validation *v, const amos_case *c, const char *path, bool is_label)
{
    v->files[v->count] = (struct file){.c = c, .path = path, .is_label = is_label};
    v->sorted[v->count] = &v->files[v->count];
    v->count++;
}

static amos_status collect_files(struct validation *v)
{
    const amos_dataset *dataset = v->dataset;
    v->files = amosi_alloc_array(dataset->info.count, 2 * sizeof *v->files);
    v->sorted = amosi_alloc_array(dataset->info.count, 2 * sizeof *v->sorted);
    if (!v->files || !v->sorted)
        return amosi_fail_nomem(v->err, dataset->info.root);
    for (size_t i = 0; i < dataset->info.count; i++) {
        const amos_case *c = &dataset->cases[i];
        add_file(v, c, c->info.image_path, false);
        if (c->info.label_path)
            add_file(v, c, c->info.label_path, true);
        if (c->info.label_path)
            v->labels[c->info.split - AMOS_SPLIT_TRAINING]++;
    }
    return AMOS_OK;
}

static void report_missing(const struct validation *v, const struct file *file, int error)
{
    amos_error err;
    bool orphan = !file->is_label && v->dataset->from_folders && file->c->info.label_path;
    amosi_fail_missing(&err, file->path, error,
                       orphan           ? "the label of this case has no image"
                       : file->is_label ? "the label file cannot be opened"
                                        : "the image file cannot be opened");
    report_finding(v, AMOS_E_OPEN, 0, file->path, file->c->info.id, err.message);
}

static void check_file(const struct validation *v, struct file *file)
{
    struct stat st;
    amos_error err;
    if (amosi_archive_stat(v->dataset->archive, file->path, &st) != 0) {
        report_missing(v, file, errno);
    } else if (!S_ISREG(st.st_mode) && !(file->is_label && amosi_masks_are_at(file->path))) {
        amosi_fail(&err, AMOS_E_NOTREG, file->path, "this is not a regular file; a volume is expected here.");
        report_finding(v, AMOS_E_NOTREG, 0, file->path, file->c->info.id, err.message);
    } else {
        file->there = true;
        file->device = (uint64_t)st.st_dev;
        file->inode = (uint64_t)st.st_ino;
    }
}

/* If the folders give the cases, nothing names a missing label. If a split has labels, each of its images should have one. Labels
 * of the test split are often withheld, so they may be missing. */
static void check_label_named(const struct validation *v, const amos_case *c)
{
    if (!v->dataset->from_folders || c->info.label_path || c->info.split == AMOS_SPLIT_TEST ||
        v->labels[c->info.split - AMOS_SPLIT_TRAINING] == 0)
        return;
    amos_error err;
    amosi_fail_errno(&err, AMOS_E_OPEN, c->info.image_path, ENOENT,
                     "the image has no label, unlike others of the %s split", amos_split_name(c->info.split));
    report_finding(v, AMOS_E_OPEN, 0, c->info.image_path, c->info.id, err.message);
}

static void check_files(const struct validation *v)
{
    for (size_t i = 0; i < v->count; i++) {
        check_file(v, &v->files[i]);
        if (!v->files[i].is_label)
            check_label_named(v, v->files[i].c);
    }
}

static int compare_inodes(const void *first, const void *second)
{
    const struct file *a = *(const struct file *const *)first;
    const struct file *b = *(const struct file *const *)second;
    if (a->there != b->there)
        return a->there ? -1 : 1;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    if (a->inode != b->inode)
        return a->inode < b->inode ? -1 : 1;
    return (a > b) - (a < b);
}

/* Sorted by inode, several names of the same file are neighbours. Findings are reported in the order of cases. */
static void check_duplicates(struct validation *v)
{
    amosi_sort(v->sorted, v->count, sizeof *v->sorted, compare_inodes);
    const struct file *first = NULL;
    for (size_t i = 0; i < v->count && v->sorted[i]->there; i++) {
        const struct file *file = v->sorted[i];
        if (first && first->device == file->device && first->inode == file->inode)
            v->files[file - v->files].same = first;
        else
            first = file;
    }
    for (size_t i = 0; i < v->count; i++) {
        const struct file *file = &v->files[i];
        /* A case in two splits is a leak, which is already reported. */
        if (!file->same ||
            (strcmp(file->same->c->info.id, file->c->info.id) == 0 && file->same->is_label == file->is_label))
            continue;
        amos_error err;
        amosi_fail(&err, AMOS_E_DUP, file->path, "this is the same file as the %s of %s; they must be different files.",
                   file->same->is_label ? "label" : "image", file->same->c->info.id);
        report_finding(v, AMOS_E_DUP, 0, file->path, file->c->info.id, err.message);
    }
}

static int compare_paths(const void *first, const void *second)
{
    return strcmp((*(const struct file *const *)first)->path, (*(const struct file *const *)second)->path);
}

static int compare_path_to(const void *path, const void *file)
{
    return strcmp(path, (*(const struct file *const *)file)->path);
}

static bool is_named(const struct validation *v, const char *path)
{
    return v->count && bsearch(path, v->sorted, v->count, sizeof *v->sorted, compare_path_to);
}

/* Whether a name is that of a further channel, which a case has beside its image. */
static bool is_channel(const struct validation *v, const char *name)
{
    char id[256];
    int channel;
    size_t count, length = amosi_channel_cut(name, amosi_volume_name_id_length(name), &channel);
    if (channel < 1 || length >= sizeof id)
        return false;
    memcpy(id, name, length);
    id[length] = '\0';
    size_t first = amosi_case_order_find(v->dataset, id, &count);
    return count && v->dataset->cases[first].info.channels > channel;
}

static void report_unlisted(const struct validation *v, const char *path, const char *name)
{
    char id[256];
    size_t length = amosi_volume_name_id_length(name);
    if (is_channel(v, name))
        return;
    if (length >= sizeof id)
        length = sizeof id - 1;
    memcpy(id, name, length);
    id[length] = '\0';
    amos_error err;
    char original[256];
    bool copy = amosi_near_name(name, original, sizeof original) == AMOSI_NEAR_COPY;
    amosi_fail(&err, AMOS_OK, path, "%s does not name this volume%s%s.", amosi_base_name(v->dataset->info.json_path),
               copy ? "; by its name it is a copy of " : "", copy ? original : "");
    report_finding(v, AMOS_OK, AMOS_W_UNLISTED, path, id, err.message);
}

/* An unfinished download lies in a folder of the data set. */
static void report_partial(const struct validation *v, const char *path, const char *original)
{
    char id[256];
    snprintf(id, sizeof id, "%.*s", (int)amosi_volume_name_id_length(original), original);
    amos_error err;
    amosi_fail(&err, AMOS_OK, path, "by its name this is an unfinished download of %s; end the download, or remove it.",
               original);
    report_finding(v, AMOS_OK, AMOS_W_UNLISTED, path, id, err.message);
}

static amos_status check_folder(struct validation *v, const char *folder)
{
    struct amosi_listing listing;
    amos_error err;
    amos_status status = amosi_listing_read(&listing, v->dataset->archive, folder, &v->text, &err);
    if (status == AMOS_OK && listing.unreadable)
        status = amosi_fail_errno(&err, AMOS_E_OPEN, folder, listing.unreadable, "the folder cannot be listed");
    if (status == AMOS_E_OPEN)
        report_finding(v, status, 0, folder, "", err.message);
    else if (status && v->err)
        *v->err = err;
    for (size_t i = 0; i < listing.count && status == AMOS_OK; i++) {
        const char *name = listing.entries[i].name;
        char original[256];
        bool partial = amosi_near_name(name, original, sizeof original) == AMOSI_NEAR_PARTIAL;
        if (!partial && !amosi_volume_name_is_listed(name))
            continue;
        size_t bytes = strlen(folder) + strlen(name) + 2;
        char *path = amosi_arena_bytes(&v->text, bytes);
        if (!path)
            status = amosi_fail_nomem(v->err, folder);
        else if (!amosi_path_join(path, bytes, folder, name) || is_named(v, path))
            continue;
        else if (partial)
            report_partial(v, path, original);
        else
            report_unlisted(v, path, name);
    }
    amosi_listing_free(&listing);
    return status == AMOS_E_OPEN ? AMOS_OK : status;
}

static int compare_texts(const void *first, const void *second)
{
    return strcmp(*(const char *const *)first, *(const char *const *)second);
}

static bool is_in_tree(const amos_dataset *dataset, const char *path)
{
    size_t length = strlen(dataset->info.root);
    return strcmp(dataset->info.root, "/") == 0 ||
           (strncmp(path, dataset->info.root, length) == 0 && path[length] == '/');
}

/* The folders to compare with dataset.json: the usual six, and those of named files that are in the tree. */
static size_t list_folders(struct validation *v, const char **folders)
{
    const amos_dataset *dataset = v->dataset;
    size_t count = 0;
    for (int i = 0; i < 2 * AMOSI_SPLIT_COUNT; i++) {
        const char *name = i % 2 ? amosi_splits[i / 2].labels : amosi_splits[i / 2].images;
        size_t bytes = strlen(dataset->info.root) + strlen(name) + 2;
        char *path = amosi_arena_bytes(&v->text, bytes);
        if (!path)
            return 0;
        amosi_path_join(path, bytes, dataset->info.root, name);
        folders[count++] = path;
    }
    size_t last = 0;
    for (size_t i = 0; i < v->count; i++) {
        const char *path = v->sorted[i]->path;
        size_t length = amosi_path_folder_length(path);
        if (!is_in_tree(dataset, path) || (length == last && memcmp(path, v->sorted[i - 1]->path, length) == 0))
            continue;
        folders[count] = amosi_arena_text(&v->text, path, length);
        if (!folders[count++])
            return 0;
        last = length;
    }
    amosi_sort(folders, count, sizeof *folders, compare_texts);
    return count;
}

static amos_status check_folders(struct validation *v)
{
    amosi_sort(v->sorted, v->count, sizeof *v->sorted, compare_paths);
    const char **folders = amosi_alloc_array(v->count + 2 * AMOSI_SPLIT_COUNT, sizeof *folders);
    size_t count = folders ? list_folders(v, folders) : 0;
    amos_status status = count ? AMOS_OK : amosi_fail_nomem(v->err, v->dataset->info.root);
    for (size_t i = 0; i < count && status == AMOS_OK; i++)
        if (i == 0 || strcmp(folders[i - 1], folders[i]) != 0)
            status = check_folder(v, folders[i]);
    amosi_free(folders);
    return status;
}

amos_status amos_dataset_validate(const amos_dataset *dataset, amos_finding_fn found, void *user, amos_error *err)
{
    if (!dataset || !found)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_dataset_validate() needs a data set and a function to report to.");
    struct validation v = {.dataset = dataset, .found = found, .user = user, .err = err};
    amos_status status = collect_files(&v);
    if (status == AMOS_OK) {
        report_notes(&v);
        check_files(&v);
        check_duplicates(&v);
        /* If the folders give the cases, every volume in them is a case or already has a warning. */
        status = dataset->from_folders ? AMOS_OK : check_folders(&v);
    }
    amosi_arena_free(&v.text);
    amosi_free(v.sorted);
    amosi_free(v.files);
    return status;
}
