/* SPDX-License-Identifier: BSD-3-Clause */
#include "shard/given.h"

#include <string.h>

/* The name of an engine at the beginning of a text; NULL: there is none. Static storage. */
static const char *find_engine(const char *text, size_t length)
{
    const char *name = "auto";
    for (size_t n = 0; name; name = shard_engine_name(n++))
        if (strlen(name) == length && strncmp(name, text, length) == 0)
            return name;
    return NULL;
}

static bool parse_shard(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    struct shard_given given = {.text = text};
    const size_t length = strcspn(text, "/");
    const char *total = text[length] ? text + length + 1 : NULL;
    (void)option;
    given.engine = find_engine(text, length);
    bool good = given.engine || (total && shard_number_read(text, length, &given.number.index));
    if (good && total)
        good = shard_number_read(total, strlen(total), &given.number.count) && given.number.count > 0;
    if (good && !given.engine)
        good = given.number.index > 0 && given.number.index <= given.number.count;
    *(struct shard_given *)value = given;
    return good || args_refuse(why, bytes,
                               "I/N, a shard from 1 to the number of shards, such as 2/8, or auto, auto/8 or the name "
                               "of an engine such as slurm-array");
}

const struct args_type args_shard = {.parse = parse_shard};
