/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: which prediction belongs to which reference. */
#define _POSIX_C_SOURCE 200809L
#include "score/pairs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "kit/message.h"
#include "open/around.h"
#include "open/dataset.h"
#include "output.h"
#include "score/side.h"
#include "base/text/url.h"
#include "base/text/volume_name.h"

enum { AMOS_MAX_LABEL = 15 };

/* A ZIP archive counts as a folder of volumes. False after a failure, which is reported. */
static bool look_for_archive(const char *path, bool *is_archive)
{
    struct folder folder = {.layout = FOLDER_NONE};
    bool good = amosi_volume_name(path).kind != AMOSI_NAME_OTHER || folder_list(&folder, path);
    *is_archive = folder.layout == FOLDER_ARCHIVE;
    folder_free(&folder);
    return good;
}

/* Two files or two folders are compared, never a file with a folder. */
static int check_kinds(const struct score_question *question, bool *folders)
{
    const char *paths[2] = {question->reference, question->prediction};
    bool is_folder[2];
    for (int i = 0; i < 2; i++) {
        struct stat about;
        bool url = amosi_is_url(paths[i]), there = url || stat(paths[i], &about) == 0;
        if (!there && errno != ENOTDIR) { /* a member of a ZIP archive is found later */
            cli_error("%s: The file or folder cannot be opened: %s.", paths[i], strerror(errno));
            return CLI_FAILED;
        }
        is_folder[i] = !url && there && S_ISDIR(about.st_mode);
        if (there && !is_folder[i] && !look_for_archive(paths[i], &is_folder[i]))
            return CLI_FAILED;
    }
    if (is_folder[0] != is_folder[1]) {
        cli_error("score: %s is a folder and %s is not; two folders or two files were expected.", paths[!is_folder[0]],
                  paths[is_folder[0]]);
        return CLI_USAGE;
    }
    *folders = is_folder[0];
    return CLI_OK;
}

static bool open_sides(const struct score_question *question, bool folders, struct score_pairs *out)
{
    const char *paths[2] = {question->reference, question->prediction};
    for (int i = 0; i < 2; i++) {
        out->sides[i] = folders ? side_open_folder(paths[i], &question->dataset, question->split, question->modality)
                                : side_of_file(paths[i]);
        if (!out->sides[i])
            return false;
        if (out->sides[i]->place.kind == PLACE_FOLDER)
            out->layouts[i] = out->sides[i]->place.folder.layout;
    }
    out->dataset = out->sides[0]->dataset;
    if (!out->dataset)
        out->around = dataset_around(question->reference, folders);
    out->names = out->dataset ? out->dataset : out->around;
    out->max_label = out->names ? amos_dataset_get_info(out->names)->max_label
                     : folders  ? folder_max_label(question->reference)
                                : 0;
    if (!out->max_label)
        out->max_label = AMOS_MAX_LABEL;
    return true;
}

static void match_entry(struct score_pairs *out, struct side_entry *reference, bool folders)
{
    struct score_side *side = out->sides[1];
    struct side_entry *found = folders ? side_find(side, reference->id) : side->entries;
    const amos_case_info *info = amos_case_get_info(reference->c); /* NULL for a file */
    struct score_pair *pair = &out->items[out->count++];
    *pair = (struct score_pair){.id = reference->id,
                                .modality = side_modality(reference),
                                .split = info ? info->split : AMOS_SPLIT_ANY,
                                .reference = info ? info->label_path : reference->path,
                                .prediction = found ? side_path(found) : NULL,
                                .image = info && info->has_image ? info->image_path : NULL};
    if (found)
        found->used = true;
    out->missing += !pair->prediction;
}

/* Names the options that may have left all labels out. */
static void say_nothing_found(const struct score_question *question)
{
    char which[64] = "";
    if (question->split != AMOS_SPLIT_ANY)
        snprintf(which, sizeof which, " of the split %s", amos_split_name(question->split));
    if (question->modality != AMOS_MODALITY_ANY)
        snprintf(which + strlen(which), sizeof which - strlen(which), " of the modality %s",
                 amos_modality_name(question->modality));
    if (which[0])
        cli_error("%s: No label%s was found here; omit --split or --modality to score all labels.", question->reference,
                  which);
    else
        cli_error("%s: No label was found here; labels such as amos_0018.nii.gz were expected.", question->reference);
}

int score_pairs_find(const struct score_question *question, struct score_pairs *out)
{
    bool folders;
    *out = (struct score_pairs){.items = NULL};
    int code = check_kinds(question, &folders);
    if (code != CLI_OK || !open_sides(question, folders, out))
        return code != CLI_OK ? code : CLI_FAILED;
    struct score_side *references = out->sides[0], *predictions = out->sides[1];
    if (question->split != AMOS_SPLIT_ANY && !out->dataset) {
        cli_error("score: %s is not a data set and has no splits; omit --split.", question->reference);
        return CLI_USAGE;
    }
    if (dataset_chosen(&question->dataset) && !out->dataset && !predictions->dataset) {
        cli_error(
            "score: %s is not a data set; omit --dataset-json, --absolute-paths, --modality-table and --modality-of.",
            question->reference);
        return CLI_USAGE;
    }
    if (references->count == 0) {
        say_nothing_found(question);
        return CLI_FAILED;
    }
    if (!(out->items = calloc(references->count, sizeof *out->items))) {
        cli_error("Memory ran out.");
        return CLI_FAILED;
    }
    for (size_t i = 0; i < references->count; i++)
        match_entry(out, &references->entries[i], folders);
    for (size_t i = 0; i < predictions->count; i++)
        out->unused += side_is_unused(&predictions->entries[i]);
    return CLI_OK;
}

bool score_pairs_spare(const struct score_pairs *pairs, const char *output)
{
    bool good = dataset_spares("score", output, pairs->dataset, NULL);
    for (size_t i = 0; good && i < pairs->count; i++) {
        const struct score_pair *pair = &pairs->items[i];
        good = output_spares("score", output, pair->reference) && output_spares("score", output, pair->prediction) &&
               output_spares("score", output, pair->image);
    }
    return good;
}

void score_pairs_free(struct score_pairs *pairs)
{
    side_free(pairs->sides[0]);
    side_free(pairs->sides[1]);
    amos_dataset_free(pairs->around);
    free(pairs->items);
    *pairs = (struct score_pairs){.items = NULL};
}
