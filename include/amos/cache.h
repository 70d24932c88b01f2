/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a folder with decoded cases, ready to be read patch by patch.
 *
 * A case's entry is one file: a Zarr version 2 store in a ZIP archive, which other tools open too (in Python,
 * zarr.open(zarr.ZipStore(path, mode="r"))). Arrays `image` (the stored type and the stored values) and `labels` (uint8)
 * have the shape (z, y, x) and chunks as Blosc has them (LZ4, shuffled); chunks of nothing but zeros are left out.
 * LZ4 is an optional library: without it amos_cache_open() returns AMOS_E_UNSUPPORTED.
 *
 * An entry belongs to the files that it was made from (their sizes, times, inodes and last bytes) and to the settings of
 * its cache: one that does not fit is stale and is never read. A file appears in the folder whole or not at all, so any
 * number of threads and processes may build and read at once. The folder can be emptied at any time. */
#ifndef AMOS_CACHE_H
#define AMOS_CACHE_H

#include <amos/dataset.h>
#include <amos/labelmap.h>
#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A folder with settings. Immutable after opening; any thread may use it; it must outlive its entries. */
typedef struct amos_cache amos_cache;

/* One case in it, opened. Immutable; any number of threads may read through one entry. */
typedef struct amos_cache_entry amos_cache_entry;

typedef enum amos_interpolation {
    AMOS_INTERPOLATION_LINEAR = 0,
    AMOS_INTERPOLATION_CUBIC = 1 /* Catmull-Rom */
} amos_interpolation;

/* "linear", "cubic". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_interpolation_name(amos_interpolation interpolation)
{
    return amos_enum_name(AMOS_ENUM_INTERPOLATION, (int)interpolation);
}

static inline AMOS_MUST_CHECK amos_status amos_interpolation_parse(const char *name, amos_interpolation *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_INTERPOLATION, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_interpolation)value;
    return status;
}

#define AMOS_CACHE_CROP_BODY 1u /* keep only the box that holds the body */

/* What is kept, and how. All zero: the voxels as they are stored. Each set of settings has its own entries. */
typedef struct amos_cache_options {
    size_t size;                      /* sizeof(amos_cache_options) */
    uint32_t flags;                   /* AMOS_CACHE_... */
    const char *orientation;          /* NULL: as stored; else three letters such as "RAS"; copied */
    double spacing[3];                /* mm along x, y, z after the reorientation; 0: as it is along that axis */
    amos_interpolation interpolation; /* of images; labels always take the nearest voxel */
    int64_t chunk[3];                 /* voxels of a chunk along x, y, z; 0: 64, 32, 16; each at most 1024 */
    int positions;                    /* sampled voxels per organ, at most 65,536; 0: 1024 */
    int max_label;                    /* largest label value; 0: 15; at most 255 */
    const amos_volume_options *volume; /* for opening the files; NULL: the defaults; copied */
} amos_cache_options;

/* Opens a folder; folder NULL: $XDG_CACHE_HOME/amos, else $HOME/.cache/amos. It is made when the first entry is. A folder
 * that is a symbolic link, or belongs to somebody else, is not used. options may be NULL.
 * On success *out is the caller's, to be released by amos_cache_free() after all its entries.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _OPEN (NULL, and the environment names no folder; or not usable) or _UNSUPPORTED
 * (built without LZ4). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_open(const char *folder, const amos_cache_options *options,
                                                     amos_cache **out, amos_error *err);

/* Releases it; NULL is fine. */
AMOS_API void amos_cache_free(amos_cache *cache);

/* The folder's path. Borrowed; NULL for NULL. */
AMOS_API const char *amos_cache_folder(const amos_cache *cache);

/* ---- building ---- */

typedef enum amos_cache_outcome {
    AMOS_CACHE_FAILED = 0,
    AMOS_CACHE_KEPT = 1,   /* a good entry was there */
    AMOS_CACHE_BUILT = 2,  /* there was none */
    AMOS_CACHE_REBUILT = 3 /* what was there was stale or damaged */
} amos_cache_outcome;

/* "failed", "kept", "built", "rebuilt". As amos_enum_name(). */
static inline const char *amos_cache_outcome_name(amos_cache_outcome outcome)
{
    return amos_enum_name(AMOS_ENUM_CACHE_OUTCOME, (int)outcome);
}

