/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a loader, which feeds a training loop with batches made of the cases of a data set.
 *
 * What a batch holds is a function of the data, the options, and its place (epoch, step) alone: the same bytes for any
 * number of threads, any budget, with or without a cache, on any machine. Random numbers come from a counter, not from a
 * state, so that any place can be gone to at once.
 *
 * Tensors are (N, C, D, H, W) with W fastest: W runs along x of the volume, H along y, D along z. Sizes and positions in
 * these structs are in the order x, y, z, as everywhere in libamos.
 *
 * A loader belongs to one consumer: its functions are called by one thread at a time, but for amos_loader_cancel(),
 * amos_loader_get_stats() and amos_batch_free(), which any thread may call at any time. Its own threads begin with the
 * first batch that is asked for. After fork() a child may use a loader whose threads had not begun; else it gets
 * AMOS_E_FORK, and can still free the loader and its batches. */
#ifndef AMOS_LOADER_H
#define AMOS_LOADER_H

#include <amos/cache.h>
#include <amos/context.h>
#include <amos/dataset.h>
#include <amos/geometry.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct amos_loader amos_loader;
typedef struct amos_batch amos_batch;

/* What an element of a batch is drawn from. */
typedef enum amos_sampling {
    AMOS_SAMPLING_PATCHES = 0, /* boxes at random places of random cases */
    AMOS_SAMPLING_WHOLE = 1,   /* whole volumes in a random order, each once an epoch, one to a batch */
    AMOS_SAMPLING_TILES = 2 /* the tiles of amos_tiling, case after case in the order of the data set, each once an epoch */
} amos_sampling;

/* "patches", "whole", "tiles". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_sampling_name(amos_sampling sampling)
{
    return amos_enum_name(AMOS_ENUM_SAMPLING, (int)sampling);
}

static inline AMOS_MUST_CHECK amos_status amos_sampling_parse(const char *name, amos_sampling *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_SAMPLING, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_sampling)value;
    return status;
}

typedef enum amos_image_type { AMOS_IMAGE_TYPE_FLOAT32 = 0, AMOS_IMAGE_TYPE_FLOAT16 = 1 } amos_image_type;

/* "float32", "float16". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_image_type_name(amos_image_type image_type)
{
    return amos_enum_name(AMOS_ENUM_IMAGE_TYPE, (int)image_type);
}

static inline AMOS_MUST_CHECK amos_status amos_image_type_parse(const char *name, amos_image_type *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_IMAGE_TYPE, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_image_type)value;
    return status;
}

typedef enum amos_label_type {
    AMOS_LABEL_TYPE_UINT8 = 0,
    AMOS_LABEL_TYPE_INT64 = 1,
    AMOS_LABEL_TYPE_ONEHOT = 2, /* uint8 0 or 1, (N, max_label + 1, D, H, W) */
    AMOS_LABEL_TYPE_NONE = 3    /* images alone; cases without a label are taken too */
} amos_label_type;

/* "uint8", "int64", "onehot", "none". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_label_type_name(amos_label_type label_type)
{
    return amos_enum_name(AMOS_ENUM_LABEL_TYPE, (int)label_type);
}

static inline AMOS_MUST_CHECK amos_status amos_label_type_parse(const char *name, amos_label_type *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_LABEL_TYPE, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_label_type)value;
    return status;
}

/* How voxel values (Hounsfield units in CT, after the file's own slope) become the network's. Computed in float32. */
typedef enum amos_scaling_method {
    AMOS_SCALING_NONE = 0,        /* as they are */
    AMOS_SCALING_RANGE = 1,       /* clip to low..high, then low becomes 0 and high becomes 1 */
    AMOS_SCALING_ZSCORE = 2,      /* clip to low..high where they differ, then (v - mean) / deviation: one's own numbers,
                                   such as those of the data set, see amos_cache_get_fingerprint() */
    AMOS_SCALING_CASE_ZSCORE = 3, /* clip as above, then by mean and standard deviation of the body's voxels in the case */
    AMOS_SCALING_CASE_RANGE = 4   /* clip to the 0.5 % and 99.5 % percentile of the body's voxels in the case, which become
                                   0 and 1 */
} amos_scaling_method;

