// SPDX-License-Identifier: BSD-3-Clause
/* libamos for C++17: handles that release themselves, failures as exceptions, ranges of cases and batches, views of voxels.
 *
 * Header only, over the C interface, which stays the reference: units, shapes, statuses and thread rules are those of the
 * headers of C. There is no ABI of its own. Every class owns one handle of C and can be moved, not copied; get() gives the
 * handle to functions of C. A function that fails throws amos::error; one that is noexcept cannot fail. Options are
 * pointers to the structs of C, begun with their _INIT macros; nullptr means the defaults.
 *
 *   amos::dataset dataset("amos22");
 *   for (amos::case_ref c : dataset.cases())
 *       if (c->has_label)
 *           std::cout << c->id << ' ' << amos::labelmap(c->label_path).stats(AMOS_ORGAN_LIVER).millilitres << " ml\n"; */
#ifndef AMOS_HPP
#define AMOS_HPP

#include <amos/amos.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace amos
{

/* A failed call of the library. */
class error : public std::exception
{
  public:
    explicit error(const amos_error &details) noexcept : details_(details) {}

    /* A failure of this header's own, such as a view of the wrong type. */
    error(amos_status status, const char *message) noexcept : details_()
    {
        details_.status = status;
        details_.offset = -1;
        std::snprintf(details_.message, sizeof details_.message, "%s", message);
    }

    const char *what() const noexcept override { return details_.message; }
    amos_status status() const noexcept { return details_.status; }
    const amos_error &details() const noexcept { return details_; }

  private:
    amos_error details_;
};

namespace detail
{

template <auto release> struct releaser {
    template <typename T> void operator()(T *handle) const noexcept { release(handle); }
};

template <typename T, auto release> using handle = std::unique_ptr<T, releaser<release>>;

/* f(arguments..., &err); throws unless AMOS_OK. */
template <typename F, typename... Arguments> void call(F f, Arguments... arguments)
{
    amos_error err{};
    if (f(arguments..., &err) != AMOS_OK)
        throw error(err);
}

/* f(arguments..., &out, &err) for a function that gives a handle. */
template <typename T, typename F, typename... Arguments> T *open(F f, Arguments... arguments)
{
    T *out = nullptr;
    call(f, arguments..., &out);
    return out;
}

inline const char *text(const std::string &s) noexcept
{
    return s.c_str();
}

} // namespace detail

/* Elements that lie one after the other. Borrowed, like a pointer. */
template <typename T> class span
{
  public:
    span() noexcept = default;
    span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}

    T *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    T *begin() const noexcept { return data_; }
    T *end() const noexcept { return data_ + size_; }
    T &operator[](std::size_t index) const noexcept { return data_[index]; }

  private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/* The voxel type of a type of C++; only the ten numeric ones have one. */
template <typename T> struct voxel_type;
template <> struct voxel_type<std::int8_t> {
    static constexpr amos_type value = AMOS_TYPE_INT8;
};
template <> struct voxel_type<std::uint8_t> {
    static constexpr amos_type value = AMOS_TYPE_UINT8;
};
template <> struct voxel_type<std::int16_t> {
    static constexpr amos_type value = AMOS_TYPE_INT16;
};
template <> struct voxel_type<std::uint16_t> {
    static constexpr amos_type value = AMOS_TYPE_UINT16;
};
template <> struct voxel_type<std::int32_t> {
    static constexpr amos_type value = AMOS_TYPE_INT32;
};
template <> struct voxel_type<std::uint32_t> {
    static constexpr amos_type value = AMOS_TYPE_UINT32;
};
template <> struct voxel_type<std::int64_t> {
    static constexpr amos_type value = AMOS_TYPE_INT64;
};
template <> struct voxel_type<std::uint64_t> {
    static constexpr amos_type value = AMOS_TYPE_UINT64;
};
template <> struct voxel_type<float> {
    static constexpr amos_type value = AMOS_TYPE_FLOAT32;
};
template <> struct voxel_type<double> {
    static constexpr amos_type value = AMOS_TYPE_FLOAT64;
};

/* Voxels with strides, by index x, y, z and frame. Borrowed; indices are not checked. */
template <typename T> class voxels
{
  public:
    /* AMOS_E_ARG if the layout has another type. */
    voxels(T *first, const amos_layout &layout) : bytes_(reinterpret_cast<byte *>(first)), layout_(&layout)
    {
        if (layout.type != voxel_type<std::remove_const_t<T>>::value)
            throw error(AMOS_E_ARG, "The view has another type than the voxels; amos_layout.type is theirs.");
        bytes_ += layout.offset;
    }

    std::int64_t shape(int axis) const noexcept { return layout_->shape[axis]; }
    std::size_t size() const noexcept { return static_cast<std::size_t>(shape(0) * shape(1) * shape(2) * shape(3)); }

    T &operator()(std::int64_t x, std::int64_t y, std::int64_t z, std::int64_t frame = 0) const noexcept
    {
        const std::int64_t *step = layout_->strides;
        return *reinterpret_cast<T *>(bytes_ + x * step[0] + y * step[1] + z * step[2] + frame * step[3]);
    }

    /* All voxels in the order of memory, x fastest. AMOS_E_ARG unless they are packed. */
    span<T> flat() const
    {
        std::int64_t packed = sizeof(T);
        for (int axis = 0; axis < 4; axis++) {
            if (layout_->shape[axis] > 1 && layout_->strides[axis] != packed)
                throw error(AMOS_E_ARG, "The voxels are not packed; address them by x, y, z.");
            packed *= layout_->shape[axis];
        }
        return span<T>(reinterpret_cast<T *>(bytes_), size());
    }

  private:
    using byte = std::conditional_t<std::is_const_v<T>, const unsigned char, unsigned char>;
    byte *bytes_;
    const amos_layout *layout_;
};

/* Decoded voxels that the library allocated. */
class array
{
  public:
    explicit array(amos_array *owned) noexcept : handle_(owned) {}

    amos_array *get() const noexcept { return handle_.get(); }
    const amos_layout &layout() const noexcept { return *amos_array_layout(get()); }
    void *data() const noexcept { return amos_array_data(get()); }
    template <typename T> amos::voxels<T> view() const { return amos::voxels<T>(static_cast<T *>(data()), layout()); }

    array resample(const amos_resample_options &options, amos_resample_report *report = nullptr) const
    {
        amos_array *out = nullptr;
        detail::call(amos_array_resample, &layout(), static_cast<const void *>(data()), layout().bytes, &options, &out,
                     report);
        return array(out);
    }

  private:
    detail::handle<amos_array, amos_array_free> handle_;
};

/* Memory of freed arrays and label maps, used again. */
class buffer_pool
{
  public:
    explicit buffer_pool(std::uint64_t max_bytes = 0)
        : handle_(detail::open<amos_buffer_pool>(amos_buffer_pool_make, max_bytes))
    {
    }

    amos_buffer_pool *get() const noexcept { return handle_.get(); }
    std::uint64_t idle_bytes() const noexcept { return amos_buffer_pool_idle_bytes(get()); }

  private:
    detail::handle<amos_buffer_pool, amos_buffer_pool_free> handle_;
};

/* One NIfTI file, opened. */
/* The paths of the members of a ZIP archive, "results.zip/amos_0018.nii.gz", which can be opened like files. */
inline std::vector<std::string> archive_paths(const std::string &path)
{
    struct list {
        std::vector<std::string> paths;
        std::exception_ptr failure;
    } found;
    const amos_archive_fn take = [](void *user, const char *member, std::uint64_t) noexcept -> amos_status {
        list *to = static_cast<list *>(user);
        try {
            to->paths.emplace_back(member);
            return AMOS_OK;
        } catch (...) {
            to->failure = std::current_exception();
            return AMOS_E_NOMEM;
        }
    };
    amos_error err{};
    amos_status status = amos_archive_list(path.c_str(), take, &found, &err);
    if (found.failure)
        std::rethrow_exception(found.failure);
    if (status != AMOS_OK)
        throw error(err);
    return found.paths;
}

class volume
{
  public:
    explicit volume(const std::string &path, const amos_volume_options *options = nullptr)
        : handle_(detail::open<amos_volume>(amos_volume_open, detail::text(path), options))
    {
    }
    explicit volume(amos_volume *owned) noexcept : handle_(owned) {}

    /* From bytes that must stay as they are until the volume is released. */
    static volume from_memory(const void *data, std::size_t bytes, const amos_volume_options *options = nullptr)
    {
        return volume(detail::open<amos_volume>(amos_volume_open_memory, data, bytes, options));
    }

    amos_volume *get() const noexcept { return handle_.get(); }
    const amos_volume_info &info() const noexcept { return *amos_volume_get_info(get()); }
    amos_warnings warnings() const noexcept { return amos_volume_warnings(get()); }

    amos_geometry geometry() const
    {
        amos_geometry geometry{};
        detail::call(amos_volume_get_geometry, get(), &geometry);
        return geometry;
    }

    array load(const amos_read_options *options = nullptr) const
    {
        return array(detail::open<amos_array>(amos_volume_load, get(), options));
    }

    /* Everything as values of T, scaled. */
    template <typename T> array load_as(amos_read_options options = AMOS_READ_OPTIONS_INIT) const
    {
        options.type = voxel_type<T>::value;
        return load(&options);
    }

    void read(void *buffer, std::size_t bytes, const amos_read_options *options = nullptr) const
    {
        detail::call(amos_volume_read, get(), options, buffer, bytes);
    }

  private:
    detail::handle<amos_volume, amos_volume_free> handle_;
};

/* The voxels of a label, with what is known of each organ. */
class labelmap
{
  public:
    explicit labelmap(const std::string &path, const amos_labelmap_options *options = nullptr,
                      const amos_volume_options *volume_options = nullptr)
        : handle_(detail::open<amos_labelmap>(amos_labelmap_open, detail::text(path), volume_options, options))
    {
    }
    explicit labelmap(const volume &from, const amos_labelmap_options *options = nullptr)
        : handle_(
              detail::open<amos_labelmap>(amos_labelmap_load, static_cast<const amos_volume *>(from.get()), options))
    {
    }
    labelmap(const amos_layout &layout, const void *voxels, std::size_t bytes, const amos_accept *accept = nullptr)
        : handle_(detail::open<amos_labelmap>(amos_labelmap_make, &layout, voxels, bytes, accept))
    {
    }
    explicit labelmap(amos_labelmap *owned) noexcept : handle_(owned) {}

    amos_labelmap *get() const noexcept { return handle_.get(); }
    const amos_layout &layout() const noexcept { return *amos_labelmap_layout(get()); }
    int max_label() const noexcept { return amos_labelmap_max_label(get()); }
    const amos_labelmap_info &info() const noexcept { return *amos_labelmap_get_info(get()); }

    /* Empty if only statistics were asked for. */
    span<const std::uint8_t> voxels() const noexcept
    {
        const std::uint8_t *first = amos_labelmap_voxels(get());
        return span<const std::uint8_t>(first, first ? layout().bytes : 0);
    }

    /* AMOS_E_ARG above max_label(). */
    const amos_organ_stats &stats(int label) const
    {
        const amos_organ_stats *stats = amos_labelmap_get_stats(get(), label);
        if (!stats)
            throw error(AMOS_E_ARG, "The label map has no such label; it has those from 0 to max_label().");
        return *stats;
    }

    labelmap resample(const amos_resample_options &options, amos_resample_report *report = nullptr) const
    {
        amos_labelmap *out = nullptr;
        detail::call(amos_labelmap_resample, static_cast<const amos_labelmap *>(get()), &options, &out, report);
        return labelmap(out);
    }

  private:
    detail::handle<amos_labelmap, amos_labelmap_free> handle_;
};

/* The connected components of a label map. */
class components
{
  public:
    explicit components(const labelmap &map, const amos_components_options *options = nullptr)
        : handle_(detail::open<amos_components>(amos_components_find, static_cast<const amos_labelmap *>(map.get()),
                                                options))
    {
    }

    amos_components *get() const noexcept { return handle_.get(); }
    const amos_components_info &info() const noexcept { return *amos_components_get_info(get()); }

    /* AMOS_E_ARG unless `label` is 1 to info().max_label. */
    const amos_component_organ &organ(int label) const
    {
        const amos_component_organ *organ = amos_components_get_organ(get(), label);
        if (!organ)
            throw error(AMOS_E_ARG, "The components have no such label; they have those from 1 to info().max_label.");
        return *organ;
    }

    amos_component operator[](std::uint64_t index) const { return part(amos_components_get, index); }
    amos_component hole(std::uint64_t index) const { return part(amos_components_get_hole, index); }

    /* For each voxel the number of its component plus 1, or 0; packed, x fastest. */
    std::vector<std::uint32_t> numbers() const
    {
        const std::int64_t *shape = info().shape;
        std::vector<std::uint32_t> out(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]));
        detail::call(amos_components_write_numbers, get(), out.data(), out.size() * sizeof(std::uint32_t));
        return out;
    }

    /* The map without small components; `map` is that of the components. */
    labelmap drop(const labelmap &map, const amos_drop_options &options, amos_dropped *dropped = nullptr) const
    {
        amos_labelmap *clean = nullptr;
        detail::call(amos_components_drop, get(), map.get(), &options, &clean, dropped);
        return labelmap(clean);
    }

  private:
    template <typename F> amos_component part(F f, std::uint64_t index) const
    {
        amos_component out{};
        out.size = sizeof out;
        detail::call(f, get(), index, &out);
        return out;
    }

    detail::handle<amos_components, amos_components_free> handle_;
};

