/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/check.h"

#include <stdlib.h>

#include "kit/message.h"
#include "quality/report.h"
#include "quality/run.h"

/* The cases, and the files that are labels. */
static size_t list_subjects(const struct check_item *items, size_t count, struct quality_subject *subjects)
{
    size_t listed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct check_item *item = &items[i];
        if (item->c || (item->image.is_label && !item->image.status))
            subjects[listed++] = (struct quality_subject){.c = item->c, .path = item->path, .accept = &item->accept};
    }
    return listed;
}

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

/* A case that was whole when it was checked may not be readable any more. */
static bool all_were_read(const struct quality_subject *subjects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (amos_quality_get_facts(subjects[i].facts)->status)
            return false;
    return true;
}

bool quality_check(const struct check_item *items, size_t count, const struct quality_request *request)
{
    struct quality_subject *subjects = calloc(count + 1, sizeof *subjects);
    amos_quality_findings *findings = NULL;
    if (!subjects) {
        cli_error("Memory ran out.");
        return false;
    }
    const size_t listed = list_subjects(items, count, subjects);
    bool good = quality_measure(subjects, listed, request->volume, request->threads) &&
                quality_judge(subjects, listed, &request->limits, &findings);
    if (good) {
        report(subjects, listed, findings, request);
        good = all_were_read(subjects, listed);
    }
    amos_quality_findings_free(findings);
    quality_release(subjects, listed);
    free(subjects);
    return good;
}
