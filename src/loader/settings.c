/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/settings.h"

#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "cache/cache.h"

/* The product of three sides up to this, in voxels or in bytes, fits in 63 bits. */
#define LARGEST_SIDE 65536
#define LARGEST_BATCH 4096
#define LARGEST_COUNT 65536
#define DEFAULT_BUDGET ((uint64_t)2 << 30)

static amos_status refuse(amos_error *err, const char *what)
{
    return amosi_fail(err, AMOS_E_ARG, NULL, "the loader's options: %s.", what);
}

static bool is_share(double share)
{
    return share >= 0.0 && share <= 1.0;
}

static bool is_range(double low, double high, double least, double most)
{
    return low >= least && low <= high && high <= most;
}

/* ---- scaling, augmentation, buffers ---- */

static amos_status take_scaling(amos_scaling *to, const amos_scaling *from, const char *which, amos_error *err)
{
    amos_status status = amosi_options_copy(to, sizeof *to, from, "amos_scaling", err);
    if (status)
        return status;
    bool clips = to->low != 0.0 || to->high != 0.0;
    if (!amosi_name_is_known(amos_scaling_method_name(to->scale)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "the scaling of %s has an unknown scale, %d.", which, (int)to->scale);
    if (!isfinite(to->low) || !isfinite(to->high) || (clips && !(to->low < to->high)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "the scaling of %s needs a finite low below high.", which);
    if (to->scale == AMOS_SCALING_RANGE && !clips)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the scaling of %s needs low and high for \"range\".", which);
    if (to->scale == AMOS_SCALING_ZSCORE && !(to->deviation > 0.0 && isfinite(to->deviation) && isfinite(to->mean)))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "the scaling of %s needs a finite mean and a deviation above 0 for \"zscore\".", which);
    return AMOS_OK;
}

static bool affine_is_good(const amos_augment *a)
{
    for (int i = 0; i < 3; i++)
        if (!is_range(0.0, a->rotate_degrees[i], 0.0, 180.0))
            return false;
    bool zooms = a->zoom_low != 0.0 || a->zoom_high != 0.0;
    return !zooms || is_range(a->zoom_low, a->zoom_high, 0.25, 4.0);
}

static bool tone_is_good(const amos_augment *a)
{
    const double most = 1e30;
    return (a->gamma_share == 0.0 || is_range(a->gamma_low, a->gamma_high, 0.1, 10.0)) &&
           is_range(a->brightness_low, a->brightness_high, -most, most) &&
           (a->contrast_share == 0.0 || is_range(a->contrast_low, a->contrast_high, 0.0, most)) &&
           is_range(a->noise_low, a->noise_high, 0.0, most);
}