/* A case, borrowed from its data set. */
class case_ref
{
  public:
    explicit case_ref(const amos_case *c) noexcept : case_(c) {}

    const amos_case *get() const noexcept { return case_; }
    const amos_case_info &info() const noexcept { return *amos_case_get_info(case_); }
    const amos_case_info *operator->() const noexcept { return amos_case_get_info(case_); }

  private:
    const amos_case *case_;
};

class dataset;

/* Cases that a filter takes, for a loop. The data set must outlive it. */
class case_range
{
  public:
    class iterator
    {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = case_ref;
        using difference_type = std::ptrdiff_t;
        using pointer = const case_ref *;
        using reference = case_ref;

        iterator() noexcept = default;
        case_ref operator*() const noexcept { return case_ref(at_); }
        iterator &operator++()
        {
            detail::call(amos_dataset_next, range_->dataset_, &range_->filter_, &at_);
            return *this;
        }
        bool operator==(const iterator &other) const noexcept { return at_ == other.at_; }
        bool operator!=(const iterator &other) const noexcept { return at_ != other.at_; }

      private:
        friend class case_range;
        explicit iterator(const case_range *range) : range_(range) { ++*this; }
        const case_range *range_ = nullptr;
        const amos_case *at_ = nullptr;
    };

    case_range(const amos_dataset *dataset, const amos_case_filter &filter) noexcept
        : dataset_(dataset), filter_(filter)
    {
    }
    iterator begin() const { return iterator(this); }
    iterator end() const noexcept { return iterator(); }

