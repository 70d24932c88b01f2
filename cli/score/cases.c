/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: scores all cases. The results do not depend on the number of threads. */
#define _POSIX_C_SOURCE 200809L
#include "score/cases.h"

#include <stdlib.h>

#include "base/error/fail.h"
#include "kit/message.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "base/system/platform.h"
#include "numbers/part.h"
#include "shard/shard.h"

struct scoring {
    struct score_results *results;
    amos_score_options options;
};

/* The reference against a map without any organ. */
static amos_status score_empty(const struct scoring *run, struct score_case *scored, amos_score **out, amos_error *err)
{
    const uint8_t nothing[256] = {0};
    const amos_labelmap_options options = {.size = sizeof options,
                                           .accept = run->options.accept,
                                           .pool = run->options.pool,
                                           .threads = run->options.threads};
    amos_labelmap *reference = NULL, *empty = NULL;
    amos_status status = amos_labelmap_open(scored->pair->reference, run->results->volume, &options, &reference, err);
    if (!status)
        status =
            amos_labelmap_renumber(reference, nothing, (size_t)amos_labelmap_max_label(reference) + 1, &empty, err);
    if (!status)
        status = amos_score_make(reference, empty, &run->options, out, err);
    amos_labelmap_free(empty);
    amos_labelmap_free(reference);
    return status;
}

static void read_ahead(const struct score_results *results, size_t index)
{
    if (index + CLI_READ_AHEAD >= results->count)
        return;
    amos_file_read_ahead(results->cases[index + CLI_READ_AHEAD].pair->reference);
    amos_file_read_ahead(results->cases[index + CLI_READ_AHEAD].pair->prediction);
}

/* A failure is stored with its case, and the other cases go on. Lack of memory is not a property of a case and ends
 * the run. */
static amos_status score_one(struct scoring *run, struct score_case *scored, amos_error *err)
{
    const struct score_pair *pair = scored->pair;
    amos_score *score = NULL;
    amos_status status = AMOS_OK;
    if (pair->prediction)
        status = amos_score_open(pair->reference, pair->prediction, run->results->volume, &run->options, &score,
                                 &scored->error);
    else if (run->results->rules.missing == SCORE_MISSING_ZERO)
        status = score_empty(run, scored, &score, &scored->error);
    scored->score = score_numbers_of(score);
    if (score && !scored->score)
        status = amosi_fail_nomem(&scored->error, pair->reference);
    amos_score_free(score);
    if (status == AMOS_E_NOMEM) {
        *err = scored->error;
        return status;
    }
    scored->error.status = status;
    scored->state = status ? SCORE_REFUSED : pair->prediction ? SCORE_SCORED : SCORE_MISSED;
    return AMOS_OK;
}

/* Whether a score that was read has all numbers that the reports ask for. */
static bool fits(const struct score_results *results, const struct score_numbers *numbers)
{
    return !numbers ||
           (numbers->tolerances == results->rules.tolerance_count && numbers->percentiles == 1 &&
            numbers->info.max_label == results->pairs->max_label && numbers->info.absent == results->rules.absent);
}

/* Scores a case, or takes its score from the parts of shards. */
static amos_status do_one(void *user, size_t index, amos_error *err)
{
    struct scoring *run = user;
    struct score_results *results = run->results;
    struct score_case *scored = &results->cases[index];
    if (!shard_is_merge(results->shard)) {
        read_ahead(results, index);
        return score_one(run, scored, err);
    }
    cJSON *facts = shard_take(results->shard, index, err);
    const bool good = !facts || (score_case_take(scored, facts) && fits(results, scored->score));
    cJSON_Delete(facts);
    return !facts ? err->status : good ? AMOS_OK : shard_refuse_facts(results->shard, index, err);
}

static amos_status report_one(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct score_results *results = ((struct scoring *)user)->results;
    const struct score_case *scored = &results->cases[index];
    (void)err;
    if (status)
        return status;
    results->scored += scored->state == SCORE_SCORED;
    results->missing += scored->state == SCORE_MISSED;
    results->refused += scored->state == SCORE_REFUSED;
    if (scored->state == SCORE_REFUSED)
        cli_error_of(&scored->error);
    if (!shard_is_part(results->shard))
        return AMOS_OK;
    const bool put = shard_put(results->shard, score_case_json(scored));
    score_numbers_free(results->cases[index].score); /* it is in the part */
    results->cases[index].score = NULL;
    return put ? AMOS_OK : AMOS_E_IO;
}

/* A single case uses all threads. */
static int threads_of_a_case(size_t cases, int threads)
{
    return cases > 1 ? 1 : threads;
}

bool score_cases(struct score_results *results, int threads)
{
    const size_t count = results->count;
    amos_error err;
    struct scoring run = {.results = results, .options = AMOS_SCORE_OPTIONS_INIT};
    const amos_workers_options workers = {
        .size = sizeof workers, .threads = threads, .progress = {progress_show, NULL}};
    run.options.convention = results->rules.convention;
    run.options.absent = results->rules.absent;
    run.options.tolerances = results->rules.tolerances;
    run.options.tolerance_count = results->rules.tolerance_count;
    run.options.percentiles = &score_percentile;
    run.options.percentile_count = 1;
    run.options.accept = results->accept;
    run.options.accept_prediction = results->accept_prediction;
    run.options.threads = threads_of_a_case(count, threads);
    amos_status status = amos_buffer_pool_make(0, &run.options.pool, &err);
    progress_start("scoring", PROGRESS_CASES);
    if (!status)
        status = amos_workers_run(count, &workers, do_one, report_one, &run, &err);
    progress_stop();
    amos_buffer_pool_free(run.options.pool);
    if (status)
        cli_error_of(&err);
    return !status;
}

void score_cases_free(struct score_results *results)
{
    for (size_t i = 0; results->cases && i < results->count; i++)
        score_numbers_free(results->cases[i].score);
    free(results->cases);
    results->cases = NULL;
}
