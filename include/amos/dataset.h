/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a data set, which is a directory of cases as AMOS ships them, or the ZIP archive of such a directory.
 *
 * Opening reads no volume. If the directory has a dataset.json, it says which cases there are. Without one, or with that
 * of nnU-Net 2, the folders imagesTr, labelsTr, imagesVa, labelsVa, imagesTs and labelsTs do: every file *.nii.gz or *.nii in them that is not
 * hidden counts. A data set and its cases do not change after opening. Any number of threads may use them at the same
 * time; only amos_dataset_free() must run alone. */
#ifndef AMOS_DATASET_H
#define AMOS_DATASET_H

#include <amos/context.h>
#include <amos/enum.h>
#include <amos/error.h>
#include <amos/verdicts.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct amos_dataset amos_dataset;
typedef struct amos_case amos_case;

typedef enum amos_split {
    AMOS_SPLIT_ANY = 0, /* only in filters */
    AMOS_SPLIT_TRAINING = 1,
    AMOS_SPLIT_VALIDATION = 2,
    AMOS_SPLIT_TEST = 3
} amos_split;

typedef enum amos_modality {
    AMOS_MODALITY_ANY = 0, /* only in filters */
    AMOS_MODALITY_CT = 1,
    AMOS_MODALITY_MRI = 2,
    AMOS_MODALITY_UNKNOWN =
        3 /* nothing says which: the id is not AMOS's, and neither dataset.json nor the caller does */
} amos_modality;

/* Sets the modality of a case. */
typedef struct amos_modality_override {
    const char *case_id; /* "amos_0500" or "500"; "*": every case that no other override names. If the data set has no
                             * such case, it is ignored with AMOS_W_MODALITY. Of two for the same case the later
                             * counts */
    amos_modality modality; /* not ..._ANY */
} amos_modality_override;

#define AMOS_DATASET_BENEATH 1u /* a symbolic link that leaves the directory is AMOS_E_PATH */
#define AMOS_DATASET_ALLOW_ABSOLUTE \
    2u /* dataset.json may name files by absolute paths, and by paths that begin with ".." */

typedef struct amos_dataset_options {
    size_t size;                            /* sizeof(amos_dataset_options) */
    uint32_t flags;                         /* AMOS_DATASET_... */
    const char *json_name;                  /* this file in the directory, which must exist; NULL: dataset.json if it
                                               exists */
    const char *metadata_path;              /* this file, which must be readable; its ids may be any. NULL:
                                               labeled_data_meta_0000_0599.csv in the directory or beside it, if it
                                               exists, for cases with an id of AMOS only */
    const amos_modality_override *modality; /* NULL: none. These count before modality_table, and both before what else
                                               is known: see amos_case_info.modality */
    size_t modality_count;
    const amos_limits *limits; /* NULL: the defaults; copied */
    amos_log_fn log;           /* NULL: silent */
    void *log_user;
    const char *modality_table; /* this file, which must be readable: a CSV with the columns id and modality, or JSON,
                                   {"amos_0500": "ct"} or [{"id": "amos_0500", "modality": "ct"}]. NULL: none */
} amos_dataset_options;

/* The defaults, with the size. */
#define AMOS_DATASET_OPTIONS_INIT \
    { \
        sizeof(amos_dataset_options), 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL \
    }

/* What the metadata CSV says about a case. A text is "" if the CSV does not give it. */
typedef struct amos_metadata {
    int age_years;     /* full years, from months, weeks or days too; -1: unknown */
    char sex;          /* 'M', 'F', or '?' */
    const char *model; /* scanner model */
    const char *maker; /* scanner manufacturer */
    const char *date;  /* acquisition date as YYYYMMDD */
    const char *birth; /* birth date as given */
    const char *site;
} amos_metadata;

/* What is known about a data set once it is open. */
typedef struct amos_dataset_info {
    const char *root;       /* absolute path of the directory or archive, with symbolic links resolved */
    const char *name;       /* from dataset.json, else the directory's name */
    const char *json_path;  /* absolute path of the dataset.json that was read; NULL: none was */
    amos_warnings warnings; /* AMOS_W_... found while opening */
    int max_label;          /* largest label value in the data set's label table; 15 for AMOS */
    size_t count;           /* number of cases */
} amos_dataset_info;

