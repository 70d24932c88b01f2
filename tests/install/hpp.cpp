// SPDX-License-Identifier: BSD-3-Clause
// What amos.hpp promises, on a phantom. usage: hpp PHANTOM FOLDER; prints ok: and FAIL: lines.
#include <amos/amos.hpp>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

namespace
{

bool all_good = true;

void check(const char *what, bool good)
{
    std::printf("%s: %s\n", good ? "ok" : "FAIL", what);
    all_good = all_good && good;
}

template <typename Call> amos_status status_of(Call call)
{
    try {
        call();
        return AMOS_OK;
    } catch (const amos::error &failure) {
        return std::string(failure.what()).empty() ? AMOS_OK : failure.status();
    }
}

static_assert(!std::is_copy_constructible_v<amos::volume> && std::is_nothrow_move_constructible_v<amos::volume>);
static_assert(!std::is_copy_constructible_v<amos::dataset> && std::is_nothrow_move_constructible_v<amos::dataset>);
static_assert(!std::is_copy_constructible_v<amos::batch> && std::is_nothrow_move_assignable_v<amos::batch>);
static_assert(std::is_base_of_v<std::exception, amos::error>);

void try_cases(const std::string &root)
{
    amos::dataset dataset(root);
    std::vector<std::string> ids;
    for (amos::case_ref c : dataset.cases())
        ids.push_back(c->id);
    check("the loop gives every case once", ids.size() == dataset.size() && ids.size() > 1 && ids[0] != ids[1]);
    amos_case_filter mri = AMOS_CASE_FILTER_INIT;
    mri.modality = AMOS_MODALITY_MRI;
    bool only = true;
    for (amos::case_ref c : dataset.cases(mri))
        only = only && c->modality == AMOS_MODALITY_MRI;
    check("a filter is kept to", only);
    const std::string file = root + "/verdicts.jsonl";
    std::ofstream(file) << "{\"case\": \"" << ids[1] << "\", \"verdict\": \"pass\"}\n";
    amos::verdicts verdicts(file);
    check("verdicts are read",
          verdicts.size() == 1 && verdicts[0].case_id == ids[1] && verdicts.of(ids[1]) == AMOS_VERDICT_PASS);
    amos_case_filter passed = AMOS_CASE_FILTER_INIT;
    passed.verdicts = verdicts.get();
    passed.only = AMOS_ONLY(AMOS_VERDICT_PASS);
    std::vector<std::string> chosen;
    for (amos::case_ref c : dataset.cases(passed))
        chosen.push_back(c->id);
    check("verdicts select cases", chosen == std::vector<std::string>{ids[1]});
    amos_case_filter odd = AMOS_CASE_FILTER_INIT;
    odd.size = 0;
    check("a filter without its size is an error", status_of([&] {
                                                       for (amos::case_ref c : dataset.cases(odd))
                                                           (void)c;
                                                   }) == AMOS_E_ARG);
    check("a case is found by its id", std::string(dataset[ids[1]]->id) == ids[1]);
    check("an unknown id is an error", status_of([&] { dataset["amos_9999"]; }) == AMOS_E_ARG);
    check("a file that is no archive is an error",
          status_of([&] { amos::archive_paths(dataset[ids[0]]->image_path); }) == AMOS_E_UNSUPPORTED);
    check("a wrong folder is an error", status_of([&] { amos::dataset("/nowhere"); }) == AMOS_E_OPEN);
    amos::dataset moved = std::move(dataset);
    check("a handle can be moved", moved.size() == ids.size() && dataset.get() == nullptr);
}

void try_voxels(const std::string &root, const std::string &folder)
{
    amos::dataset dataset(root);
    amos::case_ref c = dataset["amos_0001"];
    amos::volume volume(c->image_path);
    amos::array stored = volume.load(), values = volume.load_as<float>();
    const auto view = stored.view<const std::int16_t>();
    const auto floats = values.view<const float>();
    check("a view has the shape of the file", view.shape(0) == volume.info().shape[0] && view.size() == floats.size());
    check("a view finds voxels", static_cast<float>(view(3, 2, 1)) == floats(3, 2, 1));
    check("a flat view has them in order", view.flat()[1] == view(1, 0, 0));
    check("a view of another type is an error", status_of([&] { stored.view<double>(); }) == AMOS_E_ARG);
    amos::labelmap label(c->label_path);
    check("organs are measured", label.stats(AMOS_ORGAN_LIVER).millilitres > 100.0);
    check("a label beyond the table is an error", status_of([&] { label.stats(200); }) == AMOS_E_ARG);
    amos::components components(label);
    const amos_component first = components[components.organ(AMOS_ORGAN_LIVER).first];
    check("components are counted", first.label == AMOS_ORGAN_LIVER && components.info().count >= 15);
    check("components number voxels", components.numbers().size() == label.layout().bytes);
    amos_drop_options rules = AMOS_DROP_OPTIONS_INIT;
    rules.flags = AMOS_DROP_ALL_BUT_LARGEST;
    check("one component of an organ stays",
          components.drop(label, rules).stats(AMOS_ORGAN_LIVER).voxels == first.voxels);
    check("a component too many is an error", status_of([&] { components[components.info().count]; }) == AMOS_E_ARG);
    amos_resample_options grid = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    grid.spacing[2] = 11;
    const amos::array coarse = values.resample(grid, &report);
    check("an image is resampled", coarse.layout().geometry.spacing[2] == 11 && report.separable && !report.rounded);
    check("a map gets the same grid", label.resample(grid).layout().shape[2] == coarse.layout().shape[2]);
    amos::pair pair(c);
    const auto [image, other] = pair.load();
    check("a pair gives both", image.layout().shape[2] == other.layout().shape[2]);
    amos::score score(label, other);
    check("a map agrees with itself", score.mean(AMOS_MEASURE_DICE).mean == 1.0 && score.organ(6).dice == 1.0);
    std::vector<amos::quality> facts;
    facts.emplace_back(c);
    facts.emplace_back(facts[0].json());
    facts.emplace_back(label);
    check("facts go through JSON", facts[0].json() == facts[1].json());
    check("organs have facts", facts[2].organ(AMOS_ORGAN_LIVER).voxels == label.stats(AMOS_ORGAN_LIVER).voxels);
    check("a label without facts is an error", status_of([&] { facts[0].organ(99); }) == AMOS_E_ARG);
    const amos::quality_findings findings(facts);
    check("a case twice is found", findings.size() > 0 && findings[0].case_id != nullptr);
    check("a finding too many is an error", status_of([&] { findings[findings.size()]; }) == AMOS_E_ARG);
    const std::string path = folder + "/written.nii.gz";
    amos::write(path, stored.layout(), stored.data(), stored.layout().bytes);
    check("a file comes back", amos::volume(path).load().view<const std::int16_t>()(3, 2, 1) == view(3, 2, 1));
}

void try_batches(const std::string &root)
{
    amos::dataset dataset(root);
    amos_loader_options options = AMOS_LOADER_OPTIONS_INIT;
    options.patch[0] = options.patch[1] = options.patch[2] = 16;
    options.batch_size = 2;
    options.threads = 2;
    amos::loader loader(dataset, options);
    std::uint64_t batches = 0;
    bool named = true;
    for (const amos::batch &b : loader.epoch()) {
        batches++;
        for (int i = 0; i < b.size(); i++)
            named = named && b.sample(i).case_id != nullptr;
    }
    check("an epoch has all its batches", batches == loader.info().steps && batches > 0);
    check("samples say where they are from", named);
}

void try_threads()
{
    std::atomic<int> sum{0};
    amos::parallel_for(100, [&](std::size_t i) { sum += static_cast<int>(i); });
    check("every index is worked on once", sum == 4950);
    bool caught = false;
    try {
        amos::parallel_for(10, [](std::size_t i) {
            if (i == 3)
                throw std::string("three");
        });
    } catch (const std::string &thrown) {
        caught = thrown == "three";
    }
    check("an exception of a thread arrives", caught);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    try {
        try_cases(argv[1]);
        try_voxels(argv[1], argv[2]);
        try_batches(argv[1]);
        try_threads();
    } catch (const std::exception &failure) {
        std::printf("FAIL: %s\n", failure.what());
        return 1;
    }
    return all_good ? 0 : 1;
}
