/* SPDX-License-Identifier: BSD-3-Clause */
/* A file of verdicts: JSON, JSON lines or CSV. */
#include <stdlib.h>
#include <string.h>

#include <amos/verdicts.h>

#include "fuzz/kit/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    amos_verdicts *verdicts;
    amos_error err;
    void *copy = fuzz_copy(data, size);
    amos_status status = amos_verdicts_open_memory(copy, size, &verdicts, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (verdicts != NULL));
    FUZZ_REQUIRE(status == AMOS_OK || (err.status == status && strlen(err.message) > 10));
    free(copy); /* nothing points into it */
    const amos_verdicts_info *info = amos_verdicts_get_info(verdicts);
    size_t judged = 0;
    for (size_t i = 0; info && i < info->count; i++) {
        const amos_verdict_entry *e = amos_verdicts_get(verdicts, i);
        FUZZ_REQUIRE(*e->case_id && e->verdict >= AMOS_VERDICT_NONE && e->verdict <= AMOS_VERDICT_UNSURE);
        FUZZ_REQUIRE(strlen(e->text) <= size && strlen(e->time) <= size && (!e->organ || *e->organ));
        judged += amos_verdicts_of(verdicts, e->case_id) != AMOS_VERDICT_NONE;
    }
    FUZZ_REQUIRE(!info || info->passed + info->failed + info->unsure <= judged);
    FUZZ_REQUIRE(!info || amos_verdicts_get(verdicts, info->count) == NULL);
    amos_verdicts_free(verdicts);
    return 0;
}
