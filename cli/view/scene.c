/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the contents of a picture. */
#include "view/scene.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_DEPTH_MM = 20, BODY_ROOM_MM = 6, ORGAN_ROOM_MM = 20 };

const char *view_organ_title(const view_scene *scene, int label, char text[32])
{
    const char *title = scene->organs[label - 1].title;
    if (title[0] != '\0') {
        return title;
    }
    snprintf(text, 32, "label %d", label);
    return text;
}

static int64_t voxel_count(const view_scene *scene)
{
    return scene->geometry.shape[0] * scene->geometry.shape[1] * scene->geometry.shape[2];
}

static void set_window(view_scene *scene, double low, double high)
{
    scene->low = low;
    scene->high = high > low ? high : low + 1;
}

/* What the window shows as black or nearly so is air. */
static void set_air(view_scene *scene)
{
    scene->air = scene->low + 0.05 * (scene->high - scene->low);
}

void view_scene_window_levels(view_scene *scene, double level, double width, const char *name, const char *unit)
{
    set_window(scene, level - width / 2, level + width / 2);
    snprintf(scene->window, sizeof scene->window, "%s%sW %g  L %g%s%s", name != NULL ? name : "",
             name != NULL ? ": " : "", width, level, *unit != '\0' ? " " : "", unit);
}

