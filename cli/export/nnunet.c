/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "export/nnunet.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "export/staging.h"
#include "folder.h"
#include "kit/interrupt.h"
#include "kit/message.h"

/* ---- tasks ---- */

/* AMOS's tasks have these numbers and names in nnU-Net's own scripts; images of MRI alone have none there. */
static const struct task {
    const char *option;
    amos_modality modality;
    int id;
    const char *name;
} tasks[] = {{"", AMOS_MODALITY_ANY, 0, NULL},
             {"ct", AMOS_MODALITY_CT, 218, "AMOS2022_postChallenge_task1"},
             {"mri", AMOS_MODALITY_MRI, 0, NULL},
             {"ct+mri", AMOS_MODALITY_ANY, 219, "AMOS2022_postChallenge_task2"}};

static const char *task_choice(size_t n)
{
    return n + 1 < sizeof tasks / sizeof tasks[0] ? tasks[n + 1].option : NULL;
}

static bool parse_task(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    for (size_t n = 0; task_choice(n); n++) {
        if (strcmp(text, task_choice(n)) == 0) {
            *(enum export_task *)value = (enum export_task)(n + 1);
            return true;
        }
    }
    return args_refuse_choice(task_choice, why, bytes);
}

const struct args_type args_task = {.parse = parse_task, .choice = task_choice};

/* ---- the name of the target ---- */

static bool is_amos(const struct export_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        if (cases->items[i].info->number < 0)
            return false;
    return true;
}

static bool is_plain(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    return *name && strspn(name, letters) == strlen(name);
}

#define TITLE 200

/* "Dataset218_AMOS2022_postChallenge_task1" */
static int make_title(const struct nnunet_export *given, const struct export_cases *cases, char title[TITLE])
{
    const struct task *task = &tasks[given->task];
    bool known = task->id && is_amos(cases);
    int id = given->id ? given->id : known ? task->id : 0;
    const char *name = given->name ? given->name : known ? task->name : NULL;
    if (!id || !name) {
        cli_error("export nnunet: --id and --name are needed, as nnU-Net has no number for %s.",
                  task->id ? "a data set with ids that are not AMOS's" : "the MRI of AMOS alone");
        return CLI_USAGE;
    }
    if (!is_plain(name) || strlen(name) > TITLE - 20) {
        cli_error("export nnunet: --name cannot be \"%s\"; letters, digits, \"_\", \"-\" and \".\" were expected.",
                  name);
        return CLI_USAGE;
    }
    snprintf(title, TITLE, "Dataset%03d_%s", id, name);
    return CLI_OK;
}

/* Another folder of that number, into `found`. False if the folder cannot be listed. */
static bool find_other(DIR *dir, const char *title, char found[NAME_MAX + 1])
{
    size_t length = strcspn(title, "_") + 1;
    found[0] = '\0';
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry)
            return errno == 0;
        if (strncmp(entry->d_name, title, length) != 0 || strcmp(entry->d_name, title) == 0)
            continue;
        snprintf(found, NAME_MAX + 1, "%s", entry->d_name);
        return true;
    }
}

/* nnU-Net refuses a number that two folders have. */
static bool number_is_free(const char *raw, const char *title)
{
    char found[NAME_MAX + 1] = "";
    DIR *dir = opendir(raw);
    bool good = dir ? find_other(dir, title, found) : errno == ENOENT;
    if (!good)
        cli_error("%s: The folder cannot be listed: %s.", raw, strerror(errno));
    if (*found)
        cli_error(
            "%s: %s has the number of %s, and nnU-Net takes one data set of a number; choose another --id, or move it "
            "away.",
            raw, found, title);
    if (dir)
        closedir(dir);
    return good && !*found;
}

/* ---- files ---- */

static bool put_file(const struct nnunet_export *given, const struct export_cases *cases, const struct staging *staging,
                     const struct export_case *c, const char *folder, const char *source, const char *channel)
{
    char name[PATH_MAX], there[PATH_MAX];
    int length = snprintf(name, sizeof name, "%s/%s%s%s", folder, c->info->id, channel, cases->ending);
    char *path = staging_path(staging, name);
    snprintf(there, sizeof there, "%s/%s", staging->target, folder);
    bool fits = length < (int)sizeof name && length - (int)strlen(folder) <= NAME_MAX;
    if (!fits)
        cli_error("%s: The name of the file would be longer than %d bytes; give the case a shorter id.", c->info->id,
                  NAME_MAX);
    bool good = path && fits && export_put(source, path, there, given->way, given->paths);
    free(path);
    return good && !interrupt_pending();
}

static bool put_cases(const struct nnunet_export *given, const struct export_cases *cases,
                      const struct staging *staging)
{
    bool training = given->way != EXPORT_BY_NAME, test = cases->count > cases->labelled, good = true;
    if (training)
        good = staging_add_folder(staging, "imagesTr") && staging_add_folder(staging, "labelsTr");
    if (test)
        good = good && staging_add_folder(staging, "imagesTs");
    for (size_t i = 0; good && i < cases->count; i++) {
        const struct export_case *c = &cases->items[i];
        if (!c->labelled)
            good = put_file(given, cases, staging, c, "imagesTs", c->info->image_path, "_0000");
        else if (training)
            good = put_file(given, cases, staging, c, "imagesTr", c->info->image_path, "_0000") &&
                   put_file(given, cases, staging, c, "labelsTr", c->info->label_path, "");
    }
    return good;
}

