/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "faults/digest.h"
#include "faults/rows.h"

amos_status quality_case(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    const amos_volume_options volume = volume_options(world);
    amos_quality *quality = UNSET(world);
    options.threads = 1;
    options.volume = &volume;
    amos_status status = amos_quality_open_case(amos_dataset_get(world->dataset, 0), &options, &quality, err);
    give(world, status, quality);
    if (!status && amos_quality_get_facts(quality)->status)
        world->reported++; /* a case that cannot be read has facts that say so */
    else if (!status)
        digest_text(digest, amos_quality_get_json(quality));
    amos_quality_free(quality);
    return status;
}

amos_status quality_parse(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    amos_quality *quality = UNSET(world), *again = UNSET(world);
    options.threads = 1;
    amos_status status = amos_quality_measure(world->map, NULL, &options, &quality, err);
    give(world, status, quality);
    if (status)
        return status;
    const char *text = amos_quality_get_json(quality);
    status = amos_quality_parse(text, strlen(text), &again, err);
    give(world, status, again);
    digest_text(digest, amos_quality_get_json(again));
    amos_quality_free(again);
    amos_quality_free(quality);
    return status;
}

amos_status quality_judge(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    amos_quality_limits limits = AMOS_QUALITY_LIMITS_INIT;
    amos_quality *quality = NULL;
    amos_quality_findings *findings = UNSET(world);
    options.threads = 1;
    limits.speck_mm3 = 1e6;
    amos_status status = amos_quality_measure(world->map, NULL, &options, &quality, err);
    if (status)
        return status;
    const amos_quality *const cases[] = {quality, quality}; /* the second repeats the first */
    status = amos_quality_judge(cases, 2, &limits, &findings, err);
    give(world, status, findings);
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++)
        digest_text(digest, amos_quality_findings_get(findings, i)->text);
    amos_quality_findings_free(findings);
    amos_quality_free(quality);
    return status;
}
