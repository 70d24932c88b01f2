/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: scores all cases. The results do not depend on the number of threads. */
#define _POSIX_C_SOURCE 200809L
#include "score/cases.h"

#include <stdlib.h>

#include "kit/message.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "base/system/platform.h"

struct scoring {
    struct score_results *results;
    amos_score_options options;
};

/* The reference against a map without any organ. */
static amos_status score_empty(const struct scoring *run, struct score_case *scored, amos_error *err)
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
        status = amos_score_make(reference, empty, &run->options, &scored->score, err);
    amos_labelmap_free(empty);
    amos_labelmap_free(reference);
    return status;
}

/* A failure is stored with its case, and the other cases go on. Lack of memory is not a property of a case and ends
 * the run. */
static amos_status score_one(void *user, size_t index, amos_error *err)
{
    struct scoring *run = user;
    struct score_case *scored = &run->results->cases[index];
    const struct score_pair *pair = scored->pair;
    amos_status status = AMOS_OK;
    if (index + CLI_READ_AHEAD < run->results->pairs->count) {
        amos_file_read_ahead(run->results->cases[index + CLI_READ_AHEAD].pair->reference);
        amos_file_read_ahead(run->results->cases[index + CLI_READ_AHEAD].pair->prediction);
    }
    if (pair->prediction)
        status = amos_score_open(pair->reference, pair->prediction, run->results->volume, &run->options, &scored->score,
                                 &scored->error);
    else if (run->results->rules.missing == SCORE_MISSING_ZERO)
        status = score_empty(run, scored, &scored->error);
    if (status == AMOS_E_NOMEM) {
        *err = scored->error;
        return status;
    }
    scored->error.status = status;
    scored->state = status ? SCORE_REFUSED : pair->prediction ? SCORE_SCORED : SCORE_MISSED;
    return AMOS_OK;
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
    return AMOS_OK;
}

/* A single case uses all threads. */
static int threads_of_a_case(size_t cases, int threads)
{
    return cases > 1 ? 1 : threads;
}

bool score_cases(struct score_results *results, int threads)
{
    size_t count = results->pairs->count;
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
    for (size_t i = 0; i < count; i++)
        results->cases[i].pair = &results->pairs->items[i];
    amos_status status = amos_buffer_pool_make(0, &run.options.pool, &err);
    progress_start("scoring", PROGRESS_CASES);
    if (!status)
        status = amos_workers_run(count, &workers, score_one, report_one, &run, &err);
    progress_stop();
    amos_buffer_pool_free(run.options.pool);
    if (status)
        cli_error_of(&err);
    return !status;
}

void score_cases_free(struct score_results *results)
{
    for (size_t i = 0; results->cases && i < results->pairs->count; i++)
        amos_score_free(results->cases[i].score);
    free(results->cases);
    results->cases = NULL;
}
