/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: one NIfTI file, opened.
 *
 * NIfTI-1 and NIfTI-2, either byte order, .nii, .nii.gz and .hdr/.img pairs (opened by the .hdr). Opening reads the
 * header only; voxels are decoded when they are asked for. A volume is immutable once open, so any number of threads
 * may read through one handle at the same time; only amos_volume_free() must be alone. It survives errors.
 *
 * Memory: whatever a file holds or claims, no call asks for more at any moment than the sum of
 *   - 1 MiB, for windows, tiles and the state of the decoder;
 *   - what it gives: amos_layout.bytes of amos_volume_load(), one byte a voxel of a label map with voxels.
 * amos_limits bounds both; a header that claims more than its file can hold is refused before that. */
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

typedef struct amos_volume amos_volume;

/* What inflates. Both give the same bytes and the same errors; AUTO takes libamos's own decoder, which is faster. */
typedef enum amos_inflate { AMOS_INFLATE_AUTO = 0, AMOS_INFLATE_ZLIB = 1, AMOS_INFLATE_OWN = 2 } amos_inflate;

/* "auto", "zlib", "own". As amos_enum_name() and amos_enum_parse(). */
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

/* Whether to read with a seek index: a small file, kept in a cache folder, that holds places from where a .nii.gz can be
 * decoded. With it a box or frame costs no more than the slices that it touches, and several threads can decode one file;
 * see amos_read_options.threads. What is read is the same. Files that are not compressed need none. */
typedef enum amos_index_use {
    AMOS_INDEX_NEVER = 0,
    AMOS_INDEX_USE = 1,  /* if there is one */
    AMOS_INDEX_BUILD = 2 /* build and save it at the first read if there is none */
} amos_index_use;

/* "never", "use", "build". As amos_enum_name() and amos_enum_parse(). */
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

#define AMOS_OPEN_STRICT 1u  /* bytes after the gzip data that are neither gzip nor zero: AMOS_E_GZ_TRAIL */
#define AMOS_OPEN_LENIENT 2u /* a negative pixdim is made positive, with AMOS_W_PIXDIM, instead of AMOS_E_GEOM */

typedef struct amos_volume_options {
    size_t size;    /* sizeof(amos_volume_options) */
    uint32_t flags; /* AMOS_OPEN_... */
    amos_inflate inflate;
    const amos_limits *limits; /* NULL: the defaults; copied */
    amos_log_fn log;           /* NULL: silent */
    void *log_user;
    amos_index_use index;
    const char *index_folder; /* where indexes are kept; NULL: $XDG_CACHE_HOME/amos, else $HOME/.cache/amos; copied */
} amos_volume_options;

/* The defaults, which NULL stands for too. */
#define AMOS_VOLUME_OPTIONS_INIT \
    { \
        sizeof(amos_volume_options), 0, AMOS_INFLATE_AUTO, NULL, NULL, NULL, AMOS_INDEX_NEVER, NULL \
    }

/* Where a caller's own bytes come from. read_at must fill up to `bytes` bytes from `offset` and return how many (0 only
 * at the end), or -errno; it may be called by several threads at once if the caller reads with several.
 * close (may be NULL) is called once, when the volume is freed, or when opening it fails. */
typedef struct amos_byte_source {
    size_t size;      /* sizeof(amos_byte_source) */
    const char *name; /* for messages, and ".gz" at its end counts as a name's suffix; NULL: "(callbacks)"; copied */
    uint64_t bytes;   /* how many bytes there are in all */
    int64_t (*read_at)(void *user, uint64_t offset, void *buffer, size_t bytes);
    void (*close)(void *user);
    void *user;
} amos_byte_source;

/* To start from; read_at must be set. */
#define AMOS_BYTE_SOURCE_INIT \
    { \
        sizeof(amos_byte_source), NULL, 0, NULL, NULL, NULL \
    }

/* What the header says. Numbers are in host byte order and checked. */
typedef struct amos_volume_info {
    int64_t shape[3];    /* voxels along x, y, z; 1 where the file has fewer dimensions */
    int64_t frames;      /* product of the dimensions above the third; 1 for a 3-D file */
    int ndim;            /* as stored, 1..7 */
    int64_t dim[7];      /* as stored; 1 beyond ndim */
    amos_type type;      /* of the stored voxels */
    double slope, inter; /* value = slope * stored + inter; 1 and 0 where the file asks for no scaling */
    double pixdim[8];    /* as stored; [0] is qfac */
    int qform_code;      /* 0 where unknown codes were found */
    int sform_code;
    int64_t vox_offset;    /* bytes from the start of the (uncompressed) voxel file to the first voxel */
    int nifti_version;     /* 1 or 2 */
    int big_endian;        /* the file's byte order: 0 little, 1 big */
    int compressed;        /* the voxels are gzipped, whatever the name says */
    int is_pair;           /* the voxels are in a .img of their own */
    int extension_count;   /* header extensions; their content is never exposed */
    int space_unit;        /* NIfTI code: 0 unknown (taken as mm), 1 m, 2 mm, 3 micron */
    int time_unit;         /* NIfTI code: 0, 8 s, 16 ms, 24 us, 32 Hz, 40 ppm, 48 rad/s */
    int intent_code;       /* NIfTI code */
    char description[81];  /* descrip, ended by NUL; any bytes */
    uint64_t stored_bytes; /* all voxels as stored, uncompressed */
    uint64_t file_bytes;   /* size of the file that holds the voxels, as it is on disk */
    const char *path;      /* the path it was opened by, or the name of its byte source */
} amos_volume_info;

