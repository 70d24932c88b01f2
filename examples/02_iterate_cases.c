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
    /* By its number amos_0500 is MRI, but by its intensities it is CT. */
    const amos_modality_override known[] = {{"amos_0500", AMOS_MODALITY_CT}};
    amos_dataset_options options = {.size = sizeof options, .modality = known, .modality_count = 1};
    amos_dataset *dataset = NULL;
    amos_error err;
    if (amos_dataset_open(argv[1], &options, &dataset, &err) != AMOS_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    amos_case_filter filter = {.size = sizeof filter, .modality = AMOS_MODALITY_CT, .has_image = 1, .has_label = 1};
    size_t taken = 0;
    for (const amos_case *c = NULL; (c = amos_dataset_next(dataset, &filter, c)) != NULL; taken++)
        printf("%s  %-10s  %s\n", amos_case_id(c), amos_split_name(amos_case_split(c)), amos_case_image_path(c));
    printf("%zu of %zu cases of %s are labelled CT scans\n", taken, amos_dataset_count(dataset),
           amos_dataset_name(dataset));
    amos_dataset_free(dataset);
    return 0;
}
