/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: which slices of a scene a picture shows. */
#include "view/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/words.h"

/* ---- the organ ---- */

static bool is_number(const char *name, int *label)
{
    int value = 0;
    size_t digits = strspn(name, "0123456789");
    if (digits == 0 || digits > 3 || name[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (name[i] - '0');
    *label = value;
    return true;
}

/* The scene's own names decide. A name of AMOS finds the label whose name means the same organ. */
static int find_organ(const view_scene *scene, const char *name)
{
    int label;
    amos_organ wanted, meant;
    if (is_number(name, &label))
        return label <= scene->organ_count ? label : 0;
    for (int i = 0; i < scene->organ_count; i++)
        if (scene->organs[i].title[0] != '\0' && amosi_words_equal(name, scene->organs[i].title))
            return i + 1;
    if (amos_organ_parse(name, &wanted, NULL) != AMOS_OK)
        return 0;
    for (int i = 0; i < scene->organ_count; i++) {
        const char *title = scene->organs[i].title;
        if (!is_number(title, &label) && amos_organ_parse(title, &meant, NULL) == AMOS_OK && meant == wanted)
            return i + 1;
    }
    return 0;
}

/* "Spleen, Liver, label 17"; with `present` only the organs that have voxels. */
static void list_organs(const view_scene *scene, bool present, char *out, size_t bytes)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < scene->organ_count && used < bytes; i++) {
        const view_organ *organ = &scene->organs[i];
        if ((present && !organ->present) || (!present && organ->title[0] == '\0'))
            continue;
        const char *comma = used > 0 ? ", " : "";
        char own[32];
        used += (size_t)snprintf(out + used, bytes - used, "%s%s", comma, view_organ_title(scene, i + 1, own));
    }
    if (used == 0)
        snprintf(out, bytes, "none");
}

static amos_status choose_organ(const char *name, view_scene *scene, int *label, amos_error *err)
{
    char list[512];
    if (scene->label == NULL)
        return amosi_fail(err, AMOS_E_ARG, scene->title,
                          "There is no label, so no organ can be found; give one with --label, or leave out --organ.");
    *label = find_organ(scene, name);
    if (*label == 0) {
        list_organs(scene, false, list, sizeof list);
        return amosi_fail(err, AMOS_E_ARG, scene->title,
                          "There is no organ \"%s\"; --organ takes a label's number, or one of these names: %s.", name,
                          list);
    }
    if (!scene->organs[*label - 1].present) {
        list_organs(scene, true, list, sizeof list);
        return amosi_fail(err, AMOS_E_ARG, scene->title,
                          "The label has no voxel of \"%s\" (label %d), so no slice can go through it; it has: %s.",
                          name, *label, list);
    }
    return view_scene_aim_organ(scene, *label) == 0 ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

/* ---- the slices ---- */

static int plane_through(int axis)
{
    int p = 0;
    while (view_planes[p].through != axis)
        p++;
    return p;
}

/* The voxel nearest to a position in mm; may be outside. */
static double voxel_at(const view_scene *scene, int axis, double mm)
{
    double first = view_scene_mm(scene, axis, 0), step = view_scene_mm(scene, axis, 1) - first;
    return step > 0 ? floor((mm - first) / step + 0.5) : -1;
}

static amos_status place_slice(view_scene *scene, int axis, const view_position *at, amos_error *err)
{
    const char *plane = view_planes[plane_through(axis)].word;
    int64_t last = scene->geometry.shape[axis] - 1;
    double voxel = at->mm ? voxel_at(scene, axis, at->value) : at->value;
    if (voxel >= 0 && voxel <= (double)last) {
        int64_t index = (int64_t)voxel;
        scene->cut[axis] = at->mm ? index : view_scene_stored_index(scene, axis, index);
        return AMOS_OK;
    }
    if (at->mm) {
        double a = view_scene_mm(scene, axis, 0), b = view_scene_mm(scene, axis, last);
        return amosi_fail(err, AMOS_E_ARG, scene->title,
                          "There is no %s slice at %g mm; --slice takes a place from %.1f to %.1f mm here.", plane,
                          at->value, a, b);
    }
    return amosi_fail(err, AMOS_E_ARG, scene->title,
                      "There is no %s slice %.0f; the slices are 0 to %" PRId64 ", counted as in the file.", plane,
                      at->value, last);
}

static amos_status place_slices(const view_request *request, int plane, view_scene *scene, amos_error *err)
{
    amos_status status = AMOS_OK;
    if (request->at.plain.given)
        status = place_slice(scene, view_planes[plane].through, &request->at.plain, err);
    for (int axis = 0; axis < 3 && status == AMOS_OK; axis++)
        if (request->at.axis[axis].given)
            status = place_slice(scene, axis, &request->at.axis[axis], err);
    return status;
}

/* ---- the cells ---- */

void view_plan_planes(const view_scene *scene, view_plan *plan)
{
    plan->count = VIEW_PLANES;
    plan->columns = 0;
    plan->organ = 0;
    for (int p = 0; p < VIEW_PLANES; p++)
        plan->cells[p] = (view_cell){p, scene->cut[view_planes[p].through]};
}

/* The slices that a montage is about: those of the organ, else those of the body. */
static void montage_range(const view_scene *scene, int organ, int axis, int64_t *start, int64_t *stop)
{
    const amos_box *box = organ ? &scene->organs[organ - 1].box : &scene->body;
    *start = box->start[axis];
    *stop = box->stop[axis];
}

/* Evenly spaced: the range is cut into equal parts, and each shows the slice in its middle. Along every axis voxels run
 * backwards on the screen, and so do the slices. */
static void fill_montage(const view_scene *scene, const view_montage *montage, int plane, view_plan *plan)
{
    int64_t start, stop, wanted = (int64_t)montage->columns * montage->rows;
    montage_range(scene, plan->organ, view_planes[plane].through, &start, &stop);
    int64_t count = stop - start < wanted ? stop - start : wanted;
    plan->count = (int)count;
    plan->columns = count < montage->columns ? (int)count : montage->columns;
    for (int64_t i = 0; i < count; i++)
        plan->cells[i] = (view_cell){plane, stop - 1 - (2 * i + 1) * (stop - start) / (2 * count)};
}

amos_status view_plan_make(const view_request *request, view_scene *scene, view_plan *plan, amos_error *err)
{
    view_plane_choice choice = request->plane;
    bool all = choice == VIEW_CHOICE_ALL || (choice == VIEW_CHOICE_NONE && request->montage.columns == 0);
    int plane = all || choice == VIEW_CHOICE_NONE ? VIEW_AXIAL : (int)choice - (int)VIEW_CHOICE_AXIAL;
    int organ = 0;
    amos_status status = AMOS_OK;
    if (request->organ != NULL)
        status = choose_organ(request->organ, scene, &organ, err);
    if (status == AMOS_OK)
        status = place_slices(request, plane, scene, err);
    if (status != AMOS_OK)
        return status;
    for (int axis = 0; axis < 3; axis++)
        view_scene_set_cut(scene, axis, scene->cut[axis]);
    view_plan_planes(scene, plan);
    plan->organ = organ;
    if (request->montage.columns > 0) {
        fill_montage(scene, &request->montage, plane, plan);
    } else if (!all) {
        plan->cells[0] = plan->cells[plane];
        plan->count = plan->columns = 1;
    }
    return AMOS_OK;
}
