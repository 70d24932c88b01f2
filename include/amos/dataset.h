/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a directory tree of cases, as AMOS ships them, and the cases in it.
 *
 * Opened without touching a volume: from dataset.json where there is one, else from the folders alone (imagesTr,
 * labelsTr, imagesVa, labelsVa, imagesTs, labelsTs; files *.nii.gz and *.nii that are not hidden). A data set and its
 * cases are immutable after opening: any number of threads may use them; only amos_dataset_free() must be alone. */
#ifndef AMOS_DATASET_H
#define AMOS_DATASET_H

#include <amos/context.h>
#include <amos/enum.h>
#include <amos/error.h>

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
    AMOS_MODALITY_MRI = 2
} amos_modality;

/* Says that a case is not what its number says. */
typedef struct amos_modality_override {
    const char *case_id; /* "amos_0500", or "500"; one that is not in the data set is ignored */
    amos_modality modality;
} amos_modality_override;

#define AMOS_DATASET_BENEATH 1u        /* a symbolic link that leaves the tree: AMOS_E_PATH */
#define AMOS_DATASET_ALLOW_ABSOLUTE 2u /* dataset.json may name files by absolute paths */

typedef struct amos_dataset_options {
    size_t size;                            /* sizeof(amos_dataset_options) */
    uint32_t flags;                         /* AMOS_DATASET_... */
    const char *json_name;                  /* NULL: "dataset.json" where it exists; else this file in the tree */
    const char *metadata_path;              /* NULL: labeled_data_meta_0000_0599.csv in or beside the tree if there;
                                                else this file, which must then be readable */
    const amos_modality_override *modality; /* NULL: by number alone; copied */
    size_t modality_count;
    const amos_limits *limits; /* NULL: the defaults; copied */
    amos_log_fn log;           /* NULL: silent */
    void *log_user;
} amos_dataset_options;

/* What the metadata CSV says of a case. Texts are "" where it says nothing. */
typedef struct amos_metadata {
    int age_years;     /* -1 unknown; months, weeks and days are rounded down */
    char sex;          /* 'M', 'F', or '?' */
    const char *model; /* scanner model */
    const char *maker; /* scanner manufacturer */
    const char *date;  /* acquisition date as YYYYMMDD */
    const char *birth; /* birth date as given */
    const char *site;
} amos_metadata;

/* Opens a directory, or the folder "amos22" in it where only that holds a data set, as in an unpacked archive.
 * *out is the caller's, to be released by amos_dataset_free(). options may be NULL.
 * Missing files are no error here: amos_case_has_image() tells, and amos_dataset_validate() reports.
 * Returns AMOS_OK, AMOS_E_ARG (also for an empty path), _NOMEM, _OPEN, _NOTREG (the path is no directory, or
 * dataset.json no file), _IO, _PATH, _CHANGED, _JSON_SYNTAX, _JSON_SCHEMA, _DUP (a case twice in one split, one label
 * for two images, one file as image and label), _UNSUPPORTED (a label that is a list of values) or _LIMIT. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_dataset_open(const char *path, const amos_dataset_options *options,
                                                       amos_dataset **out, amos_error *err);

/* Releases it and all its cases; NULL is fine. */
AMOS_API void amos_dataset_free(amos_dataset *dataset);

/* The absolute path of the directory, symbolic links resolved. Borrowed; NULL for NULL. */
AMOS_API const char *amos_dataset_root(const amos_dataset *dataset);

/* The name that dataset.json gives, else the directory's. Borrowed; NULL for NULL. */
AMOS_API const char *amos_dataset_name(const amos_dataset *dataset);

/* The absolute path of the dataset.json that was used, or NULL where the folders decided. Borrowed. */
AMOS_API const char *amos_dataset_json_path(const amos_dataset *dataset);

/* AMOS_W_... bits found while opening. */
AMOS_API amos_warnings amos_dataset_warnings(const amos_dataset *dataset);

