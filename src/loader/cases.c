/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/cache.h>
#include <amos/pair.h>
#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/error/passing.h"
#include "cache/entry.h"
#include "cache/stage/entries.h"
#include "dataset/record.h"
#include "loader/draw/mirror.h"
#include "loader/omissions.h"
#include "nifti/type.h"

/* The longest side that positions can be drawn from. NIfTI-1 has at most 32767. */
#define LARGEST_SIDE ((int64_t)1 << 30)
/* Memory of a decoded case without its voxels, at most. */
#define FACTS_BYTES ((uint64_t)8 << 20)

/* The state of amosi_loader_cases_make(). */
struct survey {
    struct amosi_loader_cases *cases;
    const struct amosi_loader_settings *settings;
    const struct amosi_log *log;
    const amos_case **named;  /* those of amos_loader_options.cases */
    const amos_case **chosen; /* in the order of the data set */
    size_t chosen_count;
    struct amosi_loader_case *found; /* one for each chosen case; accepted ones move to `cases` */
};

/* ---- cases of unknown modality ---- */

/* "ct, mri" would be a guess, and a wrong one changes every voxel of the case: the caller has to choose. */
static amos_status refuse_unknown(const amos_case *c, const char *lacking, amos_error *err)
{
    const amos_case_info *info = amos_case_get_info(c);
    amosi_fail(err, AMOS_E_ARG, info->image_path,
               "nothing says whether case %s is CT or MRI, and the loader has no %s for that; open the data set with a "
               "modality for it, filter by modality, or set %s.",
               info->id, lacking, lacking);
    amosi_fail_case(err, info->id);
    return AMOS_E_ARG;
}

static amos_status check_modalities(const struct survey *v, amos_error *err)
{
    for (size_t i = 0; i < v->chosen_count && v->settings->needs_modality; i++)
        if (amos_case_get_info(v->chosen[i])->modality == AMOS_MODALITY_UNKNOWN)
            return refuse_unknown(v->chosen[i], "scaling `unknown`", err);
    return AMOS_OK;
}

/* ---- which cases ---- */

static int compare_cases(const void *a, const void *b)
{
    const amos_case_info *p = amos_case_get_info(*(const amos_case *const *)a);
    const amos_case_info *q = amos_case_get_info(*(const amos_case *const *)b);
    size_t i = p->index, j = q->index;
    return i < j ? -1 : i > j;
}

/* Notes a case that was chosen but cannot be used. */
static amos_status leave_out(struct survey *v, const amos_case *c, amos_omission reason, const amos_error *why,
                             amos_error *err)
{
    return amosi_omission_note(v->cases, amos_case_get_info(c), reason, why, v->log, err);
}

static amos_status choose(struct survey *v, const amos_case *c, amos_error *err)
{
    const amos_case_info *info = amos_case_get_info(c);
    if (!info->has_image)
        return leave_out(v, c, AMOS_OMISSION_NO_IMAGE, NULL, err);
    if (v->settings->has_labels && !info->has_label)
        return leave_out(v, c, info->label_path ? AMOS_OMISSION_NO_LABEL : AMOS_OMISSION_UNLABELLED, NULL, err);
    v->chosen[v->chosen_count++] = c;
    return AMOS_OK;
}

static amos_status choose_named(struct survey *v, const amos_case_filter *filter, const amos_case *c, amos_error *err)
{
    if (!amosi_dataset_accepts(filter, c))
        return leave_out(v, c, AMOS_OMISSION_FILTER, NULL, err);
    return choose(v, c, err);
}

static amos_status choose_by_id(struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    const amos_loader_options *o = &v->settings->o;
    amos_case_filter filter;
    amos_status status = amosi_options_copy(&filter, sizeof filter, o->filter, "amos_case_filter", err);
    if (status)
        return status;
    for (size_t i = 0; i < o->case_count; i++) {
        const amos_case *c = o->cases[i] ? amos_dataset_find(dataset, o->cases[i]) : NULL;
        if (!c)
            return amosi_fail(err, AMOS_E_ARG, amos_dataset_get_info(dataset)->root, "the data set has no case %s.",
                              o->cases[i] ? o->cases[i] : "(null)");
        v->named[i] = c;
    }
    qsort(v->named, o->case_count, sizeof *v->named, compare_cases);
    for (size_t i = 0; i < o->case_count && !status; i++)
        if (i == 0 || v->named[i - 1] != v->named[i])
            status = choose_named(v, &filter, v->named[i], err);
    return status;
}

