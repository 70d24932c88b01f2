/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/cases.h"

#include <stdlib.h>
#include <string.h>

#include <amos/cache.h>
#include <amos/pair.h>
#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/entry.h"
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
    const amos_case **chosen; /* in the order of the data set */
    size_t chosen_count;
    struct amosi_loader_case *found; /* one for each chosen case; accepted ones move to `cases` */
};

/* ---- which cases ---- */

static int compare_cases(const void *a, const void *b)
{
    const amos_case_info *p = amos_case_get_info(*(const amos_case *const *)a);
    const amos_case_info *q = amos_case_get_info(*(const amos_case *const *)b);
    size_t i = p->index, j = q->index;
    return i < j ? -1 : i > j;
}

static void choose(struct survey *v, const amos_case *c)
{
    const amos_case_info *info = amos_case_get_info(c);
    if (info->has_image && (info->has_label || !v->settings->has_labels))
        v->chosen[v->chosen_count++] = c;
}

static amos_status passes(const amos_dataset *dataset, const amos_case_filter *filter, const amos_case *c, bool *yes,
                          amos_error *err)
{
    size_t index = amos_case_get_info(c)->index;
    const amos_case *next = index ? amos_dataset_get(dataset, index - 1) : NULL;
    amos_status status = amos_dataset_next(dataset, filter, &next, err);
    *yes = !status && next == c;
    return status;
}

static amos_status choose_by_id(struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    const amos_loader_options *o = &v->settings->o;
    for (size_t i = 0; i < o->case_count; i++) {
        const amos_case *c = o->cases[i] ? amos_dataset_find(dataset, o->cases[i]) : NULL;
        if (!c)
            return amosi_fail(err, AMOS_E_ARG, amos_dataset_get_info(dataset)->root, "the data set has no case %s.",
                              o->cases[i] ? o->cases[i] : "(null)");
        bool chosen;
        amos_status status = passes(dataset, o->filter, c, &chosen, err);
        if (status)
            return status;
        if (chosen)
            choose(v, c);
    }
    qsort(v->chosen, v->chosen_count, sizeof *v->chosen, compare_cases);
    size_t kept = 0;
    for (size_t i = 0; i < v->chosen_count; i++)
        if (kept == 0 || v->chosen[kept - 1] != v->chosen[i])
            v->chosen[kept++] = v->chosen[i];
    v->chosen_count = kept;
    return AMOS_OK;
}

static amos_status choose_by_filter(struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    amos_status status;
    const amos_case *c = NULL;
    while ((status = amos_dataset_next(dataset, v->settings->o.filter, &c, err)) == AMOS_OK && c)
        choose(v, c);
    return status;
}

static amos_status choose_all(struct survey *v, const amos_dataset *dataset, amos_error *err)
{
    const amos_loader_options *o = &v->settings->o;
    size_t most = o->cases ? o->case_count : amos_dataset_get_info(dataset)->count;
    v->chosen = amosi_alloc_array(most, sizeof *v->chosen);
    if (!v->chosen)
        return amosi_fail_nomem(err, amos_dataset_get_info(dataset)->root);
    amos_status status = o->cases ? choose_by_id(v, dataset, err) : choose_by_filter(v, dataset, err);
    if (!status && v->chosen_count == 0)
        status = amosi_fail(err, AMOS_E_ARG, amos_dataset_get_info(dataset)->root,
                            "no case of the data set fits the loader's filter%s.",
                            v->settings->has_labels ? " and has both image and label" : "");
    return status;
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
                                 struct amosi_loader_case *to, amos_error *err)
{
    amos_labelmap_options options = {.size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY, .accept = &s->accept.o,
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
                                 struct amosi_loader_case *to, amos_error *err)
{
    amos_pair *pair = NULL;
    amos_volume *alone = NULL;
    const amos_pair_options options = {.size = sizeof options, .accept = &s->accept.o};
    amos_status status = s->has_labels ? amos_pair_open_case(c, &options, &pair, err)
                                       : amos_volume_open(amos_case_get_info(c)->image_path, NULL, &alone, err);
    if (!status)
        status = look_at_image(s, pair ? amos_pair_get_info(pair)->image : alone, to, err);
    if (!status && pair)
        status = amosi_volume_identify(amos_pair_get_info(pair)->label, &to->label_file, err);
    if (!status && s->needs_organs)
        status = look_at_label(s, amos_pair_get_info(pair)->label, to, err);
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
    amos_status status = amos_cache_entry_open(s->o.cache, c, &entry, err);
    if (status)
        return status;
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    take_layout(to, &info->layout, info->slope, info->inter);
    to->memory = amosi_cache_entry_memory(entry);
    to->entry_name = amosi_strdup(amosi_cache_entry_name(entry));
    to->entry_key = amosi_strdup(amosi_cache_entry_key(entry));
    if (!to->entry_name || !to->entry_key)
        status = amosi_fail_nomem(err, to->image_path);
    if (!status && s->has_labels)
        status = look_at_entry_organs(s, entry, to, err);
    amos_cache_entry_free(entry);
    return status;
}

static amos_status look_at_case(void *user, size_t index, amos_error *err)
{
    struct survey *v = user;
    const amos_case *c = v->chosen[index];
    struct amosi_loader_case *to = &v->found[index];
    amos_status status = copy_names(to, c, v->settings->has_labels, err);
    if (!status)
        status = v->settings->o.cache ? look_at_entry(v->settings, c, to, err) : look_at_files(v->settings, c, to, err);
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

/* Accepts a case or notes its damage. Called on the thread that opens the loader, in the order of the data set. */
static amos_status take_case(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct survey *v = user;
    struct amosi_loader_cases *cases = v->cases;
    struct amosi_loader_case *found = &v->found[index];
    if (status && is_fatal(v->settings, status))
        return status;
    if (status) {
        amosi_log_say(v->log, AMOS_LOG_WARNING, "Case %s is left out: %s", amos_case_get_info(v->chosen[index])->id,
                      err->message);
        cases->damage[cases->damage_count++].err = *err;
        return AMOS_OK;
    }
    if (v->settings->o.organ_count > 0 && !has_organs(found))
        return AMOS_OK;
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
    amos_workers_options workers = {.size = sizeof workers,
                                    .threads = v->settings->o.threads,
                                    .progress = v->settings->o.progress};
    amos_status status = amos_workers_run(v->chosen_count, &workers, look_at_case, take_case, v, err);
    if (!status && cases->count == 0 && cases->damage_count) {
        if (err)
            *err = cases->damage[0].err;
        return cases->damage[0].err.status;
    }
    if (!status && cases->count == 0)
        status = amosi_fail(err, AMOS_E_ARG, NULL, "no case of the data set has one of the loader's organs.");
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
    if (!status && settings->o.balanced)
        status = list_organs(cases, settings, err);
    for (size_t i = 0; v.found && i < v.chosen_count; i++)
        free_case(&v.found[i]);
    amosi_free(v.found);
    amosi_free(v.chosen);
    return status;
}

void amosi_loader_cases_free(struct amosi_loader_cases *cases)
{
    for (uint32_t i = 0; cases->all && i < cases->count; i++)
        free_case(&cases->all[i]);
    for (uint32_t i = 0; cases->organs && i <= cases->organ_count && i < 256; i++)
        amosi_free(cases->organs[i].cases);
    amosi_free(cases->damage);
    amosi_free(cases->organs);
    amosi_free(cases->all);
}
