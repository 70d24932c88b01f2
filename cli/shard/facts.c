/* SPDX-License-Identifier: BSD-3-Clause */
#include "shard/facts.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text/number.h"
#include "base/text/utf8.h"
#include "kit/json.h"

#define EXACT_MOST 9007199254740992.0 /* 2^53: up to here a double holds every integer */

const struct fact facts_of_error[] = {FACT(amos_error, status, FACT_INT), FACT(amos_error, message, FACT_TEXT),
                                      FACT_END};
const struct fact facts_of_accepted[] = {
    FACT(amos_accepted, rounded, FACT_COUNT), FACT(amos_accepted, ignored, FACT_COUNT),
    FACT(amos_accepted, relabelled, FACT_COUNT), FACT(amos_accepted, largest_rounding, FACT_NUMBER), FACT_END};

/* ---- writing ---- */

cJSON *fact_number(double value)
{
    char text[AMOSI_NUMBER_BYTES];
    if (isfinite(value))
        return cJSON_CreateRaw(amosi_number_write_exact(text, value));
    return cJSON_CreateString(isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static cJSON *integer(int64_t value)
{
    char text[AMOSI_NUMBER_BYTES];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return cJSON_CreateRaw(text);
}

static size_t bytes_of(enum fact_type type)
{
    static const size_t bytes[] = {
        [FACT_NUMBER] = sizeof(double), [FACT_COUNT] = sizeof(uint64_t), [FACT_INTEGER] = sizeof(int64_t),
        [FACT_INT] = sizeof(int),       [FACT_BOOL] = sizeof(bool),      [FACT_BITS] = sizeof(amos_warnings)};
    return bytes[type];
}

static cJSON *one(enum fact_type type, const char *at)
{
    double number;
    uint64_t count;
    int64_t whole;
    int small;
    bool flag;
    amos_warnings bits;
    switch (type) {
    case FACT_NUMBER:
        memcpy(&number, at, sizeof number);
        return fact_number(number);
    case FACT_COUNT:
        memcpy(&count, at, sizeof count);
        return integer((int64_t)count);
    case FACT_INTEGER:
        memcpy(&whole, at, sizeof whole);
        return integer(whole);
    case FACT_INT:
        memcpy(&small, at, sizeof small);
        return integer(small);
    case FACT_BOOL:
        memcpy(&flag, at, sizeof flag);
        return cJSON_CreateBool(flag);
    default:
        memcpy(&bits, at, sizeof bits);
        return integer((int64_t)bits);
    }
}

void facts_put(cJSON *object, const struct fact *facts, const void *values)
{
    for (const struct fact *fact = facts; fact->name; fact++) {
        const char *at = (const char *)values + fact->offset;
        if (fact->type == FACT_TEXT) {
            json_put_text(object, fact->name, at);
            continue;
        }
        const size_t each = bytes_of(fact->type), count = fact->bytes / each;
        cJSON *list = count > 1 ? cJSON_AddArrayToObject(object, fact->name) : NULL;
        for (size_t i = 0; list && i < count; i++)
            json_append(list, one(fact->type, at + i * each));
        if (count == 1)
            json_put(object, fact->name, one(fact->type, at));
    }
}

void facts_put_in(cJSON *object, const char *name, const struct fact *facts, const void *values)
{
    if (values)
        facts_put(cJSON_AddObjectToObject(object, name), facts, values);
}

/* ---- reading ---- */

bool fact_number_read(const cJSON *json, double *value)
{
    const char *text = cJSON_GetStringValue(json);
    if (cJSON_IsNumber(json))
        *value = json->valuedouble;
    else if (text && strcmp(text, "nan") == 0)
        *value = (double)NAN;
    else if (text && (strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0))
        *value = text[0] == '-' ? -(double)INFINITY : (double)INFINITY;
    else
        return false;
    return true;
}

static bool read_whole(const cJSON *json, double least, double most, double *out)
{
    if (!cJSON_IsNumber(json) || !(json->valuedouble >= least && json->valuedouble <= most) ||
        json->valuedouble != floor(json->valuedouble))
        return false;
    *out = json->valuedouble;
    return true;
}

static bool read_one(const cJSON *json, enum fact_type type, char *at)
{
    double number = 0;
    bool good = false;
    switch (type) {
    case FACT_NUMBER:
        good = fact_number_read(json, &number);
        memcpy(at, &number, sizeof number);
        break;
    case FACT_COUNT:
        good = read_whole(json, 0, EXACT_MOST, &number);
        memcpy(at, &(uint64_t){(uint64_t)number}, sizeof(uint64_t));
        break;
    case FACT_INTEGER:
        good = read_whole(json, -EXACT_MOST, EXACT_MOST, &number);
        memcpy(at, &(int64_t){(int64_t)number}, sizeof(int64_t));
        break;
    case FACT_INT:
        good = read_whole(json, INT32_MIN, INT32_MAX, &number);
        memcpy(at, &(int){(int)number}, sizeof(int));
        break;
    case FACT_BOOL:
        good = cJSON_IsBool(json);
        memcpy(at, &(bool){cJSON_IsTrue(json)}, sizeof(bool));
        break;
    default:
        good = read_whole(json, 0, EXACT_MOST, &number);
        memcpy(at, &(amos_warnings){(amos_warnings)number}, sizeof(amos_warnings));
        break;
    }
    return good;
}

static bool read_text(const cJSON *json, char *at, size_t bytes)
{
    const char *text = cJSON_GetStringValue(json);
    if (!text)
        return false;
    const size_t length = amosi_utf8_cut(text, strlen(text), bytes - 1);
    memcpy(at, text, length);
    at[length] = '\0';
    return true;
}

bool facts_take(const cJSON *object, const struct fact *facts, void *values)
{
    for (const struct fact *fact = facts; fact->name; fact++) {
        char *at = (char *)values + fact->offset;
        const cJSON *json = cJSON_GetObjectItemCaseSensitive(object, fact->name);
        const size_t each = fact->type == FACT_TEXT ? fact->bytes : bytes_of(fact->type), count = fact->bytes / each;
        bool good = json && (fact->type == FACT_TEXT ? read_text(json, at, fact->bytes)
                             : count == 1            ? read_one(json, fact->type, at)
                                                     : (size_t)cJSON_GetArraySize(json) == count);
        const cJSON *item = good && count > 1 ? json->child : NULL;
        for (size_t i = 0; item && good; item = item->next, i++)
            good = read_one(item, fact->type, at + i * each);
        if (!good)
            return false;
    }
    return true;
}

bool facts_take_from(const cJSON *object, const char *name, const struct fact *facts, void *values)
{
    const cJSON *inside = cJSON_GetObjectItemCaseSensitive(object, name);
    return inside && facts_take(inside, facts, values);
}
