/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/run.h"

#include <stdlib.h>

#include "base/text/volume_name.h"
#include "kit/message.h"
#include "kit/progress.h"

struct measuring {
    struct quality_subject *subjects;
    const amos_volume_options *volume;
    amos_buffer_pool *pool;
};

/* It could be read when it was checked. */
static amos_status measure_file(const struct measuring *run, struct quality_subject *s, amos_error *err)
{
    const amos_labelmap_options reading = {
        .size = sizeof reading, .accept = s->accept, .pool = run->pool, .threads = 1};
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    amos_labelmap *map;
    options.case_id = amosi_base_name(s->path);
    options.threads = 1;
    amos_status status = amos_labelmap_open(s->path, run->volume, &reading, &map, err);
    if (!status)
        status = amos_quality_measure(map, NULL, &options, &s->facts, err);
    amos_labelmap_free(map);
    return status;
}

static amos_status measure_subject(void *user, size_t index, amos_error *err)
{
    const struct measuring *run = user;
    struct quality_subject *s = &run->subjects[index];
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    if (!s->c)
        return measure_file(run, s, err);
    options.threads = 1;
    options.accept = s->accept;
    options.volume = run->volume;
    options.pool = run->pool;
    return amos_quality_open_case(s->c, &options, &s->facts, err);
}

bool quality_measure(struct quality_subject *subjects, size_t count, const amos_volume_options *volume, int threads)
{
    amos_error err;
    struct measuring run = {.subjects = subjects, .volume = volume};
    const amos_workers_options options = {
        .size = sizeof options, .threads = threads, .progress = {progress_show, NULL}};
    amos_status status = amos_buffer_pool_make(0, &run.pool, &err);
    if (!status) {
        progress_start("measuring quality", PROGRESS_CASES);
        status = amos_workers_run(count, &options, measure_subject, NULL, &run, &err);
        progress_stop();
    }
    if (status)
        cli_error_of(&err);
    amos_buffer_pool_free(run.pool);
    return !status;
}

bool quality_judge(const struct quality_subject *subjects, size_t count, const amos_quality_limits *limits,
                   amos_quality_findings **out)
{
    const amos_quality **cases = calloc(count + 1, sizeof *cases);
    amos_error err;
    *out = NULL;
    if (!cases) {
        cli_error("Memory ran out.");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        cases[i] = subjects[i].facts;
    amos_status status = amos_quality_judge(cases, count, limits, out, &err);
    if (status)
        cli_error_of(&err);
    free(cases);
    return !status;
}

void quality_release(struct quality_subject *subjects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        amos_quality_free(subjects[i].facts);
        subjects[i].facts = NULL;
    }
}
