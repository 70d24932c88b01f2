/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/pair.h>

#include <stdio.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "base/text/utf8.h"
#include "label/labelmap.h"
#include "volume/accept.h"
#include "volume/fit.h"
#include "volume/volume.h"

struct amos_pair {
    char case_id[32]; /* "" if it belongs to no case */
    amos_volume *image;
    amos_volume *label;
    amos_pair_info info;
    struct amosi_accept accept;
    int max_label; /* of the data set; 0: it belongs to none */
    int64_t image_frame;
    struct amosi_axes axes; /* which make the label's voxels lie like the image's */
};

void amos_pair_free(amos_pair *pair)
{
    if (!pair)
        return;
    amos_volume_free(pair->label);
    amos_volume_free(pair->image);
    amosi_accept_free(&pair->accept);
    amosi_free(pair);
}

const amos_pair_info *amos_pair_get_info(const amos_pair *pair)
{
    return pair ? &pair->info : NULL;
}

/* ---- comparing image and label ---- */

/* Labels choose their frame when they are loaded, by the same rule. */
static amos_status check_frames(amos_pair *p, amos_error *err)
{
    int64_t unused;
    const amos_volume *image = p->image, *label = p->label;
    amos_status status = amosi_accept_frame(&p->accept, image->header.info.frames, image->path, "the image of a case",
                                            &p->image_frame, err);
    return status ? status : amosi_accept_frame(&p->accept, label->header.info.frames, label->path, NULL, &unused, err);
}

static amos_status check_fit(amos_pair *p, const amos_pair_options *o, amos_error *err)
{
    const struct amosi_side image = amosi_side_of_volume(p->image, "image"),
                            label = amosi_side_of_volume(p->label, "label");
    struct amosi_fit fit;
    amos_status status = amosi_fit(&image, &label, &p->accept.o, o->flags & AMOS_PAIR_WARN_GEOMETRY, &fit, err);
    p->info = (amos_pair_info){p->image, p->label, fit.displacement, fit.warnings, ""};
    memcpy(p->info.turned_from, fit.turned_from, sizeof p->info.turned_from);
    p->axes = fit.axes;
    return status;
}

static amos_status check_pair(amos_pair *p, const amos_pair_options *o, amos_error *err)
{
    if (amosi_source_same_file(&p->image->source, &p->label->source))
        return amosi_fail(err, AMOS_E_DUP, p->label->path, "image and label are the same file.");
    amos_status status = check_frames(p, err);
    return status ? status : check_fit(p, o, err);
}

/* ---- opening ---- */

static amos_status take_options(amos_pair_options *o, const amos_pair_options *options, amos_error *err)
{
    amos_status status = amosi_options_copy(o, sizeof *o, options, "amos_pair_options", err);
    if (!status && o->flags & ~AMOS_PAIR_WARN_GEOMETRY)
        status = amosi_fail(err, AMOS_E_ARG, NULL, "amos_pair_options has an unknown flag.");
    return status;
}

amos_status amos_pair_open(const char *image_path, const char *label_path, const amos_pair_options *options,
                           amos_pair **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!image_path || !label_path || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_pair_open needs two paths and a place for the pair.");
    amos_pair_options o;
    amos_status status = take_options(&o, options, err);
    if (status)
        return status;
    amos_pair *pair = amosi_zalloc(sizeof *pair);
    if (!pair)
        return amosi_fail_nomem(err, image_path);
    status = amosi_accept_copy(&pair->accept, o.accept, err);
    if (!status)
        status = amos_volume_open(image_path, o.volume, &pair->image, err);
    if (!status)
        status = amos_volume_open(label_path, o.volume, &pair->label, err);
    int rounding = amosi_rounding_begin();
    if (!status)
        status = check_pair(pair, &o, err);
    amosi_rounding_end(rounding);
    if (status)
        amos_pair_free(pair);
    else
        *out = pair;
    return status;
}

