/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "masks/labelmaps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "masks/masks.h"
#include "export/staging.h"
#include "kit/interrupt.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/report.h"

#define NAME 512

struct merging {
    const struct labelmaps_export *given;
    const struct mask_table *table;
    struct staging staging;
    struct export_case *cases; /* those with masks */
    size_t count, faults;
    uint64_t *overlaps; /* of each case */
};

/* ---- one case ---- */

static void put_name(char name[NAME], const char *folder, const struct export_case *c)
{
    snprintf(name, NAME, "%s/%s%s", folder, c->info->id, strcmp(folder, "labelsTr") == 0 ? ".nii.gz" : c->ending);
}

static amos_status write_label(const struct merging *run, const struct export_case *c, const amos_volume *image,
                               const unsigned char *voxels, amos_error *err)
{
    char name[NAME];
    put_name(name, "labelsTr", c);
    char *path = staging_path(&run->staging, name);
    const int64_t *shape = amos_volume_get_info(image)->shape;
    const amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {shape[0], shape[1], shape[2], 1}};
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.reference = image;
    amos_status status =
        path ? amos_file_write(path, &layout, voxels, (size_t)(shape[0] * shape[1] * shape[2]), &options, err)
             : amosi_fail_nomem(err, NULL);
    free(path);
    return status;
}

/* A fault of a case is stored with it, and the others go on; a failure to write ends the run. */
static amos_status merge_one(void *user, size_t index, amos_error *err)
{
    const struct merging *run = user;
    struct export_case *c = &run->cases[index];
    amos_volume *image = NULL;
    unsigned char *voxels = NULL;
    amos_status status = masks_merge(run->table, c->info, &image, &voxels, &run->overlaps[index], &c->fault);
    c->fault.status = status;
    if (status == AMOS_E_NOMEM)
        *err = c->fault;
    else if (status)
        status = AMOS_OK;
    else
        status = write_label(run, c, image, voxels, err);
    free(voxels);
    amos_volume_free(image);
    return status;
}

static amos_status take_one(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct merging *run = user;
    const struct export_case *c = &run->cases[index];
    if (status)
        cli_error_of(err);
    else if (c->fault.status)
        cli_error("%s: %s (%s)", c->info->id, c->fault.message, amos_status_name(c->fault.status));
    run->faults += !status && c->fault.status;
    return status;
}

static int show_progress(void *user, uint64_t done, uint64_t total)
{
    const struct labelmaps_export *given = user;
    int stop = given->progress.function ? given->progress.function(given->progress.user, done, total) : 0;
    return stop || interrupt_pending();
}

static bool merge_all(struct merging *run)
{
    struct labelmaps_export given = *run->given;
    const amos_workers_options workers = {
        .size = sizeof workers, .threads = given.threads, .progress = {show_progress, &given}};
    amos_error err;
    if (amos_workers_run(run->count, &workers, merge_one, take_one, run, &err) != AMOS_OK)
        return false;
    if (run->faults && given.on_fault == EXPORT_STOP)
        cli_error("Nothing was exported, because %zu of %zu cases cannot be; --on-fault skip leaves them out.",
                  run->faults, run->count);
    else if (run->faults == run->count)
        cli_error("Nothing was exported, because no case is without a fault.");
    else
        return true;
    return false;
}

/* ---- the data set ---- */

static bool link_images(const struct merging *run)
{
    bool good = true;
    char *folder = malloc(strlen(run->staging.target) + sizeof "/imagesTr");
    if (!folder)
        return false;
    sprintf(folder, "%s/imagesTr", run->staging.target);
    for (size_t i = 0; good && i < run->count; i++) {
        char name[NAME];
        if (run->cases[i].fault.status)
            continue;
        put_name(name, "imagesTr", &run->cases[i]);
        char *path = staging_path(&run->staging, name);
        good = path && export_put(run->cases[i].info->image_path, path, folder, run->given->way, run->given->paths) &&
               !interrupt_pending();
        free(path);
    }
    free(folder);
    return good;
}

