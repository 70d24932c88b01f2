/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/verdicts/object.h"

#include <math.h>
#include <stdio.h>

#include "base/error/fail.h"
#include "base/json/unique.h"
#include "base/text/utf8.h"

#define LARGEST_EXACT 9007199254740992.0 /* 2^53 */

struct place {
    const char *path, *what;
    size_t number;
    amos_error *err;
};

static amos_status refuse(const struct place *p, const char *found)
{
    return amosi_fail(p->err, AMOS_E_JSON_SCHEMA, p->path,
                      "%s %zu is no verdict: %s; {\"case\": ID, \"verdict\": \"pass\", \"fail\" or \"unsure\"} is "
                      "expected, maybe with organ, text, voxel, mm and time.",
                      p->what, p->number, found);
}

bool amosi_verdicts_name(const char *name, amos_verdict *out)
{
    return amos_verdict_parse(name, out, NULL) == AMOS_OK;
}

/* A text or nothing; *out stays as it is for null and for a member that is missing. */
static amos_status take_text(const struct place *p, const cJSON *object, const char *name, const char *wrong,
                             const char **out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!item || cJSON_IsNull(item))
        return AMOS_OK;
    if (!cJSON_IsString(item))
        return refuse(p, wrong);
    *out = item->valuestring;
    return AMOS_OK;
}

/* Three finite numbers, or nothing. */
static amos_status take_numbers(const struct place *p, const cJSON *object, const char *name, const char *wrong,
                                bool whole, double out[3], int *has)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!item || cJSON_IsNull(item))
        return AMOS_OK;
    int count = 0;
    bool good = cJSON_IsArray(item);
    for (const cJSON *number = good ? item->child : NULL; number && good; number = number->next, count++) {
        double value = number->valuedouble;
        good = count < 3 && cJSON_IsNumber(number) && isfinite(value) && (!whole || (value == floor(value))) &&
               fabs(value) < LARGEST_EXACT;
        if (good)
            out[count] = value;
    }
    if (!good || count != 3)
        return refuse(p, wrong);
    *has = 1;
    return AMOS_OK;
}

static amos_status take_place(const struct place *p, const cJSON *object, amos_verdict_entry *entry)
{
    double voxel[3] = {0, 0, 0};
    amos_status status =
        take_numbers(p, object, "voxel", "its voxel is not three integers", true, voxel, &entry->has_voxel);
    for (int i = 0; i < 3; i++)
        entry->voxel[i] = (int64_t)voxel[i];
    if (!status)
        status =
            take_numbers(p, object, "mm", "its place in mm is not three numbers", false, entry->mm, &entry->has_mm);
    return status;
}

amos_status amosi_verdicts_take_object(amos_verdicts *verdicts, const cJSON *object, const char *place, size_t number,
                                       amos_error *err)
{
    const struct place p = {verdicts->info.path, place, number, err};
    amos_verdict_entry entry = {.case_id = "", .text = "", .time = ""};
    const char *name = "";
    if (!cJSON_IsObject(object))
        return refuse(&p, "it is no object");
    amos_status status = amosi_json_check_unique(object, p.path, "a verdict", err);
    if (!status)
        status = take_text(&p, object, "case", "its case is no text", &entry.case_id);
    if (!status)
        status = take_text(&p, object, "verdict", "what it says is no text", &name);
    if (!status)
        status = take_text(&p, object, "organ", "its organ is no text", &entry.organ);
    if (!status)
        status = take_text(&p, object, "text", "its remark is no text", &entry.text);
    if (!status)
        status = take_text(&p, object, "time", "its time is no text", &entry.time);
    if (!status && !*entry.case_id)
        status = refuse(&p, "it names no case");
    if (!status && !amosi_verdicts_name(name, &entry.verdict)) {
        char shown[40], found[80];
        (void)snprintf(found, sizeof found, "it says \"%s\"", amosi_text_show(shown, sizeof shown, name));
        status = refuse(&p, found);
    }
    if (!status)
        status = take_place(&p, object, &entry);
    if (!status && entry.organ && !*entry.organ)
        entry.organ = NULL;
    return status || amosi_verdicts_add(verdicts, &entry) ? status : amosi_fail_nomem(err, p.path);
}
