/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a loader, which feeds a training loop with batches drawn from the cases of a data set.
 *
 * The content of a batch depends only on the data, the options and its place (epoch, step). It is the same, byte for
 * byte, for any number of threads, any memory budget, with or without a cache, and on any machine. Random numbers come
 * from a counter instead of a state, so a loader can go to any place at once.
 *
 * Tensors are (N, C, D, H, W), W fastest: W runs along x of the volume, H along y, D along z. Sizes and positions in
 * these structs have the order x, y, z, as everywhere in libamos.
 *
 * A loader has one consumer: its functions are called by one thread at a time. Any thread may call
 * amos_loader_cancel(), amos_loader_get_stats() and amos_batch_free() at any time. The loader's own threads start with
 * the first batch that is asked for. After fork() a child may use a loader whose threads had not started; otherwise it
 * gets AMOS_E_FORK, but it can free the loader and its batches.
 *
 * Structs that a function lends (amos_batch_info, amos_batch_sample, amos_loader_info, amos_loader_case_info) belong to
 * the library. Later versions may add members at their end, so reach the samples with amos_batch_get_sample(). */
#ifndef AMOS_LOADER_H
#define AMOS_LOADER_H

#include <amos/cache.h>
#include <amos/context.h>
#include <amos/dataset.h>
#include <amos/geometry.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A loader: its options, its cases, its threads and its place. For one consumer; see the top of this file. */
typedef struct amos_loader amos_loader;

/* Some samples in memory of the loader, made by amos_loader_next(). The caller owns it until amos_batch_free(). */
typedef struct amos_batch amos_batch;

