/* SPDX-License-Identifier: BSD-3-Clause */
#include "numbers/part.h"

#include "kit/json.h"
#include "shard/facts.h"

static const struct fact of_case[] = {FACT(struct score_case, state, FACT_INT), FACT_END};

cJSON *score_case_json(const struct score_case *scored)
{
    cJSON *object = cJSON_CreateObject();
    facts_put(object, of_case, scored);
    facts_put_in(object, "error", facts_of_error, scored->error.status ? &scored->error : NULL);
    if (scored->score)
        json_put(object, "score", score_numbers_json(scored->score));
    return object;
}

bool score_case_take(struct score_case *scored, const cJSON *facts)
{
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(facts, "error"),
                *score = cJSON_GetObjectItemCaseSensitive(facts, "score");
    if (!facts_take(facts, of_case, scored) || (int)scored->state < SCORE_SCORED || scored->state > SCORE_REFUSED ||
        (error && !facts_take(error, facts_of_error, &scored->error)))
        return false;
    scored->score = score ? score_numbers_read(score) : NULL;
    return !score || scored->score;
}
