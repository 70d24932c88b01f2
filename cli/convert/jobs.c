/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "convert/jobs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text/volume_name.h"
#include "check_item.h"
#include "folder.h"
#include "kit/message.h"
#include "output.h"

/* What jobs_make() was given. */
struct listing {
    struct convert_jobs *jobs;
    enum convert_role role;
    bool want_label;
};

/* ---- names ---- */

static bool is_volume_name(const char *path)
{
    return amosi_volume_name(path).kind == AMOSI_NAME_SINGLE;
}

static bool is_folder(const char *path)
{
    struct stat about;
    const size_t length = strlen(path);
    return (length && path[length - 1] == '/') || (stat(path, &about) == 0 && S_ISDIR(about.st_mode));
}

/* The name of an output below the folder: that of the input, which is below `root` (or its last part), as .nii.gz. From
 * malloc(). */
static char *output_below(const char *folder, const char *root, const char *input)
{
    const size_t length = root ? strlen(root) : 0;
    const char *name = amosi_base_name(input);
    if (length && strncmp(input, root, length) == 0 && strspn(input + length, "/"))
        name = input + length + strspn(input + length, "/");
    else if (length && root[length - 1] == '/' && strncmp(input, root, length) == 0)
        name = input + length;
    const size_t stem = amosi_volume_name(name).stem;
    char *bare = strndup(name, stem), *file = bare ? malloc(stem + sizeof ".nii.gz") : NULL;
    if (file)
        strcat(strcpy(file, bare), ".nii.gz");
    char *path = file ? folder_join(folder, file) : NULL;
    free(file);
    free(bare);
    return path;
}

/* ---- the list ---- */

static bool add_job(struct convert_jobs *jobs, const char *input, char *output, bool is_label,
                    const amos_dataset *names)
{
    if (output && jobs->count == jobs->room) {
        const size_t room = jobs->room ? 2 * jobs->room : 64;
        struct convert_job *items = realloc(jobs->items, room * sizeof *items);
        if (items)
            jobs->items = items;
        jobs->room = items ? room : jobs->room;
    }
    if (!output || jobs->count == jobs->room) {
        cli_error("Memory ran out.");
        free(output);
        return false;
    }
    jobs->items[jobs->count++] =
        (struct convert_job){.input = input, .output = output, .is_label = is_label, .names = names};
    return true;
}

static bool is_label(const struct listing *listing, const char *path)
{
    return listing->role == CONVERT_LABELS || (listing->role == CONVERT_BY_NAME && check_lies_among_labels(path));
}

static bool add_below(const struct listing *listing, const char *root, const char *input, bool label,
                      const amos_dataset *names)
{
    return add_job(listing->jobs, input, output_below(listing->jobs->folder, root, input), label, names);
}

/* Image and label of each case of a data set, where they are there. */
static bool add_dataset(const struct listing *listing, const struct target *target)
{
    const amos_dataset_info *set = amos_dataset_get_info(target->dataset);
    bool good = true;
    if (target->error.status) {
        cli_error_of(&target->error);
        return false;
    }
    for (size_t i = 0; i < target_case_count(target) && good; i++) {
        const amos_case_info *c = amos_case_get_info(amos_dataset_get(target->dataset, i));
        if (c->has_image && listing->role != CONVERT_LABELS)
            good = add_below(listing, set->root, c->image_path, false, target->dataset);
        if (c->has_label && listing->role != CONVERT_IMAGES && good)
            good = add_below(listing, set->root, c->label_path, true, target->dataset);
    }
    return good;
}

static bool add_folder(const struct listing *listing, const struct target *target)
{
    bool good = true;
    for (size_t i = 0; i < target->folder->count && good; i++)
        good = add_below(listing, target->path, target->folder->paths[i], is_label(listing, target->folder->paths[i]),
                         target->names);
    return good;
}

/* One file; `output` names it if there is no folder. */
static bool add_single(const struct listing *listing, const struct target *target, const char *output)
{
    const amos_case_info *c = target->kind == TARGET_CASE ? amos_case_get_info(target->c) : NULL;
    const bool label = c ? listing->want_label : is_label(listing, target->path);
    const char *path = !c ? target->path : label ? c->label_path : c->image_path;
    if (!path) {
        cli_error("convert: The case %s has no label.", c->id);
        return false;
    }
    if (listing->jobs->folder)
        return add_below(listing, NULL, path, label, target->names);
    return add_job(listing->jobs, path, strdup(output), label, target->names);
}

static bool add_target(const struct listing *listing, const struct target *target, const char *output)
{
    if (target->kind == TARGET_DATASET)
        return add_dataset(listing, target);
    return target->kind == TARGET_FOLDER ? add_folder(listing, target) : add_single(listing, target, output);
}

/* Whether the output is one file or a folder; CLI_USAGE if it can be neither. */
static int choose_folder(const struct targets *targets, const char *output, struct convert_jobs *jobs)
{
    const bool one = targets->count == 1 && !target_is_set(&targets->items[0]);
    if (one && is_volume_name(output) && !is_folder(output))
        return CLI_OK;
    if (!is_folder(output) && (one || is_volume_name(output))) {
        cli_error(one ? "convert: The output %s ends neither in .nii nor in .nii.gz; a folder for outputs ends in /."
                      : "convert: The output %s is one file, but there are several inputs; give a folder.",
                  output);
        return CLI_USAGE;
    }
    jobs->folder = strdup(output);
    if (jobs->folder)
        return CLI_OK;
    cli_error("Memory ran out.");
    return CLI_FAILED;
}