static amos_status choose_by_filter(struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    amos_status status;
    const amos_case *c = NULL;
    while ((status = amos_dataset_next(dataset, v->settings->o.filter, &c, err)) == AMOS_OK && c) {
        status = choose(v, c, err);
        if (status)
            return status;
    }
    return status;
}

/* No case can be used: none passes the filter, or all that do are left out. */
static amos_status fail_empty(const struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    const char *root = amos_dataset_get_info(dataset)->root;
    size_t count = v->cases->left_out_count;
    if (count == 0)
        return amosi_fail(err, AMOS_E_ARG, root, "no case of the data set passes the loader's filter.");
    return amosi_fail(err, AMOS_E_ARG, root,
                      "the loader can use none of the %zu cases that were chosen by filter and "
                      "list. Case %s: %s",
                      count, v->cases->left_out[0].id, v->cases->left_out[0].message);
}

static amos_status choose_all(struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    const amos_loader_options *o = &v->settings->o;
    size_t most = o->cases ? o->case_count : amos_dataset_get_info(dataset)->count;
    v->chosen = amosi_alloc_array(most, sizeof *v->chosen);
    v->named = amosi_alloc_array(o->cases ? most : 0, sizeof *v->named);
    if (!v->chosen || !v->named)
        return amosi_fail_nomem(err, amos_dataset_get_info(dataset)->root);
    amos_status status = o->cases ? choose_by_id(v, dataset, err) : choose_by_filter(v, dataset, err);
    if (!status && v->chosen_count == 0)
        status = fail_empty(v, dataset, err);
    return status ? status : check_modalities(v, err);
}

/* ---- the properties of a case ---- */

static amos_status copy_names(struct amosi_loader_case *to, const amos_case *c, bool has_labels, amos_error *err)
{
    const amos_case_info *info = amos_case_get_info(c);
    to->id = amosi_strdup(info->id);
    to->image_path = amosi_strdup(info->image_path);
    to->label_path = has_labels ? amosi_strdup(info->label_path) : NULL;
    to->dataset_index = info->index;
    to->modality = info->modality;
    bool whole = to->id && to->image_path && (to->label_path || !has_labels);
    return whole ? AMOS_OK : amosi_fail_nomem(err, info->image_path);
}

/* The bytes of a decoded case: voxels of image and label, and FACTS_BYTES for the rest. UINT64_MAX on overflow. */
static uint64_t decoded_bytes(const struct amosi_loader_case *c, bool has_labels)
{
    const int64_t *shape = c->geometry.shape;
    uint64_t bytes = (uint64_t)shape[0];
    if (__builtin_mul_overflow(bytes, (uint64_t)shape[1], &bytes) ||
        __builtin_mul_overflow(bytes, (uint64_t)shape[2], &bytes) ||
        __builtin_mul_overflow(bytes, amos_type_bytes(c->stored) + (has_labels ? 1 : 0), &bytes) ||
        __builtin_add_overflow(bytes, FACTS_BYTES, &bytes))
        return UINT64_MAX;
    return bytes;
}

static void take_layout(struct amosi_loader_case *to, const amos_layout *layout, double slope, double inter)
{
    to->geometry = layout->geometry;
    memcpy(to->geometry.shape, layout->shape, sizeof to->geometry.shape);
    for (int i = 0; i < 3 && !layout->has_geometry; i++)
        to->geometry.spacing[i] = 1.0;
    to->stored = layout->type;
    to->slope = slope;
    to->inter = inter;
}