void view_scene_window_ct(view_scene *scene, double level, double width)
{
    view_scene_window_levels(scene, level, width, NULL, "HU");
    set_air(scene);
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Samples every step-th of the voxels that count, the same on every machine, and no more than a good percentile
 * needs. */
static size_t sample_voxels(const view_scene *scene, float *out, size_t room)
{
    int64_t total = voxel_count(scene), step = total / (int64_t)room + 1;
    size_t n = 0;
    for (int64_t i = 0; i < total; i += step) {
        if (isfinite(scene->grey[i]) && scene->grey[i] != 0) {
            out[n++] = scene->grey[i];
        }
    }
    return n;
}

int view_scene_window_percentiles(view_scene *scene)
{
    const size_t room = 1 << 20;
    float *values = malloc(room * sizeof *values);
    if (values == NULL) {
        return -1;
    }
    size_t n = sample_voxels(scene, values, room);
    qsort(values, n, sizeof *values, compare_floats);
    size_t tail = n / 100;
    set_window(scene, n > 0 ? values[tail] : 0, n > 0 ? values[n - 1 - tail] : 0);
    snprintf(scene->window, sizeof scene->window, "Percentiles 1-99: %.4g to %.4g", scene->low, scene->high);
    set_air(scene);
    free(values);
    return 0;
}

/* How many voxels of a label, the row, the prediction gives another label, the column. */
typedef int64_t confusion[VIEW_LABELS + 1];

/* The organ that most voxels of another one are taken for; 0 if that is less than 5 % of them. */
static int confused_with(const confusion taken, int label, int64_t voxels)
{
    int most = 0;
    int64_t largest = voxels / 20;
    for (int other = 1; other <= VIEW_LABELS; other++) {
        if (other != label && taken[other] > largest) {
            most = other;
            largest = taken[other];
        }
    }
    return most;
}

/* The text for one organ; "" if it is not taken for another one. */
static void name_confused_organ(const view_scene *scene, const confusion taken, int label, char *text, size_t size)
{
    int64_t voxels = 0;
    for (int other = 0; other <= VIEW_LABELS; other++) {
        voxels += taken[other];
    }
    int other = confused_with(taken, label, voxels);
    char own[2][32];
    text[0] = '\0';
    if (other != 0) {
        snprintf(text, size, "%s (%.0f %% for %s)", view_organ_title(scene, label, own[0]),
                 100 * (double)taken[other] / (double)voxels, view_organ_title(scene, other, own[1]));
    }
}

static void name_confused(view_scene *scene, confusion *taken)
{
    static const char more[] = ", ...";
    size_t used = 0, room = sizeof scene->remark;
    for (int label = 1; label <= VIEW_LABELS; label++) {
        char text[320];
        name_confused_organ(scene, taken[label], label, text, sizeof text);
        if (text[0] == '\0') {
            continue;
        }
        const char *before = used > 0 ? ", " : "Taken for another organ: ";
        if (used + strlen(before) + strlen(text) + sizeof more > room) {
            snprintf(scene->remark + used, room - used, "%s", more);
            return;
        }
        used += (size_t)snprintf(scene->remark + used, room - used, "%s%s", before, text);
    }
}

int view_scene_compare(view_scene *scene)
{
    int64_t counts[VIEW_DIFFERENCES] = {0};
    const double *mm = scene->geometry.spacing;
    confusion *taken = calloc(VIEW_LABELS + 1, sizeof *taken); /* too large for the stack of a thread */
    if (taken == NULL) {
        return -1;
    }
    for (int64_t i = 0, total = voxel_count(scene); i < total; i++) {
        uint8_t label = scene->label[i], prediction = scene->prediction[i];
        counts[view_difference_of(label, prediction)]++;
        taken[label][prediction]++;
    }
    for (int kind = 0; kind < VIEW_DIFFERENCES; kind++) {
        scene->apart[kind] = (double)counts[kind] * mm[0] * mm[1] * mm[2] / 1000;
    }
    name_confused(scene, taken);
    free(taken);
    return 0;
}

void view_scene_aim(view_scene *scene)
{
    for (int axis = 0; axis < 3; axis++) {
        int64_t last = scene->geometry.shape[axis] - 1;
        double sum = 0;
        int present = 0;
        for (int i = 0; scene->label != NULL && i < scene->organ_count; i++) {
            if (scene->organs[i].present) {
                sum += scene->organs[i].centroid[axis];
                present++;
            }
        }
        double centre = present > 0 ? sum / present : (double)last / 2;
        scene->cut[axis] = (int64_t)fmin(fmax(round(centre), 0), (double)last);
    }
}

/* Counts per plane along each axis, within a box, the voxels of an organ; with a prediction those that are of the organ in
 * one of both only. */
static void count_organ(const view_scene *scene, int organ, const uint8_t *prediction, const amos_box *box,
                        int64_t *const planes[3])
{
    const int64_t *shape = scene->geometry.shape;
    for (int64_t z = box->start[2]; z < box->stop[2]; z++) {
        for (int64_t y = box->start[1]; y < box->stop[1]; y++) {
            int64_t row = (z * shape[1] + y) * shape[0], found = 0;
            for (int64_t x = box->start[0]; x < box->stop[0]; x++) {
                bool here = scene->label[row + x] == organ;
                bool counts = here != (prediction != NULL && prediction[row + x] == organ);
                planes[0][x] += counts;
                found += counts;
            }
            planes[1][y] += found;
            planes[2][z] += found;
        }
    }
}

/* Places each plane at the first slice with most of what count_organ() counts; without any it stays. */
static int aim_at_most(view_scene *scene, int organ, const uint8_t *prediction, const amos_box *box)
{
    const int64_t *shape = scene->geometry.shape;
    int64_t *counts = calloc((size_t)(shape[0] + shape[1] + shape[2]), sizeof *counts);
    if (counts == NULL) {
        return -1;
    }
    int64_t *const planes[3] = {counts, counts + shape[0], counts + shape[0] + shape[1]};
    count_organ(scene, organ, prediction, box, planes);
    for (int axis = 0; axis < 3; axis++) {
        int64_t most = 0;
        for (int64_t i = 0; i < shape[axis]; i++) {
            if (planes[axis][i] > most) {
                most = planes[axis][i];
                scene->cut[axis] = i;
            }
        }
    }
    free(counts);
    return 0;
}

int view_scene_aim_apart(view_scene *scene, int organ)
{
    const int64_t *n = scene->geometry.shape;
    const amos_box whole = {{0, 0, 0}, {n[0], n[1], n[2]}};
    return aim_at_most(scene, organ, scene->prediction, &whole);
}

int view_scene_aim_organ(view_scene *scene, int organ)
{
    return aim_at_most(scene, organ, NULL, &scene->organs[organ - 1].box);
}

/* The voxels that are no air, counted per plane along each axis. Only runs of at least
 * `thick` voxels from front to back count: the body is that thick, the table below it is not. */
typedef struct visible {
    double threshold;
    int64_t thick;
    int64_t *counts[3];
    int64_t *run; /* along x: length of the run of visible voxels that ends here, from front to back */
} visible;

static void count_row(visible *v, const float *row, int64_t width, int64_t y, int64_t z)
{
    for (int64_t x = 0; x < width; x++) {
        v->run[x] = row[x] > v->threshold ? v->run[x] + 1 : 0;
        int64_t fresh = v->run[x] < v->thick ? 0 : v->run[x] == v->thick ? v->thick : 1;
        v->counts[0][x] += fresh;
        v->counts[2][z] += fresh;
        for (int64_t back = 0; back < fresh; back++) {
            v->counts[1][y - back]++;
        }
    }
}

static void count_visible(const view_scene *scene, visible *v)
{
    const int64_t *shape = scene->geometry.shape;
    const float *row = scene->grey;
    for (int64_t z = 0; z < shape[2]; z++) {
        memset(v->run, 0, (size_t)shape[0] * sizeof *v->run);
        for (int64_t y = 0; y < shape[1]; y++, row += shape[0]) {
            count_row(v, row, shape[0], y, z);
        }
    }
}

static void grow_box(amos_box *box, int axis, int64_t start, int64_t stop)
{
    box->start[axis] = start < box->start[axis] ? start : box->start[axis];
    box->stop[axis] = stop > box->stop[axis] ? stop : box->stop[axis];
}

/* A plane is kept if more than a speck of it is visible. */
static void trim_axis(view_scene *scene, int axis, const int64_t *counts)
{
    int64_t n = scene->geometry.shape[axis], plane = voxel_count(scene) / n;
    for (int64_t i = 0; i < n; i++) {
        if (counts[i] > plane / 100) {
            grow_box(&scene->box, axis, i, i + 1);
        }
    }
}

static int trim_to_body(view_scene *scene)
{
    const int64_t *shape = scene->geometry.shape;
    int64_t *counts = calloc((size_t)(2 * shape[0] + shape[1] + shape[2]), sizeof *counts);
    if (counts == NULL) {
        return -1;
    }
    visible v = {
        .threshold = scene->air,
        .thick = (int64_t)fmin(ceil((double)BODY_DEPTH_MM / scene->geometry.spacing[1]), (double)shape[1]),
        .counts = {counts, counts + shape[0], counts + shape[0] + shape[1]},
        .run = counts + shape[0] + shape[1] + shape[2],
    };
    count_visible(scene, &v);
    for (int axis = 0; axis < 3; axis++) {
        trim_axis(scene, axis, v.counts[axis]);
    }
    free(counts);
    return 0;
}

static void trim_to_organs(view_scene *scene)
{
    for (int i = 0; i < scene->organ_count; i++) {
        for (int axis = 0; scene->organs[i].present && axis < 3; axis++) {
            grow_box(&scene->box, axis, scene->organs[i].box.start[axis], scene->organs[i].box.stop[axis]);
        }
    }
}

/* Adds a margin around the box and clips it to the volume; an empty box becomes the whole volume. */
static void finish_box(view_scene *scene, double room_mm)
{
    for (int axis = 0; axis < 3; axis++) {
        int64_t n = scene->geometry.shape[axis];
        int64_t *start = &scene->box.start[axis], *stop = &scene->box.stop[axis];
        if (*start >= *stop) {
            *start = 0;
            *stop = n;
        }
        scene->body.start[axis] = *start;
        scene->body.stop[axis] = *stop;
        double room = fmin(ceil(room_mm / scene->geometry.spacing[axis]), (double)n);
        *start = *start > (int64_t)room ? *start - (int64_t)room : 0;
        *stop = n - *stop > (int64_t)room ? *stop + (int64_t)room : n;
    }
}

int view_scene_trim(view_scene *scene)
{
    for (int axis = 0; axis < 3; axis++) {
        scene->box.start[axis] = INT64_MAX;
        scene->box.stop[axis] = 0;
    }
    if (scene->grey != NULL && trim_to_body(scene) != 0) {
        return -1;
    }
    if (scene->label != NULL) {
        trim_to_organs(scene);
    }
    finish_box(scene, scene->grey != NULL ? BODY_ROOM_MM : ORGAN_ROOM_MM);
    for (int axis = 0; axis < 3; axis++) {
        grow_box(&scene->box, axis, scene->cut[axis], scene->cut[axis] + 1);
    }
    return 0;
}

void view_scene_set_cut(view_scene *scene, int axis, int64_t voxel)
{
    scene->cut[axis] = voxel;
    grow_box(&scene->box, axis, voxel, voxel + 1);
}

int64_t view_scene_stored_index(const view_scene *scene, int axis, int64_t voxel)
{
    return scene->reversed[axis] ? scene->geometry.shape[axis] - 1 - voxel : voxel;
}

double view_scene_mm(const view_scene *scene, int axis, int64_t voxel)
{
    double at[3], mm[3];
    for (int i = 0; i < 3; i++) {
        at[i] = (double)(i == axis ? voxel : scene->cut[i]);
    }
    amos_geometry_to_mm(&scene->geometry, at, mm);
    return mm[axis];
}

double view_scene_obliquity(const view_scene *scene)
{
    double worst = 0;
    for (int axis = 0; axis < 3; axis++) {
        double length2 = 0;
        for (int row = 0; row < 3; row++) {
            length2 += scene->geometry.affine[row][axis] * scene->geometry.affine[row][axis];
        }
        double cosine = length2 > 0 ? fabs(scene->geometry.affine[axis][axis]) / sqrt(length2) : 1;
        worst = fmax(worst, acos(fmin(cosine, 1)) * 57.29577951308232);
    }
    return worst;
}