/* The largest label value of the data set's own table, 15 for AMOS; -1 for NULL. */
AMOS_API int amos_dataset_max_label(const amos_dataset *dataset);

/* The data set's name of a label value ("arota" for 8); NULL where its table has none. Borrowed. */
AMOS_API const char *amos_dataset_label_name(const amos_dataset *dataset, int label);

/* How many cases there are, and the case at an index: ordered by number, then id, then split. Borrowed; NULL beyond. */
AMOS_API size_t amos_dataset_count(const amos_dataset *dataset);
AMOS_API const amos_case *amos_dataset_get(const amos_dataset *dataset, size_t index);

/* The case with an id: "amos_0018", or its number "18" or "0018". A case that stands in two splits is found in the
 * first of training, validation, test. Borrowed; NULL where there is none. */
AMOS_API const amos_case *amos_dataset_find(const amos_dataset *dataset, const char *id);

/* Which cases to take; zero in a field takes all. */
typedef struct amos_case_filter {
    size_t size; /* sizeof(amos_case_filter); a filter without its size takes no case */
    amos_split split;
    amos_modality modality;
    int has_label; /* 0: all, 1: with an existing label file, -1: without */
    int has_image; /* 0: all, 1: with an existing image file, -1: without */
} amos_case_filter;

/* The next case after `after` (NULL: the first) that the filter (NULL: all) takes; NULL when there are no more:
 *   for (const amos_case *c = NULL; (c = amos_dataset_next(ds, &filter, c)) != NULL;) ...
 * Borrowed. */
AMOS_API const amos_case *amos_dataset_next(const amos_dataset *dataset, const amos_case_filter *filter,
                                            const amos_case *after);

/* One thing that validation found; the pointers live only during the call. */
typedef struct amos_finding {
    amos_status status; /* AMOS_OK where it is only a warning */
    amos_warnings warnings;
    const char *path;    /* the file or folder it is about */
    const char *case_id; /* "" where it is about no single case */
    const char *message; /* one finished sentence */
} amos_finding;

typedef void (*amos_finding_fn)(void *user, const amos_finding *finding);

/* Holds dataset.json and the folders against each other, without reading a volume: named but missing files
 * (AMOS_E_OPEN), files that are no files (AMOS_E_NOTREG), volumes in the folders that it does not name
 * (AMOS_W_UNLISTED), counts, leaks between splits, labels without an image, metadata of unknown cases.
 * Returns AMOS_OK when all was looked at, whatever was found; AMOS_E_ARG, _NOMEM or _IO. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_dataset_validate(const amos_dataset *dataset, amos_finding_fn found,
                                                           void *user, amos_error *err);

/* A case, borrowed from its data set. Its functions accept NULL and then return NULL, 0, -1 or ..._ANY. */
AMOS_API const char *amos_case_id(const amos_case *c); /* "amos_0018" */
AMOS_API int64_t amos_case_number(const amos_case *c); /* 18 for amos_0018 and amos_0018_0000, else what the id ends in; -1 */
AMOS_API size_t amos_case_index(const amos_case *c);   /* its place in amos_dataset_get() */
AMOS_API amos_split amos_case_split(const amos_case *c);
AMOS_API amos_modality amos_case_modality(const amos_case *c); /* number < 500 or none: CT; else MRI; or overridden */
AMOS_API const char *amos_case_image_path(const amos_case *c); /* absolute; never NULL for a case */
AMOS_API const char *amos_case_label_path(const amos_case *c); /* absolute; NULL where no label is named */
AMOS_API int amos_case_has_image(const amos_case *c);          /* the file was there when the data set was opened */
AMOS_API int amos_case_has_label(const amos_case *c);
AMOS_API const amos_metadata *amos_case_metadata(const amos_case *c); /* NULL where the CSV has no line for it */

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

/* "CT", "MRI"; "any" for AMOS_MODALITY_ANY. Parsing also knows "MR". As amos_enum_name() and amos_enum_parse(). */
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
