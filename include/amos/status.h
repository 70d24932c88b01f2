/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the statuses that calls return, and the warnings of handles. */
#ifndef AMOS_STATUS_H
#define AMOS_STATUS_H

#include <amos/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every call that can fail returns one of these. The numbers never change their meaning. */
typedef enum amos_status {
    AMOS_OK = 0,
    AMOS_E_ARG = 1,          /* the caller's mistake: a NULL, a bad option, a buffer too small or misaligned */
    AMOS_E_NOMEM = 2,        /* memory ran out */
    AMOS_E_OPEN = 3,         /* a file cannot be opened; errno says why */
    AMOS_E_NOTREG = 4,       /* a directory, pipe, socket or device where a file should be */
    AMOS_E_IO = 5,           /* reading or writing failed; errno says why */
    AMOS_E_CHANGED = 6,      /* the file was changed while it was open */
    AMOS_E_PATH = 7,         /* a path in dataset.json that leaves the data set or cannot be a file's */
    AMOS_E_GZ_HEADER = 8,    /* not gzip, or a gzip header that breaks RFC 1952 */
    AMOS_E_GZ_DATA = 9,      /* the compressed data is damaged */
    AMOS_E_GZ_TRUNC = 10,    /* the compressed file ends too early */
    AMOS_E_GZ_CRC = 11,      /* the data does not match its CRC-32 */
    AMOS_E_GZ_SIZE = 12,     /* the data does not match its stored length */
    AMOS_E_GZ_TRAIL = 13,    /* bytes that are not gzip follow the compressed data (strict reading only) */
    AMOS_E_HDR_SHORT = 14,   /* fewer bytes than a NIfTI header has */
    AMOS_E_HDR_MAGIC = 15,   /* not a NIfTI header */
    AMOS_E_HDR_ENDIAN = 16,  /* the header's fields disagree on the byte order */
    AMOS_E_HDR_DIM = 17,     /* a dimension is zero, negative or one of too many */
    AMOS_E_HDR_DTYPE = 18,   /* unknown datatype code */
    AMOS_E_HDR_OFFSET = 19,  /* vox_offset points to no possible place */
    AMOS_E_HDR_SCALE = 20,   /* scaling that gives no number */
    AMOS_E_GEOM = 21,        /* the header gives no usable geometry (the voxels can still be read) */
    AMOS_E_UNSUPPORTED = 22, /* a valid file of a kind that this call does not handle */
    AMOS_E_LIMIT = 23,       /* a limit was passed; see amos_limits */
    AMOS_E_DATA_SHORT = 24,  /* fewer voxel bytes than the header says */
    AMOS_E_DATA_LONG = 25,   /* far more voxel bytes than the header says */
    AMOS_E_PAIR_SHAPE = 26,  /* image and label differ in shape */
    AMOS_E_PAIR_GEOM = 27,   /* image and label lie at different places */
    AMOS_E_LABEL = 28,       /* a voxel of a label is not one of its labels */
    AMOS_E_JSON_SYNTAX = 29, /* dataset.json is not JSON */
    AMOS_E_JSON_SCHEMA = 30, /* dataset.json is JSON but does not describe a data set */
    AMOS_E_DUP = 31,         /* one file was given for two roles that must differ */
    AMOS_E_INDEX = 32,       /* a cache or index file is damaged or stale */
    AMOS_E_FORK = 33,        /* the handle cannot be used in a forked child */
    AMOS_E_CANCEL = 34,      /* the caller's progress function asked to stop */
    AMOS_E_RANGE = 35        /* a value that the requested type cannot hold */
} amos_status;

/* A set of warnings, one bit each. A warning means that the input is unusual but was accepted. */
typedef uint64_t amos_warnings;

/* How many bits a set can have. */
#define AMOS_WARNING_BITS 64