static void put_item(cJSON *list, const struct export_case *c)
{
    char name[NAME];
    cJSON *item = json_append(list, cJSON_CreateObject());
    put_name(name, "imagesTr", c);
    json_put_text(item, "image", name);
    put_name(name, "labelsTr", c);
    json_put_text(item, "label", name);
}

/* CT or MRI, if all cases say the same. */
static const char *modality_of(const struct merging *run)
{
    amos_modality first = run->cases[0].info->modality;
    for (size_t i = 1; i < run->count; i++)
        if (run->cases[i].info->modality != first)
            return "unknown";
    return amos_modality_name(first);
}

static bool write_json(const struct merging *run)
{
    char *path = staging_path(&run->staging, "dataset.json"), value[16];
    struct report report;
    if (!path || !report_begin(&report)) {
        free(path);
        return false;
    }
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "name", amos_dataset_get_info(run->given->dataset)->name);
    json_put_text(object, "description", "made by amos export labelmaps");
    json_put_text(cJSON_AddObjectToObject(object, "modality"), "0", modality_of(run));
    cJSON *labels = cJSON_AddObjectToObject(object, "labels");
    json_put_text(labels, "0", "background");
    for (size_t n = 0; n < run->table->count; n++) {
        snprintf(value, sizeof value, "%zu", n + 1);
        json_put_text(labels, value, run->table->names[n]);
    }
    json_put_unsigned(object, "numTraining", run->count - run->faults);
    cJSON *list = cJSON_AddArrayToObject(object, "training");
    for (size_t i = 0; i < run->count; i++)
        if (!run->cases[i].fault.status)
            put_item(list, &run->cases[i]);
    bool made = json_write(report.stream, object);
    made = report_put(&report, made ? path : NULL);
    free(path);
    return made;
}

/* ---- all ---- */

static bool write_target(struct merging *run, struct labelmaps_exported *out)
{
    static const char *const owned[] = {"dataset.json", "imagesTr", "labelsTr", NULL};
    bool good = staging_begin(&run->staging, run->given->output, run->given->force, owned);
    good = good && staging_add_folder(&run->staging, "imagesTr") && staging_add_folder(&run->staging, "labelsTr") &&
           merge_all(run) && link_images(run) && write_json(run);
    good = staging_end(&run->staging, good);
    *out = (struct labelmaps_exported){run->count - run->faults, run->faults, run->table->count, 0};
    for (size_t i = 0; i < run->count; i++)
        out->overlaps += run->overlaps[i];
    return good;
}

/* Cases without masks have nothing to merge. */
static void keep_with_masks(const struct export_cases *cases, struct merging *run)
{
    for (size_t i = 0; i < cases->count; i++)
        if (masks_are_there(cases->items[i].info))
            cases->items[run->count++] = cases->items[i];
    run->cases = cases->items;
}

int labelmaps_export_write(const struct labelmaps_export *given, struct labelmaps_exported *out)
{
    const struct export_selection selection = {
        .modality = AMOS_MODALITY_ANY, .verdicts = given->verdicts, .only = given->only, .one_folder = true};
    struct export_cases cases = {.items = NULL};
    struct mask_table table = {.count = 0};
    struct merging run = {.given = given, .table = &table};
    *out = (struct labelmaps_exported){0, 0, 0, 0};
    bool good = export_cases_select(given->dataset, &selection, &cases) && mask_table_read(given->dataset, &table);
    if (good)
        keep_with_masks(&cases, &run);
    run.overlaps = calloc(run.count + 1, sizeof *run.overlaps);
    if (!run.overlaps)
        cli_error("Memory ran out.");
    good = good && run.overlaps && write_target(&run, out);
    free(run.overlaps);
    export_cases_free(&cases);
    mask_table_free(&table);
    return good ? CLI_OK : CLI_FAILED;
}
