/* The folder of a phantom data set: which files it has, and in which order they come and go. A list of its files is
 * kept in it, written first; dataset.json comes last, so that an interrupted tree is never taken for a whole one. */
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

#include "kit/cli.h"
#include "kit/outfile.h"
#include "phantom/prediction.h"
#include "phantom/text.h"

#define LIST_NAME ".amos-phantom"
#define OWN_PREFIX ".amos-" /* the list, and what outfile.h leaves behind when the machine stops */

/* "DIRECTORY/NAME", to be freed; NULL when memory ran out, which is reported. */
static char *join(const char *directory, const char *name)
{
    size_t bytes = strlen(directory) + strlen(name) + 2;
    char *path = malloc(bytes);
    if (path)
        snprintf(path, bytes, "%s/%s", directory, name);
    else
        cli_error("memory ran out.");
    return path;
}

static bool make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    cli_error("%s: The folder cannot be made: %s.", path, strerror(errno));
    return false;
}

static bool remove_file(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    cli_error("%s: The file cannot be removed: %s.", path, strerror(errno));
    return false;
}

/* Looks for anything but our own hidden files. */
static bool is_empty(const char *directory, bool *empty)
{
    DIR *dir = opendir(directory);
    if (!dir) {
        cli_error("%s: The folder cannot be opened: %s.", directory, strerror(errno));
        return false;
    }
    const struct dirent *entry;
    *empty = true;
    while (*empty && (entry = readdir(dir)))
        *empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                 strncmp(entry->d_name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0;
    closedir(dir);
    return true;
}

/* A list could have been edited: nothing outside the tree may be named. */
static bool is_inside(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && !strstr(name, "..");
}

static bool remove_listed(const char *directory, FILE *list)
{
    char line[256];
    bool good = true;
    while (good && fgets(line, sizeof line, list)) {
        line[strcspn(line, "\n")] = '\0';
        if (!is_inside(line))
            continue;
        char *path = join(directory, line);
        good = path && remove_file(path);
        free(path);
    }
    return good;
}

/* Removes the files of an older phantom tree, dataset.json first. *found tells whether there was one. */
static bool remove_older(const char *directory, bool *found)
{
    char first[256];
    char *path = join(directory, LIST_NAME);
    if (!path)
        return false;
    FILE *list = fopen(path, "r");
    free(path);
    *found = list && fgets(first, sizeof first, list) && strcmp(first, PHANTOM_LIST_TITLE) == 0;
    bool good = !*found || remove_listed(directory, list);
    if (list)
        fclose(list);
    return good;
}

/* Makes the folder, or sees that what is there may be replaced. */
static bool prepare(const char *directory)
{
    struct stat info;
    bool empty = false, ours = false;
    if (stat(directory, &info) != 0 && errno == ENOENT)
        return make_folder(directory);
    if (stat(directory, &info) != 0 || !S_ISDIR(info.st_mode)) {
        cli_error("%s: This is no folder; a new or empty one was expected.", directory);
        return false;
    }
    if (!is_empty(directory, &empty) || !remove_older(directory, &ours))
        return false;
    if (!empty && !ours) {
        cli_error("%s: The folder holds other files and no phantom data set; give a new or empty folder.", directory);
        return false;
    }
    return true;
}

/* Writes a text file of the tree and releases the text. */
static bool write_text(const char *directory, const char *name, struct phantom_text *text)
{
    char *path = join(directory, name);
    struct outfile *out = NULL;
    bool good = path && !text->failed && (out = outfile_open(path));
    if (text->failed)
        cli_error("memory ran out.");
    good = good && outfile_write(out, text->data, text->length);
    if (out)
        good = outfile_finish(out, good);
    free(path);
    phantom_text_free(text);
    return good;
}

struct tree {
    const char *directory;
    const struct phantom_options *options;
    atomic_ullong voxels; /* written so far */
    atomic_bool stop;
    amos_error failure; /* why a case could not be written; that stopped the others */
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
    char *path = join(tree->directory, name);
    amos_status status = err->status = AMOS_E_NOMEM; /* which join() has reported */
    if (path)
        status = phantom_write_prediction(c, label, path, tree->options->level, err);
    free(path);
    return status;
}

static amos_status write_one(void *user, size_t index, amos_error *err)
{
    struct tree *tree = user;
    struct phantom_case c;
    char name[PHANTOM_NAME_BYTES];
    *err = (amos_error){.status = AMOS_E_CANCEL, .offset = -1};
    if (must_stop(tree))
        return AMOS_E_CANCEL;
    phantom_plan(tree->options, (int)index, &c);
    phantom_image_name(&c, name);
    char *image = join(tree->directory, name), *label = NULL;
    bool named = image != NULL;
    if (c.has_label) {
        phantom_label_name(&c, name);
        named = (label = join(tree->directory, name)) && named;
    }
    const struct phantom_watch watch = {count_voxels, must_stop, tree};
    amos_status status = err->status = AMOS_E_NOMEM; /* which join() has reported */
    if (named)
        status = phantom_write_case(&c, image, label, tree->options->level, &watch, err);
    if (!status && label && tree->options->predictions)
        status = write_prediction(tree, &c, label, err);
    free(image);
    free(label);
    if (status && !atomic_exchange(&tree->stop, true))
        tree->failure = *err;
    return status;
}

/* Cases are few and slow, so progress counts voxels; a wish to stop reaches the other threads between two slices. */
static int tell(void *user, uint64_t done, uint64_t total)
{
    struct tree *tree = user;
    const struct phantom_options *o = tree->options;
    (void)done;
    uint64_t bytes = 2 * (uint64_t)o->size[0] * (uint64_t)o->size[1] * (uint64_t)o->size[2] * total;
    if (o->progress && o->progress(o->progress_user, 2 * atomic_load(&tree->voxels), bytes))
        atomic_store(&tree->stop, true);
    return atomic_load(&tree->stop);
}

static bool write_cases(const char *directory, const struct phantom_options *options)
{
    struct tree tree = {.directory = directory, .options = options};
    amos_workers_options workers = {.size = sizeof workers, .threads = options->threads, .progress = tell};
    amos_error err = {.message = ""};
    workers.progress_user = &tree;
    amos_status status = amos_workers_run((size_t)options->cases, &workers, write_one, NULL, &tree, &err);
    const amos_error *why = tree.failure.status ? &tree.failure : &err;
    if (status && why->status != AMOS_E_CANCEL && why->message[0])
        cli_error_of(why);
    return status == AMOS_OK;
}

static bool make_folders(const char *directory, bool predictions)
{
    static const char *const names[] = {"imagesTr", "labelsTr", "imagesVa",   "labelsVa",
                                        "imagesTs", "labelsTs", "predictions"};
    size_t count = PHANTOM_COUNT(names) - !predictions;
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        char *path = join(directory, names[i]);
        good = path && make_folder(path);
        free(path);
    }
    return good;
}

bool phantom_write_tree(const char *directory, const struct phantom_options *options)
{
    struct phantom_text list, csv, json;
    if (!prepare(directory))
        return false;
    phantom_list_text(options, &list);
    if (!write_text(directory, LIST_NAME, &list) || !make_folders(directory, options->predictions) || !write_cases(directory, options))
        return false;
    phantom_csv_text(options, &csv);
    if (!write_text(directory, PHANTOM_CSV_NAME, &csv))
        return false;
    phantom_json_text(options, &json);
    return write_text(directory, PHANTOM_JSON_NAME, &json);
}