/* Makes sure that a case has a good entry: checks the one that is there, or builds it. A case without a label gets an
 * entry without labels. outcome may be NULL. A build needs memory for the case's voxels, as stored and, where it resamples,
 * once more.
 * Returns AMOS_OK, AMOS_E_ARG, as amos_volume_read() and amos_labelmap_load() for its files, as amos_pair_open_case() where
 * image and label do not fit (but E_PAIR_GEOM only beyond its default tolerance), AMOS_E_GEOM (settings that need geometry),
 * AMOS_E_UNSUPPORTED (several frames, RGB, complex), AMOS_E_LIMIT (more than 4 GiB compressed), AMOS_E_OPEN or AMOS_E_IO
 * (the folder cannot be written, the disk is full; nothing is left behind). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_build_case(const amos_cache *cache, const amos_case *c,
                                                           amos_cache_outcome *outcome, amos_error *err);

/* Is told of each case, on the thread that called amos_cache_build(), in order. `err` is NULL where status is AMOS_OK.
 * Return AMOS_OK to go on, anything else to stop with that status. */
typedef amos_status (*amos_cache_built_fn)(void *user, const amos_case *c, amos_cache_outcome outcome,
                                           amos_status status, const amos_error *err);

typedef struct amos_cache_build_options {
    size_t size;                    /* sizeof(amos_cache_build_options) */
    int threads;                    /* 0: all that this process may use; 1: the caller's alone */
    const amos_case_filter *filter; /* NULL: all; cases without an image file are left out in any case */
    amos_progress progress;         /* units are cases; a cancel is answered at once, cases under way end */
    amos_cache_built_fn built;      /* NULL: the first failure stops the build */
    void *built_user;
} amos_cache_build_options;

/* amos_cache_build_case() for the cases of a data set, by several threads. It can be stopped, killed and begun anew:
 * what is finished stays. options may be NULL.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _CANCEL, or what stopped it. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_build(const amos_cache *cache, const amos_dataset *dataset,
                                                      const amos_cache_build_options *options, amos_error *err);

/* ---- reading ---- */

/* Opens a case's entry: reads and checks its tables, not its voxels. It does not need the data set any more.
 * On success *out is the caller's, to be released by amos_cache_entry_free().
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, AMOS_E_OPEN (there is none, and errno is ENOENT; or a file of the case cannot be
 * opened), AMOS_E_INDEX (stale or damaged: build it again) or AMOS_E_IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_open(const amos_cache *cache, const amos_case *c,
                                                          amos_cache_entry **out, amos_error *err);

/* The same by the entry's file name in the folder (amos_cache_item), whatever settings it has and whether or not its
 * sources are still there. AMOS_E_INDEX also if the name is not the one that the case in the file has: it was renamed. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_open_name(const amos_cache *cache, const char *name,
                                                           amos_cache_entry **out, amos_error *err);

/* Releases it; NULL is fine. No other thread may be using it. */
AMOS_API void amos_cache_entry_free(amos_cache_entry *entry);

/* What some voxels of an image range over, as scaled values. All zero where there are no such voxels. */
typedef struct amos_intensity {
    uint64_t voxels; /* finite ones */
    double min, max, mean;
    double std;                             /* with n in the denominator */
    double percentile_00_5, median, percentile_99_5;
} amos_intensity;

typedef struct amos_cache_entry_info {
    const char *case_id;       /* "amos_0018" */
    amos_modality modality;
    amos_split split;
    const char *image_path;    /* what it was made from */
    const char *label_path;    /* NULL where it has no labels */
    amos_layout layout;        /* of the image, packed: stored type, shape, geometry; labels lie the same as uint8 */
    double slope, inter;       /* value = slope * stored + inter */
    int has_labels;
    int max_label;             /* largest label value that is allowed */
    int64_t chunk[3];          /* voxels along x, y, z */
    amos_geometry source;      /* of the image file; only the shape where it gives none */
    amos_box crop;             /* what was kept, in voxels after the reorientation and before the resampling */
    amos_intensity body;       /* of all voxels of the body: CT above -500 HU; MRI above a tenth of the 99.5 % percentile */
    amos_intensity organs;     /* of all voxels with a label above 0 */
    uint64_t file_bytes;       /* of the entry */
    const char *settings;      /* one line for people: "RAS, 1.5 x 1.5 x 2 mm, linear, cropped to the body, ..." */
} amos_cache_entry_info;