/* "none", "range", "zscore", "case_zscore", "case_range". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_scaling_method_name(amos_scaling_method method)
{
    return amos_enum_name(AMOS_ENUM_SCALING_METHOD, (int)method);
}

static inline AMOS_MUST_CHECK amos_status amos_scaling_method_parse(const char *name, amos_scaling_method *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_SCALING_METHOD, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_scaling_method)value;
    return status;
}

typedef struct amos_scaling {
    size_t size; /* sizeof(amos_scaling) */
    amos_scaling_method scale;
    double low, high;       /* not of AMOS_SCALING_CASE_RANGE */
    double mean, deviation; /* of AMOS_SCALING_ZSCORE; deviation above 0 */
} amos_scaling;

#define AMOS_FLIP_X 1u
#define AMOS_FLIP_Y 2u
#define AMOS_FLIP_Z 4u

/* Random changes, independent for each element. A share is the probability that it is changed at all; where it is, the
 * number is even over the range unless said otherwise. All zero: nothing is changed.
 * Order: rotation and zoom, quarter turns, flips; scaling by amos_scaling; gamma, brightness, noise. */
typedef struct amos_augment {
    size_t size;              /* sizeof(amos_augment) */
    uint32_t flips;           /* AMOS_FLIP_...: axes that are each reversed in half of the elements */
    int quarter_turns;        /* 1: turned in the x-y plane by 0, 90, 180 or 270 degrees, each equally often; needs
                                  patches that are as wide as high, else only 0 and 180 */
    double affine_share;      /* of elements that are rotated and zoomed about their centre, linearly interpolated */
    double rotate_degrees[3]; /* angle about the x, y and z axis, even in -r..r, in millimetres of the patient; x first;
                                  each 0..180 */
    double zoom_low, zoom_high; /* 0 and 0: none; else the factor by which things grow, its logarithm even; 0.25..4 */
    double gamma_share;
    double gamma_low, gamma_high; /* exponent g, its logarithm even, 0.1..10: v becomes min + (max - min) *
                                     ((v - min) / (max - min))^g with the smallest and largest value of the element */
    double brightness_share;
    double brightness_low, brightness_high; /* added to all values after scaling, in the units that scaling gives */
    double contrast_share;
    double contrast_low, contrast_high; /* factor of all values about their mean in the element */
    double noise_share;
    double noise_low, noise_high; /* standard deviation of noise that is added to each voxel, in the units that scaling
                                     gives: nearly Gaussian, never beyond 4.1 deviations */
} amos_augment;

/* Where the caller's own buffers come from, such as pinned memory. alloc gives `bytes` bytes aligned to 64, or NULL; it
 * is called in amos_loader_open() only. release is called for each when the loader and all of its batches are freed. */
typedef struct amos_batch_buffers {
    size_t size; /* sizeof(amos_batch_buffers) */
    void *(*alloc)(void *user, size_t bytes);
    void (*release)(void *user, void *buffer);
    void *user;
} amos_batch_buffers;

/* A case that cannot be read ends amos_loader_next() with its error; without this flag such a case is left out and
 * reported by amos_loader_get_damaged(). */
#define AMOS_LOADER_STOP_AT_DAMAGE 1u
#define AMOS_LOADER_PAD 2u /* use pad_value */

