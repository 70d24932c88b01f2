/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of a shard, as amos merge reads it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "shard/part.h"

static void require_sound(const struct part *part)
{
    FUZZ_REQUIRE(part->index >= 1 && part->index <= part->of);
    FUZZ_REQUIRE(part->count == part_held(part->total, part->index, part->of));
    FUZZ_REQUIRE(part->command && part->version && part->data_set && part->rules);
}

/* Each case has a line within the text, one behind the other. What is in it may be anything. */
static void require_lines(const struct part *part)
{
    const cJSON *at = NULL;
    const char *before = part->text;
    for (size_t k = 0; k < part->count; k++) {
        cJSON *facts = part_case(part, k);
        FUZZ_REQUIRE(part->lines[k] > before && part->lines[k][-1] == '\n');
        before = part->lines[k];
        cJSON_Delete(facts);
        const char *name = part_next_name(part, &at);
        FUZZ_REQUIRE(at != NULL && (name != NULL) == cJSON_IsString(at));
    }
    FUZZ_REQUIRE(part_case(part, part->count) == NULL);
}

/* Breaking off anywhere, it is whole no more. */
static void require_torn(const struct part *part, size_t size)
{
    const size_t cuts[] = {size - 1, size / 2, size / 3};
    for (int i = 0; i < 3; i++) {
        struct part torn;
        char *why, *text = malloc(cuts[i] + 1);
        memcpy(text, part->text, cuts[i]);
        text[cuts[i]] = '\0';
        FUZZ_REQUIRE(!part_take("2-of-8.jsonl", text, cuts[i], &torn, &why) && why);
        free(why);
        part_free(&torn);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part part;
    size_t index, count;
    char *why, *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    FUZZ_REQUIRE(!part_name_read(text, &index, &count) || (index >= 1 && index <= count));
    const bool whole = part_take("1-of-8.jsonl", text, size, &part, &why);
    FUZZ_REQUIRE(whole == (why == NULL) && (whole || strlen(why) > 20));
    if (whole) {
        require_sound(&part);
        require_lines(&part);
        require_torn(&part, size);
    }
    free(why);
    part_free(&part);
    return 0;
}
