/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "kit/message.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "report/case_file.h"
#include "report/content.h"
#include "report/part.h"
#include "review/json.h"

/* What a thread has made of an item, until it is written. */
struct made {
    char key[REPORT_KEY];
    char why[REVIEW_FAULT];              /* there is no key; "": there is one */
    const struct report_record *earlier; /* it stays as it is */
    struct report_content content;
};

struct pass {
    struct report_run *run;
    struct made **made; /* one for each item of the set, NULL before and after */
    const size_t *order;
    size_t count;
    bool draws; /* files are written */
};

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

static size_t item_of(const struct pass *pass, size_t index)
{
    return pass->order ? pass->order[index] : index;
}

/* ---- threads ---- */

static void read_ahead(const struct pass *pass, size_t index)
{
    if (index + CLI_READ_AHEAD >= pass->count)
        return;
    const struct review_item *item = &pass->run->set->items[item_of(pass, index + CLI_READ_AHEAD)];
    amos_file_read_ahead(item->info->image_path);
    amos_file_read_ahead(item->reference);
    amos_file_read_ahead(item->prediction);
}

/* A file that cannot be read gives no key. Reading the case says why, unless that succeeds. */
static amos_status find_earlier(const struct pass *pass, size_t i, struct made *made, amos_error *err)
{
    const struct report_run *run = pass->run;
    const struct review_item *item = &run->set->items[i];
    amos_status status = report_key_make(run->options, run->about[i], item, made->key, err);
    if (status == AMOS_E_NOMEM)
        return status;
    if (status) {
        made->key[0] = '\0';
        snprintf(made->why, sizeof made->why, "%s (%s)", err->message, amos_status_name(status));
    }
    const struct report_record *found =
        status || run->force ? NULL : report_earlier_find(&run->folder->earlier, item->id);
    if (found && strcmp(found->key, made->key) == 0 && (!pass->draws || report_folder_has(run->folder, found)))
        made->earlier = found;
    return AMOS_OK;
}

/* What is made goes into `made`. */
static amos_status make(const struct pass *pass, size_t index, struct made *made, amos_error *err)
{
    const struct report_run *run = pass->run;
    size_t i = item_of(pass, index);
    const struct review_loading loading = {
        .set = run->set, .parts = REVIEW_ALL, .pool = run->pool, .threads = pass->count > 1 ? 1 : run->threads};
    amos_status status = find_earlier(pass, i, made, err);
    if (status || made->earlier)
        return status;
    read_ahead(pass, index);
    status = report_content_make(&loading, &run->set->items[i], pass->draws ? run->size : 0, &made->content, err);
    if (!status && made->why[0] && !made->content.facts.fault)
        made->content.facts.fault = strdup(made->why);
    if (!status && made->why[0] && !made->content.facts.fault)
        status = amosi_fail_nomem(err, NULL);
    return status;
}

static amos_status make_one(void *user, size_t index, amos_error *err)
{
    const struct pass *pass = user;
    struct made *made = calloc(1, sizeof *made);
    pass->made[item_of(pass, index)] = made;
    return made ? make(pass, index, made, err) : amosi_fail_nomem(err, NULL);
}

static void release(struct made **made)
{
    if (*made)
        report_content_free(&(*made)->content);
    free(*made);
    *made = NULL;
}

/* ---- the command's thread, in order ---- */

/* A record of an earlier run, without its file if none is wanted. */
static bool keep_record(const struct pass *pass, const struct report_record *earlier, struct report_record *out)
{
    report_record_free(out);
    *out = *earlier;
    out->former = NULL;
    out->id = strdup(earlier->id);
    out->quality = strdup(earlier->quality);
    out->row = strdup(earlier->row);
    out->file = earlier->file && pass->draws ? strdup(earlier->file) : NULL;
    if (!out->file)
        report_record_leave_file(out);
    return (out->id && out->quality && out->row && (out->file || !pass->draws || !earlier->file)) || out_of_memory();
}

static bool make_record(const struct pass *pass, size_t i, const struct made *made, struct report_record *out)
{
    const struct report_run *run = pass->run;
    const struct review_item *item = &run->set->items[i];
    const struct review_facts *facts = &made->content.facts;
    report_record_free(out);
    out->mean_dice = facts->mean_dice;
    memcpy(out->key, facts->fault ? "" : made->key, facts->fault ? 1 : sizeof out->key);
    out->id = strdup(item->id);
    out->quality = strdup(amos_quality_get_json(made->content.quality));
    out->row = json_script(review_row_json(run->set, item, facts));
    if (!out->id || !out->quality || !out->row)
        return out_of_memory();
    return (!made->content.drawn || report_case_file_write(run->folder, item, &made->content, out)) &&
           report_folder_note(run->folder, out);
}

static bool tell_fault(struct report_run *run, size_t i, const struct made *made)
{
    const char *fault = made->content.facts.fault;
    if (!fault || run->failed[i])
        return true;
    cli_error("%s", fault);
    run->failed[i] = true;
    run->faults[i] = strdup(fault);
    return run->faults[i] || out_of_memory();
}