/* All zero but for size and patch: every labelled case gives four patches an epoch, one to a batch, as they are. */
typedef struct amos_loader_options {
    size_t size;    /* sizeof(amos_loader_options) */
    uint32_t flags; /* AMOS_LOADER_... */

    /* Which cases. Those without an image are left out, and those without a label unless label_type is
     * AMOS_LABEL_TYPE_NONE. */
    const amos_case_filter *filter; /* NULL: all */
    const char *const *cases;       /* NULL: all; else only these ids, as amos_dataset_find() takes them */
    size_t case_count;
    const int *organs; /* NULL: all labels but 0 are foreground; else these, and cases that have none are left out */
    size_t organ_count;
    int max_label; /* largest label allowed; 0: 15; at most 255 */

    /* Where voxels come from. */
    const amos_cache *cache; /* must outlive the loader; NULL: the files, decoded into memory and kept there as far as
                                the budget goes */
    const char *orientation; /* NULL: as stored; else three letters such as "RAS". NULL where there is a cache, which
                                has its own settings */

    /* What is drawn. */
    amos_sampling draw;
    int64_t patch[3];     /* voxels along x, y, z; all zero for AMOS_SAMPLING_WHOLE */
    int64_t border[3];    /* by how many voxels a random patch may reach beyond the volume on each side */
    double foreground;    /* share of patches that are forced to contain foreground, 0..1 */
    int balanced;         /* 1: cases are visited so that each organ that any case has is as often the one that forced
                             patches must contain, each case that has it in turn; 0: each case is visited in turn, and
                             the organs that it has are equally likely */
    int patches_per_case; /* how many patches a visit of a case gives; 0: 4 */
    int interleave;       /* how many visits are mixed, their patches shuffled; 0: as many as batch_size */
    double overlap;       /* of tiles, see amos_tiling_options */
    uint64_t seed;

    /* What becomes of it. */
    const amos_scaling *ct, *mri; /* by the case's modality; NULL: as they are */
    const amos_augment *augment;  /* NULL: nothing is changed */
    double pad_value;             /* with AMOS_LOADER_PAD: the image beyond the border, before scaling; without: -1024
                                     in CT and 0 in MRI. Labels there are 0 */
    amos_image_type image_type;
    amos_label_type label_type;

    /* How it is delivered. */
    int batch_size;              /* 0: 1; 0 or 1 for AMOS_SAMPLING_WHOLE */
    int64_t steps;               /* batches an epoch; 0: as many as it takes until all ranks together have visited every
                                    case once, or made every tile; 0 for AMOS_SAMPLING_WHOLE and AMOS_SAMPLING_TILES */
    int rank, world_size;        /* this loader makes part `rank` of `world_size` parts, whose visits or tiles differ
                                    and whose steps are as many; 0 and 0: all */
    int threads;                 /* 0: all that this process may use; 1: the caller's alone */
    int prefetch;                /* how many batches are made ahead; 0: 2 */
    int hold;                    /* how many batches the caller may hold at a time; 0: 2 */
    uint64_t memory_budget;      /* bytes for batches, scratch and decoded volumes together; 0: 2 GiB */
    const amos_batch_buffers *buffers; /* NULL: the library allocates */

    amos_progress progress; /* of opening only; units are cases */
    amos_log_fn log; /* NULL: silent. Called on any of the loader's threads */
    void *log_user;
} amos_loader_options;

/* A tensor of a batch, packed. */
typedef struct amos_tensor {
    void *data; /* aligned to 64 bytes; NULL where there is none */
    size_t bytes;
    int64_t shape[5]; /* N, C, D, H, W */
} amos_tensor;

/* What an element of a batch is. */
typedef struct amos_batch_sample {
    const char *case_id; /* lives as long as the batch */
    size_t case_index;   /* in the data set: amos_dataset_get() */
    size_t loader_case;  /* in the loader: amos_loader_case() */
    amos_modality modality;
    amos_box box;              /* of the volume as it is drawn from (reoriented, cached); may reach beyond it */
    int64_t tile;              /* of AMOS_SAMPLING_TILES: its number in the case's amos_tiling; else 0 */
    int organ;                 /* the label that the patch was forced to contain; 0: none */
    uint32_t flips;            /* AMOS_FLIP_..., done last */
    int quarter_turns;         /* 0..3 */
    double to_volume[3][4];    /* element voxel (x,y,z,1) -> voxel index in the volume: all of the above in one */
    float shift, factor;       /* value = (clipped - shift) * factor, before gamma, brightness, contrast and noise */
    float clip_low, clip_high; /* -infinity and infinity where nothing is clipped */
    int damaged;               /* a whole volume or tile of a case that could not be read: the element is padding. (In
                                  place of a patch another case's is drawn.) */
} amos_batch_sample;

/* What a batch holds. */
typedef struct amos_batch_info {
    uint64_t epoch, step;
    amos_tensor image;          /* float32 or float16, (N, 1, D, H, W) */
    amos_tensor label;          /* uint8, int64, (N, 1, D, H, W), or one-hot; data NULL for AMOS_LABEL_TYPE_NONE */
    const amos_batch_sample *samples; /* `count` of them */
    int count;                  /* N, but in the last batches of whole volumes and tiles fewer, even 0: the elements
                                   from there on are padding */
} amos_batch_info;

/* A place in the order of batches. */
typedef struct amos_loader_state {
    size_t size;          /* sizeof(amos_loader_state) */
    uint64_t epoch, step; /* of the next batch */
    uint64_t fingerprint; /* of all options (those of the cache too) and cases that batches depend on; 0: not known */
} amos_loader_state;

