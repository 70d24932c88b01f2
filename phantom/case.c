/* SPDX-License-Identifier: BSD-3-Clause */
/* Renders one case, into memory or into files. */
#include "phantom/case.h"

#include <stdlib.h>

#include "base/error/fail.h"
#include "phantom/raster.h"

struct scene {
    struct phantom_body *body;
    struct phantom_raster *raster;
};

static void free_scene(struct scene *scene)
{
    phantom_raster_free(scene->raster);
    free(scene->body);
}

static bool make_scene(const struct phantom_case *c, struct scene *scene)
{
    scene->raster = NULL;
    scene->body = malloc(sizeof *scene->body);
    if (!scene->body)
        return false;
    phantom_body_make(scene->body, &c->patient);
    scene->raster = phantom_raster_new(scene->body, &c->grid);
    if (!scene->raster)
        free_scene(scene);
    return scene->raster != NULL;
}

bool phantom_render(const struct phantom_case *c, int16_t *image, uint8_t *label)
{
    struct scene scene;
    if (!make_scene(c, &scene))
        return false;
    int64_t slice = c->grid.shape[0] * c->grid.shape[1];
    for (int64_t k = 0; k < c->grid.shape[2]; k++)
        phantom_raster_slice(scene.raster, k, image + k * slice, label + k * slice);
    free_scene(&scene);
    return true;
}

/* One slice in memory, as rendered and as stored. */
struct slice {
    size_t voxels;
    int16_t *image;
    uint8_t *label;
    uint16_t *stored;
};

static void free_slice(struct slice *s)
{
    free(s->image);
    free(s->label);
    free(s->stored);
}

static bool make_slice(const struct phantom_case *c, struct slice *s)
{
    s->voxels = (size_t)(c->grid.shape[0] * c->grid.shape[1]);
    s->image = calloc(s->voxels, sizeof *s->image);
    s->label = calloc(s->voxels, 1);
    s->stored = calloc(s->voxels, sizeof *s->stored);
    if (s->image && s->label && s->stored)
        return true;
    free_slice(s);
    return false;
}

static amos_status open_outputs(const struct phantom_case *c, const struct phantom_targets *to,
                                struct phantom_output *image, struct phantom_output *label, amos_error *err)
{
    amos_write_options options = {.size = sizeof options,
                                  .slope = 1,
                                  .inter = c->inter,
                                  .level = to->level,
                                  .threads = 1, /* cases are made by several */
                                  .qform_code = c->qform_code,
                                  .sform_code = c->sform_code,
                                  .description = "libamos phantom"};
    amos_status status = phantom_output_open(image, to->files, to->image_path, &c->image, &options, err);
    options.inter = 0;
    if (!status && to->label_path)
        status = phantom_output_open(label, to->files, to->label_path, &c->label, &options, err);
    return status;
}

static amos_status add_image(amos_writer *writer, const struct slice *s, const struct phantom_case *c, amos_error *err)
{
    int inter = (int)c->inter;
    for (size_t i = 0; i < s->voxels; i++)
        s->stored[i] = (uint16_t)(s->image[i] - inter);
    return amos_writer_add(writer, s->stored, s->voxels, err);
}

static amos_status add_label(amos_writer *writer, const struct slice *s, const struct phantom_case *c, amos_error *err)
{
    if (c->label.type == AMOS_TYPE_UINT8)
        return amos_writer_add(writer, s->label, s->voxels, err);
    for (size_t i = 0; i < s->voxels; i++)
        s->stored[i] = s->label[i];
    return amos_writer_add(writer, s->stored, s->voxels, err);
}

/* The label's writer may be NULL. */
static amos_status write_slices(const struct phantom_case *c, struct phantom_raster *raster, struct slice *s,
                                amos_writer *image, amos_writer *label, const struct phantom_watch *watch,
                                amos_error *err)
{
    amos_status status = AMOS_OK;
    for (int64_t k = 0; k < c->grid.shape[2] && !status; k++) {
        if (watch && watch->stop(watch->user))
            return amosi_fail(err, AMOS_E_CANCEL, NULL, "The work was stopped on request.");
        phantom_raster_slice(raster, k, s->image, s->label);
        status = add_image(image, s, c, err);
        if (!status && label)
            status = add_label(label, s, c, err);
        if (!status && watch)
            watch->wrote(watch->user, s->voxels);
    }
    return status;
}

amos_status phantom_write_case(const struct phantom_case *c, const struct phantom_targets *to,
                               const struct phantom_watch *watch, amos_error *err)
{
    struct scene scene;
    struct slice slice;
    if (!make_scene(c, &scene))
        return amosi_fail_nomem(err, NULL);
    if (!make_slice(c, &slice)) {
        free_scene(&scene);
        return amosi_fail_nomem(err, NULL);
    }
    struct phantom_output image = {NULL, -1}, label = {NULL, -1};
    amos_status status = open_outputs(c, to, &image, &label, err);
    if (!status)
        status = write_slices(c, scene.raster, &slice, image.writer, label.writer, watch, err);
    /* The image is finished first: an image without its label does less harm than a label without its image. */
    if (!status)
        status = amos_writer_finish(image.writer, err);
    if (!status && label.writer)
        status = amos_writer_finish(label.writer, err);
    amos_writer_free(label.writer);
    amos_writer_free(image.writer);
    free_slice(&slice);
    free_scene(&scene);
    return status;
}
