/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: open NIfTI files and read their voxels.
 *
 * Supported: NIfTI-1 and NIfTI-2, both byte orders, .nii, .nii.gz and .hdr/.img pairs (opened by the .hdr). Opening a
 * file reads its header only; voxels are decoded on request:
 *   amos_volume_options options = AMOS_VOLUME_OPTIONS_INIT;
 *   options.index = AMOS_INDEX_USE;
 *   amos_volume *volume;
 *   amos_error err;
 *   amos_status status = amos_volume_open(path, &options, &volume, &err);
 *
 * Threads: a volume is immutable after opening. Any number of threads may read through one handle at the same time;
 * only amos_volume_free() must be alone. A volume stays usable after a failed read.
 *
 * Memory: whatever a file contains or claims, the memory that a call holds at any moment is at most the sum of
 *   - 1 MiB, for windows, tiles and the state of the decoder;
 *   - its result: amos_layout.bytes for amos_volume_load(), one byte per voxel for a label map with voxels.
 * amos_limits bounds both. A header that claims more voxels than its file can hold is rejected before memory is
 * allocated for them. Reading with an index needs more; see amos_volume_read(). */
#ifndef AMOS_VOLUME_H
#define AMOS_VOLUME_H

#include <amos/array.h>
#include <amos/context.h>
#include <amos/enum.h>
#include <amos/geometry.h>
#include <amos/pool.h>
#include <amos/type.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open file. The caller owns it and releases it with amos_volume_free(). Any thread may read through it. */
typedef struct amos_volume amos_volume;

/* The decoder for compressed data. Both decoders give the same bytes and the same errors. AMOS_INFLATE_AUTO selects
 * libamos's own decoder, which is faster than zlib. */
typedef enum amos_inflate { AMOS_INFLATE_AUTO = 0, AMOS_INFLATE_ZLIB = 1, AMOS_INFLATE_OWN = 2 } amos_inflate;

/* Names: "auto", "zlib", "own". See amos_enum_name() and amos_enum_parse(). Any thread. */
static inline const char *amos_inflate_name(amos_inflate inflate)
{
    return amos_enum_name(AMOS_ENUM_INFLATE, (int)inflate);
}

static inline AMOS_MUST_CHECK amos_status amos_inflate_parse(const char *name, amos_inflate *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_INFLATE, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_inflate)value;
    return status;
}

/* Whether reads use a seek index. The index is a small file in a cache folder that lists positions in a .nii.gz at
 * which decoding can start. With an index, reading a box or a frame costs no more than the slices that it touches, and
 * several threads decode one file with little more work than one does (see amos_read_options.threads). The voxels are the
 * same with and without an index. Uncompressed files need no index. */
typedef enum amos_index_use {
    AMOS_INDEX_NEVER = 0,
    AMOS_INDEX_USE = 1,  /* use the index if one exists */
    AMOS_INDEX_BUILD = 2 /* if no index exists, the first read builds and saves it */
} amos_index_use;

/* Names: "never", "use", "build". See amos_enum_name() and amos_enum_parse(). Any thread. */
static inline const char *amos_index_use_name(amos_index_use index_use)
{
    return amos_enum_name(AMOS_ENUM_INDEX_USE, (int)index_use);
}

static inline AMOS_MUST_CHECK amos_status amos_index_use_parse(const char *name, amos_index_use *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_INDEX_USE, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_index_use)value;
    return status;
}

/* Flags of amos_volume_options. */
#define AMOS_OPEN_STRICT 1u  /* report bytes after the gzip data that are neither gzip nor zero as AMOS_E_GZ_TRAIL */
#define AMOS_OPEN_LENIENT 2u /* make a negative pixdim positive and warn (AMOS_W_PIXDIM), instead of AMOS_E_GEOM */

/* How to open a file. The library copies the struct and everything that is marked "copied"; log_user must live as long
 * as the volume. Start from AMOS_VOLUME_OPTIONS_INIT. */