  private:
    const amos_dataset *dataset_;
    amos_case_filter filter_;
};

/* A file of verdicts on cases: amos_case_filter.verdicts = v.get(). */
class verdicts
{
  public:
    explicit verdicts(const std::string &path)
        : handle_(detail::open<amos_verdicts>(amos_verdicts_open, detail::text(path)))
    {
    }

    amos_verdicts *get() const noexcept { return handle_.get(); }
    const amos_verdicts_info &info() const noexcept { return *amos_verdicts_get_info(get()); }
    std::size_t size() const noexcept { return info().count; }
    amos_verdict of(const std::string &case_id) const noexcept { return amos_verdicts_of(get(), case_id.c_str()); }

    /* The verdict at an index below size(). */
    const amos_verdict_entry &operator[](std::size_t index) const noexcept { return *amos_verdicts_get(get(), index); }

  private:
    detail::handle<amos_verdicts, amos_verdicts_free> handle_;
};

/* A directory of cases. */
class dataset
{
  public:
    explicit dataset(const std::string &path, const amos_dataset_options *options = nullptr)
        : handle_(detail::open<amos_dataset>(amos_dataset_open, detail::text(path), options))
    {
    }

    amos_dataset *get() const noexcept { return handle_.get(); }
    const amos_dataset_info &info() const noexcept { return *amos_dataset_get_info(get()); }
    std::size_t size() const noexcept { return info().count; }