#define AMOS_READ_SATURATE 1u /* clamp a value that the type cannot hold, NaN to 0, instead of AMOS_E_RANGE */

#define AMOS_FRAME_ALL (-1)

/* What to read and how it shall lie. All zero: the first frame, whole, as stored, packed. */
typedef struct amos_read_options {
    size_t size;             /* sizeof(amos_read_options) */
    amos_type type;          /* AMOS_TYPE_STORED: bytes as stored, unscaled. Else: scaled values of that type */
    uint32_t flags;          /* AMOS_READ_... */
    const char *orientation; /* NULL: as stored; else three letters such as "RAS" */
    amos_box box;            /* all zero: everything. In the voxel indices of the reoriented volume: a boxed read gives
                                exactly that part of what the same read without a box gives */
    int64_t frame;           /* 0 is the first; AMOS_FRAME_ALL: all of them */
    int64_t strides[4];      /* bytes along x, y, z, frames of the result; all zero: packed, x fastest */
    int64_t offset;          /* with strides: bytes from the buffer's start to the first voxel */
    amos_progress progress; /* units are voxel bytes as stored */
    int threads;            /* that decode the file, if it has an index; 0: all that this process may use; 1: the caller's */
    amos_buffer_pool *pool; /* for amos_volume_load(): where the memory comes from and goes back to; NULL: the system */
} amos_read_options;

/* The defaults, which NULL stands for too. */
#define AMOS_READ_OPTIONS_INIT \
    { \
        sizeof(amos_read_options), AMOS_TYPE_STORED, 0, NULL, {{0, 0, 0}, {0, 0, 0}}, 0, {0, 0, 0, 0}, 0, {NULL, NULL}, 0, NULL \
    }

/* Opens a file by its path: reads and checks the header (the first bytes of the gzip stream), never the voxels.
 * Only the named file is opened, and for a pair exactly <stem>.img or else <stem>.img.gz beside it.
 * options may be NULL. On success *out is the caller's, to be released by amos_volume_free().
 * Returns AMOS_OK, AMOS_E_ARG (also for an empty path), _NOMEM, _OPEN, _NOTREG, _IO, _CHANGED, _GZ_HEADER, _GZ_DATA,
 * _GZ_TRUNC, _GZ_CRC, _GZ_SIZE, _HDR_SHORT, _HDR_MAGIC, _HDR_ENDIAN, _HDR_DIM, _HDR_DTYPE, _HDR_OFFSET, _HDR_SCALE,
 * _UNSUPPORTED, _LIMIT or _DATA_SHORT (the file is too small for the voxels that the header claims). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_open(const char *path, const amos_volume_options *options,
                                                      amos_volume **out, amos_error *err);

/* The same from `bytes` bytes at `data`, which must stay as they are until the volume is freed. A .hdr alone is
 * AMOS_E_UNSUPPORTED. Returns as amos_volume_open() but for the file errors. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_open_memory(const void *data, size_t bytes,
                                                             const amos_volume_options *options, amos_volume **out,
                                                             amos_error *err);

/* The same through a caller's functions; `source` is copied, what its `user` points to must live until close().
 * Returns as amos_volume_open(); a failing read_at gives AMOS_E_IO with its errno. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_open_source(const amos_byte_source *source,
                                                             const amos_volume_options *options, amos_volume **out,
                                                             amos_error *err);

/* Releases it; NULL is fine. No other thread may be using it. */
AMOS_API void amos_volume_free(amos_volume *volume);

/* What the header says. Borrowed from the volume; NULL for NULL. Any thread. */
AMOS_API const amos_volume_info *amos_volume_get_info(const amos_volume *volume);

/* AMOS_W_... bits of opening and of all reads so far. Any thread. */
AMOS_API amos_warnings amos_volume_warnings(const amos_volume *volume);

