/* SPDX-License-Identifier: BSD-3-Clause */
#include "open/verdicts.h"

#include <string.h>

#include "kit/message.h"

/* "pass,none" */
static bool parse_only(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    char name[16];
    uint32_t only = 0;
    (void)option;
    for (;;) {
        size_t length = strcspn(text, ",");
        amos_verdict verdict;
        if (length >= sizeof name)
            length = 0;
        memcpy(name, text, length);
        name[length] = '\0';
        if (!length || amos_verdict_parse(name, &verdict, NULL))
            return args_refuse(why, bytes, "pass, fail, unsure or none, or several of them with commas,");
        only |= AMOS_ONLY(verdict);
        if (!text[length])
            break;
        text += length + 1;
    }
    *(uint32_t *)value = only;
    return true;
}

const struct args_type args_only = {.parse = parse_only};

static bool make_sense(const char *command, const struct verdict_choice *choice)
{
    if (choice->only && !choice->file)
        cli_error("%s: --only needs the file of verdicts; add --verdicts FILE.", command);
    else if (choice->file && !choice->only)
        cli_error("%s: --verdicts needs the verdicts that are meant; add --only pass, for example.", command);
    else
        return true;
    return false;
}

static void say_unknown(const char *path, const amos_verdicts *verdicts, const amos_dataset *dataset)
{
    size_t unknown = 0;
    const amos_verdict_entry *entry, *first = NULL;
    for (size_t i = 0; (entry = amos_verdicts_get(verdicts, i)) != NULL; i++) {
        const amos_case *c = amos_dataset_find(dataset, entry->case_id);
        if (c && strcmp(amos_case_get_info(c)->id, entry->case_id) == 0)
            continue;
        first = first ? first : entry;
        unknown++;
    }
    if (unknown)
        cli_error("%s: %zu of its verdicts are on cases that the data set lacks; the first is \"%s\".", path, unknown,
                  first->case_id);
}

static int open_verdicts(const struct verdict_choice *choice, struct judged_set *set)
{
    amos_error err;
    if (!choice->file)
        return CLI_OK;
    if (amos_verdicts_open(choice->file, &set->verdicts, &err)) {
        cli_error_of(&err);
        return CLI_FAILED;
    }
    if (amos_verdicts_get_info(set->verdicts)->cut)
        cli_error("%s: The last line is cut off and counts as none.", choice->file);
    say_unknown(choice->file, set->verdicts, set->dataset);
    return CLI_OK;
}

int judged_set_open(const char *command, const char *path, const struct dataset_choice *dataset,
                    const struct verdict_choice *verdicts, struct judged_set *out)
{
    amos_error err;
    *out = (struct judged_set){NULL, NULL};
    if (!make_sense(command, verdicts))
        return CLI_USAGE;
    if (dataset_open(path, dataset, &out->dataset, &err)) {
        cli_error_of(&err);
        return CLI_FAILED;
    }
    return open_verdicts(verdicts, out);
}

void judged_set_close(struct judged_set *set)
{
    amos_verdicts_free(set->verdicts);
    amos_dataset_free(set->dataset);
}
