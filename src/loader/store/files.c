/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <amos/pair.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/cache.h"
#include "io/zip/member.h"
#include "loader/store/store.h"
#include "prepare/case.h"

/* A decoded case and the properties of its voxels. */
struct decoded {
    struct amosi_prepare_case voxels;
    amos_intensity body;
    struct amosi_prepare_positions places;             /* of all organs, in order of the label */
    uint32_t first[AMOSI_LABELS], count[AMOSI_LABELS]; /* for each label: its range in `places` */
};

/* ---- loading ---- */

/* The progress function of decoding: cancels after shared->stop. */
static int stop_asked(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return atomic_load_explicit(&((struct amosi_loader_shared *)user)->stop, memory_order_relaxed);
}

#define CHANGED "the file was changed after the loader was opened."

/* Checks that both files are the same as at opening. Takes the image's current slope and intercept. */
static amos_status check_files(const struct amosi_loader_case *c, const amos_volume *image, const amos_volume *label,
                               struct amosi_prepare_case *to, amos_error *err)
{
    static const char since[] = "the loader was opened";
    to->slope = amos_volume_get_info(image)->slope;
    to->inter = amos_volume_get_info(image)->inter;
    amos_status status = amosi_volume_check_identity(image, &c->image_file, since, err);
    return status || !label ? status : amosi_volume_check_identity(label, &c->label_file, since, err);
}

static amos_status load_pair(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                             const amos_read_options *read, struct amosi_prepare_case *to, amos_error *err)
{
    const amos_volume_options volume = amosi_settings_volume(s);
    const amos_pair_options options = {.size = sizeof options, .accept = &s->accept.o, .volume = &volume};
    const amos_labelmap_options label = {.size = sizeof label, .progress = read->progress, .threads = read->threads};
    amos_pair *pair;
    amos_status status = amos_pair_open(c->image_path, c->label_path, &options, &pair, err);
    if (!status)
        status = check_files(c, amos_pair_get_info(pair)->image, amos_pair_get_info(pair)->label, to, err);
    if (!status)
        status = amos_pair_load(pair, read, &label, &to->image, &to->labels, err);
    if (!status)
        amosi_labelmap_forget_ignored(to->labels);
    amos_pair_free(pair);
    return status;
}

static amos_status load_image(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                              amos_read_options *read, struct amosi_prepare_case *to, amos_error *err)
{
    const amos_volume_options options = amosi_settings_volume(s);
    amos_volume *volume;
    amos_status status = amos_volume_open(c->image_path, &options, &volume, err);
    if (!status)
        status = check_files(c, volume, NULL, to, err);
    if (!status)
        status = amosi_accept_frame(&s->accept, amos_volume_get_info(volume)->frames, c->image_path,
                                    "the image of a case", &read->frame, err);
    if (!status)
        status = amos_volume_load(volume, read, &to->image, err);
    amos_volume_free(volume);
    return status;
}

/* Whether the path now names a different file than at opening. In that case the change is reported, not the error
 * that the new file caused. */
static bool is_other(const char *path, const struct amosi_volume_identity *then)
{
    struct amosi_source source;
    struct amosi_identity now;
    if (amosi_path_open(&source, path, NULL, NULL) != AMOS_OK)
        return false;
    bool other = amosi_identity_of(&source, &now, NULL) == AMOS_OK &&
                 !amosi_identity_same(&now, then->beside.links ? &then->beside : &then->voxels);
    amosi_source_close(&source);
    return other;
}

static amos_status explain(const struct amosi_loader_case *c, amos_status status, amos_error *err)
{
    if (status == AMOS_E_NOMEM || status == AMOS_E_CANCEL || status == AMOS_E_CHANGED)
        return status;
    if (is_other(c->image_path, &c->image_file))
        return amosi_fail(err, AMOS_E_CHANGED, c->image_path, CHANGED);
    if (c->label_path && is_other(c->label_path, &c->label_file))
        return amosi_fail(err, AMOS_E_CHANGED, c->label_path, CHANGED);
    return status;
}

