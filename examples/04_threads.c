/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures the liver of every labelled case in several threads; the lines are printed in the order of the cases.
 * usage: 04_threads DIRECTORY */
#include <amos/amos.h>
#include <stdio.h>
#include <stdlib.h>

/* The result of one case. Each is written by one thread only. */
struct liver {
    const amos_case *c;
    double millilitres;
    double mean; /* of the image, within the label */
};

struct job {
    struct liver *livers;
    int failed;
};

static double mean_within(const float *image, const amos_labelmap *label, int organ)
{
    const int64_t *shape = amos_labelmap_layout(label)->shape;
    const uint8_t *voxels = amos_labelmap_voxels(label);
    double sum = 0.0;
    for (int64_t i = 0; i < shape[0] * shape[1] * shape[2]; i++)
        if (voxels[i] == organ)
            sum += (double)image[i];
    return sum / (double)amos_labelmap_get_stats(label, organ)->voxels;
}

/* Runs on any thread: opens image and label together and reads them as two aligned arrays. */
static amos_status measure(void *user, size_t index, amos_error *err)
{
    struct liver *liver = &((struct job *)user)->livers[index];
    amos_read_options as_float = AMOS_READ_OPTIONS_INIT;
    amos_labelmap_options as_label = AMOS_LABELMAP_OPTIONS_INIT;
    as_float.type = AMOS_TYPE_FLOAT32;
    as_float.threads = as_label.threads = 1; /* the workers use all processors */
    amos_pair *pair = NULL;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_status status = amos_pair_open_case(liver->c, NULL, &pair, err);
    if (status == AMOS_OK)
        status = amos_pair_load(pair, &as_float, &as_label, &image, &label, err);
    if (status == AMOS_OK && amos_labelmap_get_stats(label, AMOS_ORGAN_LIVER)->present) {
        liver->millilitres = amos_labelmap_get_stats(label, AMOS_ORGAN_LIVER)->millilitres;
        liver->mean = mean_within(amos_array_data(image), label, AMOS_ORGAN_LIVER);
    }
    amos_labelmap_free(label);
    amos_array_free(image);
    amos_pair_free(pair);
    return status;
}

/* Runs on the main thread, case after case. A case that failed does not stop the others. */
static amos_status print(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct job *job = user;
    const struct liver *liver = &job->livers[index];
    if (status != AMOS_OK) {
        fprintf(stderr, "%s\n", err->message);
        job->failed = 1;
    } else {
        const amos_case_info *info = amos_case_get_info(liver->c);
        printf("%s  %-3s  liver %7.1f ml, mean %8.2f\n", info->id, amos_modality_name(info->modality),
               liver->millilitres, liver->mean);
    }
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
    amos_case_filter labelled = AMOS_CASE_FILTER_INIT;
    labelled.has_image = labelled.has_label = 1;
    struct job job = {.livers = calloc(amos_dataset_get_info(dataset)->count + 1, sizeof *job.livers)};
    size_t count = 0;
    if (job.livers == NULL) {
        fprintf(stderr, "memory ran out\n");
        amos_dataset_free(dataset);
        return 1;
    }
    amos_status status;
    const amos_case *c = NULL;
    while ((status = amos_dataset_next(dataset, &labelled, &c, &err)) == AMOS_OK && c)
        job.livers[count++].c = c;
    if (status == AMOS_OK)
        status = amos_workers_run(count, NULL, measure, print, &job, &err);
    if (status != AMOS_OK) {
        fprintf(stderr, "%s\n", err.message);
        job.failed = 1;
    }
    free(job.livers);
    amos_dataset_free(dataset);
    return job.failed;
}
