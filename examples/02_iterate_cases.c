/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists the CT cases of a data set that have a label, without reading a volume.
 * usage: 02_iterate_cases DIRECTORY */
#include <amos/amos.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    /* The id of an AMOS case says whether it is CT or MRI. The caller can say it of others, or correct it. */
    const amos_modality_override known[] = {{"word_0001", AMOS_MODALITY_CT}};
    amos_dataset_options options = AMOS_DATASET_OPTIONS_INIT;
    options.modality = known;
    options.modality_count = 1;
    amos_dataset *dataset = NULL;
    amos_error err;
    if (amos_dataset_open(argv[1], &options, &dataset, &err) != AMOS_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    amos_case_filter filter = AMOS_CASE_FILTER_INIT;
    filter.modality = AMOS_MODALITY_CT;
    filter.has_image = filter.has_label = 1;
    size_t taken = 0;
    amos_status status;
    const amos_case *c = NULL;
    for (; (status = amos_dataset_next(dataset, &filter, &c, &err)) == AMOS_OK && c; taken++) {
        const amos_case_info *info = amos_case_get_info(c);
        printf("%s  %-10s  %s\n", info->id, amos_split_name(info->split), info->image_path);
    }
    const amos_dataset_info *all = amos_dataset_get_info(dataset);
    if (status == AMOS_OK)
        printf("%zu of %zu cases of %s are labelled CT scans\n", taken, all->count, all->name);
    else
        fprintf(stderr, "%s\n", err.message);
    amos_dataset_free(dataset);
    return status == AMOS_OK ? 0 : 1;
}
