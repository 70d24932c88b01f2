/* SPDX-License-Identifier: BSD-3-Clause */
#include "merge/receipts.h"

#include <stdlib.h>
#include <string.h>

#include "kit/json.h"
#include "kit/message.h"

struct sum {
    size_t cases, failed;
    cJSON *failures; /* NULL: they are printed */
};

static bool add_failure(struct sum *sum, const char *name, const char *status, const char *message)
{
    sum->failed++;
    if (!sum->failures) {
        cli_error("%s (%s)", message ? message : name, status);
        return true;
    }
    cJSON *item = cJSON_CreateObject();
    json_put_text(item, "case", name);
    json_put_text(item, "status", status);
    json_put_text(item, "message", message);
    return json_append(sum->failures, item) != NULL;
}

static bool add_part(struct sum *sum, const struct part *part)
{
    const cJSON *at = NULL;
    bool good = true;
    for (size_t k = 0; good && k < part->count; k++) {
        cJSON *facts = part_case(part, k);
        const char *status = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(facts, "status")),
                   *message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(facts, "message")),
                   *name = part_next_name(part, &at);
        good = status && name;
        sum->cases++;
        if (good && strcmp(status, amos_status_name(AMOS_OK)) != 0)
            good = add_failure(sum, name, status, message);
        cJSON_Delete(facts);
    }
    if (!good)
        cli_error("%s: What the part says of its cases cannot be read; make it again.", part->path);
    return good;
}

static bool print_json(const struct shard_parts *parts, const struct sum *sum)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "command", parts->items[0].command);
    json_put_unsigned(object, "shards", parts->count);
    json_put_unsigned(object, "cases", sum->cases);
    json_put_unsigned(object, "failed", sum->failed);
    json_put(object, "failures", sum->failures);
    return json_print(object);
}

int receipts_report(const struct shard_parts *parts, bool json)
{
    struct sum sum = {.failures = json ? cJSON_CreateArray() : NULL};
    bool good = true;
    for (size_t i = 0; good && i < parts->count; i++)
        good = add_part(&sum, &parts->items[i]);
    if (!good)
        cJSON_Delete(sum.failures);
    else if (json)
        good = print_json(parts, &sum);
    else
        cli_print("%s: %zu shards with %zu files or cases: %zu good, %zu failed\n", parts->items[0].command,
                  parts->count, sum.cases, sum.cases - sum.failed, sum.failed);
    return good && !sum.failed ? CLI_OK : CLI_FAILED;
}
