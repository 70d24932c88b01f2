/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a folder of decoded cases, which can be read patch by patch.
 *
 * The entry of a case is one file: a Zarr version 2 store in a ZIP archive. Other tools can open it too (in Python,
 * zarr.open(zarr.ZipStore(path, mode="r"))). The arrays `0` (stored type, stored values) and `labels/organs/0` (uint8) have
 * the shape (z, y, x) and chunks in Blosc's format (LZ4, shuffled). Chunks that hold only zeros are left out. It is also
 * an OME-NGFF 0.4 image with a label image, and has a NIfTI-1 header. docs/cache-format.md describes format 5, the only
 * one that this version reads; amos_cache_build() makes entries of the former one again.
 * LZ4 is an optional library: without it amos_cache_open() returns AMOS_E_UNSUPPORTED.
 *
 * An entry belongs to the content of the files that it was made from (size, first 4096 bytes, last 8 bytes, and a digest
 * of all bytes unless the file is one gzip member, whose last 8 bytes are the CRC-32 and length of what it holds) and to
 * the settings of its cache. A copy of the files has the same entry. An entry that does not match is never read. A file
 * appears in the folder complete or not at all, so any number of threads and processes may build and read at once. The
 * folder can be emptied at any time. A folder of another user is read but never written; one that everybody may write to
 * is not used. docs/folders.md has the whole of these rules.
 *
 * A cache can have an upstream: a folder on a file server, or a URL. Entries are copied from there, whole, into the
 * folder of the cache, which then lies on a disk of this machine.
 *
 * Structs that a function lends (amos_cache_entry_info, amos_cache_item) belong to the library. Later versions may add
 * members at their end. */
#ifndef AMOS_CACHE_H
#define AMOS_CACHE_H

#include <amos/dataset.h>
#include <amos/labelmap.h>
#include <amos/resample.h>
#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A folder and settings. Immutable after opening; any thread may use it. It must outlive its entries. */
typedef struct amos_cache amos_cache;

/* An open entry: one case. Immutable; any number of threads may read through one entry. */
typedef struct amos_cache_entry amos_cache_entry;

/* Flags of amos_cache_options. */
#define AMOS_CACHE_CROP_BODY 1u            /* keep only the box that holds the body */
#define AMOS_CACHE_ALLOW_MISSING_LABELS 2u /* a case whose label file is missing is cached without labels */

/* What is kept of a case, and how. Each set of settings has its own entries. Start from AMOS_CACHE_OPTIONS_INIT, which
 * keeps the voxels as they are stored. */
typedef struct amos_cache_options {
    size_t size;                       /* sizeof(amos_cache_options) */
    uint32_t flags;                    /* AMOS_CACHE_... */
    const char *orientation;           /* NULL: as stored; otherwise three letters such as "RAS"; copied */
    double spacing[3];                 /* mm along x, y, z after the reorientation; 0: no resampling along that axis */
    amos_interpolation interpolation;  /* of images; labels always get the value of the nearest voxel */
    int64_t chunk[3];                  /* voxels of a chunk along x, y, z, at most 1024 each; 0: 64, 32, 16 */
    int positions;                     /* voxels sampled for each organ, at most 65,536; 0: 1024 */
    const amos_accept *accept;         /* what is accepted in the files; NULL: the defaults; copied. A max_label of 0 is
                                       * that of the case's data set */
    const amos_volume_options *volume; /* for opening the files; NULL: the defaults; copied */
    const char *upstream; /* NULL: none. A folder of entries, such as one on a file server, or the URL of one: an entry
                           * that the folder of the cache lacks is copied from there when it is first needed; copied */
    uint64_t max_bytes; /* with upstream: the entries in the folder, those that are being copied included, have at most
                           * as many bytes. The ones that were opened longest ago are removed to make room, never one
                           * that is open in a cache with upstream. 0: no limit */
} amos_cache_options;

/* The defaults, which NULL stands for too: amos_cache_options o = AMOS_CACHE_OPTIONS_INIT; */
#define AMOS_CACHE_OPTIONS_INIT \
    { \
        sizeof(amos_cache_options), 0, NULL, {0, 0, 0}, AMOS_INTERPOLATION_LINEAR, {0, 0, 0}, 0, NULL, NULL, NULL, 0 \
    }

/* Opens a folder as a cache. folder NULL: $XDG_CACHE_HOME/amos, or $HOME/.cache/amos if that is not set. The folder is
 * created with the first entry. The path may be a symbolic link. options may be NULL. On success the caller owns *out and releases it with amos_cache_free(), after all of its entries.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _OPEN (the folder is not usable, or is NULL and the environment names none) or
 * _UNSUPPORTED (built without LZ4). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_open(const char *folder, const amos_cache_options *options,
                                                     amos_cache **out, amos_error *err);

/* Releases a cache; NULL does nothing. */
AMOS_API void amos_cache_free(amos_cache *cache);

