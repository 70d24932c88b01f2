/* SPDX-License-Identifier: BSD-3-Clause */
/* dataset.json in a small tree: opened, walked and validated. */
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/tree.h"

static void see(void *user, const amos_finding *finding)
{
    size_t *letters = user;
    *letters += strlen(finding->path) + strlen(finding->case_id) + strlen(finding->message);
    FUZZ_REQUIRE(finding->status != AMOS_OK || finding->warnings != 0);
}

static void walk(const amos_dataset *dataset)
{
    size_t seen = 0, letters = 0;
    const amos_case *c = NULL;
    amos_status status;
    for (; (status = amos_dataset_next(dataset, NULL, &c, NULL)) == AMOS_OK && c; seen++) {
        const amos_case_info *info = amos_case_get_info(c);
        FUZZ_REQUIRE(info->image_path[0] == '/');
        FUZZ_REQUIRE(amos_dataset_find(dataset, info->id) != NULL);
        FUZZ_REQUIRE(!info->has_label || info->label_path != NULL);
    }
    FUZZ_REQUIRE(status == AMOS_OK);
    FUZZ_REQUIRE(seen == amos_dataset_get_info(dataset)->count);
    for (int label = -1; label < 300; label++)
        if (amos_dataset_label_name(dataset, label))
            letters += strlen(amos_dataset_label_name(dataset, label));
    FUZZ_REQUIRE(amos_dataset_validate(dataset, see, &letters, NULL) == AMOS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    amos_dataset *dataset;
    amos_error err;
    amos_dataset_options options = {.size = sizeof options};
    const char *root = fuzz_tree();
    options.flags = fuzz_byte(&data, &size) % 4;
    fuzz_tree_write("dataset.json", data, size);
    amos_status status = amos_dataset_open(root, &options, &dataset, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (dataset != NULL));
    FUZZ_REQUIRE(status == AMOS_OK || (err.status == status && strlen(err.message) > 10));
    if (dataset)
        walk(dataset);
    amos_dataset_free(dataset);
    return 0;
}
