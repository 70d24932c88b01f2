/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the millilitres of every organ of every labelled case as CSV.
 * usage: 03_organ_volumes_csv DIRECTORY >volumes.csv */
#include <amos/amos.h>
#include <stdio.h>

static void print_head(void)
{
    printf("id,modality");
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++)
        printf(",%s", amos_organ_get(organ)->name);
    printf("\n");
}

/* Counts the voxels while reading and does not keep them. */
static amos_status print_case(const amos_case *c, amos_error *err)
{
    amos_labelmap_options options = AMOS_LABELMAP_OPTIONS_INIT;
    options.flags = AMOS_LABELMAP_STATS_ONLY;
    amos_labelmap *map = NULL;
    const amos_case_info *info = amos_case_get_info(c);
    amos_status status = amos_labelmap_open(info->label_path, NULL, &options, &map, err);
    if (status != AMOS_OK)
        return status;
    printf("%s,%s", info->id, amos_modality_name(info->modality));
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++)
        printf(",%.3f", amos_labelmap_get_stats(map, organ)->millilitres);
    printf("\n");
    amos_labelmap_free(map);
    return AMOS_OK;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    amos_dataset *dataset = NULL;
    amos_error err;
    if (amos_dataset_open(argv[1], NULL, &dataset, &err) != AMOS_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    amos_case_filter filter = AMOS_CASE_FILTER_INIT;
    filter.has_label = 1;
    int failed = 0;
    print_head();
    amos_status status;
    const amos_case *c = NULL;
    while ((status = amos_dataset_next(dataset, &filter, &c, &err)) == AMOS_OK && c) {
        if (print_case(c, &err) != AMOS_OK) {
            fprintf(stderr, "%s\n", err.message);
            failed = 1;
        }
    }
    if (status != AMOS_OK) {
        fprintf(stderr, "%s\n", err.message);
        failed = 1;
    }
    amos_dataset_free(dataset);
    return failed;
}