#define AMOS_W_PADDING ((amos_warnings)1 << 0)   /* zero bytes follow the gzip data */
#define AMOS_W_TRAILING ((amos_warnings)1 << 1)  /* other bytes follow the gzip data */
#define AMOS_W_SUFFIX ((amos_warnings)1 << 2)    /* the name says compressed and the content does not, or the reverse */
#define AMOS_W_EXTRA ((amos_warnings)1 << 3)     /* bytes follow the last voxel */
#define AMOS_W_BITPIX ((amos_warnings)1 << 4)    /* bitpix disagrees with datatype; datatype is used */
#define AMOS_W_PRECISION ((amos_warnings)1 << 5) /* a 64-bit integer was too large for the floating type asked for */
#define AMOS_W_OFFSET ((amos_warnings)1 << 6)    /* vox_offset is 0 (352 is used) or too large for its float32 */
#define AMOS_W_ALIGN ((amos_warnings)1 << 7)     /* vox_offset is no multiple of 16 */
#define AMOS_W_EXT ((amos_warnings)1 << 8)       /* the list of header extensions is damaged; it is skipped */
#define AMOS_W_SCALE ((amos_warnings)1 << 9)     /* scl_slope is NaN or infinite; the voxels are taken unscaled */
#define AMOS_W_SHEAR ((amos_warnings)1 << 10)    /* the axes of the affine are not at right angles */
#define AMOS_W_FORMS ((amos_warnings)1 << 11)    /* sform and qform disagree; the sform is used */
#define AMOS_W_CODE ((amos_warnings)1 << 12)     /* an unknown qform or sform code; it is taken as 0 */
#define AMOS_W_QFAC ((amos_warnings)1 << 13)     /* pixdim[0] is neither -1, 0 nor 1; its sign is used */
#define AMOS_W_PIXDIM ((amos_warnings)1 << 14)   /* a negative pixdim was made positive (AMOS_OPEN_LENIENT) */
#define AMOS_W_UNITS ((amos_warnings)1 << 15)    /* unknown bits in xyzt_units; millimetres are assumed */
#define AMOS_W_NOORIENT ((amos_warnings)1 << 16) /* neither qform nor sform: position and orientation are unknown */
#define AMOS_W_GEOM ((amos_warnings)1 << 17)     /* image and label are at different places; the caller allowed it */
#define AMOS_W_EMPTY ((amos_warnings)1 << 18)    /* a label without any organ */
#define AMOS_W_LEAK ((amos_warnings)1 << 19)     /* the same case is in two splits */
#define AMOS_W_COUNT ((amos_warnings)1 << 20)    /* numTraining or a similar count disagrees with its list */
#define AMOS_W_LABELS \
    ((amos_warnings)1 << 21) /* the label table is missing or odd; AMOS's is used, unless it only has gaps */
#define AMOS_W_UNLISTED \
    ((amos_warnings)1 << 22) /* a file in a folder that dataset.json does not name, or that is no case: a second
                                                    volume of a case, a copy, an unfinished download */
#define AMOS_W_METADATA ((amos_warnings)1 << 23) /* the metadata CSV could not be used, or names an unknown case */
#define AMOS_W_ROUNDED \
    ((amos_warnings)1 << 24)                       /* voxels of a label were no integers and were rounded; the caller
                                                    allowed it */
#define AMOS_W_IGNORED ((amos_warnings)1 << 25)    /* voxels of a label have a value that the caller ignores */
#define AMOS_W_RELABELLED ((amos_warnings)1 << 26) /* voxels of a label got another label by the caller's table */
#define AMOS_W_TURNED \
    ((amos_warnings)1 << 27) /* a label is at the place of its image, but stored in another
                                                    orientation; its axes are turned to those of the image */
#define AMOS_W_READING \
    ((amos_warnings)1 << 28)                    /* a qform of nearly a half turn has two readings, and two files are
                                                    at one place only by the one that libamos does not use */
#define AMOS_W_QUATERN ((amos_warnings)1 << 29) /* the quaternion is a little longer than 1; it was normalised */
#define AMOS_W_SPACING ((amos_warnings)1 << 30) /* pixdim gives another spacing than the sform, which is used */
#define AMOS_W_MODALITY \
    ((amos_warnings)1 << 31)                    /* nothing says whether some cases are CT or MRI, or the caller or a
                                                 * modality table names cases that are not there */
#define AMOS_W_RENAMED ((amos_warnings)1 << 32) /* a file or folder is used whose name is not quite the expected one */
#define AMOS_W_UNUSED ((amos_warnings)1 << 33)  /* a further channel of a case, or another dataset.json, is not used */

/* The name of a status: "OK", "E_GZ_CRC", ...; "E_?" for an unknown number. Static storage; any thread. */
AMOS_API const char *amos_status_name(amos_status status);

/* A short English description of a status. Static storage; any thread. */
AMOS_API const char *amos_status_text(amos_status status);

/* The name of one warning bit, such as "W_EXTRA"; NULL if the bit is unknown or several bits are set. Static storage;
 * any thread. */
AMOS_API const char *amos_warning_name(amos_warnings bit);

/* A short English description of one warning bit; NULL as above. Static storage; any thread. */
AMOS_API const char *amos_warning_text(amos_warnings bit);

#ifdef __cplusplus
}
#endif

#endif