typedef struct amos_volume_options {
    size_t size;               /* sizeof(amos_volume_options) */
    uint32_t flags;            /* AMOS_OPEN_... */
    amos_inflate inflate;      /* the decoder */
    const amos_limits *limits; /* NULL: the defaults; copied */
    amos_log_fn log;           /* NULL: no log */
    void *log_user;            /* argument of log */
    amos_index_use index;      /* whether reads use a seek index */
    const char *index_folder;  /* folder of the indexes; NULL: $XDG_CACHE_HOME/amos, else $HOME/.cache/amos; copied */
    amos_temporaries
        temporaries; /* called for each temporary file of an index, and of an entry if a cache has these options */
} amos_volume_options;

/* The defaults; NULL options mean the same: amos_volume_options o = AMOS_VOLUME_OPTIONS_INIT; */
#define AMOS_VOLUME_OPTIONS_INIT \
    { \
        sizeof(amos_volume_options), 0, AMOS_INFLATE_AUTO, NULL, NULL, NULL, AMOS_INDEX_NEVER, NULL, \
        { \
            NULL, NULL \
        } \
    }

/* Flag of amos_byte_source. */
#define AMOS_SOURCE_KEEP 1u /* like a file: the same bytes in every run. Its indexes are kept in the index folder */

/* A source of bytes that the caller provides. read_at reads up to `bytes` bytes at `offset` into `buffer`. It returns
 * the number of bytes read (0 only at the end), or -errno. Several threads may call it at once if the caller reads with
 * several threads. close (may be NULL) is called once: when the volume is freed, or when opening it fails.
 * Start from AMOS_BYTE_SOURCE_INIT. */
typedef struct amos_byte_source {
    size_t size;      /* sizeof(amos_byte_source) */
    const char *name; /* for messages; a ".gz" at its end counts as a file suffix; NULL: "(callbacks)"; copied */
    uint64_t bytes;   /* total size in bytes */
    int64_t (*read_at)(void *user, uint64_t offset, void *buffer, size_t bytes);
    void (*close)(void *user);
    void *user;     /* argument of read_at, close and explain */
    uint32_t flags; /* AMOS_SOURCE_... */
    /* Called after read_at has failed, on the same thread: says why, by a status, which is returned then, and one sentence
     * in *err (never NULL). AMOS_OK: nothing but the errno. May be NULL. */
    amos_status (*explain)(void *user, amos_error *err);
} amos_byte_source;

/* The initial values; bytes and read_at must be set: amos_byte_source source = AMOS_BYTE_SOURCE_INIT; */
#define AMOS_BYTE_SOURCE_INIT \
    { \
        sizeof(amos_byte_source), NULL, 0, NULL, NULL, NULL, 0, NULL \
    }

/* The contents of the header, checked, with numbers in host byte order. The volume owns it and its strings. */
typedef struct amos_volume_info {
    int64_t shape[3];      /* voxels along x, y, z; 1 for dimensions that the file lacks */
    int64_t frames;        /* product of the dimensions above the third; 1 for a 3-D file */
    int ndim;              /* as stored, 1..7 */
    int64_t dim[7];        /* as stored; 1 beyond ndim */
    amos_type type;        /* of the stored voxels */
    double slope, inter;   /* value = slope * stored + inter; 1 and 0 if the file has no scaling */
    double pixdim[8];      /* as stored; [0] is qfac */
    int qform_code;        /* NIfTI code; 0 also for an unknown code */
    int sform_code;        /* NIfTI code; 0 also for an unknown code */
    int64_t vox_offset;    /* offset in bytes of the first voxel in the uncompressed voxel file */
    int nifti_version;     /* 1 or 2 */
    int big_endian;        /* byte order of the file: 0 little, 1 big */
    int compressed;        /* 1: the voxels are gzipped, whatever the file name says */
    int is_pair;           /* 1: the voxels are in a separate .img */
    int extension_count;   /* number of header extensions; their content is never exposed */
    int space_unit;        /* NIfTI code: 0 unknown (mm is assumed), 1 m, 2 mm, 3 micron */
    int time_unit;         /* NIfTI code: 0 unknown, 8 s, 16 ms, 24 us, 32 Hz, 40 ppm, 48 rad/s */
    int intent_code;       /* NIfTI code */
    char description[81];  /* descrip; NUL-terminated; may hold any bytes */
    uint64_t stored_bytes; /* size of all voxels in bytes, as stored, uncompressed */
    uint64_t file_bytes;   /* size on disk, in bytes, of the file that holds the voxels */
    const char *path;      /* the path that was opened, or the name of the byte source */
} amos_volume_info;

