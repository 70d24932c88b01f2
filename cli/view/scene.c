/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the contents of a picture. */
#include "view/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_DEPTH_MM = 20, BODY_ROOM_MM = 6, ORGAN_ROOM_MM = 20 };

static int64_t voxel_count(const view_scene *scene)
{
    return scene->geometry.shape[0] * scene->geometry.shape[1] * scene->geometry.shape[2];
}

static void set_window(view_scene *scene, double low, double high)
{
    scene->low = low;
    scene->high = high > low ? high : low + 1;
}

void view_scene_window_ct(view_scene *scene, double level, double width)
{
    set_window(scene, level - width / 2, level + width / 2);
    snprintf(scene->window, sizeof scene->window, "W %g  L %g HU", width, level);
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
    free(values);
    return 0;
}

view_difference view_difference_of(uint8_t label, uint8_t prediction)
{
    return label == prediction ? VIEW_AGREED : prediction == 0 ? VIEW_MISSED : label == 0 ? VIEW_EXTRA : VIEW_CONFUSED;
}

/* The organ that most voxels of another one are taken for; 0 if that is less than 5 % of them. */
static int confused_with(const int64_t *taken, int label, int64_t voxels)
{
    int most = 0;
    int64_t largest = voxels / 20;
    for (int other = 1; other <= VIEW_ORGANS; other++) {
        if (other != label && taken[other] > largest) {
            most = other;
            largest = taken[other];
        }
    }
    return most;
}

static void name_confused(view_scene *scene, int64_t taken[VIEW_ORGANS + 1][VIEW_ORGANS + 1])
{
    size_t used = 0, room = sizeof scene->remark;
    for (int label = 1; label <= VIEW_ORGANS; label++) {
        int64_t voxels = 0;
        for (int other = 0; other <= VIEW_ORGANS; other++) {
            voxels += taken[label][other];
        }
        int other = confused_with(taken[label], label, voxels);
        if (other == 0) {
            continue;
        }
        char text[128];
        int length = snprintf(text, sizeof text, "%s%s (%.0f %% for %s)",
                              used ? ", " : "Taken for another organ: ", scene->organs[label - 1].title,
                              100 * (double)taken[label][other] / (double)voxels, scene->organs[other - 1].title);
        if (used + (size_t)length + sizeof ", ..." >= room) {
            snprintf(scene->remark + used, room - used, ", ...");
            return;
        }
        used += (size_t)snprintf(scene->remark + used, room - used, "%s", text);
    }
}

void view_scene_compare(view_scene *scene)
{
    int64_t counts[VIEW_DIFFERENCES] = {0}, taken[VIEW_ORGANS + 1][VIEW_ORGANS + 1] = {{0}};
    const double *mm = scene->geometry.spacing;
    for (int64_t i = 0, total = voxel_count(scene); i < total; i++) {
        uint8_t label = scene->label[i], prediction = scene->prediction[i];
        counts[view_difference_of(label, prediction)]++;
        if (label <= VIEW_ORGANS && prediction <= VIEW_ORGANS) {
            taken[label][prediction]++;
        }
    }
    for (int kind = 0; kind < VIEW_DIFFERENCES; kind++) {
        scene->apart[kind] = (double)counts[kind] * mm[0] * mm[1] * mm[2] / 1000;
    }
    name_confused(scene, taken);
}

void view_scene_aim(view_scene *scene)
{
    for (int axis = 0; axis < 3; axis++) {
        int64_t last = scene->geometry.shape[axis] - 1;
        double sum = 0;
        int present = 0;
        for (int i = 0; scene->label != NULL && i < VIEW_ORGANS; i++) {
            if (scene->organs[i].present) {
                sum += scene->organs[i].centroid[axis];
                present++;
            }
        }
        double centre = present > 0 ? sum / present : (double)last / 2;
        scene->cut[axis] = (int64_t)fmin(fmax(round(centre), 0), (double)last);
    }
}

int view_scene_aim_apart(view_scene *scene, int organ)
{
    const int64_t *shape = scene->geometry.shape;
    int64_t *counts = calloc((size_t)(shape[0] + shape[1] + shape[2]), sizeof *counts);
    if (counts == NULL) {
        return -1;
    }
    int64_t *const planes[3] = {counts, counts + shape[0], counts + shape[0] + shape[1]};
    for (int64_t i = 0, total = voxel_count(scene); i < total; i++) {
        if ((scene->label[i] == organ) != (scene->prediction[i] == organ)) {
            planes[0][i % shape[0]]++;
            planes[1][i / shape[0] % shape[1]]++;
            planes[2][i / shape[0] / shape[1]]++;
        }
    }
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

/* The voxels that the window shows brighter than black, counted per plane along each axis. Only runs of at least
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
        .threshold = scene->low + 0.05 * (scene->high - scene->low),
        .thick = (int64_t)fmin(ceil(BODY_DEPTH_MM / scene->geometry.spacing[1]), (double)shape[1]),
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
    for (int i = 0; i < VIEW_ORGANS; i++) {
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
