/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: pictures of the worst cases. */
#define _POSIX_C_SOURCE 200809L
#include "score/pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "kit/progress.h"
#include "view/load.h"
#include "view/render.h"
#include "draw/save.h"

/* ---- selected cases ---- */

/* The Dice of each organ of a case: of its own score, or of a file that was read. */
struct dice {
    const struct score_numbers *score;
    const struct score_file *file;
    size_t row, metric; /* in the file */
    int organs;
};

struct ranked {
    size_t index;
    struct dice of;
    double dice; /* the mean of the organs */
};

/* NaN for an organ that is in neither map. */
static double dice_of(const struct dice *of, int label)
{
    if (!of->score)
        return score_file_value(of->file, of->row, (size_t)label, of->metric);
    const amos_organ_score *organ = score_numbers_organ(of->score, label);
    return organ->voxels_reference || organ->voxels_prediction ? organ->dice : (double)NAN;
}

static uint64_t voxels_of(const struct dice *of, int label)
{
    const amos_organ_score *organ = of->score ? score_numbers_organ(of->score, label) : NULL;
    return organ ? organ->voxels_reference + organ->voxels_prediction : 0;
}

/* By AMOS's rule for a score; NaN if no organ has a Dice. */
static double mean_dice(const struct dice *of)
{
    double sum = 0, counted = 0;
    for (int label = 1; label <= of->organs; label++) {
        const bool all = of->score && of->score->info.absent == AMOS_ABSENT_ONE;
        double dice = all ? score_numbers_organ(of->score, label)->dice : dice_of(of, label);
        sum += isfinite(dice) ? dice : 0;
        counted += isfinite(dice);
    }
    return counted > 0 ? sum / counted : (double)NAN;
}

static int compare_by_dice(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->dice != y->dice)
        return (x->dice > y->dice) - (x->dice < y->dice);
    return (x->index > y->index) - (x->index < y->index);
}

static int compare_id(const void *id, const void *c)
{
    return strcmp(id, ((const struct score_file_case *)c)->id);
}

/* Where the Dice of a case is; false if there is none. `metric` is that of Dice in the file. */
static bool find_dice(const struct score_results *results, const struct score_file *file, size_t metric, size_t index,
                      struct dice *out)
{
    const struct score_numbers *score = results->cases[index].score;
    if (!file) {
        *out = (struct dice){.score = score, .organs = score ? score->info.max_label : 0};
        return score != NULL;
    }
    const struct score_file_case *found =
        bsearch(results->pairs->items[index].id, file->cases, file->count, sizeof *file->cases, compare_id);
    *out = (struct dice){.file = file,
                         .row = found ? (size_t)(found - file->cases) : 0,
                         .metric = metric,
                         .organs = (int)file->label_count};
    return found != NULL;
}

static size_t metric_of_dice(const struct score_file *file)
{
    size_t m = 0;
    while (file && m < file->metric_count && strcmp(file->metrics[m], "dice") != 0)
        m++;
    return m;
}

/* The cases that have a mean, worst first. */
static size_t rank_cases(const struct score_results *results, const struct score_file *file, struct ranked *out)
{
    size_t count = 0, metric = metric_of_dice(file);
    for (size_t i = 0; i < results->pairs->count; i++) {
        struct ranked *to = &out[count];
        if ((file && (!file->count || metric == file->metric_count)) || !find_dice(results, file, metric, i, &to->of))
            continue;
        to->index = i;
        to->dice = mean_dice(&to->of);
        count += isnan(to->dice) ? 0 : 1;
    }
    qsort(out, count, sizeof *out, compare_by_dice);
    return count;
}

/* ---- contents ---- */

/* The organ with the lowest Dice; among equals the one that is larger in either map. */
static int worst_organ(const struct dice *of)
{
    int worst = 0;
    for (int label = 1; label <= of->organs; label++) {
        double dice = dice_of(of, label), least = worst ? dice_of(of, worst) : (double)INFINITY;
        if (!isnan(dice) && (dice < least || (dice == least && voxels_of(of, label) > voxels_of(of, worst))))
            worst = label;
    }
    return worst;
}

