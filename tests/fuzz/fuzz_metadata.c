/* SPDX-License-Identifier: BSD-3-Clause */
/* The metadata CSV of a small tree. */
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    amos_dataset *dataset;
    amos_error err;
    const char *root = fuzz_tree();
    fuzz_tree_write("labeled_data_meta_0000_0599.csv", data, size);
    FUZZ_REQUIRE(amos_dataset_open(root, NULL, &dataset, &err) == AMOS_OK);
    const amos_case *c = NULL;
    amos_status status;
    while ((status = amos_dataset_next(dataset, NULL, &c, &err)) == AMOS_OK && c) {
        const amos_metadata *m = amos_case_get_info(c)->metadata;
        if (!m)
            continue;
        FUZZ_REQUIRE(m->age_years >= -1 && strchr("MF?", m->sex) != NULL);
        FUZZ_REQUIRE(strlen(m->model) + strlen(m->maker) + strlen(m->date) + strlen(m->birth) + strlen(m->site) <
                     size + 1);
    }
    FUZZ_REQUIRE(status == AMOS_OK);
    amos_dataset_free(dataset);
    return 0;
}
