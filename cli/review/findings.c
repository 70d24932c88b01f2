/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/findings.h"

#include <math.h>

#include "review/grid.h"

amos_status review_quality_measure(const struct review_loading *loading, const struct review_item *item,
                                   amos_quality **out, amos_error *err)
{
    const amos_accept accept = accepting_for(&loading->set->accepting, loading->set->dataset);
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    options.threads = loading->threads;
    options.accept = &accept;
    options.volume = &loading->set->accepting.volume;
    options.pool = loading->pool;
    return amos_quality_open_case(amos_dataset_get(loading->set->dataset, item->info->index), &options, out, err);
}

/* ---- which ---- */

/* How many findings of the same kind come before a finding of a case. */
static int rank_of(const amos_quality_findings *findings, size_t first, size_t index)
{
    const amos_quality_kind kind = amos_quality_findings_get(findings, index)->kind;
    int rank = 0;
    for (size_t i = first; i < index; i++)
        rank += amos_quality_findings_get(findings, i)->kind == kind;
    return rank;
}

/* The ranks up to which all findings have room; those of the next one come as far as there is room. */
static int rank_with_room(const amos_quality_findings *findings, size_t first, size_t count, size_t *left)
{
    size_t taken = 0;
    for (int rank = 0;; rank++) {
        size_t more = 0;
        for (size_t i = first; i < first + count; i++)
            more += rank_of(findings, first, i) == rank;
        if (more == 0 || taken + more > REVIEW_FINDINGS) {
            *left = more == 0 ? 0 : REVIEW_FINDINGS - taken;
            return rank;
        }
        taken += more;
    }
}

/* ---- as JSON ---- */

static void put_place(cJSON *object, const amos_quality_finding *finding, const amos_quality_facts *facts, int64_t size)
{
    int64_t voxel[3];
    double mm[3];
    if (finding->has_place && facts->orientation[0]) {
        review_grid_place(facts->shape, facts->orientation, size, finding->voxel, voxel);
        json_put_integers(object, "voxel", voxel, 3);
    } else {
        json_put_null(object, "voxel");
    }
    for (int i = 0; i < 3; i++)
        mm[i] = rint(finding->mm[i] * 10) / 10;
    if (finding->has_place && isfinite(mm[0]))
        json_put_numbers(object, "mm", mm, 3);
    else
        json_put_null(object, "mm");
}

static cJSON *finding_json(const amos_quality_finding *finding, const amos_quality_facts *facts, int64_t size)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "kind", amos_quality_kind_name(finding->kind));
    if (finding->label)
        json_put_integer(object, "organ", finding->label);
    else
        json_put_null(object, "organ");
    put_place(object, finding, facts, size);
    json_put_number(object, "value", rint(finding->value * 1000) / 1000);
    json_put_text(object, "expected", finding->expected);
    json_put_text(object, "text", finding->text);
    return object;
}

void review_put_findings(cJSON *row, const amos_quality_findings *findings, size_t first, size_t count,
                         const amos_quality_facts *facts, int64_t size)
{
    size_t left;
    int room = rank_with_room(findings, first, count, &left);
    cJSON *list = cJSON_AddArrayToObject(row, "findings");
    for (size_t i = first; i < first + count; i++) {
        int rank = rank_of(findings, first, i);
        bool last = rank == room && left > 0;
        left -= last;
        if (rank < room || last)
            json_append(list, finding_json(amos_quality_findings_get(findings, i), facts, size));
    }
    json_put_unsigned(row, "finding_count", count);
}