    /* The case with this id or number; AMOS_E_ARG if there is none. */
    case_ref operator[](const std::string &id) const
    {
        const amos_case *c = amos_dataset_find(get(), id.c_str());
        if (!c)
            throw error(AMOS_E_ARG, ("The data set has no case \"" + id + "\".").c_str());
        return case_ref(c);
    }

    case_range cases(const amos_case_filter &filter = AMOS_CASE_FILTER_INIT) const noexcept
    {
        return case_range(get(), filter);
    }

  private:
    detail::handle<amos_dataset, amos_dataset_free> handle_;
};

/* An image and its label that fit together. */
class pair
{
  public:
    explicit pair(case_ref c, const amos_pair_options *options = nullptr)
        : handle_(detail::open<amos_pair>(amos_pair_open_case, c.get(), options))
    {
    }
    pair(const std::string &image, const std::string &label, const amos_pair_options *options = nullptr)
        : handle_(detail::open<amos_pair>(amos_pair_open, detail::text(image), detail::text(label), options))
    {
    }

    amos_pair *get() const noexcept { return handle_.get(); }
    const amos_pair_info &info() const noexcept { return *amos_pair_get_info(get()); }

    std::pair<array, labelmap> load(const amos_read_options *image_options = nullptr,
                                    const amos_labelmap_options *label_options = nullptr) const
    {
        amos_array *image = nullptr;
        amos_labelmap *label = nullptr;
        detail::call(amos_pair_load, get(), image_options, label_options, &image, &label);
        return {array(image), labelmap(label)};
    }