static amos_status take_one(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct pass *pass = user;
    struct report_run *run = pass->run;
    size_t i = item_of(pass, index);
    const struct made *made = pass->made[i];
    if (status)
        cli_error_of(err);
    bool good = !status && (made->earlier ? keep_record(pass, made->earlier, &run->records[i])
                                          : make_record(pass, i, made, &run->records[i]));
    if (good && !made->earlier) {
        good = tell_fault(run, i, made);
        run->fresh[i] = true;
    }
    release(&pass->made[i]);
    return good ? AMOS_OK : AMOS_E_IO;
}

/* ---- passes ---- */

/* Failures of single cases come to take_one(), which reports them. */
static bool run_pass(struct report_run *run, const size_t *order, size_t count, bool draws)
{
    amos_error err = {.status = AMOS_OK};
    struct pass pass = {.run = run, .order = order, .count = count, .draws = draws};
    const amos_workers_options workers = {
        .size = sizeof workers, .threads = run->threads, .ahead = 0, .progress = {progress_show, NULL}};
    pass.made = calloc(run->set->count, sizeof *pass.made);
    if (!pass.made)
        return out_of_memory();
    progress_start(draws ? "making" : "scoring", PROGRESS_CASES);
    amos_status status = amos_workers_run(count, &workers, make_one, take_one, &pass, &err);
    progress_stop();
    if (status == AMOS_E_NOMEM || status == AMOS_E_CANCEL)
        cli_error_of(&err);
    for (size_t i = 0; i < run->set->count; i++)
        release(&pass.made[i]);
    free(pass.made);
    return !status;
}

struct ranked {
    double dice;
    size_t index;
};

static int by_dice(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->dice != y->dice ? (x->dice > y->dice) - (x->dice < y->dice)
                              : (x->index > y->index) - (x->index < y->index);
}

/* The cases with the lowest mean Dice. Returns their number. */
static size_t rank(const struct report_run *run, struct ranked *ranked, size_t *order)
{
    size_t count = 0;
    for (size_t i = 0; i < run->set->count; i++)
        if (run->records[i].id && isfinite(run->records[i].mean_dice))
            ranked[count++] = (struct ranked){run->records[i].mean_dice, i};
    qsort(ranked, count, sizeof *ranked, by_dice);
    count = count < run->worst ? count : run->worst;
    for (size_t i = 0; i < count; i++)
        order[i] = ranked[i].index;
    return count;
}

/* Of a merge: shards have drawn the worst of their own, among which are those of the whole. */
static void keep_files(struct report_run *run, const size_t *order, size_t count)
{
    for (size_t i = 0; i < run->set->count; i++) {
        bool kept = false;
        for (size_t k = 0; !kept && k < count; k++)
            kept = order[k] == i;
        if (!kept)
            report_record_leave_file(&run->records[i]);
    }
}

static bool make_worst(struct report_run *run)
{
    struct ranked *ranked = calloc(run->set->count, sizeof *ranked);
    size_t *order = calloc(run->set->count, sizeof *order);
    bool good = (ranked && order) || out_of_memory();
    size_t count = good ? rank(run, ranked, order) : 0;
    if (good && shard_is_merge(run->shard))
        keep_files(run, order, count);
    else
        good = good && run_pass(run, order, count, true);
    free(order);
    free(ranked);
    return good;
}

/* ---- all ---- */

static bool prepare(struct report_run *run, const struct review_question *question)
{
    size_t count = run->set->count;
    amos_error err;
    run->about = calloc(count, sizeof *run->about);
    run->records = calloc(count, sizeof *run->records);
    run->failed = calloc(count, sizeof *run->failed);
    run->fresh = calloc(count, sizeof *run->fresh);
    run->faults = calloc(count, sizeof *run->faults);
    if (!run->about || !run->records || !run->failed || !run->fresh || !run->faults)
        return out_of_memory();
    if (!(run->options = report_key_options(run->set, question, run->size)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(run->about[i] = report_key_case(run->set, &run->set->items[i])))
            return false;
    if (amos_buffer_pool_make(0, &run->pool, &err)) {
        cli_error_of(&err);
        return false;
    }
    return true;
}

/* Those that the shard holds. */
static bool make_all(struct report_run *run)
{
    size_t *order = calloc(run->set->count, sizeof *order), held = 0;
    if (!order)
        return out_of_memory();
    for (size_t i = 0; i < run->set->count; i++)
        if (shard_holds(run->shard, i))
            order[held++] = i;
    const bool good = run_pass(run, order, held, run->worst == 0);
    free(order);
    return good;
}

bool report_run_make(struct report_run *run, const struct review_question *question)
{
    const bool merge = shard_is_merge(run->shard);
    bool good = prepare(run, question) && (merge ? report_part_take(run) : make_all(run)) &&
                (run->worst == 0 || make_worst(run)) && (!merge || report_part_check_files(run));
    for (size_t i = 0; good && i < run->set->count; i++) {
        run->made += run->fresh[i];
        run->bad += run->failed[i];
        run->bytes += run->records[i].bytes;
    }
    return good;
}

void report_run_free(struct report_run *run)
{
    size_t count = run->set->count;
    for (size_t i = 0; run->about && i < count; i++)
        free(run->about[i]);
    for (size_t i = 0; run->records && i < count; i++)
        report_record_free(&run->records[i]);
    for (size_t i = 0; run->faults && i < count; i++)
        free(run->faults[i]);
    free(run->faults);
    free(run->about);
    free(run->records);
    free(run->failed);
    free(run->fresh);
    free(run->options);
    amos_buffer_pool_free(run->pool);
}
