/* SPDX-License-Identifier: BSD-3-Clause */
/* The C half of the package `amos`: the public API of libamos as plain functions on handles, used by the classes that
 * are written in Python. It uses only Python's stable interface (3.11), so one binary serves all later versions. */
#ifndef AMOSPY_H
#define AMOSPY_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

/* ---- handles: objects of the library that Python keeps alive (handle.c) ---- */

struct handle_kind {
    const char *name;
    void (*release)(void *pointer); /* called without the GIL; NULL if the owner releases the object */
};

extern const struct handle_kind handle_dataset, handle_case, handle_volume, handle_pair, handle_array, handle_labelmap,
    handle_score, handle_loader, handle_batch, handle_tiling, handle_stitcher, handle_cache, handle_verdicts;

/* Returns a new reference, which keeps `owner` (may be NULL) alive. Takes ownership of the pointer, also on failure. */
PyObject *handle_new(const struct handle_kind *kind, const void *pointer, PyObject *owner);

/* The pointer of a handle; NULL with an exception if it is of another kind. */
void *handle_get(PyObject *object, const struct handle_kind *kind);

/* The same, but None gives NULL without an exception. `out` points to the pointer. False with an exception. */
bool handle_get_optional(PyObject *object, const struct handle_kind *kind, void *out);

int handle_init(PyObject *module);

/* ---- errors and progress (error.c) ---- */

/* Raises an error of the library as an exception and returns NULL. An exception that a progress function has already
 * raised is kept. */
PyObject *raise_error(const amos_error *err);

/* Returns the exception object instead; NULL with another exception. */
PyObject *make_error(const amos_error *err);

/* Runs a statement, a call of the library, without the GIL. */
#define WITHOUT_GIL(statement) \
    do { \
        Py_BEGIN_ALLOW_THREADS statement; \
        Py_END_ALLOW_THREADS \
    } while (0)

/* Progress of a call of the library: passed on to a Python function. A signal such as Ctrl-C stops the call. */
struct progress {
    PyObject *callable; /* borrowed; NULL or None if only signals are checked */
    double last;
};

int progress_report(void *user, uint64_t done, uint64_t total);

/* ---- structs as dictionaries (fields.c) ---- */

enum field_kind {
    FIELD_INT,
    FIELD_UINT32,
    FIELD_INT64,
    FIELD_UINT64,
    FIELD_DOUBLE,
    FIELD_FLOAT,
    FIELD_TEXT,
    FIELD_CHARS,
    FIELD_ENUM /* a string in Python */
};

struct field {
    const char *name; /* NULL ends a table */
    enum field_kind kind;
    size_t offset;
    int count;        /* items of an array; 0 for a single value */
    const char *noun; /* of FIELD_ENUM, see name_of() */
};

#define FIELD(type, member, kind) \
    { \
#member, kind, offsetof(type, member), 0, NULL \
    }
#define FIELD_ARRAY(type, member, kind, count) \
    { \
#member, kind, offsetof(type, member), count, NULL \
    }
#define FIELD_NAME(type, member, noun) \
    { \
#member, FIELD_ENUM, offsetof(type, member), 0, #noun \
    }
#define FIELDS_END \
    { \
        NULL, FIELD_INT, 0, 0, NULL \
    }

/* Sets the members that the dictionary has; None counts as missing. Strings are borrowed from it. False with an
 * exception. */
bool fields_take(PyObject *dict, const struct field *fields, void *to);

/* Returns all members as a new dictionary. */
PyObject *fields_give(const struct field *fields, const void *from);

/* Adds a value to a dictionary and releases the value; false if it is NULL or cannot be added. */
bool put(PyObject *dict, const char *name, PyObject *value);

/* Texts of the library as strings; NULL gives None. Bytes that are not UTF-8 become surrogates, as in the names of files
 * that os.listdir() gives, so that an id leads back to its case. */
PyObject *text_or_none(const char *text);

/* {label: name}, the data set's own. */
PyObject *label_names(const amos_dataset *dataset);
PyObject *path_or_none(const char *path);

/* A sentence for people, which any terminal can show: a byte that is not UTF-8 becomes "\\xe9". */
PyObject *sentence_of(const char *text);

/* The UTF-8 of a string; surrogates become the bytes that they stand for. A borrowed text: *keep holds it, and must be
 * released after use. NULL with an exception. */
const char *text_take(PyObject *string, PyObject **keep);