amos_status amos_pair_open_case(const amos_case *c, const amos_pair_options *options, amos_pair **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!c || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_pair_open_case needs a case and a place for the pair.");
    const amos_case_info *info = amos_case_get_info(c);
    amos_status status;
    if (info->label_path)
        status = amos_pair_open(info->image_path, info->label_path, options, out, err);
    else
        status = amosi_fail(err, AMOS_E_UNSUPPORTED, info->image_path,
                            "case %s has no label; its image alone can be read.", info->id);
    if (status) {
        amosi_fail_case(err, info->id);
        return status;
    }
    size_t bytes = amosi_utf8_cut(info->id, strlen(info->id), sizeof((*out)->case_id) - 1);
    snprintf((*out)->case_id, sizeof(*out)->case_id, "%.*s", (int)bytes, info->id);
    (*out)->max_label = info->max_label;
    return AMOS_OK;
}

/* ---- loading ---- */

static bool has_place(const amos_read_options *o)
{
    int64_t all = o->offset;
    for (int i = 0; i < 4; i++)
        all |= o->strides[i];
    for (int i = 0; i < 3; i++)
        all |= o->box.start[i] | o->box.stop[i];
    return all != 0;
}

/* The orientation in which the label is read so that its voxels lie like the image's in `wanted` (NULL: as stored). The
 * letters of the label's own axes may differ from the image's: they may be unknown, allowed to disagree, or so oblique
 * that the nearest letters differ. Voxels with the same index must still correspond afterwards. */
static amos_status turn_label(const amos_pair *pair, const char *wanted, amos_geometry *turned, amos_error *err)
{
    amos_geometry image, label;
    struct amosi_axes axes;
    amos_status status = amos_volume_get_geometry(pair->image, &image, err);
    if (!status)
        status = amos_volume_get_geometry(pair->label, &label, err);
    if (!status)
        status = amosi_axes_between(image.orientation, wanted ? wanted : image.orientation, &axes, err);
    if (status)
        return status;
    amosi_geometry_apply(&label, &pair->axes, turned);
    amosi_geometry_apply(turned, &axes, turned);
    return AMOS_OK;
}

/* What is accepted in the label: the caller's, else the pair's; the data set's own table limits the labels. The pointers
 * stay the caller's or the pair's. */
static amos_status choose_accept(const amos_pair *pair, const amos_labelmap_options *as_label, amos_accept *accept,
                                 amos_error *err)
{
    static const amos_accept defaults = AMOS_ACCEPT_INIT;
    const amos_accept *given = as_label->accept ? as_label->accept : &pair->accept.o;
    amos_status status = amosi_options_take_from(accept, sizeof *accept, given, &defaults, "amos_accept", err);
    if (!status && !accept->max_label)
        accept->max_label = pair->max_label;
    return status;
}

amos_status amos_pair_load(const amos_pair *pair, const amos_read_options *image_options,
                           const amos_labelmap_options *label_options, amos_array **image, amos_labelmap **label,
                           amos_error *err)
{
    amos_array *loaded = NULL;
    if (image)
        *image = NULL;
    if (label)
        *label = NULL;
    if (!pair || !label)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_pair_load needs a pair and a place for the label.");
    amos_read_options read;
    amos_labelmap_options as_label;
    amos_status status = amosi_options_copy(&read, sizeof read, image_options, "amos_read_options", err);
    if (!status)
        status = amosi_options_copy(&as_label, sizeof as_label, label_options, "amos_labelmap_options", err);
    if (status)
        return status;
    if (has_place(&read) || as_label.orientation)
        return amosi_fail(
            err, AMOS_E_ARG, NULL,
            "amos_pair_load accepts no box, strides or offset; the orientation comes from the image's options.");
    amos_geometry turned;
    amos_accept accept;
    status = choose_accept(pair, &as_label, &accept, err);
    as_label.accept = &accept;
    if (read.frame == 0)
        read.frame = pair->image_frame;
    if (!status && (read.orientation || pair->info.warnings & AMOS_W_TURNED)) {
        status = turn_label(pair, read.orientation, &turned, err);
        as_label.orientation = turned.orientation;
    }
    if (!status && image)
        status = amos_volume_load(pair->image, &read, &loaded, err);
    if (!status)
        status = amos_labelmap_load(pair->label, &as_label, label, err);
    if (status) {
        amos_array_free(loaded);
        amosi_fail_case(err, pair->case_id);
        return status;
    }
    (*label)->layout.warnings |= pair->info.warnings;
    if (image)
        *image = loaded;
    return AMOS_OK;
}