/* The folder's path. Borrowed from the cache; NULL for NULL. Any thread. */
AMOS_API const char *amos_cache_folder(const amos_cache *cache);

/* ---- building ---- */

/* What became of a case in a build. */
typedef enum amos_cache_outcome {
    AMOS_CACHE_FAILED = 0,
    AMOS_CACHE_KEPT = 1,     /* there was a good entry */
    AMOS_CACHE_BUILT = 2,    /* there was no entry */
    AMOS_CACHE_REBUILT = 3,  /* the entry was damaged, or made from an older content of the files */
    AMOS_CACHE_NO_IMAGE = 4, /* nothing was built: the image file is missing */
    AMOS_CACHE_NO_LABEL = 5, /* nothing was built: the data set names a label file, which is missing */
    AMOS_CACHE_STAGED = 6    /* the entry was copied from upstream */
} amos_cache_outcome;

/* "failed", "kept", "built", "rebuilt", "no_image", "no_label", "staged". As amos_enum_name(). */
static inline const char *amos_cache_outcome_name(amos_cache_outcome outcome)
{
    return amos_enum_name(AMOS_ENUM_CACHE_OUTCOME, (int)outcome);
}

/* Makes sure that a case has a good entry: checks the entry that is there, copies it from upstream, or builds one. A case that names no label gets
 * an entry without labels; so does one whose label file is missing, with AMOS_CACHE_ALLOW_MISSING_LABELS. A case that has
 * lost organs, or has voxels without a value, is cached; amos_cache_entry_info says so. outcome may be NULL. A build needs memory for the case's voxels, and for the same again if
 * it resamples.
 * Returns AMOS_OK, AMOS_E_ARG; for the case's files what amos_volume_read() and amos_labelmap_load() return; for an
 * image and a label that do not match what amos_pair_open_case() returns (AMOS_E_PAIR_GEOM only beyond its default
 * tolerance); AMOS_E_GEOM (the settings need geometry), AMOS_E_UNSUPPORTED (several frames, RGB, complex), AMOS_E_LIMIT
 * (more than 4 GiB compressed), AMOS_E_OPEN (a file of the case is missing: errno is ENOENT and err->path that file; or
 * the folder cannot be used: err->path is the folder) or AMOS_E_IO (the disk is full; nothing is left behind). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_build_case(const amos_cache *cache, const amos_case *c,
                                                           amos_cache_outcome *outcome, amos_error *err);

/* Makes sure that the folder has an entry of a case without building one: looks whether it is there, or copies it from
 * upstream. A copy has a temporary name until all of it is there, its length, all of its checksums and its key are right,
 * and it is on the disk. Any number of threads and processes may ask for one entry: one of them copies, the others wait.
 * outcome (may be NULL) is AMOS_CACHE_KEPT or _STAGED. A cache without upstream only looks.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM; AMOS_E_OPEN with ENOENT (there is no entry, upstream neither; or a file of the
 * case is missing), AMOS_E_INDEX (the entry upstream is damaged, or stale), AMOS_E_LIMIT (larger than max_bytes, or the
 * entries that are open leave too little room), AMOS_E_OPEN, _IO and for a URL what its opener returns. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_stage_case(const amos_cache *cache, const amos_case *c,
                                                           amos_cache_outcome *outcome, amos_error *err);

/* Called after each case, in order, on the thread that called amos_cache_build(). `err` is NULL if status is AMOS_OK.
 * Return AMOS_OK to go on; any other value stops the build with that status. */
typedef amos_status (*amos_cache_built_fn)(void *user, const amos_case *c, amos_cache_outcome outcome,
                                           amos_status status, const amos_error *err);

/* Which cases are built, and how. Start from AMOS_CACHE_BUILD_OPTIONS_INIT. */
typedef struct amos_cache_build_options {
    size_t size;                    /* sizeof(amos_cache_build_options) */
    int threads;                    /* 0: all that this process may use; 1: the caller's alone */
    const amos_case_filter *filter; /* NULL: all. A case whose image file is missing fails, unless has_image is 1 */
    amos_progress progress;         /* units are cases; a cancel is answered at once, cases under way end */
    amos_cache_built_fn built;      /* NULL: the first failure stops the build */
    void *built_user;               /* passed to built */
    size_t shard, shards;           /* of the cases that pass the filter those of a shard alone, which is 1..shards: the
                                     * shard-th, the (shard + shards)-th, ...; shards 0: all of them */
} amos_cache_build_options;

