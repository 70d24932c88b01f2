/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts of label quality as JSON: what is accepted gives the same facts again, and can be judged. */
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"

/* Two cases with the same facts, so that the rules about several cases run too. */
static void judge(const amos_quality *quality)
{
    const amos_quality *const cases[] = {quality, quality, quality};
    amos_quality_limits limits = AMOS_QUALITY_LIMITS_INIT;
    amos_quality_findings *findings;
    amos_error err;
    limits.group_cases = 2;
    limits.speck_mm3 = limits.hole_mm3 = 0;
    FUZZ_REQUIRE(amos_quality_judge(cases, 3, &limits, &findings, &err) == AMOS_OK);
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++) {
        const amos_quality_finding *f = amos_quality_findings_get(findings, i);
        FUZZ_REQUIRE(f->index < 3 && f->case_id && f->organ && f->expected && strlen(f->text) > 0);
        FUZZ_REQUIRE(strcmp(amos_quality_kind_name(f->kind), "?") != 0);
    }
    amos_quality_findings_free(findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    amos_quality *quality, *again;
    amos_error err;
    char *text = fuzz_copy(data, size);
    const amos_status status = amos_quality_parse(text, size, &quality, &err);
    FUZZ_REQUIRE(status == AMOS_OK || (quality == NULL && err.message[0]));
    if (!status) {
        const char *json = amos_quality_get_json(quality);
        FUZZ_REQUIRE(amos_quality_parse(json, strlen(json), &again, &err) == AMOS_OK);
        FUZZ_REQUIRE(strcmp(json, amos_quality_get_json(again)) == 0);
        judge(again);
        amos_quality_free(again);
    }
    amos_quality_free(quality);
    free(text);
    return 0;
}