int jobs_make(const struct targets *targets, const char *output, enum convert_role role, bool want_label,
              struct convert_jobs *jobs)
{
    const struct listing listing = {jobs, role, want_label};
    *jobs = (struct convert_jobs){.items = NULL};
    int code = choose_folder(targets, output, jobs);
    for (size_t i = 0; i < targets->count && code == CLI_OK; i++)
        if (!add_target(&listing, &targets->items[i], output))
            code = CLI_FAILED;
    if (code == CLI_OK && jobs->count == 0) {
        cli_error("convert: There is nothing to convert: the operands have no %s.", role == CONVERT_LABELS ? "label"
                                                                                    : role == CONVERT_IMAGES
                                                                                        ? "image"
                                                                                        : "volume");
        code = CLI_FAILED;
    }
    for (size_t i = 0; i < jobs->count; i++) {
        const char *path = jobs->items[i].output;
        const size_t length = jobs->folder ? strlen(jobs->folder) : 0;
        jobs->items[i].name = length ? path + length + strspn(path + length, "/") : amosi_base_name(path);
    }
    return code;
}

void jobs_free(struct convert_jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; i++)
        free(jobs->items[i].output);
    free(jobs->items);
    free(jobs->folder);
}

/* ---- checks ---- */

static int by_output(const void *one, const void *other)
{
    const struct convert_job *const *a = one, *const *b = other;
    return strcmp((*a)->output, (*b)->output);
}

static int out_of_memory(void)
{
    cli_error("Memory ran out.");
    return CLI_FAILED;
}

static int check_outputs_differ(const struct convert_jobs *jobs)
{
    const struct convert_job **sorted = malloc(jobs->count * sizeof *sorted);
    bool good = true;
    if (!sorted)
        return out_of_memory();
    for (size_t i = 0; i < jobs->count; i++)
        sorted[i] = &jobs->items[i];
    qsort(sorted, jobs->count, sizeof *sorted, by_output);
    for (size_t i = 1; i < jobs->count && good; i++)
        if (by_output(&sorted[i - 1], &sorted[i]) == 0) {
            cli_error("convert: %s and %s would both become %s; convert them apart.", sorted[i - 1]->input,
                      sorted[i]->input, sorted[i]->output);
            good = false;
        }
    free(sorted);
    return good ? CLI_OK : CLI_USAGE;
}

/* Which file a path is. */
struct file_id {
    dev_t device;
    ino_t inode;
    const char *path;
};

static bool find_id(const char *path, struct file_id *id)
{
    struct stat about;
    if (!path || stat(path, &about) != 0)
        return false;
    *id = (struct file_id){about.st_dev, about.st_ino, path};
    return true;
}

static int by_id(const void *one, const void *other)
{
    const struct file_id *a = one, *b = other;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    return (a->inode > b->inode) - (a->inode < b->inode);
}

/* No output may be an input, of the same job or of another. */
static int check_inputs_are_spared(const struct convert_jobs *jobs)
{
    struct file_id *inputs = malloc(jobs->count * sizeof *inputs), output;
    size_t count = 0;
    bool good = true;
    if (!inputs)
        return out_of_memory();
    for (size_t i = 0; i < jobs->count; i++)
        count += find_id(jobs->items[i].input, &inputs[count]);
    qsort(inputs, count, sizeof *inputs, by_id);
    for (size_t i = 0; i < jobs->count && good; i++) {
        const struct file_id *found =
            find_id(jobs->items[i].output, &output) ? bsearch(&output, inputs, count, sizeof *inputs, by_id) : NULL;
        good = !found || output_spares("convert", output.path, found->path);
    }
    free(inputs);
    return good ? CLI_OK : CLI_USAGE;
}

/* A folder of references is not the folder of outputs either. */
static bool reference_is_apart(const struct convert_jobs *jobs, const char *like)
{
    struct file_id reference, folder;
    for (size_t i = 0; i < jobs->count; i++)
        if (!output_spares("convert", jobs->items[i].output, like))
            return false;
    if (!jobs->folder || !find_id(like, &reference) || !find_id(jobs->folder, &folder) ||
        by_id(&reference, &folder) != 0)
        return true;
    cli_error("convert: The references of --like lie in the folder of the outputs, %s; give another folder.",
              jobs->folder);
    return false;
}

int jobs_check(const struct convert_jobs *jobs, const struct convert_plan *plan)
{
    int code = check_outputs_differ(jobs);
    if (code == CLI_OK)
        code = check_inputs_are_spared(jobs);
    return code == CLI_OK && plan->like && !reference_is_apart(jobs, plan->like) ? CLI_USAGE : code;
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

/* Many outputs in a row are in one folder. */
bool jobs_make_folders(const struct convert_jobs *jobs)
{
    const char *before = "";
    bool good = true;
    for (size_t i = 0; i < jobs->count && jobs->folder && good; i++) {
        const char *output = jobs->items[i].output;
        const size_t length = folder_length(output);
        if (length != folder_length(before) || strncmp(output, before, length) != 0)
            good = folder_make_for(output);
        before = output;
    }
    return good;
}