/* What is known without reading voxels. Borrowed; NULL for NULL. */
AMOS_API const amos_cache_entry_info *amos_cache_entry_get_info(const amos_cache_entry *entry);

/* What is known of one label value, 0..max_label. Borrowed; NULL beyond, and where there are no labels. */
AMOS_API const amos_organ_stats *amos_cache_entry_get_organ(const amos_cache_entry *entry, int label);

/* Voxels x, y, z that have this label (1..max_label), drawn without replacement, evenly over all of them, in random order,
 * the same for every build: all of them where there are no more than amos_cache_options.positions. *count gets how many.
 * Borrowed; NULL, and 0, where the organ is absent. */
AMOS_API const int32_t (*amos_cache_entry_get_positions(const amos_cache_entry *entry, int label, size_t *count))[3];

/* Reads a box of the image, as amos_volume_read() reads it from a file: type AMOS_TYPE_STORED gives the stored values,
 * any other slope * stored + inter. The box (all zero: everything) must lie within the shape. threads, progress and pool are
 * not used. `buffer` and `bytes` as there. Beyond the first reads no memory is asked for but for decoding a chunk. A chunk's
 * checksum is checked whenever it is read. After an error the buffer may hold anything.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _IO, _INDEX (damaged: build it again) or _RANGE. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_read_image(const amos_cache_entry *entry, const amos_read_options *options,
                                                           void *buffer, size_t bytes, amos_error *err);

/* The same of the labels: uint8, so type must be AMOS_TYPE_STORED or AMOS_TYPE_UINT8.
 * Returns also AMOS_E_UNSUPPORTED where the entry has none. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_read_labels(const amos_cache_entry *entry, const amos_read_options *options,
                                                            void *buffer, size_t bytes, amos_error *err);

/* Reads everything and keeps nothing: is the entry whole? Decodes every chunk.
 * Returns as amos_cache_entry_read_image(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_verify(const amos_cache_entry *entry, amos_error *err);

/* ---- the data set as a whole ---- */

/* What is typical of a data set, each case counting the same, as nnU-Net's fingerprint has it. */
typedef struct amos_fingerprint {
    size_t size;               /* sizeof(amos_fingerprint), set by the caller */
    size_t cases;              /* that have an entry with labels */
    double median_spacing[3];  /* mm along x, y, z */
    double median_shape[3];    /* voxels */
    amos_intensity foreground; /* of voxels with a label above 0; percentiles from the sampled voxels */
} amos_fingerprint;

/* Gathers it from the entries of the cases that the filter (NULL: all) takes; cases without an entry are left out.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _INDEX or _IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_get_fingerprint(const amos_cache *cache, const amos_dataset *dataset,
                                                            const amos_case_filter *filter, amos_fingerprint *out,
                                                            amos_error *err);

/* ---- the folder ---- */

/* A file of the folder; the pointers live only during the call. */
typedef struct amos_cache_item {
    const char *name;
    uint64_t bytes;
    int64_t used_ns; /* nanoseconds since 1970: when it was last opened or built */
    int unfinished;  /* left behind by a build that was killed */
} amos_cache_item;

/* Return AMOS_OK to go on, anything else to stop with that status. */
typedef amos_status (*amos_cache_item_fn)(void *user, const amos_cache_item *item);

/* Tells of each entry in the folder, whatever its settings, by name; none where there is no folder.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _OPEN, _IO, or what `item` returned. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_list(const amos_cache *cache, amos_cache_item_fn item, void *user,
                                                     amos_error *err);

/* Removes what is unfinished, and then the entries that were not used for the longest time, until the others have no more
 * than max_bytes in all. `removed` (may be NULL) is told of each that goes; its answer is as above. Readers that have a
 * removed entry open go on reading it.
 * Returns as amos_cache_list(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_prune(const amos_cache *cache, uint64_t max_bytes,
                                                      amos_cache_item_fn removed, void *user, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