bool amosi_loader_case_fits(const struct amosi_loader_case *c, const amos_layout *layout, double slope, double inter)
{
    return memcmp(layout->shape, c->geometry.shape, sizeof c->geometry.shape) == 0 && layout->type == c->stored &&
           slope == c->slope && inter == c->inter;
}

static amos_status look_at_image(const struct amosi_loader_settings *s, const amos_volume *volume,
                                 struct amosi_loader_case *to, amos_error *err)
{
    const amos_volume_info *info = amos_volume_get_info(volume);
    amos_read_options read = {.size = sizeof read, .orientation = s->has_orientation ? s->orientation : NULL};
    amos_layout layout;
    if (!amosi_type_is_numeric(info->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, info->path, "voxels of type %s cannot be scaled.",
                          amos_type_name(info->type));
    amos_status status =
        amosi_accept_frame(&s->accept, info->frames, info->path, "the image of a case", &read.frame, err);
    if (!status)
        status = amos_volume_get_layout(volume, &read, &layout, err);
    if (status)
        return status;
    take_layout(to, &layout, info->slope, info->inter);
    to->memory = decoded_bytes(to, s->has_labels);
    return amosi_volume_identify(volume, &to->image_file, err);
}

static amos_status look_at_label(const struct amosi_loader_settings *s, const amos_volume *label,
                                 const amos_progress *progress, struct amosi_loader_case *to, amos_error *err)
{
    amos_labelmap_options options = {.size = sizeof options,
                                     .flags = AMOS_LABELMAP_STATS_ONLY,
                                     .accept = &s->accept.o,
                                     .progress = *progress,
                                     .threads = 1};
    amos_labelmap *map = NULL;
    amos_status status = amos_labelmap_load(label, &options, &map, err);
    for (int organ = 1; !status && organ <= amosi_settings_max_label(s); organ++)
        if (amosi_bit(s->foreground, organ) && amos_labelmap_get_stats(map, organ)->present)
            amosi_set_bit(to->organs, organ);
    amos_labelmap_free(map);
    return status;
}

static amos_status look_at_files(const struct amosi_loader_settings *s, const amos_case *c,
                                 const amos_progress *progress, struct amosi_loader_case *to, amos_error *err)
{
    amos_pair *pair = NULL;
    amos_volume *alone = NULL;
    const amos_volume_options volume = amosi_settings_volume(s);
    const amos_pair_options options = {.size = sizeof options, .accept = &s->accept.o, .volume = &volume};
    amos_status status = s->has_labels ? amos_pair_open_case(c, &options, &pair, err)
                                       : amos_volume_open(amos_case_get_info(c)->image_path, &volume, &alone, err);
    if (!status)
        status = look_at_image(s, pair ? amos_pair_get_info(pair)->image : alone, to, err);
    if (!status)
        to->warnings = pair ? amos_pair_get_info(pair)->warnings |
                                  amos_volume_warnings(amos_pair_get_info(pair)->image) |
                                  amos_volume_warnings(amos_pair_get_info(pair)->label)
                            : amos_volume_warnings(alone);
    if (!status && pair)
        status = amosi_volume_identify(amos_pair_get_info(pair)->label, &to->label_file, err);
    if (!status && s->needs_organs)
        status = look_at_label(s, amos_pair_get_info(pair)->label, progress, to, err);
    amos_volume_free(alone);
    amos_pair_free(pair);
    return status;
}

static amos_status look_at_entry_organs(const struct amosi_loader_settings *s, const amos_cache_entry *entry,
                                        struct amosi_loader_case *to, amos_error *err)
{
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    if (!info->has_labels)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, to->image_path, "its cache entry has no labels.");
    for (int organ = 1; organ <= info->max_label; organ++) {
        if (!amos_cache_entry_get_organ(entry, organ)->present)
            continue;
        if (organ > amosi_settings_max_label(s))
            return amosi_fail(err, AMOS_E_LABEL, to->label_path,
                              "the label has the value %d; the loader's max_label is %d; a max_label of %d accepts it.",
                              organ, amosi_settings_max_label(s), organ);
        if (amosi_bit(s->foreground, organ))
            amosi_set_bit(to->organs, organ);
    }
    return AMOS_OK;
}