static amos_status load_voxels(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                               const struct amosi_loader_case *c, struct amosi_prepare_case *to, amos_error *err)
{
    const char *orientation = s->has_orientation ? s->orientation : NULL;
    amos_read_options read = {
        .size = sizeof read, .orientation = orientation, .progress = {stop_asked, shared}, .threads = 1};
    amos_status status = c->label_path ? load_pair(s, c, &read, to, err) : load_image(s, c, &read, to, err);
    if (status)
        return explain(c, status, err);
    if (amosi_loader_case_fits(c, amos_array_layout(to->image), to->slope, to->inter))
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_CHANGED, c->image_path, CHANGED);
}

static amos_status find_facts(const struct amosi_loader_settings *s, struct decoded *d, amos_error *err)
{
    amos_intensity organs;
    double threshold;
    amos_status status = AMOS_OK;
    if (amosi_settings_need_body(s, d->voxels.modality))
        status = amosi_prepare_measure(&d->voxels, &threshold, &d->body, &organs, err);
    if (!status && s->o.foreground > 0.0)
        status = amosi_prepare_sample(&d->voxels, AMOSI_CACHE_POSITIONS, d->count, &d->places, err);
    for (int label = 1; label < AMOSI_LABELS; label++)
        d->first[label] = d->first[label - 1] + d->count[label - 1];
    return status;
}

static void drop(void *content)
{
    struct decoded *d = content;
    amosi_prepare_positions_free(&d->places);
    amos_labelmap_free(d->voxels.labels);
    amos_array_free(d->voxels.image);
    amosi_free(d);
}

static amos_status load(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                        const struct amosi_loader_case *c, void **content, amos_error *err)
{
    struct decoded *d = amosi_zalloc(sizeof *d);
    if (!d)
        return amosi_fail_nomem(err, c->image_path);
    d->voxels = (struct amosi_prepare_case){.path = c->image_path, .modality = c->modality};
    amos_status status = load_voxels(s, shared, c, &d->voxels, err);
    if (!status)
        status = find_facts(s, d, err);
    if (status)
        drop(d);
    else
        *content = d;
    return status;
}

/* ---- using ---- */

static const int32_t (*places_of(const void *user, int organ, size_t *count))[3]
{
    const struct decoded *d = user;
    *count = d->count[organ];
    return *count ? (const int32_t(*)[3])(d->places.voxels + d->first[organ]) : NULL;
}

static void describe(const void *content, struct amosi_held *held)
{
    const struct decoded *d = content;
    held->body = (struct amosi_body){d->body.mean, d->body.std, d->body.percentile_00_5, d->body.percentile_99_5};
    held->places = (struct amosi_organ_places){d, places_of};
    held->accepted = d->voxels.labels ? &d->voxels.labels->info.accepted : NULL;
}

/* The whole volume is in memory, so a view of a box needs no copy. */
static void view_box(const struct amosi_held *held, const amos_box *box, struct amosi_view *out)
{
    const struct decoded *d = held->content;
    const int64_t *shape = amos_array_layout(d->voxels.image)->shape;
    const uint8_t *label = amos_labelmap_voxels(d->voxels.labels);
    int64_t first = (box->start[2] * shape[1] + box->start[1]) * shape[0] + box->start[0];
    *out = (struct amosi_view){.type = held->c->stored,
                               .slope = held->c->slope,
                               .inter = held->c->inter,
                               .box = *box,
                               .image = (const char *)amos_array_data(d->voxels.image) +
                                        first * (int64_t)amos_type_bytes(held->c->stored),
                               .label = label ? label + first : NULL,
                               .label_checked = true,
                               .image_step = {1, shape[0], shape[0] * shape[1]},
                               .label_step = {1, shape[0], shape[0] * shape[1]}};
}

static amos_status view(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                        const struct amosi_held *held, const amos_box *box, struct amosi_view_scratch *scratch,
                        struct amosi_view *out, amos_error *err)
{
    (void)s;
    (void)shared;
    (void)scratch;
    (void)err;
    view_box(held, box, out);
    return AMOS_OK;
}

/* The only part is the whole box. */
static amos_status next_part(struct amosi_parts *parts, bool *is_last, amos_error *err)
{
    (void)err;
    view_box(parts->held, &parts->box, &parts->part);
    *is_last = true;
    return AMOS_OK;
}

const struct amosi_store_kind amosi_store_files = {
    .most = UINT32_MAX, .load = load, .drop = drop, .describe = describe, .view = view, .next_part = next_part};
