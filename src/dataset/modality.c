/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/modality.h"

#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/text/utf8.h"
#include "dataset/modality_table.h"
#include "dataset/record.h"

#define EVERY_CASE "*"

/* ---- which rule is a case's ---- */

/* A rule among the sorted ones. Both searches of a case end in its last rule: the tables may be long, and many of their
 * lines may mean one case. */
struct place {
    int64_t number; /* of a rule that is a number alone, which means every case of that number; else -1 */
    const char *id;
    size_t order;
    bool used;
};

static int compare_keys(int64_t a_number, const char *a, int64_t b_number, const char *b)
{
    if (a_number != b_number)
        return a_number < b_number ? -1 : 1;
    return a_number < 0 ? strcmp(a, b) : 0;
}

static int compare_places(const void *first, const void *second)
{
    const struct place *a = first;
    const struct place *b = second;
    int order = compare_keys(a->number, a->id, b->number, b->id);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* The last place of a key, or NULL. */
static struct place *find_place(struct place *places, size_t count, int64_t number, const char *id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(places[middle].number, places[middle].id, number, id) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low && compare_keys(places[low - 1].number, places[low - 1].id, number, id) == 0 ? &places[low - 1] : NULL;
}

static struct place *make_places(const struct amosi_modality_rules *rules)
{
    struct place *places = amosi_alloc_array(rules->count, sizeof *places);
    for (size_t i = 0; places && i < rules->count; i++)
        places[i] = (struct place){amosi_amos_number_alone(rules->items[i].id), rules->items[i].id, i, false};
    if (places)
        amosi_sort(places, rules->count, sizeof *places, compare_places);
    return places;
}

/* An id that is digits alone is found among the numbers, if it is written in the same way or is an AMOS case's. */
static const struct amosi_modality_rule *rule_of(const amos_case *c, const struct amosi_modality_rules *rules,
                                                 struct place *places)
{
    int64_t alone = amosi_amos_number_alone(c->info.id), number = c->info.number >= 0 ? c->info.number : alone;
    struct place *by_id = alone < 0 ? find_place(places, rules->count, -1, c->info.id) : NULL;
    struct place *by_number = number >= 0 ? find_place(places, rules->count, number, "") : NULL;
    struct place *last = !by_id || (by_number && by_number->order > by_id->order) ? by_number : by_id;
    if (by_id)
        by_id->used = true;
    if (by_number)
        by_number->used = true;
    if (!last)
        last = find_place(places, rules->count, -1, EVERY_CASE);
    return last ? &rules->items[last->order] : NULL;
}

static void apply_rules(amos_dataset *dataset, const struct amosi_modality_rules *rules, struct place *places)
{
    for (size_t i = 0; i < dataset->info.count; i++) {
        amos_case_info *info = &dataset->cases[i].info;
        const struct amosi_modality_rule *rule = rule_of(&dataset->cases[i], rules, places);
        if (rule)
            info->modality = rule->modality;
        else if (info->modality == AMOS_MODALITY_UNKNOWN)
            info->modality = dataset->stated;
    }
}

/* ---- what is said ---- */

struct unused {
    size_t count, first;
};

/* The rules that no case has, of the table (orders below of_table) or of the options. */
static struct unused find_unused(const struct amosi_modality_rules *rules, const struct place *places, size_t of_table,
                                 bool table)
{
    struct unused unused = {0, SIZE_MAX};
    for (size_t i = 0; i < rules->count; i++) {
        const struct place *p = &places[i];
        bool last =
            i + 1 == rules->count || compare_keys(p->number, p->id, places[i + 1].number, places[i + 1].id) != 0;
        if (!last || p->used || (p->order < of_table) != table || strcmp(p->id, EVERY_CASE) == 0)
            continue;
        unused.count++;
        unused.first = p->order < unused.first ? p->order : unused.first;
    }
    return unused;
}

static amos_status note_unused(amos_dataset *dataset, const char *table, const struct amosi_modality_rules *rules,
                               const struct place *places, size_t of_table, amos_error *err)
{
    char shown[80];
    amos_status status = AMOS_OK;
    struct unused unused = find_unused(rules, places, of_table, true);
    if (unused.count)
        status = amosi_dataset_note(dataset, err, AMOS_W_MODALITY, table, "",
                                    "%zu of its cases are not in the data set; the first is \"%s\".", unused.count,
                                    amosi_text_show(shown, sizeof shown, rules->items[unused.first].id));
    unused = find_unused(rules, places, of_table, false);
    if (unused.count && !status)
        status = amosi_dataset_note(dataset, err, AMOS_W_MODALITY, dataset->info.root, "",
                                    "%zu of the cases that --modality-of (modality) names are not in the data set; "
                                    "the first is \"%s\".",
                                    unused.count, amosi_text_show(shown, sizeof shown, rules->items[unused.first].id));
    return status;
}

static amos_status note_unknown(amos_dataset *dataset, amos_error *err)
{
    size_t unknown = 0;
    const amos_case *first = NULL;
    char shown[80];
    for (size_t i = dataset->info.count; i-- > 0;)
        if (dataset->cases[i].info.modality == AMOS_MODALITY_UNKNOWN) {
            unknown++;
            first = &dataset->cases[i];
        }
    if (!unknown)
        return AMOS_OK;
    return amosi_dataset_note(
        dataset, err, AMOS_W_MODALITY, dataset->info.root, "",
        "nothing says whether %zu of its %zu cases, the first is %s, are CT or MRI, because their ids "
        "are not AMOS's; --modality-of '*=ct' (modality) or --modality-table says it.",
        unknown, dataset->info.count, amosi_text_show(shown, sizeof shown, first->info.id));
}

amos_status amosi_modality_settle(amos_dataset *dataset, const amos_dataset_options *options, amos_error *err)
{
    struct amosi_modality_rules rules = {NULL, 0, 0};
    struct place *places = NULL;
    amos_status status = AMOS_OK;
    if (options->modality_table)
        status = amosi_modality_read_table(dataset, options->modality_table, &rules, err);
    size_t of_table = rules.count;
    for (size_t i = 0; i < options->modality_count && !status; i++)
        if (!amosi_modality_add(&rules, options->modality[i].case_id, options->modality[i].modality))
            status = amosi_fail_nomem(err, dataset->info.root);
    if (!status && !(places = make_places(&rules)))
        status = amosi_fail_nomem(err, dataset->info.root);
    if (!status) {
        apply_rules(dataset, &rules, places);
        status = note_unused(dataset, options->modality_table, &rules, places, of_table, err);
    }
    if (!status)
        status = note_unknown(dataset, err);
    amosi_free(places);
    amosi_free(rules.items);
    return status;
}