static amos_status look_at_entry(const struct amosi_loader_settings *s, const amos_case *c,
                                 struct amosi_loader_case *to, amos_error *err)
{
    amos_cache_entry *entry;
    char name[AMOSI_CACHE_NAME];
    amos_status status = amosi_cache_entry_peek(s->o.cache, c, name, &entry, err);
    if (status)
        return status;
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    take_layout(to, &info->layout, info->slope, info->inter);
    to->warnings = info->layout.warnings | (s->has_labels ? info->label_warnings : 0);
    to->memory = amosi_cache_entry_memory(entry);
    to->entry_bytes = s->o.cache->upstream ? info->file_bytes : 0;
    to->entry_name = amosi_strdup(name);
    to->entry_key = amosi_strdup(amosi_cache_entry_key(entry));
    if (!to->entry_name || !to->entry_key)
        status = amosi_fail_nomem(err, to->image_path);
    if (!status && s->has_labels)
        status = look_at_entry_organs(s, entry, to, err);
    amos_cache_entry_free(entry);
    return status;
}

/* The caller's progress while one case is read on the caller's thread. */
struct asking {
    const struct survey *survey;
    size_t index;
};

static int ask_caller(void *user, uint64_t done, uint64_t total)
{
    const struct asking *a = user;
    const amos_progress *progress = &a->survey->settings->o.progress;
    (void)done;
    (void)total;
    return progress->function(progress->user, a->index, a->survey->chosen_count);
}

/* Reads the properties; again after an error that may pass. */
static amos_status look_at_voxels(struct survey *v, size_t index, struct amosi_loader_case *to, amos_error *err)
{
    const struct amosi_loader_settings *s = v->settings;
    const amos_case *c = v->chosen[index];
    struct asking asking = {v, index};
    amos_progress progress = {NULL, NULL};
    if (s->o.threads == 1 && s->o.progress.function) /* with more threads the caller's is called meanwhile */
        progress = (amos_progress){ask_caller, &asking};
    for (unsigned tries = 0;; tries++) {
        amos_status status = s->o.cache ? look_at_entry(s, c, to, err) : look_at_files(s, c, &progress, to, err);
        if (!status || tries == AMOSI_PASSING_TRIES || !amosi_passing(err))
            return status;
        amosi_passing_wait();
    }
}

static amos_status look_at_case(void *user, size_t index, amos_error *err)
{
    struct survey *v = user;
    const amos_case *c = v->chosen[index];
    struct amosi_loader_case *to = &v->found[index];
    amos_status status = copy_names(to, c, v->settings->has_labels, err);
    if (!status)
        status = look_at_voxels(v, index, to, err);
    if (!status && to->modality == AMOS_MODALITY_UNKNOWN && !(v->settings->o.flags & AMOS_LOADER_PAD) &&
        amosi_settings_may_pad(v->settings, to->geometry.shape))
        status = refuse_unknown(c, "pad_value", err);
    if (!status)
        status = amosi_mirror_check(v->settings, to, err);
    to->left_right = amosi_mirror_axis(&to->geometry);
    for (int i = 0; i < 3 && !status; i++)
        if (to->geometry.shape[i] > LARGEST_SIDE)
            status = amosi_fail(err, AMOS_E_UNSUPPORTED, amos_case_get_info(c)->image_path,
                                "%lld voxels along an axis are too many.", (long long)to->geometry.shape[i]);
    if (status)
        amosi_fail_case(err, amos_case_get_info(c)->id);
    return status;
}

/* ---- accepting cases ---- */

static bool is_fatal(const struct amosi_loader_settings *s, amos_status status)
{
    return s->o.flags & AMOS_LOADER_STOP_AT_DAMAGE || status == AMOS_E_NOMEM || status == AMOS_E_ARG ||
           status == AMOS_E_CANCEL;
}

