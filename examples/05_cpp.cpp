// SPDX-License-Identifier: BSD-3-Clause
// The same as 04_threads.c from C++17, by amos.hpp: handles that release themselves, failures as exceptions.
// usage: 05_cpp DIRECTORY
#include <amos/amos.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace
{

struct liver {
    amos::case_ref c;
    double millilitres = 0.0;
    double mean = 0.0; // of the image, within the label
    std::string failure;
};

double mean_within(const amos::array &image, const amos::labelmap &label, int organ)
{
    const amos::span<const float> values = image.view<const float>().flat();
    const amos::span<const std::uint8_t> labels = label.voxels();
    double sum = 0.0;
    for (std::size_t i = 0; i < labels.size(); i++)
        if (labels[i] == organ)
            sum += static_cast<double>(values[i]);
    return sum / static_cast<double>(label.stats(organ).voxels);
}

// Runs on any of the threads, one case at a time.
void measure(liver &result)
{
    amos_read_options as_float = AMOS_READ_OPTIONS_INIT;
    as_float.type = AMOS_TYPE_FLOAT32;
    as_float.threads = 1;
    const auto [image, label] = amos::pair(result.c).load(&as_float);
    const amos_organ_stats &stats = label.stats(AMOS_ORGAN_LIVER);
    if (!stats.present)
        return;
    result.millilitres = stats.millilitres;
    result.mean = mean_within(image, label, AMOS_ORGAN_LIVER);
}

// A case that cannot be read is reported, and the others go on.
void measure_or_note(liver &result)
{
    try {
        measure(result);
    } catch (const amos::error &failure) {
        result.failure = failure.what();
    }
}

bool print(const std::vector<liver> &livers)
{
    bool good = true;
    for (const liver &one : livers) {
        if (one.failure.empty())
            std::printf("%s  %-3s  liver %7.1f ml, mean %8.2f\n", one.c->id, amos_modality_name(one.c->modality),
                        one.millilitres, one.mean);
        else
            std::fprintf(stderr, "%s\n", one.failure.c_str());
        good = good && one.failure.empty();
    }
    return good;
}

bool run(const char *path)
{
    amos::dataset dataset(path);
    amos_case_filter labelled = AMOS_CASE_FILTER_INIT;
    labelled.has_image = 1;
    labelled.has_label = 1;
    std::vector<liver> livers;
    for (amos::case_ref c : dataset.cases(labelled))
        livers.push_back(liver{c, 0.0, 0.0, {}});
    amos::parallel_for(livers.size(), [&](std::size_t i) { measure_or_note(livers[i]); });
    return print(livers);
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