/* Flag of amos_read_options. */
#define AMOS_READ_SATURATE 1u /* clamp values outside the range of the type, NaN to 0, instead of AMOS_E_RANGE */

/* Value of amos_read_options.frame: read all frames. */
#define AMOS_FRAME_ALL (-1)

/* What to read, and the layout of the result. If all fields except `size` are zero, the whole first frame is read: as
 * stored, packed. Start from AMOS_READ_OPTIONS_INIT. */
typedef struct amos_read_options {
    size_t size;             /* sizeof(amos_read_options) */
    amos_type type;          /* AMOS_TYPE_STORED: voxels as stored, unscaled. Else scaled values of this type */
    uint32_t flags;          /* AMOS_READ_... */
    const char *orientation; /* NULL: as stored; else three letters such as "RAS" */
    amos_box box;            /* all zero: the whole volume. Voxel indices of the reoriented volume: a read with a box
                                gives exactly that part of the same read without a box */
    int64_t frame;           /* 0 is the first; AMOS_FRAME_ALL: all frames */
    int64_t strides[4];      /* bytes along x, y, z, frames of the result; all zero: packed, x fastest */
    int64_t offset;          /* only with strides: bytes from the start of the buffer to the first voxel */
    amos_progress progress;  /* units are voxel bytes as stored; several threads report at intervals of 0.1 s */
    int threads;             /* number of threads that decode a compressed file; 0: one per processor that this process
                                may use; 1: only the caller's. Without an index they decode large images only, of files
                                and memory, and gain less. Voxels and errors are the same for any number */
    amos_buffer_pool *pool;  /* amos_volume_load() takes the memory from this pool, and amos_array_free() returns it;
                                NULL: the system. The caller owns the pool */
} amos_read_options;

/* The defaults; NULL options mean the same: amos_read_options o = AMOS_READ_OPTIONS_INIT; */
#define AMOS_READ_OPTIONS_INIT \
    { \
        sizeof(amos_read_options), AMOS_TYPE_STORED, 0, NULL, {{0, 0, 0}, {0, 0, 0}}, 0, {0, 0, 0, 0}, 0, \
            {NULL, NULL}, 0, NULL \
    }

/* Opens a file by its path. Reads and checks the header (the first bytes of the gzip stream), never the voxels. Opens
 * only the named file and, for a pair, <stem>.img or else <stem>.img.gz in the same folder. A path may go on into a ZIP
 * archive; see archive.h. It may be a URL if the program allows that; see url.h. It may be a folder "segmentations" of masks,
 * a file for each organ: a label map that is made when its first voxel is read; see docs/dataset.md. options may be NULL.
 * On success the caller owns *out and releases it with amos_volume_free().
 * Returns AMOS_OK, AMOS_E_ARG (also for an empty path), _NOMEM, _OPEN, _NOTREG, _IO, _CHANGED, _GZ_HEADER, _GZ_DATA,
 * _GZ_TRUNC, _GZ_CRC, _GZ_SIZE, _HDR_SHORT, _HDR_MAGIC, _HDR_ENDIAN, _HDR_DIM, _HDR_DTYPE, _HDR_OFFSET, _HDR_SCALE,
 * _UNSUPPORTED, _LIMIT or _DATA_SHORT (the file is too small for the voxels that the header claims). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_open(const char *path, const amos_volume_options *options,
                                                      amos_volume **out, amos_error *err);

/* Opens a file that is in memory: `bytes` bytes at `data`. The caller owns the memory and must not change or free it
 * before the volume is freed. A .hdr alone gives AMOS_E_UNSUPPORTED.
 * Otherwise as amos_volume_open(), without the statuses of opening and reading files. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_open_memory(const void *data, size_t bytes,
                                                             const amos_volume_options *options, amos_volume **out,
                                                             amos_error *err);

/* Opens a file through the caller's functions. `source` is copied; what its `user` points to must live until close().
 * Returns the statuses of amos_volume_open(). If read_at fails, the status is what `explain` says, else AMOS_E_IO with its
 * errno. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_open_source(const amos_byte_source *source,
                                                             const amos_volume_options *options, amos_volume **out,
                                                             amos_error *err);

/* Releases a volume. Does nothing for NULL. No other thread may be using the volume. */
AMOS_API void amos_volume_free(amos_volume *volume);

