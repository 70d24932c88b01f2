/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check: what was found about an item as JSON, for the part of a shard. */
#include "check_item.h"

#include <string.h>

#include "kit/json.h"
#include "shard/facts.h"

static const struct fact facts_of_finding[] = {FACT(struct finding, status, FACT_INT),
                                               FACT(struct finding, warnings, FACT_BITS),
                                               FACT(struct finding, nonfinite, FACT_COUNT),
                                               FACT(struct finding, is_label, FACT_BOOL),
                                               FACT(struct finding, displacement, FACT_NUMBER),
                                               FACT(struct finding, turned_from, FACT_TEXT),
                                               FACT_END};

static const struct fact facts_of_message[] = {FACT(amos_error, message, FACT_TEXT), FACT_END};

/* The three findings of an item, and where their messages are. */
enum { FINDINGS = 3 };
static const struct {
    const char *name, *kind;
    size_t finding, error;
} places[FINDINGS] = {
    {"image", "file", offsetof(struct check_item, image), offsetof(struct check_item, image_error)},
    {"label", "file", offsetof(struct check_item, label), offsetof(struct check_item, label_error)},
    {"pair", "pair", offsetof(struct check_item, pair), offsetof(struct check_item, pair_error)},
};

static struct finding *found_at(struct check_item *item, size_t i)
{
    return (void *)((char *)item + places[i].finding);
}

cJSON *check_item_json(const struct check_item *item)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < FINDINGS; i++) {
        const struct finding *finding = (const void *)((const char *)item + places[i].finding);
        if (!finding->kind)
            continue;
        cJSON *to = cJSON_AddObjectToObject(object, places[i].name);
        facts_put(to, facts_of_finding, finding);
        if (finding->status)
            facts_put(to, facts_of_message, (const char *)item + places[i].error);
        if (finding->is_label)
            facts_put_in(to, "accepted", facts_of_accepted, &finding->accepted);
    }
    if (item->quality)
        json_put_text(object, "quality", amos_quality_get_json(item->quality));
    return object;
}

static bool take_finding(struct check_item *item, size_t i, const cJSON *facts)
{
    struct finding *finding = found_at(item, i);
    amos_error *err = (void *)((char *)item + places[i].error);
    bool good = facts_take(facts, facts_of_finding, finding);
    if (good && finding->status)
        good = facts_take(facts, facts_of_message, err);
    if (good && finding->is_label)
        good = facts_take_from(facts, "accepted", facts_of_accepted, &finding->accepted);
    finding->kind = places[i].kind;
    finding->message = finding->status ? err->message : NULL;
    return good;
}

/* The paths and the id are those that the inspection would have set. */
static void name_findings(struct check_item *item)
{
    const amos_case_info *info = amos_case_get_info(item->c); /* NULL for a file */
    item->image.path = info ? info->image_path : item->path;
    item->label.path = item->pair.path = info ? info->label_path : NULL;
    item->image.case_id = item->label.case_id = item->pair.case_id = info ? info->id : NULL;
}

/* It is a text, as no number of it may be rounded. */
static bool take_quality(struct check_item *item, const cJSON *facts)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(facts, "quality");
    const char *text = cJSON_GetStringValue(member);
    amos_error unused;
    return !member || (text && amos_quality_parse(text, strlen(text), &item->quality, &unused) == AMOS_OK);
}

bool check_item_take(struct check_item *item, const cJSON *facts)
{
    bool good = cJSON_IsObject(facts);
    name_findings(item);
    for (size_t i = 0; good && i < FINDINGS; i++) {
        const cJSON *finding = cJSON_GetObjectItemCaseSensitive(facts, places[i].name);
        good = !finding || (found_at(item, i)->path && take_finding(item, i, finding));
    }
    return good && take_quality(item, facts);
}
