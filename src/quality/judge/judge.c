/* SPDX-License-Identifier: BSD-3-Clause */
/* The second stage: findings from the facts of all cases. */
#include "quality/judge/judge.h"

#include <math.h>

#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "base/system/alloc.h"
#include "quality/judge/findings.h"

/* ---- all rules ---- */

static void judge_unreadable(struct amosi_judging *j, size_t index)
{
    const amos_quality_facts *facts = amos_quality_get_facts(j->cases[index]);
    const struct amosi_suspicion s = {AMOS_QUALITY_UNREADABLE, index, NULL, NULL, NAN, NAN, NAN, ""};
    amosi_suspect(j, &s, "%s", facts->message[0] ? facts->message : amos_status_text(facts->status));
}

static void judge_case(struct amosi_judging *j, size_t index)
{
    const amos_quality_facts *facts = amos_quality_get_facts(j->cases[index]);
    if (facts->status) {
        judge_unreadable(j, index);
        return;
    }
    if (facts->has_label) {
        amosi_judge_components(j, index);
        amosi_judge_anatomy(j, index);
        amosi_judge_missing(j, index);
    }
    if (facts->has_image)
        amosi_judge_image(j, index);
}

static void judge_all(struct amosi_judging *j)
{
    for (size_t i = 0; i < j->count; i++)
        judge_case(j, i);
    amosi_judge_outliers(j);
    amosi_judge_duplicates(j);
    amosi_findings_sort(j->out);
}

amos_status amos_quality_judge(const amos_quality *const *cases, size_t count, const amos_quality_limits *limits,
                               amos_quality_findings **out, amos_error *err)
{
    struct amosi_judging j = {.cases = cases, .count = count};
    if (out)
        *out = NULL;
    for (size_t i = 0; i < count && cases; i++)
        if (!cases[i])
            return amosi_fail(err, AMOS_E_ARG, NULL, "amos_quality_judge has no facts about case %zu.", i);
    if (!out || (count && !cases))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_quality_judge needs facts and a place for the findings.");
    amos_status status = amosi_quality_limits(&j.limits, limits, err);
    if (status)
        return status;
    j.out = amosi_zalloc(sizeof *j.out);
    if (!j.out)
        return amosi_fail_nomem(err, NULL);
    const int rounding = amosi_rounding_begin();
    judge_all(&j);
    amosi_rounding_end(rounding);
    if (j.no_memory) {
        amos_quality_findings_free(j.out);
        return amosi_fail_nomem(err, NULL);
    }
    *out = j.out;
    return AMOS_OK;
}