/* What is known about a case once its data set is open. */
typedef struct amos_case_info {
    const char *id;                /* "amos_0018" */
    int64_t number;                /* 18 for amos_0018; -1: the id is not AMOS's */
    size_t index;                  /* its place in the data set, for amos_dataset_get() */
    amos_split split;              /* never ..._ANY */
    amos_modality modality;        /* as overridden; else of an AMOS id CT below 500, for 500 itself and from 5000 to
                                    * 6899, otherwise MRI; else as dataset.json states for all cases ("CT" or "MR" as
                                    * channel_names or modality); else ..._UNKNOWN, with AMOS_W_MODALITY */
    const char *image_path;        /* absolute; never NULL */
    const char *label_path;        /* absolute; NULL: the case names no label. A file, or a folder of masks that
                                    * amos_volume_open() reads as one label map */
    int has_image;                 /* 1: the image file existed when the data set was opened */
    int has_label;                 /* 1: the label file existed then */
    const amos_metadata *metadata; /* NULL: the CSV has no line for the case */
    int channels;                  /* nnU-Net's image files of the case, x_0000, x_0001, ...; 1 for others. Beyond 1,
                                    * image_path is x_0000, and the others are not read (AMOS_W_UNUSED) */
    int max_label;                 /* amos_dataset_info.max_label of its data set */
} amos_case_info;

/* Opens a data set. `path` is that of a directory or of a ZIP archive, or goes on into an archive ("all.zip/amos22"); the
 * paths of the cases then go on into the archive too, and every function takes them (see archive.h). Of an archive only the
 * directory of its members is read, at most 64 MiB. If the directory holds none itself but has a folder "amos22" that does, as an unpacked archive has,
 * that folder is opened. options may be NULL.
 * dataset.json may be AMOS's or of nnU-Net version 1, with lists of files, or of nnU-Net version 2, where the folders
 * give the cases unless it has a key "dataset"; nnU-Net's "_0000" is no part of an id. A file that is named otherwise
 * than dataset.json says (.nii or .nii.gz, with or without "_0000", backslashes, ImagesTr) is used if it is the only one
 * that can be meant, with AMOS_W_RENAMED. *out belongs to the caller; release it with amos_dataset_free().
 * A missing image or label file is no error here: see amos_case_info.has_image and amos_dataset_validate().
 * Returns AMOS_OK, AMOS_E_ARG (also for an empty path, and for a modality table with a line that is none), _NOMEM, _OPEN,
 * _NOTREG (the path is neither a directory nor a ZIP archive, or dataset.json no file), _GZ_TRUNC (the archive is cut
 * off), _GZ_DATA (it is damaged, or its members overlap), _IO, _PATH, _CHANGED, _JSON_SYNTAX, _JSON_SCHEMA, _DUP (a
 * case twice in one split, one label for two images, one file as image and label), _UNSUPPORTED (a label that is a list
 * of values, an archive in several parts, a file_ending of nnU-Net that is not NIfTI's) or _LIMIT. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_dataset_open(const char *path, const amos_dataset_options *options,
                                                       amos_dataset **out, amos_error *err);

/* Releases a data set and all its cases. NULL is allowed. No other thread may be using it. */
AMOS_API void amos_dataset_free(amos_dataset *dataset);

/* Borrowed from the data set; NULL for NULL. Any thread. */
AMOS_API const amos_dataset_info *amos_dataset_get_info(const amos_dataset *dataset);

/* The data set's own name of a label value ("arota" for 8). Borrowed; NULL: its label table lacks the value.
 * Any thread. */
AMOS_API const char *amos_dataset_label_name(const amos_dataset *dataset, int label);

/* The case at an index. Cases are ordered by number, then id, then split. Borrowed; NULL: the index is too large.
 * Any thread. */
AMOS_API const amos_case *amos_dataset_get(const amos_dataset *dataset, size_t index);

/* The case with an id ("amos_0018") or the number of an AMOS case ("18" or "0018"). If a case is in several splits,
 * training comes before validation and validation before test. Borrowed; NULL: there is no such case. Any thread. */
AMOS_API const amos_case *amos_dataset_find(const amos_dataset *dataset, const char *id);