/* Since opening; set `size` before asking. Times are sums over threads, in nanoseconds. */
typedef struct amos_loader_stats {
    size_t size;           /* sizeof(amos_loader_stats) */
    uint64_t batches;      /* delivered */
    uint64_t samples;      /* made */
    uint64_t wait_ns;      /* the consumer waited for batches */
    uint64_t idle_ns;      /* workers waited: for a free batch, or for memory */
    uint64_t decode_ns;    /* reading and decoding volumes, or chunks of the cache */
    uint64_t copy_ns;      /* making elements from decoded voxels */
    uint64_t hits, misses; /* times that a case was in memory already (decoded, or its cache entry open), or not */
    uint64_t memory;       /* bytes in use now, as far as the budget counts them */
    uint64_t memory_peak;  /* the most that they were */
    size_t damaged;        /* cases that could not be read so far */
} amos_loader_stats;

/* Opens a loader. It copies what it needs of the data set. Headers of all chosen cases are read; where the options need
 * to know which organs a case has (`organs`, `balanced`) and no cache tells, all their labels are read.
 * On success *out is the caller's, to be released by amos_loader_free().
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _CANCEL, _LIMIT (the budget is too small; the message says what is needed),
 * _UNSUPPORTED, or with AMOS_LOADER_STOP_AT_DAMAGE, or where no case is left, as amos_pair_open_case(),
 * amos_labelmap_load() or the functions of the cache. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_open(const amos_dataset *dataset, const amos_loader_options *options,
                                                      amos_loader **out, amos_error *err);

/* Stops its threads and releases it; NULL is fine. Batches that are still held stay good until they are freed. Never
 * waits for more than the end of the piece of work that each thread is at. */
AMOS_API void amos_loader_free(amos_loader *loader);

/* The next batch, in order; waits until it is ready. At the end of an epoch *out is NULL, once, with AMOS_OK; the next
 * call gives the first batch of the next epoch. Else *out is the caller's, to be released by amos_batch_free().
 * After an error the place stays, and the next call tries again.
 * A case whose files or whose cache entry were changed or replaced after the loader was opened is damaged, with
 * AMOS_E_CHANGED; a new loader takes it as it is now.
 * Returns AMOS_OK, AMOS_E_ARG (also when `hold` batches are held already), _NOMEM, _FORK, _CANCEL (from
 * amos_loader_cancel() until amos_loader_seek()); with AMOS_LOADER_STOP_AT_DAMAGE as amos_volume_read() and
 * amos_labelmap_load(), with the case named; without, only where no case at all can be read. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_next(amos_loader *loader, amos_batch **out, amos_error *err);

/* What it holds. Borrowed; NULL for NULL. The bytes of the tensors are the caller's to change until it is freed. */
AMOS_API const amos_batch_info *amos_batch_get_info(const amos_batch *batch);

/* Gives its buffers back to the loader; NULL is fine. Any thread, also after amos_loader_free(). */
AMOS_API void amos_batch_free(amos_batch *batch);

/* Makes a waiting or later amos_loader_next() return AMOS_E_CANCEL. Any thread, not in a signal handler. */
AMOS_API void amos_loader_cancel(amos_loader *loader);

/* The place of the next batch. out->size must be set. Returns AMOS_OK or AMOS_E_ARG. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_get_state(const amos_loader *loader, amos_loader_state *out,
                                                           amos_error *err);

/* Goes to a place, in whatever epoch; also ends a cancellation. Batches made ahead are thrown away.
 * Returns AMOS_OK, AMOS_E_ARG (a step beyond the epoch, or a fingerprint other than 0 and the loader's), AMOS_E_FORK. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_seek(amos_loader *loader, const amos_loader_state *state,
                                                      amos_error *err);

/* Batches an epoch; 0 for NULL. */
AMOS_API uint64_t amos_loader_steps(const amos_loader *loader);

/* How many cases it draws from, the id of one, and its geometry as it is drawn from. Borrowed; 0 or NULL beyond. */
AMOS_API size_t amos_loader_case_count(const amos_loader *loader);
AMOS_API const char *amos_loader_case(const amos_loader *loader, size_t index);
AMOS_API const amos_geometry *amos_loader_case_geometry(const amos_loader *loader, size_t index);

/* Fills *out, whose size must be set. Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_get_stats(const amos_loader *loader, amos_loader_stats *out,
                                                           amos_error *err);

/* Why case number `index` of those that could not be read (amos_loader_stats.damaged, first found first) could not:
 * fills `why`. Returns what is in why->status; AMOS_OK beyond the last. */
AMOS_API amos_status amos_loader_get_damaged(const amos_loader *loader, size_t index, amos_error *why);

#ifdef __cplusplus
}
#endif

#endif