static bool has_organs(const struct amosi_loader_case *c)
{
    return (c->organs[0] | c->organs[1] | c->organs[2] | c->organs[3]) != 0;
}

static void free_case(struct amosi_loader_case *c)
{
    amosi_free(c->entry_key);
    amosi_free(c->entry_name);
    amosi_free(c->label_path);
    amosi_free(c->image_path);
    amosi_free(c->id);
    memset(c, 0, sizeof *c);
}

/* Warnings of a place that is a guess, or that had to be made to fit. Others do not change what is drawn. */
static const amos_warnings place_warnings = AMOS_W_NOORIENT | AMOS_W_GEOM | AMOS_W_TURNED | AMOS_W_READING |
                                            AMOS_W_QUATERN | AMOS_W_SPACING | AMOS_W_FORMS | AMOS_W_PIXDIM;

static void say_place(const struct survey *v, const struct amosi_loader_case *c)
{
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        amos_warnings bit = c->warnings & place_warnings & (amos_warnings)1 << i;
        if (bit)
            amosi_log_say(v->log, AMOS_LOG_WARNING, "Case %s: %s (%s).", c->id, amos_warning_text(bit),
                          amos_warning_name(bit));
    }
}

/* Accepts a case or notes its damage. Called on the thread that opens the loader, in the order of the data set. */
static amos_status take_case(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct survey *v = user;
    struct amosi_loader_cases *cases = v->cases;
    struct amosi_loader_case *found = &v->found[index];
    if (status && is_fatal(v->settings, status))
        return status;
    if (status) {
        cases->damage[cases->damage_count++].err = *err;
        return leave_out(v, v->chosen[index], AMOS_OMISSION_DAMAGED, err, NULL);
    }
    if (v->settings->needs_organs && !has_organs(found))
        return leave_out(v, v->chosen[index], AMOS_OMISSION_ORGANS, NULL, NULL);
    say_place(v, found);
    cases->all[cases->count++] = *found;
    memset(found, 0, sizeof *found);
    return AMOS_OK;
}

static amos_status look_at_all(struct survey *v, amos_error *err)
{
    struct amosi_loader_cases *cases = v->cases;
    v->found = amosi_zalloc_array(v->chosen_count, sizeof *v->found);
    cases->all = amosi_zalloc_array(v->chosen_count, sizeof *cases->all);
    cases->damage = amosi_zalloc_array(v->chosen_count, sizeof *cases->damage);
    if (!v->found || !cases->all || !cases->damage || v->chosen_count > UINT32_MAX)
        return amosi_fail_nomem(err, NULL);
    amos_workers_options workers = {
        .size = sizeof workers, .threads = v->settings->o.threads, .progress = v->settings->o.progress};
    amos_status status = amos_workers_run(v->chosen_count, &workers, look_at_case, take_case, v, err);
    if (!status && cases->count == 0 && cases->damage_count) {
        if (err)
            *err = cases->damage[0].err;
        return cases->damage[0].err.status;
    }
    if (!status && cases->count == 0)
        status =
            amosi_fail(err, AMOS_E_ARG, NULL,
                       v->settings->o.organ_count ? "no case of the data set has one of the loader's organs."
                                                  : "no case has an organ, so draws cannot be balanced over them.");
    return status;
}

/* ---- totals over all cases ---- */

static void note_sizes(struct amosi_loader_cases *cases)
{
    for (uint32_t i = 0; i < cases->count; i++) {
        const int64_t *shape = cases->all[i].geometry.shape;
        uint64_t voxels = (uint64_t)shape[0] * (uint64_t)shape[1] * (uint64_t)shape[2];
        cases->largest_voxels = voxels > cases->largest_voxels ? voxels : cases->largest_voxels;
        if (cases->all[i].memory > cases->largest_memory)
            cases->largest_memory = cases->all[i].memory;
        for (int axis = 0; axis < 3; axis++)
            cases->largest[axis] = shape[axis] > cases->largest[axis] ? shape[axis] : cases->largest[axis];
    }
}

