/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/check.h"

#include <stdlib.h>

#include "kit/message.h"
#include "quality/report.h"
#include "quality/run.h"

bool quality_concerns(const struct check_item *item)
{
    return item->c || (item->image.is_label && !item->image.status);
}

/* ---- measuring ---- */

static struct quality_subject *list_subjects(const struct check_item *items, size_t count, size_t *listed)
{
    struct quality_subject *subjects = calloc(count + 1, sizeof *subjects);
    *listed = 0;
    for (size_t i = 0; subjects && i < count; i++)
        if (quality_concerns(&items[i]))
            subjects[(*listed)++] = (struct quality_subject){
                .c = items[i].c, .path = items[i].path, .accept = &items[i].accept, .facts = items[i].quality};
    if (!subjects)
        cli_error("Memory ran out.");
    return subjects;
}

/* Those of a part are there. */
static bool are_measured(const struct quality_subject *subjects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!subjects[i].facts)
            return false;
    return true;
}

bool quality_measure_items(struct check_item *items, size_t count, const struct quality_request *request)
{
    size_t listed, k = 0;
    struct quality_subject *subjects = list_subjects(items, count, &listed);
    const bool good = subjects && (are_measured(subjects, listed) ||
                                   quality_measure(subjects, listed, request->volume, request->threads));
    for (size_t i = 0; subjects && i < count; i++)
        if (quality_concerns(&items[i]))
            items[i].quality = subjects[k++].facts;
    free(subjects);
    return good;
}

bool quality_could_read(const struct check_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].quality && amos_quality_get_facts(items[i].quality)->status)
            return false;
    return true;
}

/* ---- judging ---- */

static void report(const struct quality_subject *subjects, size_t count, const amos_quality_findings *findings,
                   const struct quality_request *request)
{
    if (!request->json) {
        quality_print(findings);
        quality_print_summary(findings, count);
        return;
    }
    for (size_t i = 0; i < count && request->facts; i++)
        quality_print_facts(subjects[i].facts);
    quality_print_json(findings);
}

bool quality_report(const struct check_item *items, size_t count, const struct quality_request *request)
{
    size_t listed;
    struct quality_subject *subjects = list_subjects(items, count, &listed);
    amos_quality_findings *findings = NULL;
    const bool good = subjects && quality_judge(subjects, listed, &request->limits, &findings);
    if (good)
        report(subjects, listed, findings, request);
    amos_quality_findings_free(findings);
    free(subjects);
    return good;
}