extern const struct field geometry_fields[];
extern const struct field volume_fields[]; /* of amos_volume_options */

/* Converts a geometry to a dictionary, NULL to None; and the reverse, in which None sets *has to false. */
PyObject *geometry_give(const amos_geometry *geometry);
bool geometry_take(PyObject *object, amos_geometry *out, bool *has);

/* ---- names of enums (names.c) ---- */

/* The name of a value of the enum amos_NOUN as a new string; NULL with an exception. */
PyObject *name_of(const char *noun, int value);

/* Sets *out to the value of a name. False with an exception. */
bool name_take(const char *noun, PyObject *text, int *out);

/* ---- voxels (array.c, source.c) ---- */

/* Returns an Array: memory of the library as a buffer and as a DLPack tensor. `owner` keeps the memory alive. */
PyObject *array_of_layout(PyObject *owner, void *data, const amos_layout *layout, bool readonly);

struct array_form {
    char format; /* of the struct module */
    int item_bytes;
    int ndim;
    int64_t shape[5];
    int64_t strides[5]; /* bytes */
    bool readonly;
};

PyObject *array_new(PyObject *owner, void *data, const struct array_form *form);
int array_init(PyObject *module);

/* The struct module's letter for a type; 0 if it has none. */
char array_format(amos_type type);

/* A tensor of dlpack.h, version 0. */
struct dl_tensor {
    void *data;
    struct {
        int32_t type, id;
    } device;
    int32_t ndim;
    struct {
        uint8_t code, bits;
        uint16_t lanes;
    } dtype;
    int64_t *shape;
    int64_t *strides; /* in items; NULL if packed with the last axis fastest */
    uint64_t byte_offset;
};

struct dl_managed {
    struct dl_tensor tensor;
    void *context;
    void (*deleter)(struct dl_managed *self);
};

/* A tensor of version 1. */
struct dl_versioned {
    uint32_t major, minor;
    void *context;
    void (*deleter)(struct dl_versioned *self);
    uint64_t flags; /* 1: read-only, 2: a copy */
    struct dl_tensor tensor;
};

int dlpack_init(void);

/* Voxels in the memory of a Python object, through the buffer protocol or DLPack. */
struct source {
    Py_buffer view;
    struct dl_managed *managed;
    struct dl_versioned *versioned;
    void *converted; /* a copy of voxels that have another byte order, or are float16 */
    bool is_target;
    bool keeps_half;          /* float16 and bfloat16 stay as they are; set before opening */
    amos_tile_type half_type; /* of such items; layout.type is float32 then, but layout.strides are of the items */
    unsigned char *start;     /* of the memory, writable if the object allows it; voxel (0,0,0,0) is at layout.offset */
    size_t bytes;
    amos_layout layout; /* without geometry */
};

/* Opens voxels with the axes x, y, z and optionally frames. False with an exception; on success the source must be
 * closed. Voxels of another byte order, float16 and bfloat16 are converted; memory to be written into is refused then. */
bool source_open(struct source *source, PyObject *object);
bool source_open_target(struct source *source, PyObject *object);

/* The same for tiles: float16 and bfloat16 stay as they are, see half_type. */
bool source_open_tile(struct source *source, PyObject *object);
void source_close(struct source *source);

/* ---- options that several functions take ---- */

bool filter_take(PyObject *dict, amos_case_filter *filter);
bool read_take(PyObject *dict, struct progress *progress, amos_read_options *options);

/* Returns (voxels, geometry or None) of an array and takes ownership of the array. */
PyObject *array_give(amos_array *array);

/* What is accepted, and the memory that it points to. */
struct accepting {
    amos_accept accept;
    amos_relabel *table;
    int64_t *ignore;
};

/* Reads the fields of an amos_accept, with the table as a tuple of pairs and the ignored values as a tuple. NULL or None
 * gives *out NULL, else *out points into `to`, which must be dropped after use. False with an exception. */
bool accept_take(PyObject *dict, struct accepting *to, const amos_accept **out);
void accept_drop(struct accepting *accepting);

/* The counts as a new dictionary. */
PyObject *accepted_give(const amos_accepted *accepted);

/* ---- functions, one table per file ---- */

extern PyMethodDef module_methods[], names_methods[], array_methods[], match_methods[], dataset_methods[],
    volume_methods[], labelmap_methods[], score_methods[], loader_methods[], tiling_methods[], stitcher_methods[],
    cache_methods[], components_methods[], resample_methods[], quality_methods[], verdicts_methods[];

#endif
