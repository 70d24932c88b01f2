/* SPDX-License-Identifier: BSD-3-Clause */
/* The C half of the package `amos`: the public API of libamos as plain functions on handles, for the classes that are
 * written in Python. Only Python's stable interface (3.11) is used, so that one file serves all later versions. */
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
    void (*release)(void *pointer); /* NULL: it belongs to its owner; called without the GIL */
};

extern const struct handle_kind handle_dataset, handle_case, handle_volume, handle_pair, handle_array, handle_labelmap,
    handle_score, handle_loader, handle_batch, handle_tiling, handle_cache;

/* A new reference; `owner` (may be NULL) lives at least as long. Takes the pointer, also where it fails. */
PyObject *handle_new(const struct handle_kind *kind, const void *pointer, PyObject *owner);

/* The pointer of a handle; NULL with an exception where it is another kind's. */
void *handle_get(PyObject *object, const struct handle_kind *kind);

/* NULL for None without an exception. */
bool handle_get_optional(PyObject *object, const struct handle_kind *kind, void *out);

int handle_init(PyObject *module);

/* ---- errors and progress (error.c) ---- */

/* Raises what the library says; NULL. An exception that is there already, from a progress function, stays. */
PyObject *raise_error(const amos_error *err);

/* The same as an object; NULL with another exception. */
PyObject *make_error(const amos_error *err);

/* The GIL is released around a call of the library. */
#define WITHOUT_GIL(statement)                                                                                         \
    do {                                                                                                               \
        Py_BEGIN_ALLOW_THREADS                                                                                         \
        statement;                                                                                                     \
        Py_END_ALLOW_THREADS                                                                                           \
    } while (0)

/* What a library call tells of its progress: passed on to a Python function, and a signal such as Ctrl-C stops it. */
struct progress {
    PyObject *callable; /* borrowed; NULL or None: only signals */
    double last;
};

int progress_tell(void *user, uint64_t done, uint64_t total);

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
    FIELD_ENUM /* a name in Python */
};

struct field {
    const char *name; /* NULL ends a table */
    enum field_kind kind;
    size_t offset;
    int count;        /* items of an array; 0: a single one */
    const char *noun; /* of FIELD_ENUM: see name_of() */
};

#define FIELD(type, member, kind) {#member, kind, offsetof(type, member), 0, NULL}
#define FIELD_ARRAY(type, member, kind, count) {#member, kind, offsetof(type, member), count, NULL}
#define FIELD_NAME(type, member, noun) {#member, FIELD_ENUM, offsetof(type, member), 0, #noun}
#define FIELDS_END {NULL, FIELD_INT, 0, 0, NULL}

/* Sets the members that the dictionary has (None: has not). Texts are borrowed from it. False with an exception. */
bool fields_take(PyObject *dict, const struct field *fields, void *to);

/* All members as a new dictionary. */
PyObject *fields_give(const struct field *fields, const void *from);

/* Puts a value into a dictionary and releases it; false where it is NULL or cannot be put. */
bool put(PyObject *dict, const char *name, PyObject *value);

PyObject *text_or_none(const char *text);
PyObject *path_or_none(const char *path);

extern const struct field geometry_fields[];

/* A dictionary, or None for NULL; and the reverse, where None leaves *has false. */
PyObject *geometry_give(const amos_geometry *geometry);
bool geometry_take(PyObject *object, amos_geometry *out, bool *has);

/* ---- names of enums (names.c) ---- */

/* The name of a value of the enum amos_NOUN as a new text; NULL with an exception. */
PyObject *name_of(const char *noun, int value);

/* The value of a name. False with an exception. */
bool name_take(const char *noun, PyObject *text, int *out);

/* ---- voxels (array.c, source.c) ---- */

/* An Array: memory of the library as a buffer and as a DLPack tensor. `owner` keeps it alive. */
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

/* The struct module's letter for a type; 0 where it has none. */
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
    int64_t *strides; /* items; NULL: packed, last axis fastest */
    uint64_t byte_offset;
};

struct dl_managed {
    struct dl_tensor tensor;
    void *context;
    void (*deleter)(struct dl_managed *self);
};

/* Voxels that a Python object holds, seen through its buffer or DLPack. */
struct source {
    Py_buffer view;
    struct dl_managed *managed;
    unsigned char *start; /* of the memory, writable if that was asked for; voxel (0,0,0,0) is at layout.offset */
    size_t bytes;
    amos_layout layout; /* without geometry */
};

/* Axes x, y, z and perhaps frames. False with an exception; else to be closed. */
bool source_open(struct source *source, PyObject *object);
void source_close(struct source *source);

/* ---- options that several functions take ---- */

bool filter_take(PyObject *dict, amos_case_filter *filter);
bool read_take(PyObject *dict, struct progress *progress, amos_read_options *options);

/* (voxels, geometry or None) of an array, which it takes. */
PyObject *array_give(amos_array *array);

/* `*memory` is to be freed afterwards. */
bool label_take(PyObject *dict, PyObject *table, struct progress *progress, amos_labelmap_options *options,
                amos_relabel **memory);

/* ---- functions, one table a file ---- */

extern PyMethodDef module_methods[], names_methods[], dataset_methods[], volume_methods[], labelmap_methods[], score_methods[],
    loader_methods[], tiling_methods[], cache_methods[];

#endif