/* The defaults, which NULL stands for too. */
#define AMOS_CACHE_BUILD_OPTIONS_INIT \
    { \
        sizeof(amos_cache_build_options), 0, NULL, {NULL, NULL}, NULL, NULL, 0, 0 \
    }

/* Runs amos_cache_build_case() for the cases of a data set, with several threads. A build can be stopped, killed and
 * started again: finished entries stay. Entries of up to 4 MiB are flushed to the disk in groups of up to 64, and before
 * the call returns; a case is reported after its entry was flushed. A folder that cannot be used, or a full disk, stops
 * the build at the first case that meets it. options may be NULL.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _CANCEL, or the status that stopped it. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_build(const amos_cache *cache, const amos_dataset *dataset,
                                                      const amos_cache_build_options *options, amos_error *err);

/* ---- reading ---- */

/* Opens the entry of a case: reads and checks its tables, but not its voxels. The data set may be freed afterwards. An
 * entry that the folder lacks is copied from upstream first: then also what amos_cache_stage_case() returns.
 * On success the caller owns *out and releases it with amos_cache_entry_free().
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, AMOS_E_OPEN (there is no entry for the files as they are now, and errno is ENOENT;
 * or a file of the case cannot be opened), AMOS_E_INDEX (stale or damaged: build it again) or AMOS_E_IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_open(const amos_cache *cache, const amos_case *c,
                                                           amos_cache_entry **out, amos_error *err);

/* Opens an entry by its file name in the folder (amos_cache_item.name), with any settings, and even if its source files
 * are gone. Returns what amos_cache_entry_open() returns; also AMOS_E_INDEX if the file was renamed, so that its name
 * is not the one of the case in it. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_open_name(const amos_cache *cache, const char *name,
                                                                amos_cache_entry **out, amos_error *err);

/* Releases an entry; NULL does nothing. No other thread may be using it. */
AMOS_API void amos_cache_entry_free(amos_cache_entry *entry);

/* Intensity statistics of a set of voxels (scaled values). All zero if the set is empty. */
typedef struct amos_intensity {
    uint64_t voxels; /* finite ones */
    double min, max, mean;
    double std; /* with n in the denominator */
    double percentile_00_5, median, percentile_99_5;
} amos_intensity;

/* What is known of an entry without reading voxels. */
typedef struct amos_cache_entry_info {
    const char *case_id; /* "amos_0018" */
    amos_modality modality;
    amos_split split;
    const char *image_path; /* the file that it was made from; a copy of it may be elsewhere by now */
    const char *label_path; /* NULL if it has no labels */
    amos_layout layout;     /* of the image, packed: stored type, shape, geometry. Labels have the same, as uint8 */
    double slope, inter;    /* value = slope * stored + inter */
    int has_labels;
    int max_label;          /* largest label value allowed */
    int64_t chunk[3];       /* voxels of a chunk along x, y, z */
    amos_geometry source;   /* of the image file; only the shape if the file gives no geometry */
    amos_box crop;          /* the box that was kept, in voxels after the reorientation and before the resampling */
    amos_intensity body;    /* of the voxels of the body: CT above -500 HU; MRI above a tenth of the 99.5 %
                                * percentile */
    amos_intensity organs;  /* of the voxels with a label above 0 */
    uint64_t file_bytes;    /* size of the entry's file */
    const char *settings;   /* one line for people: "RAS, 1.5 x 1.5 x 2 mm, linear, cropped to the body, ..." */
    amos_accepted accepted; /* what was accepted in the voxels of the label file */
    amos_warnings label_warnings; /* of the label file, of its voxels and of the pair */
    double displacement;          /* mm between image and label, as in amos_pair_info */
    uint64_t not_finite;          /* voxels of the image that are NaN or infinite; batches have them too, without
                                  AMOS_LOADER_REPLACE_NAN */
    int lost_count;               /* labels that the case had, and lost when it was cropped or resampled */
    uint8_t lost[256];            /* these labels, increasing */
    uint32_t collapsed;           /* bit d: resampling left one voxel of several along axis d (0 x, 1 y, 2 z) */
} amos_cache_entry_info;

/* What is known of an entry. Borrowed from the entry; NULL for NULL. Any thread. */
AMOS_API const amos_cache_entry_info *amos_cache_entry_get_info(const amos_cache_entry *entry);

/* Statistics of one label value, 0..max_label. Borrowed from the entry; NULL for another value, and if the entry has no
 * labels. Any thread. */