  private:
    detail::handle<amos_pair, amos_pair_free> handle_;
};

/* How well a segmentation agrees with a reference. */
class score
{
  public:
    score(const labelmap &reference, const labelmap &prediction, const amos_score_options *options = nullptr)
        : handle_(detail::open<amos_score>(amos_score_make, static_cast<const amos_labelmap *>(reference.get()),
                                           static_cast<const amos_labelmap *>(prediction.get()), options))
    {
    }
    score(const std::string &reference, const std::string &prediction, const amos_score_options *options = nullptr,
          const amos_volume_options *volume_options = nullptr)
        : handle_(detail::open<amos_score>(amos_score_open, detail::text(reference), detail::text(prediction),
                                           volume_options, options))
    {
    }

    amos_score *get() const noexcept { return handle_.get(); }
    const amos_score_info &info() const noexcept { return *amos_score_get_info(get()); }

    /* AMOS_E_ARG unless `label` is 1 to info().max_label. */
    const amos_organ_score &organ(int label) const
    {
        const amos_organ_score *organ = amos_score_get_organ(get(), label);
        if (!organ)
            throw error(AMOS_E_ARG, "The score has no such label; it has those from 1 to info().max_label.");
        return *organ;
    }

    amos_score_mean mean(amos_measure measure, std::size_t index = 0) const
    {
        amos_score_mean mean = AMOS_SCORE_MEAN_INIT;
        detail::call(amos_score_get_mean, get(), measure, index, &mean);
        return mean;
    }