/* The contents of the header. Valid until the volume is freed; NULL for NULL. Any thread. */
AMOS_API const amos_volume_info *amos_volume_get_info(const amos_volume *volume);

/* The AMOS_W_... bits of opening and of all reads so far. Any thread. */
AMOS_API amos_warnings amos_volume_warnings(const amos_volume *volume);

/* Gets shape, spacing, affine and orientation, in stored axis order. The affine is the sform if sform_code > 0, else
 * the qform if qform_code > 0, else the spacing only (nifti1.h). Metres and microns are converted to millimetres.
 * Returns AMOS_OK, AMOS_E_ARG, or AMOS_E_GEOM if the header has no usable geometry (the voxels can still be read).
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_get_geometry(const amos_volume *volume, amos_geometry *out,
                                                              amos_error *err);

/* Gets the layout and the size in bytes of the result of a read with these options (NULL: the defaults).
 * Returns AMOS_OK; AMOS_E_ARG for a bad type, box, frame, orientation or stride; AMOS_E_GEOM for a reorientation of a
 * volume without geometry; AMOS_E_UNSUPPORTED for numbers from an RGB, complex or float128 file; AMOS_E_LIMIT for a
 * result beyond the address space. Strides that overlap, are not aligned or reach before the start of the buffer give
 * AMOS_E_ARG; strides whose extent overflows give AMOS_E_LIMIT. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_get_layout(const amos_volume *volume, const amos_read_options *options,
                                                            amos_layout *out, amos_error *err);

/* Reads voxels into the caller's buffer of `bytes` bytes, which must be aligned for the type. The buffer may be larger
 * than needed; the read does not change the rest. Values are slope * stored + inter in double, rounded once:
 *   float32, float64   to nearest; NaN and infinities stay; a finite value beyond float32 gives AMOS_E_RANGE
 *   integers           to nearest, ties to even; NaN or a value outside the type gives AMOS_E_RANGE
 * With AMOS_READ_SATURATE the nearest value of the type is stored instead of AMOS_E_RANGE, and 0 for NaN.
 * Unscaled integers are exact in any integer type that can hold them, up to 64 bits. Both decoders give the same bytes.
 *
 * Checks: a read that reaches the last voxel verifies the CRC-32 of the whole file. A box that ends earlier stops there
 * and does not verify it. An index is built from data that matched that CRC-32, and each indexed segment has its own
 * CRC: every segment that is read to its end is verified, the one in which the read stops is not. If a segment does not
 * match, the read starts again without the index.
 *
 * Memory: with an index, half a megabyte per thread, and a few per cent of the compressed file for the index itself.
 *
 * After an error the contents of the buffer are undefined.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _IO, _CHANGED, _GZ_HEADER, _GZ_DATA, _GZ_TRUNC, _GZ_CRC, _GZ_SIZE, _GZ_TRAIL,
 * _HDR_OFFSET, _GEOM, _UNSUPPORTED, _LIMIT, _DATA_SHORT, _DATA_LONG, _RANGE or _CANCEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_read(const amos_volume *volume, const amos_read_options *options,
                                                      void *buffer, size_t bytes, amos_error *err);

/* Reads voxels like amos_volume_read() into memory that the library allocates; strides and offset must be zero:
 *   amos_read_options options = AMOS_READ_OPTIONS_INIT;
 *   options.type = AMOS_TYPE_FLOAT32;
 *   amos_array *array;
 *   amos_status status = amos_volume_load(volume, &options, &array, &err);
 * On success the caller owns *out and releases it with amos_array_free().
 * Returns the statuses of amos_volume_read(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_load(const amos_volume *volume, const amos_read_options *options,
                                                      amos_array **out, amos_error *err);

/* Builds the index now, saves it in the folder that the options name and replaces an older index there. Does nothing
 * for an uncompressed file. The build takes about 1.2 times as long as a whole read with zlib, and makes the same
 * checks. The index is at most 3.5 % of the size of the compressed file. For memory and callbacks, the index is not
 * saved and lives as long as the volume. progress may be NULL; its units are voxel bytes as stored.
 *
 * The folder: an index belongs to the content of the volume's file (its size, its first 4096 and its last 8 bytes), so a
 * copy of the file has it too; every segment that is read is compared with its CRC-32 in the index. The folder may be
 * emptied at any time. A missing folder is created. A folder of another user is read but never written; one that everybody
 * may write to is not used. The path may be a symbolic link. New indexes can be read by those who can read the volume's
 * file, as far as the umask allows. See docs/folders.md.
 *
 * Returns the statuses of amos_volume_verify(), or AMOS_E_OPEN or AMOS_E_IO if the index cannot be saved; the volume
 * uses the index nevertheless. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_build_index(const amos_volume *volume, const amos_progress *progress,
                                                             amos_error *err);

/* The size of the volume's index in bytes. 0 if the volume has no index, or if it was opened with AMOS_INDEX_NEVER and
 * none was built. Any thread. */