/* What the samples of a batch are. */
typedef enum amos_sampling {
    AMOS_SAMPLING_PATCHES = 0, /* boxes at random places of random cases */
    AMOS_SAMPLING_WHOLE = 1,   /* whole volumes in random order, each once in an epoch, one in a batch */
    AMOS_SAMPLING_TILES = 2    /* the tiles of amos_tiling, case after case in the order of the data set, each once in
                                * an epoch */
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

/* The type of a batch's image. */
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

/* The type of a batch's label. */
typedef enum amos_label_type {
    AMOS_LABEL_TYPE_UINT8 = 0,
    AMOS_LABEL_TYPE_INT64 = 1,
    AMOS_LABEL_TYPE_ONEHOT = 2, /* uint8 0 or 1, (N, max_label + 1, D, H, W) */
    AMOS_LABEL_TYPE_NONE = 3    /* images only; cases without a label are used too */
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

/* How voxel values (Hounsfield units in CT, after the file's own slope) are scaled for the network. Computed in
 * float32. */
typedef enum amos_scaling_method {
    AMOS_SCALING_NONE = 0,        /* not at all */
    AMOS_SCALING_RANGE = 1,       /* clip to low..high, then map low to 0 and high to 1 */
    AMOS_SCALING_ZSCORE = 2,      /* clip to low..high if they differ, then (v - mean) / deviation with the given
                                   * numbers, such as those of the data set, see amos_cache_get_fingerprint() */
    AMOS_SCALING_CASE_ZSCORE = 3, /* clip as above, then by the mean and standard deviation of the case's body voxels */
    AMOS_SCALING_CASE_RANGE = 4   /* clip to the 0.5 % and 99.5 % percentiles of the case's body voxels, which map to 0
                                   * and 1 */
} amos_scaling_method;

/* "none", "range", "zscore", "case_zscore", "case_range". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_scaling_method_name(amos_scaling_method method)
{
    return amos_enum_name(AMOS_ENUM_SCALING_METHOD, (int)method);
}

static inline AMOS_MUST_CHECK amos_status amos_scaling_method_parse(const char *name, amos_scaling_method *out,
                                                                    amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_SCALING_METHOD, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_scaling_method)value;
    return status;
}

/* How the values of one modality are scaled. Start from AMOS_SCALING_INIT. */
typedef struct amos_scaling {
    size_t size; /* sizeof(amos_scaling) */
    amos_scaling_method scale;
    double low, high;       /* clipping; 0 and 0: none. Not used by AMOS_SCALING_CASE_RANGE */
    double mean, deviation; /* of AMOS_SCALING_ZSCORE; deviation above 0 */
} amos_scaling;

/* The defaults: values stay as they are. */
#define AMOS_SCALING_INIT \
    { \
        sizeof(amos_scaling), AMOS_SCALING_NONE, 0, 0, 0, 0 \
    }

/* What happens if a flip mirrors the patient's left and right: the left kidney then lies where the right one lies in
 * every other sample. */
typedef enum amos_mirror {
    AMOS_MIRROR_REFUSE = 0,   /* amos_loader_open() refuses such flips if the labels have pairs (amos_augment.pairs) */
    AMOS_MIRROR_EXCHANGE = 1, /* the labels of each pair are exchanged in a mirrored sample */
    AMOS_MIRROR_KEEP = 2      /* labels stay as they are */
} amos_mirror;

/* "refuse", "exchange", "keep". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_mirror_name(amos_mirror mirror)
{
    return amos_enum_name(AMOS_ENUM_MIRROR, (int)mirror);
}

static inline AMOS_MUST_CHECK amos_status amos_mirror_parse(const char *name, amos_mirror *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_MIRROR, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_mirror)value;
    return status;
}

/* Random changes, drawn for each sample on its own. Each ..._share is the probability that the change is made at all.
 * If it is made, its number is drawn uniformly from the range, unless stated otherwise. All zero: nothing is changed.
 * Order: rotation and zoom, quarter turns, flips; scaling by amos_scaling; gamma, contrast, brightness, noise.
 * Start from AMOS_AUGMENT_INIT. */
typedef struct amos_augment {
    size_t size;                /* sizeof(amos_augment) */
    uint32_t flips;             /* AMOS_FLIP_...: each of these axes is reversed in half of the samples */
    int quarter_turns;          /* 1: turned in the x-y plane by 0, 90, 180 or 270 degrees, equally often; if a patch is
                               * not as wide as high, by 0 or 180 only. 0: not turned */
    double affine_share;        /* rotated and zoomed about the centre, with linear interpolation */
    double rotate_degrees[3];   /* angles about the x, y and z axis, uniform in -r..r, in millimetres of the patient; x
                               * first; each r 0..180 */
    double zoom_low, zoom_high; /* factor by which things grow, log-uniform, 0.25..4; 0 and 0: 1 */
    double gamma_share;
    double gamma_low, gamma_high; /* exponent g, log-uniform, 0.1..10: v becomes min + (max - min) *
                                   * ((v - min) / (max - min))^g with the smallest and largest value of the sample */
    double brightness_share;
    double brightness_low, brightness_high; /* added to all values after scaling, in units of the scaled values */
    double contrast_share;
    double contrast_low, contrast_high; /* factor of all values about their mean in the sample; 0 or more */
    double noise_share;
    double noise_low, noise_high; /* standard deviation of the noise that is added to each voxel, in units of the scaled
                                   * values; 0 or more. Nearly Gaussian, never beyond 4.1 deviations */
    amos_mirror mirror;    /* what happens if a flip mirrors left and right. Which axis of a volume is the patient's
                               * left-right axis follows from its orientation: x for "LAS" and "RAS". A sample is
                               * mirrored if that axis is flipped. With quarter_turns a sample has no fixed left-right
                               * axis in the x-y plane: it is mirrored if x or y is flipped, but not both. Turns and
                               * rotations never mirror */
    const int (*pairs)[2]; /* labels of the left and the right of an organ, such as {3, 2}. NULL: labels whose names
                               * in the data set's table (AMOS's if it has none) differ only by the words left and
                               * right: in AMOS the kidneys (2, 3) and the adrenal glands (11, 12). Copied */
    size_t pair_count;
} amos_augment;

/* The defaults: nothing is changed. */
#define AMOS_AUGMENT_INIT \
    { \
        sizeof(amos_augment), 0, 0, 0, {0, 0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, AMOS_MIRROR_REFUSE, NULL, \
            0 \
    }

/* Functions for the caller's own memory, such as pinned memory. alloc returns `bytes` bytes aligned to 64, or NULL; it
 * is called only in amos_loader_open(). release is called for each buffer when the loader and all of its batches are
 * freed, on the thread that frees the last of them. Both are needed. */
typedef struct amos_batch_buffers {
    size_t size; /* sizeof(amos_batch_buffers) */
    void *(*alloc)(void *user, size_t bytes);
    void (*release)(void *user, void *buffer);
    void *user; /* passed to both */
} amos_batch_buffers;

/* Sets the size; alloc and release must be set. */
#define AMOS_BATCH_BUFFERS_INIT \
    { \
        sizeof(amos_batch_buffers), NULL, NULL, NULL \
    }

/* A case that cannot be read ends amos_loader_next() with its error. Without this flag the case is left out, and
 * amos_loader_get_damaged() reports it. */
#define AMOS_LOADER_STOP_AT_DAMAGE 1u
#define AMOS_LOADER_PAD 2u /* use pad_value */
/* More than `hold` batches may be held. Each further one is copied into memory of its own, beside memory_budget and
 * buffers; amos_batch_free() releases it. Without this flag amos_loader_next() refuses. */
#define AMOS_LOADER_GROW 4u
/* Voxels that are NaN or infinite become what is beyond the border (see pad_value), before scaling. Without this flag
 * they are delivered as they are. Both ways they are counted and logged. */
#define AMOS_LOADER_REPLACE_NAN 8u
#define AMOS_LOADER_LENIENT 16u /* open files as AMOS_OPEN_LENIENT does; not with a cache, which has its own options */

/* What a loader draws and how it delivers it. Start from AMOS_LOADER_OPTIONS_INIT and set the patch: every labelled
 * case then gives four patches in an epoch, one in a batch, not changed. */
typedef struct amos_loader_options {
    size_t size;    /* sizeof(amos_loader_options) */
    uint32_t flags; /* AMOS_LOADER_... */

    /* Which cases. Cases without an image are left out, and cases without a label too unless label_type is
     * AMOS_LABEL_TYPE_NONE; amos_loader_get_left_out() says which, and why. */
    const amos_case_filter *filter; /* NULL: all */
    const char *const *cases;       /* NULL: all; otherwise only these ids, in any form that amos_dataset_find()
                                     * takes */
    size_t case_count;
    const int *organs; /* NULL: all labels but 0 are foreground; otherwise these, and cases that have none are left
                        * out */
    size_t organ_count;
    const amos_accept *accept; /* what is accepted in the files; NULL: the defaults; copied. A max_label of 0 is that of
                                * the cache if it has one, else that of the data set. With a cache, which has its own,
                                * only max_label may be set */

    /* Where voxels come from. */
    const amos_cache *cache; /* must outlive the loader. NULL: the files, which are decoded into memory and kept there
                              * as far as the budget allows */
    const char *orientation; /* NULL: as stored, and cases that are stored in different ways are logged; otherwise
                              * three letters such as "RAS". Must be NULL with a cache, which has its own settings */

    /* What is drawn. */
    amos_sampling draw;
    int64_t patch[3];     /* voxels along x, y, z; all zero for AMOS_SAMPLING_WHOLE */
    int64_t border[3];    /* number of voxels that a random patch may reach beyond the volume on each side */
    double foreground;    /* share of patches that must contain foreground, 0..1 */
    int balanced;         /* 1: each organ that any case has is equally often the one that such patches must contain,
                           * and the cases that have it take turns. 0: all cases take turns, and the organs of a case
                           * are equally likely */
    int patches_per_case; /* patches drawn in one visit of a case; 0: 4 */
    int interleave;       /* number of visits that are mixed, their patches shuffled; 0: batch_size */
    double overlap;       /* of tiles, as in amos_tiling_options: 0 (none) or more, below 1. AMOS_LOADER_OPTIONS_INIT
                           * has 0.5 */
    uint64_t seed;        /* of all random numbers */

    /* How samples are changed. */
    const amos_scaling *ct, *mri; /* by the case's modality; NULL: values stay as they are. See `unknown` too */
    const amos_augment *augment;  /* NULL: nothing is changed */
    double pad_value;             /* with AMOS_LOADER_PAD: the image beyond the border, before scaling. Without: -1024
                                   * in CT, 0 in MRI. Labels there are 0 */
    amos_image_type image_type;
    amos_label_type label_type;

    /* How batches are delivered. */
    int batch_size;         /* samples in a batch; 0: 1; at most 1 for AMOS_SAMPLING_WHOLE */
    int64_t steps;          /* batches in an epoch. 0: as many as it takes until all ranks together have visited
                                  * every case once, or made every tile. Must be 0 for AMOS_SAMPLING_WHOLE and _TILES */
    int rank, world_size;   /* this loader makes part `rank` of `world_size` parts. The parts have different visits
                                  * or tiles, and the same number of steps. 0 and 0: everything */
    int threads;            /* 0: all that this process may use; 1: the caller's alone, so each batch is made
                                  * inside amos_loader_next(), and none ahead */
    int prefetch;           /* number of batches made ahead, unless threads is 1; 0: 2 */
    int hold;               /* number of batches that the caller may hold at a time; 0: 2. See AMOS_LOADER_GROW */
    uint64_t memory_budget; /* bytes for batches, scratch and decoded volumes together; 0: 2 GiB */
    const amos_batch_buffers *buffers; /* NULL: the library allocates */

    amos_progress progress; /* of opening only; units are cases */
    amos_log_fn log; /* NULL: silent. Called on any of the loader's threads: which cases are left out, and where a
                      * case's place is a guess or needed a turn (AMOS_W_NOORIENT, AMOS_W_TURNED and their like) */
    void *log_user;  /* passed to log */

    const amos_scaling
        *unknown; /* of cases whose modality is unknown (AMOS_MODALITY_UNKNOWN). NULL: values stay as they
                                  * are, and with `ct` or `mri` such a case is AMOS_E_ARG. So is one that may have to be
                                  * padded, or whose NaN are replaced, without AMOS_LOADER_PAD */
} amos_loader_options;

/* The defaults; the patch must be set: amos_loader_options o = AMOS_LOADER_OPTIONS_INIT; */
#define AMOS_LOADER_OPTIONS_INIT \
    { \
        sizeof(amos_loader_options), 0, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, AMOS_SAMPLING_PATCHES, {0, 0, 0}, \
            {0, 0, 0}, 0, 0, 0, 0, 0.5, 0, NULL, NULL, NULL, 0, AMOS_IMAGE_TYPE_FLOAT32, AMOS_LABEL_TYPE_UINT8, 0, 0, \
            0, 0, 0, 0, 0, 0, NULL, {NULL, NULL}, NULL, NULL, NULL \
    }

/* A tensor of a batch, packed: no gaps between its values. */
typedef struct amos_tensor {
    void *data; /* aligned to 64 bytes; NULL if there is none */
    size_t bytes;
    int64_t shape[5]; /* N, C, D, H, W */
} amos_tensor;

/* What a sample of a batch was drawn from, and how it was changed. */
typedef struct amos_batch_sample {
    const char *case_id; /* lives as long as the batch */
    size_t case_index;   /* in the data set: amos_dataset_get() */
    size_t loader_case;  /* in the loader: amos_loader_get_case() */
    amos_modality modality;
    amos_box box;              /* in the volume that it is drawn from (reoriented, cached); may reach beyond the
                                * volume */
    int64_t tile;              /* AMOS_SAMPLING_TILES: its number in the case's amos_tiling; otherwise 0 */
    int organ;                 /* the label that the patch had to contain, as the sample has it; 0: none */
    uint32_t flips;            /* AMOS_FLIP_..., done last */
    int quarter_turns;         /* 0..3 */
    double to_volume[3][4];    /* maps a voxel of the sample (x, y, z, 1) to a voxel index in the volume: all of the
                                * above */
    float shift, factor;       /* value = (clipped - shift) * factor, before gamma, contrast, brightness and noise */
    float clip_low, clip_high; /* -infinity and infinity if nothing is clipped */
    int damaged;               /* 1: a whole volume or tile of a case that could not be read; the sample is padding.
                                * (For a patch, another case is drawn instead) */
    int mirrored;              /* 1: a flip mirrored left and right; see amos_augment.mirror */
    uint64_t not_finite;       /* voxels that are NaN or infinite, in the part of the volume that it was made of */
} amos_batch_sample;

/* What a batch holds. */
typedef struct amos_batch_info {
    uint64_t epoch, step;
    amos_tensor image;                /* float32 or float16, (N, 1, D, H, W) */
    amos_tensor label;                /* uint8 or int64, (N, 1, D, H, W), or one-hot; no data for
                                       * AMOS_LABEL_TYPE_NONE */
    const amos_batch_sample *samples; /* the first of `count`; reach the others with amos_batch_get_sample() */
    int count;                        /* N. In the last batches of whole volumes and tiles fewer, even 0; the rest of
                                       * the tensors is padding */
    size_t sample_bytes;              /* from one sample to the next */
} amos_batch_info;

/* What is known of a loader after opening. */
typedef struct amos_loader_info {
    uint64_t steps;        /* batches in an epoch */
    size_t case_count;     /* cases that it draws from */
    size_t left_out_count; /* cases that were chosen but cannot be used: amos_loader_get_left_out() */
    int orientation_count; /* different orientations among the cases that it draws from. Above 1, left is not on the
                            * same side of all samples; `orientation`, or that of the cache, turns them to one */
} amos_loader_info;

/* Why a case that was chosen is left out. */
typedef enum amos_omission {
    AMOS_OMISSION_NO_IMAGE = 0,   /* the image file does not exist */
    AMOS_OMISSION_NO_LABEL = 1,   /* the data set names a label, and its file does not exist */
    AMOS_OMISSION_UNLABELLED = 2, /* the data set names no label for the case */
    AMOS_OMISSION_FILTER = 3,     /* it is named by `cases`, and `filter` excludes it */
    AMOS_OMISSION_ORGANS = 4,     /* it has none of `organs`, or with `balanced` no organ at all */
    AMOS_OMISSION_DAMAGED = 5     /* it cannot be read; amos_loader_get_damaged() has the whole error */
} amos_omission;

/* "no_image", "no_label", "unlabelled", "filter", "organs", "damaged". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_omission_name(amos_omission reason)
{
    return amos_enum_name(AMOS_ENUM_OMISSION, (int)reason);
}

static inline AMOS_MUST_CHECK amos_status amos_omission_parse(const char *name, amos_omission *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_OMISSION, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_omission)value;
    return status;
}

/* A case that was left out at opening. */
typedef struct amos_loader_left_out {
    const char *id;
    size_t case_index; /* in the data set: amos_dataset_get() */
    amos_omission reason;
    const char *message; /* one sentence, with the file */
} amos_loader_left_out;

/* A case that a loader draws from. */
typedef struct amos_loader_case_info {
    const char *id;
    size_t case_index; /* in the data set: amos_dataset_get() */
    amos_modality modality;
    const amos_geometry *geometry; /* of the volume that it is drawn from: reoriented, cached */
    amos_warnings warnings;        /* of its files and of the pair, as far as they are known at opening */
} amos_loader_case_info;

/* A place in the order of batches. Set its size before amos_loader_get_state(): AMOS_LOADER_STATE_INIT.
 *
 * The states of all ranks at the same step are equal, and any number of ranks can go on from one: rank r of w ranks gives
 * it to amos_loader_seek(). Batch `step` of rank r of w ranks has the number step * w + r in its epoch, and what is in it
 * depends on the seed, the epoch, w and this number alone. An epoch that w ranks began is finished in their order: the
 * batches that are left are dealt to the ranks that are there now, by their numbers, so each is made once. If that does not
 * come out even, the last step of patches is filled up by the first batches of the epoch, that of whole volumes and tiles
 * by padding. The next epoch has the order of the new number of ranks. In an epoch that others began, `step` goes from
 * about the same share of the epoch on; see amos_loader_get_state(). */
typedef struct amos_loader_state {
    size_t size;          /* sizeof(amos_loader_state) */
    uint64_t epoch, step; /* of the next batch */
    uint64_t fingerprint; /* of all cases and options, those of the cache too, that batches depend on, but for rank and
                           * world_size; 0: not known */
    uint64_t
        world_size; /* of the loaders that began the epoch; 0: those of the loader that goes there, and `step` counts */
    uint64_t
        batches; /* of that epoch that all ranks together have made; unless world_size is 0, it counts, not `step` */
} amos_loader_state;

/* The first batch of the first epoch, of any loader. */
#define AMOS_LOADER_STATE_INIT \
    { \
        sizeof(amos_loader_state), 0, 0, 0, 0, 0 \
    }

/* What a loader did since opening. Set its size before amos_loader_get_stats(): AMOS_LOADER_STATS_INIT. Times are sums
 * over threads, in nanoseconds. */
typedef struct amos_loader_stats {
    size_t size;           /* sizeof(amos_loader_stats) */
    uint64_t batches;      /* delivered */
    uint64_t samples;      /* made */
    uint64_t wait_ns;      /* the consumer waited for batches */
    uint64_t idle_ns;      /* threads waited for a free batch or for memory */
    uint64_t decode_ns;    /* reading and decoding volumes, or chunks of the cache */
    uint64_t copy_ns;      /* making samples from decoded voxels */
    uint64_t hits, misses; /* times that a case was in memory (decoded, or its cache entry open), or was not */
    uint64_t memory;       /* bytes in use now that count for the budget */
    uint64_t memory_peak;  /* largest value of memory so far */
    size_t damaged;        /* cases that could not be read so far */
    uint64_t not_finite;   /* voxels that are NaN or infinite, of all samples made; see amos_batch_sample */
    uint64_t retries;      /* samples that were tried again, with files opened anew, after an error that may pass */
    uint64_t copies;       /* batches delivered in memory of their own (AMOS_LOADER_GROW) */
    uint64_t
        accepted; /* cases so far in whose labels values were rounded, ignored or relabelled; log gets the counts */
} amos_loader_stats;

/* Sets the size: amos_loader_stats stats = AMOS_LOADER_STATS_INIT; */
#define AMOS_LOADER_STATS_INIT \
    { \
        sizeof(amos_loader_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/* Opens a loader. The data set may be freed afterwards. The headers of all chosen cases are read. If the options need
 * the organs of each case (`organs`, `balanced`) and there is no cache that has them, all labels of these cases are
 * read too. Cases that cannot be used are left out and logged: amos_loader_get_left_out(). On success the caller owns
 * *out and releases it with amos_loader_free().
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _CANCEL, _LIMIT (the budget is too small; the message says what is needed) or
 * _UNSUPPORTED. With AMOS_LOADER_STOP_AT_DAMAGE, or if no case is left, also what amos_pair_open_case(),
 * amos_labelmap_load() or the functions of the cache return. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_open(const amos_dataset *dataset, const amos_loader_options *options,
                                                      amos_loader **out, amos_error *err);

/* Stops the loader's threads and releases it; NULL does nothing. It waits until each thread has finished its current
 * piece of work. Batches that are held stay valid until they are freed. */
AMOS_API void amos_loader_free(amos_loader *loader);

/* Gets the next batch, in order; waits until it is ready. At the end of an epoch *out is NULL, once, with AMOS_OK; the
 * next call gives the first batch of the next epoch. Otherwise the caller owns *out and releases it with
 * amos_batch_free(). After an error the place stays the same, and the next call tries again.
 * A case is damaged (AMOS_E_CHANGED) if its files or its cache entry were changed or replaced, or the entry removed,
 * after the loader was opened; a new loader uses the case as it is now. Each open and read that fails with an error that
 * may pass (ESTALE, EAGAIN, EIO) is tried again three times within 31 ms. After that, and after others of the network,
 * the loader opens the files of the case anew, once, after 100 ms; if that fails, the sample is made as for a damaged
 * case, and later batches try the case again. After the third such sample the case is out.
 * Returns AMOS_OK, AMOS_E_ARG (also if `hold` batches are held already), _NOMEM, _FORK, or _CANCEL (from
 * amos_loader_cancel() until amos_loader_seek()). With AMOS_LOADER_STOP_AT_DAMAGE also what amos_volume_read() and
 * amos_labelmap_load() return, with the name of the case; without it, only if no case at all can be read. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_next(amos_loader *loader, amos_batch **out, amos_error *err);

/* What a batch holds. Borrowed from the batch; NULL for NULL. The caller may change the bytes of the tensors until the
 * batch is freed. */
AMOS_API const amos_batch_info *amos_batch_get_info(const amos_batch *batch);

/* Sample `index`, 0..count-1. Borrowed from the batch; NULL for another index, and for NULL. */
AMOS_API const amos_batch_sample *amos_batch_get_sample(const amos_batch *batch, int index);

/* Gives the batch's buffers back to the loader; NULL does nothing. Any thread, also after amos_loader_free(). */
AMOS_API void amos_batch_free(amos_batch *batch);

/* Makes the waiting and all later calls of amos_loader_next() return AMOS_E_CANCEL, until amos_loader_seek(). Any
 * thread, but not in a signal handler. NULL does nothing. */
AMOS_API void amos_loader_cancel(amos_loader *loader);

/* Gets the place of the next batch. out->size must be set. Returns AMOS_OK or AMOS_E_ARG. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_get_state(const amos_loader *loader, amos_loader_state *out,
                                                           amos_error *err);

/* Goes to a place in any epoch, and ends a cancellation. Batches made ahead are dropped.
 * Returns AMOS_OK, AMOS_E_ARG (a step beyond the epoch, more than 65,536 ranks, or a fingerprint that is neither 0 nor the
 * loader's) or AMOS_E_FORK. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_seek(amos_loader *loader, const amos_loader_state *state,
                                                      amos_error *err);

/* What is known of the loader. Borrowed from the loader; NULL for NULL. */
AMOS_API const amos_loader_info *amos_loader_get_info(const amos_loader *loader);

/* Case `index`, 0..case_count-1, of those that the loader draws from. Borrowed from the loader; NULL beyond the last,
 * and for NULL. */
AMOS_API const amos_loader_case_info *amos_loader_get_case(const amos_loader *loader, size_t index);

/* Case `index`, 0..left_out_count-1, of those that were chosen but left out at opening, in the order of the data set.
 * Cases that `filter` excludes are not chosen, unless `cases` names them. Borrowed from the loader; NULL beyond the last,
 * and for NULL. */
AMOS_API const amos_loader_left_out *amos_loader_get_left_out(const amos_loader *loader, size_t index);

/* Gets what the loader did since opening. out->size must be set. Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_loader_get_stats(const amos_loader *loader, amos_loader_stats *out,
                                                           amos_error *err);

/* Why case `index` of those that could not be read (0..amos_loader_stats.damaged-1, in the order in which they were
 * found) could not be read. Fills *why, unless it is NULL, and returns why->status; AMOS_OK beyond the last, which
 * fills nothing. */
AMOS_API amos_status amos_loader_get_damaged(const amos_loader *loader, size_t index, amos_error *why);

#ifdef __cplusplus
}
#endif

#endif
