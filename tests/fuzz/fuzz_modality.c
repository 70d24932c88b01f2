/* SPDX-License-Identifier: BSD-3-Clause */
/* The modality table, CSV or JSON, of a small tree. */
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const amos_modality_override every = {"*", AMOS_MODALITY_UNKNOWN};
    amos_dataset *dataset;
    amos_error err;
    char table[512];
    const char *root = fuzz_tree();
    fuzz_tree_write("table", data, size);
    fuzz_tree_path(table, sizeof table, "table");
    amos_dataset_options options = {.size = sizeof options, .modality_table = table};
    amos_status status = amos_dataset_open(root, &options, &dataset, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (dataset != NULL));
    FUZZ_REQUIRE(status == AMOS_OK || (err.status == status && strlen(err.message) > 10));
    amos_dataset_free(dataset);
    if (status)
        return 0;
    /* With a rule of the caller for all that the table does not name, the same table is good again. */
    options.modality = &every;
    options.modality_count = 1;
    FUZZ_REQUIRE(amos_dataset_open(root, &options, &dataset, &err) == AMOS_OK);
    for (size_t i = 0; i < amos_dataset_get_info(dataset)->count; i++) {
        const amos_case_info *c = amos_case_get_info(amos_dataset_get(dataset, i));
        FUZZ_REQUIRE(c->modality >= AMOS_MODALITY_CT && c->modality <= AMOS_MODALITY_UNKNOWN);
        FUZZ_REQUIRE(c->modality == AMOS_MODALITY_UNKNOWN || size > 3);
    }
    amos_dataset_free(dataset);
    return 0;
}