/* How many of the cases have the orientation of case `which`, if it is the first one with it; else 0. */
static uint32_t count_alike(const struct amosi_loader_cases *cases, uint32_t which)
{
    const char *orientation = cases->all[which].geometry.orientation;
    uint32_t alike = 0;
    for (uint32_t i = 0; i < cases->count; i++)
        if (strcmp(cases->all[i].geometry.orientation, orientation) == 0) {
            if (i < which)
                return 0;
            alike++;
        }
    return alike;
}

/* Counts the orientations, and logs it if there are several. */
static void note_orientations(struct amosi_loader_cases *cases, const struct amosi_log *log)
{
    char list[256] = "";
    size_t length = 0;
    for (uint32_t i = 0; i < cases->count; i++) {
        uint32_t alike = count_alike(cases, i);
        if (alike == 0)
            continue;
        cases->orientation_count++;
        if (length < sizeof list)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%u %s", length ? ", " : "", alike,
                                       cases->all[i].geometry.orientation);
    }
    if (cases->orientation_count > 1)
        amosi_log_say(
            log, AMOS_LOG_WARNING,
            "The cases lie in %d orientations (%s), so left is not on the same side of all samples; the option "
            "orientation turns them to one.",
            cases->orientation_count, list);
}

static amos_status list_organ(struct amosi_loader_cases *cases, int organ, amos_error *err)
{
    struct amosi_organ_cases *list = &cases->organs[cases->organ_count];
    for (uint32_t i = 0; i < cases->count; i++)
        list->count += amosi_bit(cases->all[i].organs, organ);
    if (list->count == 0)
        return AMOS_OK;
    list->organ = organ;
    list->cases = amosi_alloc_array(list->count, sizeof *list->cases);
    if (!list->cases)
        return amosi_fail_nomem(err, NULL);
    for (uint32_t i = 0, n = 0; i < cases->count; i++)
        if (amosi_bit(cases->all[i].organs, organ))
            list->cases[n++] = i;
    cases->organ_count++;
    return AMOS_OK;
}

static amos_status list_organs(struct amosi_loader_cases *cases, const struct amosi_loader_settings *s, amos_error *err)
{
    cases->organs = amosi_zalloc_array((size_t)amosi_settings_max_label(s) + 1, sizeof *cases->organs);
    amos_status status = cases->organs ? AMOS_OK : amosi_fail_nomem(err, NULL);
    for (int organ = 1; organ <= amosi_settings_max_label(s) && !status; organ++)
        status = list_organ(cases, organ, err);
    if (!status && cases->organ_count == 0)
        status = amosi_fail(err, AMOS_E_ARG, NULL, "no case has an organ, so draws cannot be balanced over them.");
    return status;
}

amos_status amosi_loader_cases_make(struct amosi_loader_cases *cases, const amos_dataset *dataset,
                                    const struct amosi_loader_settings *settings, const struct amosi_log *log,
                                    amos_error *err)
{
    struct survey v = {.cases = cases, .settings = settings, .log = log};
    amos_status status = choose_all(&v, dataset, err);
    if (!status)
        status = look_at_all(&v, err);
    if (!status)
        note_sizes(cases);
    if (!status)
        note_orientations(cases, log);
    if (!status && settings->o.balanced)
        status = list_organs(cases, settings, err);
    amosi_omissions_sort(cases);
    amosi_omissions_log(cases, log);
    for (size_t i = 0; v.found && i < v.chosen_count; i++)
        free_case(&v.found[i]);
    amosi_free(v.found);
    amosi_free(v.named);
    amosi_free(v.chosen);
    return status;
}

void amosi_loader_cases_free(struct amosi_loader_cases *cases)
{
    for (uint32_t i = 0; cases->all && i < cases->count; i++)
        free_case(&cases->all[i]);
    for (uint32_t i = 0; cases->organs && i <= cases->organ_count && i < 256; i++)
        amosi_free(cases->organs[i].cases);
    amosi_omissions_free(cases);
    amosi_free(cases->damage);
    amosi_free(cases->organs);
    amosi_free(cases->all);
}
