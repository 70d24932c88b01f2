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

struct ranked {
    size_t index;
    double dice; /* the mean of the organs */
};

static int compare_by_dice(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->dice != y->dice)
        return (x->dice > y->dice) - (x->dice < y->dice);
    return (x->index > y->index) - (x->index < y->index);
}

/* The cases that have a mean, worst first. */
static size_t rank_cases(const struct score_results *results, struct ranked *out)
{
    size_t count = 0;
    for (size_t i = 0; i < results->pairs->count; i++) {
        amos_score_mean mean = AMOS_SCORE_MEAN_INIT;
        const amos_score *score = results->cases[i].score;
        if (score && !amos_score_get_mean(score, AMOS_MEASURE_DICE, 0, &mean, NULL) && mean.counted)
            out[count++] = (struct ranked){i, mean.mean};
    }
    qsort(out, count, sizeof *out, compare_by_dice);
    return count;
}

/* ---- contents ---- */

/* The organ with the lowest Dice; among equals the one that is larger in either map. */
static int worst_organ(const amos_score *score)
{
    const amos_organ_score *worst = NULL;
    for (int label = 1; label <= amos_score_get_info(score)->max_label; label++) {
        const amos_organ_score *organ = amos_score_get_organ(score, label);
        uint64_t voxels = organ->voxels_reference + organ->voxels_prediction;
        bool larger = worst && voxels > worst->voxels_reference + worst->voxels_prediction;
        if (voxels && (!worst || organ->dice < worst->dice || (organ->dice == worst->dice && larger)))
            worst = organ;
    }
    return worst ? worst->label : 0;
}

static void annotate_scene(const struct score_case *scored, double dice, int worst, view_scene *scene)
{
    char own[32];
    size_t used = strlen(scene->details);
    snprintf(scene->details + used, sizeof scene->details - used, " \xC2\xB7 mean Dice %.4f \xC2\xB7 %s%s", dice,
             scene->prediction ? "cut at " : "no prediction, cut at ",
             worst ? view_organ_title(scene, worst, own) : "the middle");
    for (int i = 0; i < scene->organ_count && i < amos_score_get_info(scored->score)->max_label; i++) {
        const amos_organ_score *organ = amos_score_get_organ(scored->score, i + 1);
        view_organ *shown = &scene->organs[i];
        shown->present = organ->voxels_reference || organ->voxels_prediction;
        snprintf(shown->note, sizeof shown->note, shown->present ? "Dice %.3f" : "absent", organ->dice);
    }
}

static bool render(const struct score_case *scored, double dice, view_scene *scene, const char *path)
{
    int worst = worst_organ(scored->score);
    view_canvas canvas = {0, 0, NULL};
    view_plan plan;
    int rc = 0;
    if (worst && scene->prediction)
        rc = view_scene_aim_apart(scene, worst) || view_scene_trim(scene);
    annotate_scene(scored, dice, worst, scene);
    view_plan_planes(scene, &plan);
    bool good = rc == 0 && view_render(scene, &plan, NULL, &canvas) == 0;
    if (!good)
        cli_error("%s: Memory ran out while the picture was drawn.", path);
    good = good && view_save(&canvas, path);
    view_canvas_free(&canvas);
    return good;
}

static bool draw_case(const struct score_results *results, const struct score_case *scored, double dice,
                      const char *path)
{
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
        good = render(scored, dice, &loaded.scene, path);
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

bool score_draw_worst(const struct score_results *results, size_t worst, const char *folder)
{
    struct ranked *ranked = calloc(results->pairs->count, sizeof *ranked);
    if (!ranked) {
        cli_error("Memory ran out.");
        return false;
    }
    bool good = true;
    size_t count = rank_cases(results, ranked);
    count = count < worst ? count : worst;
    progress_start("drawing", PROGRESS_CASES);
    for (size_t i = 0; i < count; i++) {
        const struct score_case *scored = &results->cases[ranked[i].index];
        char *path = path_of(folder, scored->pair->id);
        good = path && draw_case(results, scored, ranked[i].dice, path) && good;
        free(path);
        progress_show(NULL, i + 1, count);
    }
    progress_stop();
    free(ranked);
    return good;
}