/* Which cases to visit. A field that is zero excludes none. */
typedef struct amos_case_filter {
    size_t size; /* sizeof(amos_case_filter) */
    amos_split split;
    amos_modality modality;
    int has_label;                 /* 0: all, 1: cases whose label file exists, -1: the others */
    int has_image;                 /* 0: all, 1: cases whose image file exists, -1: the others */
    const amos_verdicts *verdicts; /* NULL: verdicts do not matter; must live as long as the filter is used */
    uint32_t only; /* with verdicts: the sum of AMOS_ONLY(AMOS_VERDICT_PASS) and others, of which amos_verdicts_of() the
                    * case must be one; 0: any */
} amos_case_filter;

/* Every case, with the size. */
#define AMOS_CASE_FILTER_INIT \
    { \
        sizeof(amos_case_filter), AMOS_SPLIT_ANY, AMOS_MODALITY_ANY, 0, 0, NULL, 0 \
    }

/* Steps to the next case that passes the filter (NULL: every case does), in the order of amos_dataset_get(). *next is the
 * case before, or NULL to start; it becomes the next case, or NULL after the last:
 *   const amos_case *c = NULL;
 *   while ((status = amos_dataset_next(dataset, &filter, &c, &err)) == AMOS_OK && c) ...
 * The case is borrowed. Returns AMOS_OK or AMOS_E_ARG (a filter without its size, a case of another data set); then *next
 * is NULL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_dataset_next(const amos_dataset *dataset, const amos_case_filter *filter,
                                                       const amos_case **next, amos_error *err);

/* One thing that validation found. The pointers are valid only during the call. */
typedef struct amos_finding {
    amos_status status; /* AMOS_OK: only a warning */
    amos_warnings warnings;
    const char *path;    /* of the file or folder */
    const char *case_id; /* "": the finding concerns no single case */
    const char *message; /* a complete sentence */
} amos_finding;

typedef void (*amos_finding_fn)(void *user, const amos_finding *finding);

/* Compares dataset.json with the folders without reading a volume. Reports missing files (AMOS_E_OPEN), folders or
 * devices named as files (AMOS_E_NOTREG), volumes in the folders that dataset.json does not name (AMOS_W_UNLISTED), wrong
 * counts, cases in several splits, labels without an image, and metadata of unknown cases.
 * `found` is called for each finding, on this thread. Returns AMOS_OK if everything was checked, whatever was found;
 * AMOS_E_ARG, _NOMEM or _IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_dataset_validate(const amos_dataset *dataset, amos_finding_fn found,
                                                           void *user, amos_error *err);

/* Borrowed from the case's data set; NULL for NULL. Any thread. */
AMOS_API const amos_case_info *amos_case_get_info(const amos_case *c);

/* Which file of a case. */
typedef enum amos_case_file { AMOS_CASE_IMAGE = 0, AMOS_CASE_LABEL = 1 } amos_case_file;

/* The size of a case's image or label file at this moment, in bytes. Of a case in a ZIP archive it is that of the member,
 * unpacked from the archive. *bytes is 0 after a failure.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_OPEN (there is no such file, or the case names none) or AMOS_E_NOTREG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_case_get_file_bytes(const amos_case *c, amos_case_file file, uint64_t *bytes,
                                                              amos_error *err);

/* "training", "validation", "test"; "any" for AMOS_SPLIT_ANY. Parsing also knows "train", "tr", "valid", "val", "va",
 * "testing" and "ts". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_split_name(amos_split split)
{
    return amos_enum_name(AMOS_ENUM_SPLIT, (int)split);
}

static inline AMOS_MUST_CHECK amos_status amos_split_parse(const char *name, amos_split *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_SPLIT, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_split)value;
    return status;
}

/* "CT", "MRI", "unknown"; "any" for AMOS_MODALITY_ANY. Parsing also knows "MR". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_modality_name(amos_modality modality)
{
    return amos_enum_name(AMOS_ENUM_MODALITY, (int)modality);
}

static inline AMOS_MUST_CHECK amos_status amos_modality_parse(const char *name, amos_modality *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_MODALITY, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_modality)value;
    return status;
}

#ifdef __cplusplus
}
#endif

#endif
