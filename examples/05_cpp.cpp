// SPDX-License-Identifier: BSD-3-Clause
// The same as 04_threads.c from C++17: handles that release themselves, failures as exceptions.
// usage: 05_cpp DIRECTORY
#include <amos/amos.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

template <auto release> struct Release {
    template <typename T> void operator()(T *handle) const { release(handle); }
};
using Dataset = std::unique_ptr<amos_dataset, Release<amos_dataset_free>>;
using Pair = std::unique_ptr<amos_pair, Release<amos_pair_free>>;
using Array = std::unique_ptr<amos_array, Release<amos_array_free>>;
using LabelMap = std::unique_ptr<amos_labelmap, Release<amos_labelmap_free>>;

void check(amos_status status, const amos_error &err)
{
    if (status != AMOS_OK)
        throw std::runtime_error(err.message);
}

Dataset open_dataset(const char *path)
{
    amos_error err;
    amos_dataset *dataset = nullptr;
    check(amos_dataset_open(path, nullptr, &dataset, &err), err);
    return Dataset(dataset);
}

struct Liver {
    const amos_case *c;
    double millilitres = 0.0;
    double mean = 0.0; // of the image, within the label
};

struct Job {
    std::vector<Liver> livers;
    bool failed = false;
};

double mean_within(const float *image, const amos_labelmap *label, int organ)
{
    const int64_t *shape = amos_labelmap_layout(label)->shape;
    const uint8_t *voxels = amos_labelmap_voxels(label);
    double sum = 0.0;
    for (int64_t i = 0; i < shape[0] * shape[1] * shape[2]; i++)
        if (voxels[i] == organ)
            sum += static_cast<double>(image[i]);
    return sum / static_cast<double>(amos_labelmap_get_stats(label, organ)->voxels);
}

// Runs on any of the threads. No exception may pass through the library, so this one returns the status.
amos_status measure(void *user, size_t index, amos_error *err)
{
    Liver &liver = static_cast<Job *>(user)->livers[index];
    amos_read_options as_float{};
    as_float.size = sizeof as_float;
    as_float.type = AMOS_TYPE_FLOAT32;
    as_float.threads = 1; // the workers use all processors
    amos_labelmap_options as_label{};
    as_label.size = sizeof as_label;
    as_label.threads = 1;
    amos_pair *pair = nullptr;
    amos_array *image = nullptr;
    amos_labelmap *label = nullptr;
    amos_status status = amos_pair_open_case(liver.c, nullptr, &pair, err);
    Pair pair_owner(pair);
    if (status == AMOS_OK)
        status = amos_pair_load(pair, &as_float, &as_label, &image, &label, err);
    Array image_owner(image);
    LabelMap label_owner(label);
    if (status == AMOS_OK && amos_labelmap_get_stats(label, AMOS_ORGAN_LIVER)->present) {
        liver.millilitres = amos_labelmap_get_stats(label, AMOS_ORGAN_LIVER)->millilitres;
        liver.mean = mean_within(static_cast<const float *>(amos_array_data(image)), label, AMOS_ORGAN_LIVER);
    }
    return status;
}

// Runs on the main thread, case after case.
amos_status print(void *user, size_t index, amos_status status, const amos_error *err)
{
    Job &job = *static_cast<Job *>(user);
    const Liver &liver = job.livers[index];
    if (status != AMOS_OK) {
        std::fprintf(stderr, "%s\n", err->message);
        job.failed = true;
    } else {
        const amos_case_info &info = *amos_case_get_info(liver.c);
        std::printf("%s  %-3s  liver %7.1f ml, mean %8.2f\n", info.id, amos_modality_name(info.modality),
                    liver.millilitres, liver.mean);
    }
    return AMOS_OK;
}

bool run(const char *path)
{
    Dataset dataset = open_dataset(path);
    amos_case_filter labelled = AMOS_CASE_FILTER_INIT;
    labelled.has_image = 1;
    labelled.has_label = 1;
    Job job;
    amos_error err;
    const amos_case *c = nullptr;
    for (;;) {
        check(amos_dataset_next(dataset.get(), &labelled, &c, &err), err);
        if (c == nullptr)
            break;
        job.livers.push_back(Liver{c});
    }
    check(amos_workers_run(job.livers.size(), nullptr, measure, print, &job, &err), err);
    return !job.failed;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    try {
        return run(argv[1]) ? 0 : 1;
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