/* Shape, spacing, affine and orientation, in stored axis order: the sform if sform_code > 0, else the qform if
 * qform_code > 0, else spacing only (nifti1.h). Metres and microns are converted to millimetres.
 * Returns AMOS_OK, AMOS_E_ARG, or AMOS_E_GEOM where the header's numbers give none (the voxels can still be read).
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_get_geometry(const amos_volume *volume, amos_geometry *out,
                                                              amos_error *err);

/* How the voxels of a read with these options (NULL: the defaults) will lie, and how many bytes they take.
 * Returns AMOS_OK, AMOS_E_ARG (a bad type, box, frame, orientation or stride), AMOS_E_GEOM (a reorientation of a
 * volume without geometry), AMOS_E_UNSUPPORTED (numbers from an RGB, complex or float128 file) or AMOS_E_LIMIT (more
 * than can be addressed). Strides that overlap, are not aligned or reach before the buffer are AMOS_E_ARG; where working
 * out how far they reach overflows, AMOS_E_LIMIT.
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_get_layout(const amos_volume *volume, const amos_read_options *options,
                                                        amos_layout *out, amos_error *err);

/* Reads voxels into the caller's buffer of `bytes` bytes, aligned for the type; a larger buffer is fine and its rest
 * stays untouched. Values are slope * stored + inter in double, rounded once:
 *   float32, float64   to nearest; NaN and infinities stay; a finite value beyond float32 is AMOS_E_RANGE
 *   integers           to nearest, ties to even; NaN or a value outside the type is AMOS_E_RANGE
 *   with AMOS_READ_SATURATE the nearest value that the type has is stored instead, 0 for NaN
 *   integers without scaling are exact in any integer type that holds them, up to 64 bits
 * A read that reaches the last voxel checks the whole file's CRC-32; a box that ends earlier stops there and does not.
 * With an index, which was built from data that matched that CRC-32, the parts of the file that are decoded have checksums
 * of their own, and all but one that is left before its end are checked. Where one does not match, the read begins anew
 * without the index. Each thread needs half a megabyte, an index a few per cent of the compressed file.
 * After an error the buffer may hold anything. Every value and byte is the same from either decoder.
 * Returns AMOS_OK, AMOS_E_ARG, _NOMEM, _IO, _CHANGED, _GZ_HEADER, _GZ_DATA, _GZ_TRUNC, _GZ_CRC, _GZ_SIZE, _GZ_TRAIL,
 * _HDR_OFFSET, _GEOM, _UNSUPPORTED, _LIMIT, _DATA_SHORT, _DATA_LONG, _RANGE or _CANCEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_read(const amos_volume *volume, const amos_read_options *options,
                                                      void *buffer, size_t bytes, amos_error *err);

/* The same into memory that the library allocates; strides and offset must be zero. Release *out with
 * amos_array_free(). Returns as amos_volume_read(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_load(const amos_volume *volume, const amos_read_options *options,
                                                      amos_array **out, amos_error *err);

/* Builds the index now, and saves it in the folder that the options name, replacing what is there; nothing happens for a
 * file that is not compressed. It costs about 1.2 times a whole read with zlib, checks all that such a read checks, and
 * makes a file of at most 3.5 % of the compressed one. For memory and callbacks the index lives as long as the volume.
 * In the folder a file stands under its inode, and its index is used while size, times and last gzip checksum are the
 * same; the folder can be emptied at any time. A folder that is missing is made; one that is a symbolic link, or belongs
 * to somebody else, is not used. progress may be NULL; its units are voxel bytes as stored.
 * Returns as amos_volume_verify(), or AMOS_E_OPEN or AMOS_E_IO where the index cannot be saved; it is used nevertheless.
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_build_index(const amos_volume *volume, const amos_progress *progress,
                                                             amos_error *err);

/* How large the volume's index is, 0 where it has none, or was opened to use none and none was built. Any thread. */
AMOS_API uint64_t amos_volume_index_bytes(const amos_volume *volume);

/* Asks the system to begin fetching a file from its disk, because it will be read soon, and does not wait for it. Advice
 * only: a path that is NULL or cannot be opened is left alone. The commands ask for the next cases while they decode.
 * Any thread. */
AMOS_API void amos_file_read_ahead(const char *path);

/* Decodes everything and keeps nothing: is the file whole? Checks all that a whole read checks; progress may be NULL.
 * *nonfinite (may be NULL) gets the number of NaN and infinite voxels, as stored.
 * Returns as amos_volume_read(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_verify(const amos_volume *volume, const amos_progress *progress,
                                                        uint64_t *nonfinite, amos_error *err);

/* The range of the scaled voxels of a volume, of all frames. */
typedef struct amos_value_range {
    size_t size;           /* sizeof(amos_value_range), set by the caller */
    double min, max, mean; /* of the finite voxels; 0 where there are none */
    uint64_t finite;       /* how many voxels are neither NaN nor infinite */
    uint64_t nonfinite;    /* how many are */
} amos_value_range;

/* Sets the size: amos_value_range range = AMOS_VALUE_RANGE_INIT; */
#define AMOS_VALUE_RANGE_INIT \
    { \
        sizeof(amos_value_range), 0, 0, 0, 0, 0 \
    }

/* Finds the range in one pass, without holding the voxels. out->size must be set. After an error *out is all 0.
 * Returns as amos_volume_read(); AMOS_E_UNSUPPORTED for RGB, complex and float128. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_volume_get_range(const amos_volume *volume, const amos_progress *progress,
                                                           amos_value_range *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