  private:
    detail::handle<amos_score, amos_score_free> handle_;
};

/* The facts of a case about its label and image. */
class quality
{
  public:
    explicit quality(const case_ref &c, const amos_quality_options *options = nullptr)
        : handle_(detail::open<amos_quality>(amos_quality_open_case, c.get(), options))
    {
    }
    /* Of a map; `image` is packed, in the shape of the map, or NULL. */
    explicit quality(const labelmap &map, const float *image = nullptr, const amos_quality_options *options = nullptr)
        : handle_(detail::open<amos_quality>(amos_quality_measure, static_cast<const amos_labelmap *>(map.get()), image,
                                             options))
    {
    }
    /* From JSON, as json() gives it. */
    explicit quality(const std::string &json)
        : handle_(detail::open<amos_quality>(amos_quality_parse, json.c_str(), json.size()))
    {
    }

    amos_quality *get() const noexcept { return handle_.get(); }
    const amos_quality_facts &facts() const noexcept { return *amos_quality_get_facts(get()); }
    std::string json() const { return amos_quality_get_json(get()); }

    /* AMOS_E_ARG if there is no such label. */
    const amos_quality_organ &organ(int label) const
    {
        const amos_quality_organ *organ = amos_quality_get_organ(get(), label);
        if (!organ)
            throw error(AMOS_E_ARG, "The facts have no such label; they have those from 1 on, if there is a label.");
        return *organ;
    }

  private:
    detail::handle<amos_quality, amos_quality_free> handle_;
};

/* What looks wrong in some cases. */
class quality_findings
{
  public:
    explicit quality_findings(const std::vector<quality> &cases, const amos_quality_limits *limits = nullptr)
    {
        std::vector<const amos_quality *> facts;
        for (const quality &c : cases)
            facts.push_back(c.get());
        handle_.reset(detail::open<amos_quality_findings>(
            amos_quality_judge, static_cast<const amos_quality *const *>(facts.data()), facts.size(), limits));
    }

    std::size_t size() const noexcept { return amos_quality_findings_count(handle_.get()); }

    /* AMOS_E_ARG beyond the last. */
    const amos_quality_finding &operator[](std::size_t index) const
    {
        const amos_quality_finding *finding = amos_quality_findings_get(handle_.get(), index);
        if (!finding)
            throw error(AMOS_E_ARG, "There is no such finding; they are numbered from 0 to size() - 1.");
        return *finding;
    }

  private:
    detail::handle<amos_quality_findings, amos_quality_findings_free> handle_;
};

/* A folder of decoded cases. It must outlive its entries. */
class cache
{
  public:
    /* folder "": the user's own cache folder. */
    explicit cache(const std::string &folder = "", const amos_cache_options *options = nullptr)
        : handle_(detail::open<amos_cache>(amos_cache_open, folder.empty() ? nullptr : folder.c_str(), options))
    {
    }

    amos_cache *get() const noexcept { return handle_.get(); }

    /* Whether the entry was copied from upstream by this call; false: the folder has it. */
    bool stage(case_ref c) const
    {
        amos_cache_outcome outcome = AMOS_CACHE_FAILED;
        detail::call(amos_cache_stage_case, static_cast<const amos_cache *>(get()), c.get(), &outcome);
        return outcome == AMOS_CACHE_STAGED;
    }

    void build(const dataset &cases, const amos_cache_build_options *options = nullptr) const
    {
        detail::call(amos_cache_build, get(), static_cast<const amos_dataset *>(cases.get()), options);
    }

  private:
    detail::handle<amos_cache, amos_cache_free> handle_;
};

/* One case of a cache, opened. */
class cache_entry
{
  public:
    cache_entry(const cache &from, case_ref c)
        : handle_(detail::open<amos_cache_entry>(amos_cache_entry_open, static_cast<const amos_cache *>(from.get()),
                                                 c.get()))
    {
    }