static bool put_texts(const struct nnunet_export *given, const struct export_cases *cases, const struct folds *folds,
                      const char *title, const struct staging *staging)
{
    char *json = staging_path(staging, "dataset.json"), *splits = staging_path(staging, "splits_final.json");
    bool good = json && splits && nnunet_write_json(given, cases, title, staging->target, json) &&
                (!folds->count || nnunet_write_splits(cases, folds, splits));
    free(splits);
    free(json);
    return good;
}

/* Where nnU-Net looks for it. */
static bool put_preprocessed(const struct nnunet_export *given, const struct export_cases *cases,
                             const struct folds *folds, const char *title)
{
    char path[PATH_MAX];
    struct stat about;
    if (!given->preprocessed || !folds->count)
        return true;
    snprintf(path, sizeof path, "%s/%s", given->preprocessed, title);
    if (!folder_make(path))
        return false;
    snprintf(path, sizeof path, "%s/%s/splits_final.json", given->preprocessed, title);
    if (stat(path, &about) == 0 && !given->force) {
        cli_error("%s: This is there already; --force replaces it.", path);
        return false;
    }
    return nnunet_write_splits(cases, folds, path);
}

/* ---- all ---- */

/* What an export writes. */
static const char *const owned[] = {"dataset.json", "splits_final.json", "imagesTr", "labelsTr", "imagesTs", NULL};

/* Asked before the checks, which may take minutes. */
static bool is_free(const struct nnunet_export *given, const char *title)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", given->raw, title);
    return staging_is_free(path, given->force, owned) && number_is_free(given->raw, title);
}

static bool lies_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);
    return path && strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

/* What is replaced must not hold the data themselves. */
static bool spares_data(const struct export_cases *cases, const char *target)
{
    bool inside = lies_in(target, amos_dataset_get_info(cases->dataset)->root);
    for (size_t i = 0; !inside && i < cases->count; i++)
        inside = lies_in(target, cases->items[i].info->image_path) || lies_in(target, cases->items[i].info->label_path);
    if (inside)
        cli_error("%s: This holds the data set that is exported; give another place.", target);
    return !inside;
}

static bool write_target(const struct nnunet_export *given, const struct export_cases *cases, const struct folds *folds,
                         const char *title, struct nnunet_exported *out)
{
    char path[PATH_MAX];
    struct staging staging;
    snprintf(path, sizeof path, "%s/%s", given->raw, title);
    bool good = staging_begin(&staging, path, given->force, owned) && number_is_free(given->raw, title) &&
                spares_data(cases, staging.target);
    good = good && put_cases(given, cases, &staging) && put_texts(given, cases, folds, title, &staging) &&
           put_preprocessed(given, cases, folds, title) && (out->folder = strdup(staging.target)) != NULL;
    good = staging_end(&staging, good);
    *out = (struct nnunet_exported){out->folder, cases->labelled, cases->count - cases->labelled, cases->skipped,
                                    folds->count};
    return good;
}

static int write_cases(const struct nnunet_export *given, struct export_cases *cases, const char *title,
                       struct nnunet_exported *out)
{
    const struct export_checks checks = {.voxels = !given->headers_only,
                                         .one_ending = true,
                                         .no_dollar = given->way == EXPORT_BY_NAME,
                                         .one_channel = true,
                                         .on_fault = given->on_fault,
                                         .threads = given->threads,
                                         .progress = given->progress,
                                         .shard = given->shard};
    struct folds folds = {0, 0, NULL};
    bool go_on;
    const int code = export_cases_check(cases, &checks, &go_on);
    if (!go_on)
        return code;
    const amos_case_info **infos = export_cases_infos(cases);
    bool good = infos && folds_make(&given->folds, given->fold_count, infos, cases->labelled, &folds) &&
                write_target(given, cases, &folds, title, out);
    folds_free(&folds);
    free(infos);
    return good ? CLI_OK : CLI_FAILED;
}

int nnunet_export_write(const struct nnunet_export *given, struct nnunet_exported *out)
{
    const struct export_selection selection = {.modality = tasks[given->task].modality,
                                               .verdicts = given->verdicts,
                                               .only = given->only,
                                               .copied = given->way == EXPORT_COPY,
                                               .one_folder = true};
    struct export_cases cases = {.items = NULL};
    char title[TITLE];
    *out = (struct nnunet_exported){.folder = NULL};
    int code = nnunet_labels_fit(given->dataset) && export_cases_select(given->dataset, &selection, &cases)
                   ? CLI_OK
                   : CLI_FAILED;
    if (code == CLI_OK && cases.labelled == 0) {
        cli_error("%s: No case has a label, so there is nothing to train with; nothing was exported.",
                  amos_dataset_get_info(given->dataset)->root);
        code = CLI_FAILED;
    }
    if (code == CLI_OK)
        code = make_title(given, &cases, title);
    if (code == CLI_OK)
        code = is_free(given, title) ? write_cases(given, &cases, title, out) : CLI_FAILED;
    export_cases_free(&cases);
    return code;
}