AMOS_API const amos_organ_stats *amos_cache_entry_get_organ(const amos_cache_entry *entry, int label);

/* Voxels (x, y, z) that have this label, 1..max_label. They are sampled uniformly without replacement, are in random
 * order, and are the same in every build. If the organ has no more voxels than amos_cache_options.positions, all of
 * them are here. *count gets their number. Borrowed from the entry; NULL, and 0, if the organ is absent. Any thread. */
AMOS_API const int32_t (*amos_cache_entry_get_positions(const amos_cache_entry *entry, int label, size_t *count))[3];

/* Reads a box of the image, as amos_volume_read() reads it from a file: type AMOS_TYPE_STORED gives the stored values,
 * any other type gives slope * stored + inter. The box (all zero: everything) must lie within the shape. `buffer` and
 * `bytes` are as in amos_volume_read(); threads, progress and pool are not used. After the first reads, memory is
 * allocated only for decoding a chunk. The checksum of a chunk is checked each time that it is read. After an error the
 * content of the buffer is undefined.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _IO, _INDEX (damaged: build it again) or _HDR_SCALE. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_read_image(const amos_cache_entry *entry,
                                                                 const amos_read_options *options, void *buffer,
                                                                 size_t bytes, amos_error *err);

/* Reads a box of the labels in the same way. They are uint8, so the type must be AMOS_TYPE_STORED or AMOS_TYPE_UINT8.
 * Returns also AMOS_E_UNSUPPORTED if the entry has no labels. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_read_labels(const amos_cache_entry *entry,
                                                                  const amos_read_options *options, void *buffer,
                                                                  size_t bytes, amos_error *err);

/* Verifies an entry: reads and decodes every chunk, and keeps nothing.
 * Returns what amos_cache_entry_read_image() returns. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_entry_verify(const amos_cache_entry *entry, amos_error *err);

/* ---- the data set as a whole ---- */

/* Statistics of a data set. Each case has the same weight, as in nnU-Net's fingerprint: with n voxels, each of them
 * weighs 1 / n. A percentile is the smallest value at which the weights of all values up to it reach the share of the
 * total (numpy: method "inverted_cdf"). All voxels count, so percentiles are exact for images of up to 16 bits, and to
 * 1/65536 of a case's range for others. */
typedef struct amos_fingerprint {
    size_t size;               /* sizeof(amos_fingerprint), set by the caller */
    size_t cases;              /* number of cases that have an entry with labels */
    double median_spacing[3];  /* mm along x, y, z */
    double median_shape[3];    /* voxels along x, y, z */
    amos_intensity foreground; /* of voxels with a label above 0 */
    size_t left_out;           /* cases with image and label that have no entry, or no voxel with a label above 0 */
} amos_fingerprint;

/* Sets the size: amos_fingerprint fingerprint = AMOS_FINGERPRINT_INIT; */
#define AMOS_FINGERPRINT_INIT \
    { \
        sizeof(amos_fingerprint), 0, {0, 0, 0}, {0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}, 0 \
    }

/* Computes the statistics from the entries of the cases that pass the filter (NULL: all). Cases without an entry are
 * left out and counted. It decodes the chunks that have labels. out->size must be set.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _INDEX or _IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_get_fingerprint(const amos_cache *cache, const amos_dataset *dataset,
                                                                const amos_case_filter *filter, amos_fingerprint *out,
                                                                amos_error *err);

/* ---- the folder ---- */

/* A file of the folder. Its pointers are valid only during the call that gives it. */
typedef struct amos_cache_item {
    const char *name;
    uint64_t bytes;
    int64_t used_ns; /* when it was last opened or built, in nanoseconds since 1970 */
    int unfinished;  /* 1: left behind by a build that was killed, of an entry or an index */
} amos_cache_item;

/* Called for each file, on the calling thread. Return AMOS_OK to go on; any other value stops the call with that
 * status. */
typedef amos_status (*amos_cache_item_fn)(void *user, const amos_cache_item *item);

/* Calls `item` for each entry in the folder, whatever its settings, in the order of names; never if there is no folder.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _OPEN, _IO, or what `item` returned. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_list(const amos_cache *cache, amos_cache_item_fn item, void *user,
                                                     amos_error *err);

/* Removes unfinished files, and then the least recently used entries until the others have at most max_bytes in all.
 * `removed` (may be NULL) is called for each file that is removed. A reader that has a removed entry open can go on
 * reading.
 * Returns what amos_cache_list() returns. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_cache_prune(const amos_cache *cache, uint64_t max_bytes,
                                                      amos_cache_item_fn removed, void *user, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