    amos_cache_entry *get() const noexcept { return handle_.get(); }
    const amos_cache_entry_info &info() const noexcept { return *amos_cache_entry_get_info(get()); }

    void read_image(void *buffer, std::size_t bytes, const amos_read_options *options = nullptr) const
    {
        detail::call(amos_cache_entry_read_image, get(), options, buffer, bytes);
    }
    void read_labels(void *buffer, std::size_t bytes, const amos_read_options *options = nullptr) const
    {
        detail::call(amos_cache_entry_read_labels, get(), options, buffer, bytes);
    }

  private:
    detail::handle<amos_cache_entry, amos_cache_entry_free> handle_;
};

/* What a training step gets. Its buffers go back to the loader when it is released. */
class batch
{
  public:
    explicit batch(amos_batch *owned) noexcept : handle_(owned) {}

    amos_batch *get() const noexcept { return handle_.get(); }
    const amos_batch_info &info() const noexcept { return *amos_batch_get_info(get()); }
    int size() const noexcept { return info().count; }
    const amos_batch_sample &sample(int index) const noexcept { return *amos_batch_get_sample(get(), index); }

  private:
    detail::handle<amos_batch, amos_batch_free> handle_;
};

/* Makes batches, for one consumer thread. */
class loader
{
  public:
    loader(const dataset &cases, const amos_loader_options &options)
        : handle_(detail::open<amos_loader>(amos_loader_open, static_cast<const amos_dataset *>(cases.get()), &options))
    {
    }

    amos_loader *get() const noexcept { return handle_.get(); }
    const amos_loader_info &info() const noexcept { return *amos_loader_get_info(get()); }

    /* Case `index`, below info().left_out_count, of those that were chosen but left out. */
    const amos_loader_left_out &left_out(std::size_t index) const noexcept
    {
        return *amos_loader_get_left_out(get(), index);
    }

    /* The next batch; one without a handle (get() is nullptr) at the end of an epoch. */
    batch next() const { return batch(detail::open<amos_batch>(amos_loader_next, get())); }

    /* The rest of the epoch, for a loop: for (const amos::batch &b : loader.epoch()) ... */
    class epoch_range
    {
      public:
        class iterator
        {
          public:
            using iterator_category = std::input_iterator_tag;
            using value_type = batch;
            using difference_type = std::ptrdiff_t;
            using pointer = const batch *;
            using reference = const batch &;

            const batch &operator*() const noexcept { return current_; }
            iterator &operator++()
            {
                current_ = batch(nullptr); /* its buffers first */
                current_ = loader_->next();
                return *this;
            }
            bool operator!=(const iterator &) const noexcept { return current_.get() != nullptr; }

          private:
            friend class epoch_range;
            explicit iterator(const loader *loader) : loader_(loader), current_(nullptr) {}
            const loader *loader_;
            batch current_;
        };

        explicit epoch_range(const loader *loader) noexcept : loader_(loader) {}
        iterator begin() const
        {
            iterator first(loader_);
            ++first;
            return first;
        }
        iterator end() const { return iterator(loader_); }

      private:
        const loader *loader_;
    };
    epoch_range epoch() const noexcept { return epoch_range(this); }

  private:
    detail::handle<amos_loader, amos_loader_free> handle_;
};

/* A volume cut into tiles, and put together again. */
class tiling
{
  public:
    tiling(const std::int64_t (&shape)[3], const amos_tiling_options &options)
        : handle_(detail::open<amos_tiling>(amos_tiling_make, static_cast<const std::int64_t *>(shape), &options))
    {
    }

    amos_tiling *get() const noexcept { return handle_.get(); }
    std::int64_t size() const noexcept { return amos_tiling_count(get()); }

    amos_box box(std::int64_t index) const
    {
        amos_box box{};
        detail::call(amos_tiling_get_box, get(), index, &box);
        return box;
    }

  private:
    detail::handle<amos_tiling, amos_tiling_free> handle_;
};

