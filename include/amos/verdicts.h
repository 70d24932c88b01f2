/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: verdicts, which people give on the cases of a data set in the viewer (amos report, amos serve): the case, or one
 * of its organs, is good, bad or uncertain. A file of verdicts selects cases again: amos_case_filter.verdicts.
 *
 *   amos_verdicts *verdicts;
 *   amos_status status = amos_verdicts_open("verdicts.jsonl", &verdicts, &err);
 *   amos_case_filter filter = AMOS_CASE_FILTER_INIT;
 *   filter.verdicts = verdicts;
 *   filter.only = AMOS_ONLY(AMOS_VERDICT_PASS);
 *
 * Three forms are read; the content says which:
 *   JSON        {"amos_verdicts": 1, "data_set": "AMOS", "verdicts": [VERDICT, ...]}, or [VERDICT, ...]
 *   JSON lines  a VERDICT on each line, as amos serve writes them. A last line that is cut off, because the writer was
 *               killed, is left out: amos_verdicts_info.cut
 *   CSV         with the names of its columns in the first line: case and verdict, and maybe organ, text, x, y, z, time
 * A VERDICT is {"case": "amos_0018", "verdict": "pass", "organ": "liver", "text": "...", "voxel": [x, y, z],
 * "mm": [x, y, z], "time": "2026-11-29T20:40:42Z"}; all but case and verdict may be missing or null. Other keys and columns
 * are ignored. */
#ifndef AMOS_VERDICTS_H
#define AMOS_VERDICTS_H

#include <amos/enum.h>
#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The verdicts of a file. Immutable: any number of threads may read them. */
typedef struct amos_verdicts amos_verdicts;

typedef enum amos_verdict {
    AMOS_VERDICT_NONE = 0, /* none was given, or the one before is withdrawn */
    AMOS_VERDICT_PASS = 1,
    AMOS_VERDICT_FAIL = 2,
    AMOS_VERDICT_UNSURE = 3
} amos_verdict;

/* The bit of a verdict in amos_case_filter.only. */
#define AMOS_ONLY(verdict) ((uint32_t)1 << (verdict))

/* One verdict of a file. Texts are UTF-8 from outside, of any length and content. */
typedef struct amos_verdict_entry {
    const char *case_id; /* "amos_0018" */
    amos_verdict verdict;
    const char *organ; /* the data set's name of a label; NULL: the whole case is meant */
    const char *text;  /* a remark; "" for none */
    const char *time;  /* when it was given, ISO 8601; "": unknown */
    int has_voxel, has_mm;
    int64_t voxel[3]; /* where, in the grid of the case's image as it is stored: x, y, z; if has_voxel */
    double mm[3];     /* the same place in mm, RAS+; if has_mm */
} amos_verdict_entry;

/* What is known about a file of verdicts. */
typedef struct amos_verdicts_info {
    const char *path;              /* as given; "(memory)" for amos_verdicts_open_memory() */
    size_t count;                  /* entries */
    size_t passed, failed, unsure; /* cases, by amos_verdicts_of() */
    int cut;                       /* 1: the last line was cut off, and left out */
    int lines;                     /* 1: the file has JSON lines (or is empty), to which a line can be appended */
} amos_verdicts_info;

/* Reads a file of verdicts, of at most 64 MiB. *out belongs to the caller; release it with amos_verdicts_free().
 * Returns AMOS_OK, AMOS_E_ARG (also for a CSV without the columns, or with a line that is no verdict), _NOMEM, _OPEN,
 * _NOTREG, _IO, _CHANGED, _LIMIT, _JSON_SYNTAX or _JSON_SCHEMA (an entry that is no verdict). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_verdicts_open(const char *path, amos_verdicts **out, amos_error *err);

/* The same for a text of `bytes` bytes in memory, which is not needed afterwards. Without the statuses of files.
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_verdicts_open_memory(const void *data, size_t bytes, amos_verdicts **out,
                                                               amos_error *err);

/* Releases verdicts; NULL is allowed. No other thread may be using them. */
AMOS_API void amos_verdicts_free(amos_verdicts *verdicts);

/* Borrowed from the verdicts; NULL for NULL. Any thread. */
AMOS_API const amos_verdicts_info *amos_verdicts_get_info(const amos_verdicts *verdicts);

/* The entry at an index, in the order of the file. Borrowed; NULL: the index is too large. Any thread. */
AMOS_API const amos_verdict_entry *amos_verdicts_get(const amos_verdicts *verdicts, size_t index);

/* The verdict on a case. Of the entries for the whole case, and of those for each organ, the last one counts. If one of
 * these is FAIL, the case is; else if one is UNSURE, the case is; else if one is PASS, the case is. NONE: there is no entry,
 * or all are withdrawn. Ids are compared letter by letter. NONE for NULL. Any thread. */
AMOS_API amos_verdict amos_verdicts_of(const amos_verdicts *verdicts, const char *case_id);

/* "none", "pass", "fail", "unsure". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_verdict_name(amos_verdict verdict)
{
    return amos_enum_name(AMOS_ENUM_VERDICT, (int)verdict);
}

static inline AMOS_MUST_CHECK amos_status amos_verdict_parse(const char *name, amos_verdict *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_VERDICT, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_verdict)value;
    return status;
}

#ifdef __cplusplus
}
#endif

#endif