AMOS_API uint64_t amos_volume_index_bytes(const amos_volume *volume);

/* Asks the system to start reading a file from disk, because it will be needed soon, and returns at once. This is
 * advice only: a path that is NULL or cannot be opened is ignored. The commands prefetch the next cases while they
 * decode. Any thread. */
AMOS_API void amos_file_read_ahead(const char *path);

/* Checks whether the file is whole: decodes all of it, makes every check of a whole read and discards the voxels.
 * progress may be NULL; its units are voxel bytes as stored. On success *nonfinite (may be NULL) is the number of NaN
 * and infinite voxels, as stored. Returns the statuses of amos_volume_read(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_verify(const amos_volume *volume, const amos_progress *progress,
                                                        uint64_t *nonfinite, amos_error *err);

/* The range of the scaled voxels of a volume, over all frames. Start from AMOS_VALUE_RANGE_INIT. */
typedef struct amos_value_range {
    size_t size;           /* sizeof(amos_value_range), set by the caller */
    double min, max, mean; /* of the finite voxels; 0 if none is finite */
    uint64_t finite;       /* number of voxels that are neither NaN nor infinite */
    uint64_t nonfinite;    /* number of voxels that are NaN or infinite */
} amos_value_range;

/* The initial value, with the size set: amos_value_range range = AMOS_VALUE_RANGE_INIT; */
#define AMOS_VALUE_RANGE_INIT \
    { \
        sizeof(amos_value_range), 0, 0, 0, 0, 0 \
    }

/* Computes the range of the values in one pass, without keeping the voxels. The caller must set out->size. After an
 * error all other fields of *out are 0. progress may be NULL; its units are voxel bytes as stored.
 * Returns the statuses of amos_volume_read(); AMOS_E_UNSUPPORTED for RGB, complex and float128. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_get_range(const amos_volume *volume, const amos_progress *progress,
                                                           amos_value_range *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