/* Labels from the tiles of a tiling, which must outlive it, as must what the options point to. */
class stitcher
{
  public:
    stitcher(const tiling &tiles, const amos_stitcher_options &options)
        : handle_(detail::open<amos_stitcher>(amos_stitcher_make, tiles.get(), &options)), tiles_(tiles.get())
    {
    }

    amos_stitcher *get() const noexcept { return handle_.get(); }
    const amos_stitcher_info &info() const noexcept { return *amos_stitcher_get_info(get()); }
    bool done() const noexcept { return info().tile == amos_tiling_count(tiles_); }

    /* Adds the output for the tile that is next, mirrored as info() says. */
    void add(const void *tile, amos_tile_type type, std::size_t bytes)
    {
        detail::call(amos_stitcher_add, get(), info().tile, info().flips, tile, type, bytes);
    }

  private:
    detail::handle<amos_stitcher, amos_stitcher_free> handle_;
    const amos_tiling *tiles_;
};

/* A NIfTI file on its way: there whole after finish(), else not at all. */
class writer
{
  public:
    writer(const std::string &path, const amos_layout &layout, const amos_write_options *options = nullptr)
        : handle_(detail::open<amos_writer>(amos_writer_open, detail::text(path), &layout, options))
    {
    }

    amos_writer *get() const noexcept { return handle_.get(); }
    void add(const void *voxels, std::uint64_t count) { detail::call(amos_writer_add, get(), voxels, count); }
    void finish() { detail::call(amos_writer_finish, get()); }

  private:
    detail::handle<amos_writer, amos_writer_free> handle_;
};

/* A ZIP archive that is being written; without finish() it is not there. */
class archive_writer
{
  public:
    explicit archive_writer(const std::string &path, const amos_archive_options *options = nullptr)
        : handle_(detail::open<amos_archive_writer>(amos_archive_writer_open, detail::text(path), options))
    {
    }

    amos_archive_writer *get() const noexcept { return handle_.get(); }
    void add(const std::string &name, const void *data, std::size_t bytes)
    {
        detail::call(amos_archive_writer_add, get(), detail::text(name), data, bytes);
    }
    void finish() { detail::call(amos_archive_writer_finish, get()); }

  private:
    detail::handle<amos_archive_writer, amos_archive_writer_free> handle_;
};

/* Writes voxels in memory to a file at once. */
inline void write(const std::string &path, const amos_layout &layout, const void *voxels, std::size_t bytes,
                  const amos_write_options *options = nullptr)
{
    detail::call(amos_file_write, detail::text(path), &layout, voxels, bytes, options);
}

namespace detail
{

/* Keeps the first exception of another thread until the work has ended. */
template <typename Work> struct parallel {
    Work &work;
    std::mutex lock;
    std::exception_ptr failure;

    static amos_status run(void *user, std::size_t index, amos_error *err)
    {
        parallel &self = *static_cast<parallel *>(user);
        try {
            self.work(index);
            return AMOS_OK;
        } catch (...) {
            std::lock_guard<std::mutex> guard(self.lock);
            if (!self.failure)
                self.failure = std::current_exception();
        }
        if (err) {
            *err = amos_error{};
            err->status = AMOS_E_CANCEL;
            err->offset = -1;
        }
        return AMOS_E_CANCEL;
    }
};

} // namespace detail

/* Calls work(index) for 0 to count - 1 on several threads and returns when all have ended. The first exception stops the
 * rest and is thrown here. */
template <typename Work> void parallel_for(std::size_t count, Work work, const amos_workers_options *options = nullptr)
{
    detail::parallel<Work> shared{work, {}, nullptr};
    amos_error err{};
    amos_status status =
        amos_workers_run(count, options, detail::parallel<Work>::run, nullptr, static_cast<void *>(&shared), &err);
    if (shared.failure)
        std::rethrow_exception(shared.failure);
    if (status != AMOS_OK)
        throw error(err);
}

} // namespace amos

#endif
