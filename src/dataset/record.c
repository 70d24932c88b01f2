/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/text/case_id.h"

const struct amosi_split_folders amosi_splits[AMOSI_SPLIT_COUNT] = {
    {AMOS_SPLIT_TRAINING, "imagesTr", "labelsTr", "training", "numTraining"},
    {AMOS_SPLIT_VALIDATION, "imagesVa", "labelsVa", "validation", "numValidation"},
    {AMOS_SPLIT_TEST, "imagesTs", "labelsTs", "test", "numTest"},
};

const char *amosi_dataset_path(amos_dataset *dataset, const char *folder, const char *name)
{
    const char *root = strcmp(dataset->info.root, "/") == 0 ? "" : dataset->info.root;
    size_t bytes = strlen(root) + strlen(folder) + (name ? strlen(name) : 0) + sizeof "//";
    char *path = amosi_arena_bytes(&dataset->text, bytes);
    if (path)
        snprintf(path, bytes, "%s/%s%s%s", root, folder, name ? "/" : "", name ? name : "");
    return path;
}

amos_status amosi_dataset_add(amos_dataset *dataset, const struct amosi_new_case *c, amos_error *err)
{
    char *id = amosi_arena_text(&dataset->text, c->id, c->id_length);
    void *cases = dataset->cases;
    if (!id || !amosi_grow(&cases, &dataset->capacity, dataset->info.count + 1, sizeof *dataset->cases))
        return amosi_fail_nomem(err, dataset->info.root);
    dataset->cases = cases;
    int64_t number = amosi_amos_number(id);
    dataset->cases[dataset->info.count++] = (amos_case){
        .dataset = dataset,
        .info = {.id = id,
                 .number = number,
                 .split = c->split,
                 .modality = amosi_modality_of_number(number),
                 .image_path = c->image_path,
                 .label_path = c->label_path,
                 .channels = c->channels},
    };
    return AMOS_OK;
}

amos_status amosi_dataset_note(amos_dataset *dataset, amos_error *err, amos_warnings warnings, const char *path,
                               const char *case_id, const char *format, ...)
{
    char sentence[512];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    amos_error sentence_error;
    amosi_fail(&sentence_error, AMOS_OK, path, "%s", sentence);
    void *notes = dataset->notes;
    char *message = amosi_arena_text(&dataset->text, sentence_error.message, strlen(sentence_error.message));
    char *kept_path = amosi_arena_text(&dataset->text, path, strlen(path));
    if (!message || !kept_path ||
        !amosi_grow(&notes, &dataset->note_capacity, dataset->note_count + 1, sizeof *dataset->notes))
        return amosi_fail_nomem(err, path);
    dataset->notes = notes;
    dataset->notes[dataset->note_count++] = (struct amosi_note){warnings, kept_path, case_id, message};
    dataset->info.warnings |= warnings;
    amosi_log_say(&dataset->log, AMOS_LOG_WARNING, "%s", message);
    return AMOS_OK;
}
