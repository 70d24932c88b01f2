/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "review/choose.h"

#include <stdlib.h>
#include <string.h>

#include "kit/message.h"

/* Cases of one id stand together only in the order of numbers, so all are looked at. */
static bool take_id(const amos_dataset *dataset, const char *id, bool *chosen)
{
    const amos_case *found = amos_dataset_find(dataset, id);
    size_t count = amos_dataset_get_info(dataset)->count;
    for (size_t i = 0; found && i < count; i++)
        if (strcmp(amos_case_get_info(amos_dataset_get(dataset, i))->id, amos_case_get_info(found)->id) == 0)
            chosen[i] = true;
    return found != NULL;
}

/* "508-510" */
static bool read_range(const char *text, long long *first, long long *last)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    *first = strtoll(text, &end, 10);
    if (*end != '-' || end[1] < '0' || end[1] > '9')
        return false;
    *last = strtoll(end + 1, &end, 10);
    return *end == '\0' && *first <= *last;
}

static bool take_range(const amos_dataset *dataset, const char *text, bool *chosen)
{
    long long first, last;
    size_t count = amos_dataset_get_info(dataset)->count;
    bool any = false;
    if (!read_range(text, &first, &last))
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t number = amos_case_get_info(amos_dataset_get(dataset, i))->number;
        if (number >= first && number <= last)
            any = chosen[i] = true;
    }
    return any;
}

int review_choose(const amos_dataset *dataset, const char *list, bool *chosen)
{
    char *copy = strdup(list);
    int code = copy ? CLI_OK : CLI_FAILED;
    if (!copy)
        cli_error("Memory ran out.");
    for (char *at = copy; code == CLI_OK && at;) {
        char *end = strchr(at, ',');
        if (end)
            *end = '\0';
        if (!take_id(dataset, at, chosen) && !take_range(dataset, at, chosen)) {
            cli_error(
                "--cases %s: The data set %s has no case \"%s\"; ids, numbers and ranges of its cases were expected, "
                "such as 18,508-510.",
                list, amos_dataset_get_info(dataset)->name, at);
            code = CLI_USAGE;
        }
        at = end ? end + 1 : NULL;
    }
    free(copy);
    return code;
}