static void annotate_scene(const struct ranked *ranked, int worst, view_scene *scene)
{
    char own[32];
    size_t used = strlen(scene->details);
    snprintf(scene->details + used, sizeof scene->details - used, " \xC2\xB7 mean Dice %.4f \xC2\xB7 %s%s",
             ranked->dice, scene->prediction ? "cut at " : "no prediction, cut at ",
             worst ? view_organ_title(scene, worst, own) : "the middle");
    for (int i = 0; i < scene->organ_count && i < ranked->of.organs; i++) {
        double dice = dice_of(&ranked->of, i + 1);
        view_organ *shown = &scene->organs[i];
        shown->present = !isnan(dice);
        snprintf(shown->note, sizeof shown->note, shown->present ? "Dice %.3f" : "absent", dice);
    }
}

static bool render(const struct ranked *ranked, view_scene *scene, const char *path)
{
    int worst = worst_organ(&ranked->of);
    view_canvas canvas = {0, 0, NULL};
    view_plan plan;
    int rc = 0;
    if (worst && scene->prediction)
        rc = view_scene_aim_apart(scene, worst) || view_scene_trim(scene);
    annotate_scene(ranked, worst, scene);
    view_plan_planes(scene, &plan);
    bool good = rc == 0 && view_render(scene, &plan, NULL, &canvas) == 0;
    if (!good)
        cli_error("%s: Memory ran out while the picture was drawn.", path);
    good = good && view_save(&canvas, path);
    view_canvas_free(&canvas);
    return good;
}

static bool draw_case(const struct score_results *results, const struct ranked *ranked, const char *path)
{
    const struct score_case *scored = &results->cases[ranked->index];
    const view_source source = {.image = scored->pair->image,
                                .label = scored->pair->reference,
                                .prediction = scored->pair->prediction,
                                .dataset = results->pairs->names,
                                .modality = scored->pair->modality,
                                .accept = results->accept,
                                .accept_prediction = results->accept_prediction,
                                .volume = results->volume};
    view_loaded loaded;
    amos_error err;
    if (!score_pairs_spare(results->pairs, path))
        return false;
    bool good = view_load(&source, &loaded, &err) == AMOS_OK;
    if (good)
        good = render(ranked, &loaded.scene, path);
    else
        cli_error_of(&err);
    view_unload(&loaded);
    return good;
}

/* ---- files ---- */

/* An id is part of a file name, so it has no slash. */
static char *path_of(const char *folder, const char *id)
{
    size_t bytes = strlen(folder) + strlen(id) + sizeof "/.png";
    char *path = malloc(bytes);
    if (path)
        snprintf(path, bytes, "%s/%s.png", folder, id);
    else
        cli_error("Memory ran out.");
    return path;
}

bool score_draw_worst(const struct score_results *results, const struct score_file *file, size_t worst,
                      const char *folder)
{
    struct ranked *ranked = calloc(results->pairs->count, sizeof *ranked);
    if (!ranked) {
        cli_error("Memory ran out.");
        return false;
    }
    bool good = true;
    size_t count = rank_cases(results, file, ranked);
    if (count == 0 && file) {
        cli_error("%s: None of its cases with a Dice has a label here; the result of these references was expected.",
                  file->path);
        good = false;
    }
    count = count < worst ? count : worst;
    progress_start("drawing", PROGRESS_CASES);
    for (size_t i = 0; i < count; i++) {
        char *path = path_of(folder, results->cases[ranked[i].index].pair->id);
        good = path && draw_case(results, &ranked[i], path) && good;
        free(path);
        progress_show(NULL, i + 1, count);
    }
    progress_stop();
    free(ranked);
    return good;
}