static amos_status take_augment(amos_augment *to, const amos_augment *from, amos_error *err)
{
    amos_status status = amosi_options_copy(to, sizeof *to, from, "amos_augment", err);
    if (status)
        return status;
    if (!is_share(to->affine_share) || !is_share(to->gamma_share) || !is_share(to->brightness_share) ||
        !is_share(to->contrast_share) || !is_share(to->noise_share))
        return amosi_fail(err, AMOS_E_ARG, NULL, "the changes (augment): a share is not within 0..1.");
    if (to->flips & ~(AMOS_FLIP_X | AMOS_FLIP_Y | AMOS_FLIP_Z) || to->quarter_turns < 0 || to->quarter_turns > 1)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the changes (augment): flips or quarter_turns has an unknown value.");
    if (!affine_is_good(to) || !tone_is_good(to))
        return amosi_fail(
            err, AMOS_E_ARG, NULL,
            "the changes (augment): a range is reversed or beyond its bounds (angles 0..180, zoom 0.25..4, gamma "
            "0.1..10, contrast and noise not negative).");
    if (!amosi_name_is_known(amos_mirror_name(to->mirror)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "the changes (augment): mirror has an unknown value, %d.",
                          (int)to->mirror);
    if (to->zoom_low == 0.0)
        to->zoom_low = to->zoom_high = 1.0;
    return AMOS_OK;
}

static amos_status take_buffers(struct amosi_loader_settings *s, const amos_batch_buffers *from, amos_error *err)
{
    s->has_buffers = from != NULL;
    amos_status status = amosi_options_copy(&s->buffers, sizeof s->buffers, from, "amos_batch_buffers", err);
    if (!status && from && (!s->buffers.alloc || !s->buffers.release))
        status = amosi_fail(err, AMOS_E_ARG, NULL, "amos_batch_buffers needs both alloc and release.");
    return status;
}

/* ---- organs and orientation ---- */

static amos_status take_organs(struct amosi_loader_settings *s, amos_error *err)
{
    const amos_loader_options *o = &s->o;
    if (o->organ_count && !o->organs)
        return refuse(err, "organ_count is set and organs is NULL");
    if (o->case_count && !o->cases)
        return refuse(err, "case_count is set and cases is NULL");
    for (size_t i = 0; i < o->organ_count; i++) {
        if (o->organs[i] < 1 || o->organs[i] > amosi_settings_max_label(s))
            return amosi_fail(err, AMOS_E_ARG, NULL, "the loader's options: organs has %d; organs are 1..%d.",
                              o->organs[i], amosi_settings_max_label(s));
        amosi_set_bit(s->foreground, o->organs[i]);
    }
    for (int label = 1; label <= amosi_settings_max_label(s) && o->organ_count == 0; label++)
        amosi_set_bit(s->foreground, label);
    s->needs_organs = o->organ_count > 0 || o->balanced;
    if (!s->has_labels && (s->needs_organs || o->foreground > 0.0))
        return refuse(err, "organs, balanced and foreground need labels, and label_type is \"none\"");
    return AMOS_OK;
}

static amos_status take_orientation(struct amosi_loader_settings *s, amos_error *err)
{
    if (!s->o.orientation)
        return AMOS_OK;
    if (s->o.cache)
        return refuse(err, "orientation cannot be given with a cache, which has its own");
    if (strlen(s->o.orientation) != 3)
        return refuse(err, "orientation must be three letters such as \"RAS\"");
    memcpy(s->orientation, s->o.orientation, 3);
    s->has_orientation = true;
    return AMOS_OK;
}

/* ---- defaults and ranges ---- */

static void set_default(int *field, int value)
{
    if (*field == 0)
        *field = value;
}

static void fill_defaults(amos_loader_options *o)
{
    set_default(&o->batch_size, 1);
    set_default(&o->patches_per_case, o->draw == AMOS_SAMPLING_PATCHES ? 4 : 1);
    set_default(&o->interleave, o->batch_size);
    set_default(&o->world_size, 1);
    set_default(&o->prefetch, 2);
    set_default(&o->hold, 2);
    if (o->memory_budget == 0)
        o->memory_budget = DEFAULT_BUDGET;
}

static bool in_range(int value, int most)
{
    return value >= 1 && value <= most;
}

static amos_status check_numbers(const amos_loader_options *o, amos_error *err)
{
    if (o->flags & ~(AMOS_LOADER_STOP_AT_DAMAGE | AMOS_LOADER_PAD | AMOS_LOADER_GROW | AMOS_LOADER_REPLACE_NAN |
                     AMOS_LOADER_LENIENT))
        return refuse(err, "flags has an unknown bit");
    if (o->cache && o->flags & AMOS_LOADER_LENIENT)
        return refuse(err, "AMOS_LOADER_LENIENT must not be set with a cache, which opens the files");
    if (!in_range(o->batch_size, LARGEST_BATCH) || !in_range(o->patches_per_case, LARGEST_COUNT) ||
        !in_range(o->interleave, LARGEST_BATCH) || !in_range(o->prefetch, LARGEST_BATCH) ||
        !in_range(o->hold, LARGEST_BATCH))
        return refuse(err, "batch_size, interleave, prefetch and hold must be 1..4096, patches_per_case 1..65536");
    if (!in_range(o->world_size, LARGEST_COUNT) || o->rank < 0 || o->rank >= o->world_size)
        return refuse(err, "rank must be 0..world_size - 1, and world_size at most 65536");
    if (o->threads < 0 || o->threads > 1024 || o->steps < 0 || o->steps > INT32_MAX)
        return refuse(err, "threads must be 0..1024 and steps 0..2147483647");
    if (!is_share(o->foreground) || o->balanced < 0 || o->balanced > 1)
        return refuse(err, "foreground must be a share of 0..1, and balanced 0 or 1");
    if (!isfinite(o->pad_value) || fabs(o->pad_value) > 1e30)
        return refuse(err, "pad_value must be a finite number");
    if (!amosi_name_is_known(amos_image_type_name(o->image_type)) ||
        !amosi_name_is_known(amos_label_type_name(o->label_type)))
        return refuse(err, "image_type or label_type is unknown");
    return AMOS_OK;
}

static amos_status check_patch(const amos_loader_options *o, amos_error *err)
{
    for (int i = 0; i < 3; i++) {
        if (o->draw == AMOS_SAMPLING_WHOLE ? o->patch[i] != 0 : o->patch[i] < 1 || o->patch[i] > LARGEST_SIDE)
            return refuse(err, "patch must be 1..65536 voxels along each axis, and zero for whole volumes");
        if (o->border[i] < 0 || o->border[i] > LARGEST_SIDE)
            return refuse(err, "border must be 0..65536 voxels along each axis");
    }
    if (o->patch[0] * o->patch[1] * o->patch[2] > INT32_MAX)
        return refuse(err, "patch has more than 2147483647 voxels");
    return AMOS_OK;
}

static amos_status check_draw(const amos_loader_options *o, amos_error *err)
{
    if (!amosi_name_is_known(amos_sampling_name(o->draw)))
        return refuse(err, "draw is unknown");
    amos_status status = check_patch(o, err);
    if (status || o->draw == AMOS_SAMPLING_PATCHES)
        return status;
    if (o->foreground > 0.0 || o->balanced || o->steps || o->patches_per_case > 1)
        return refuse(err, "foreground, balanced, steps and patches_per_case are for patches");
    if (o->draw == AMOS_SAMPLING_WHOLE && o->batch_size > 1)
        return refuse(err, "whole volumes differ in size, so batch_size must be 1");
    if (!(o->overlap >= 0.0 && o->overlap < 1.0))
        return refuse(err, "overlap must be 0 or more, and below 1");
    return AMOS_OK;
}

static void note_sizes(struct amosi_loader_settings *s)
{
    const amos_loader_options *o = &s->o;
    s->image_bytes = o->image_type == AMOS_IMAGE_TYPE_FLOAT16 ? 2 : 4;
    s->label_planes = o->label_type == AMOS_LABEL_TYPE_ONEHOT ? amosi_settings_max_label(s) + 1 : 1;
    s->label_bytes = o->label_type == AMOS_LABEL_TYPE_INT64 ? 8 : s->has_labels ? (size_t)s->label_planes : 0;
}

/* ---- what is accepted ---- */

/* Whether nothing but max_label is set. */
static bool is_plain(const amos_accept *o)
{
    const amos_accept usual = AMOS_ACCEPT_INIT;
    return !o->flags && o->round_within == 0 && !o->table && !o->ignore_count &&
           o->tolerance_voxels == usual.tolerance_voxels && o->tolerance_mm == 0 && o->frame == usual.frame;
}

static amos_status take_accept(struct amosi_loader_settings *s, int max_label, amos_error *err)
{
    const amos_cache *cache = s->o.cache;
    amos_status status = amosi_accept_copy(&s->accept, s->o.accept, err);
    if (!status && cache && !is_plain(&s->accept.o))
        status = refuse(
            err, "of what is accepted, only max_label can be given with a cache; the rest is an option of the cache");
    s->accept.o.max_label =
        amosi_accept_max_label(&s->accept, cache ? amosi_accept_max_label(&cache->accept, max_label) : max_label);
    return status;
}

void amosi_loader_settings_free(struct amosi_loader_settings *s)
{
    amosi_accept_free(&s->accept);
}

amos_status amosi_loader_settings_take(struct amosi_loader_settings *s, const amos_loader_options *options,
                                       int max_label, amos_error *err)
{
    memset(s, 0, sizeof *s);
    static const amos_loader_options defaults = AMOS_LOADER_OPTIONS_INIT;
    amos_status status = amosi_options_take_from(&s->o, sizeof s->o, options, &defaults, "amos_loader_options", err);
    if (status)
        return status;
    fill_defaults(&s->o);
    s->has_labels = s->o.label_type != AMOS_LABEL_TYPE_NONE;
    status = check_numbers(&s->o, err);
    if (!status)
        status = take_accept(s, max_label, err);
    if (!status)
        status = check_draw(&s->o, err);
    if (!status)
        status = take_scaling(&s->ct, s->o.ct, "ct", err);
    if (!status)
        status = take_scaling(&s->mri, s->o.mri, "mri", err);
    if (!status)
        status = take_scaling(&s->unknown, s->o.unknown, "unknown", err);
    s->needs_modality = (s->o.ct || s->o.mri) && !s->o.unknown;
    if (!status)
        status = take_augment(&s->augment, s->o.augment, err);
    if (!status)
        status = take_buffers(s, s->o.buffers, err);
    if (!status)
        status = take_organs(s, err);
    if (!status)
        status = take_orientation(s, err);
    note_sizes(s);
    return status;
}

amos_volume_options amosi_settings_volume(const struct amosi_loader_settings *s)
{
    amos_volume_options volume = AMOS_VOLUME_OPTIONS_INIT;
    volume.flags = s->o.flags & AMOS_LOADER_LENIENT ? AMOS_OPEN_LENIENT : 0;
    return volume;
}

const amos_scaling *amosi_settings_scaling(const struct amosi_loader_settings *s, amos_modality modality)
{
    switch (modality) {
    case AMOS_MODALITY_CT:
        return &s->ct;
    case AMOS_MODALITY_MRI:
        return &s->mri;
    default:
        return &s->unknown;
    }
}

bool amosi_settings_may_pad(const struct amosi_loader_settings *s, const int64_t shape[3])
{
    bool may = s->augment.affine_share > 0.0 || s->o.flags & AMOS_LOADER_REPLACE_NAN;
    for (int i = 0; i < 3; i++)
        may = may || s->o.border[i] > 0 || s->o.patch[i] > shape[i];
    return may;
}

bool amosi_settings_need_body(const struct amosi_loader_settings *s, amos_modality modality)
{
    amos_scaling_method scale = amosi_settings_scaling(s, modality)->scale;
    return scale == AMOS_SCALING_CASE_ZSCORE || scale == AMOS_SCALING_CASE_RANGE;
}
