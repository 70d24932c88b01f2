/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

/* What a stitcher is made with, and what it fills. Its handle keeps the tiling, the memory and the function. */
struct stitching {
    amos_stitcher *stitcher;
    PyObject *memory; /* a bytearray with the labels; None if a function takes them */
    PyObject *take;   /* function(labels, start, stop); None if there is none */
    int64_t shape[3], patch[3], channels;
};

static void release_stitcher(void *pointer)
{
    struct stitching *s = pointer;
    amos_stitcher_free(s->stitcher);
    free(s);
}

const struct handle_kind handle_stitcher = {"stitcher", release_stitcher};

/* Labels of planes as an Array with the axes x, y, z. */
static PyObject *labels_array(const struct stitching *s, PyObject *memory, uint8_t *labels, int64_t planes)
{
    const int64_t *n = s->shape;
    const struct array_form form = {
        .format = 'B', .item_bytes = 1, .ndim = 3, .shape = {n[0], n[1], planes}, .strides = {1, n[0], n[0] * n[1]}};
    return array_new(memory, labels, &form);
}

/* The function gets memory of its own, which it may keep. */
static amos_status give_planes(void *user, const uint8_t *labels, int64_t start, int64_t stop, amos_error *err)
{
    const struct stitching *s = user;
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *memory =
        PyByteArray_FromStringAndSize((const char *)labels, (Py_ssize_t)(s->shape[0] * s->shape[1] * (stop - start)));
    PyObject *array = memory ? labels_array(s, memory, (uint8_t *)PyByteArray_AsString(memory), stop - start) : NULL;
    PyObject *answer = array ? PyObject_CallFunction(s->take, "OLL", array, (long long)start, (long long)stop) : NULL;
    Py_XDECREF(array);
    Py_XDECREF(memory);
    const bool good = answer != NULL;
    Py_XDECREF(answer);
    PyGILState_Release(gil);
    if (good)
        return AMOS_OK;
    *err = (amos_error){.status = AMOS_E_CANCEL};
    return AMOS_E_CANCEL;
}

/* The memory of the labels, None if a function takes them. */
static PyObject *make_labels(const struct stitching *s, amos_stitcher_options *options)
{
    const int64_t voxels = s->shape[0] * s->shape[1] * s->shape[2];
    PyObject *memory = s->take == Py_None ? PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)voxels) : Py_BuildValue("");
    if (memory && memory != Py_None) {
        options->labels = (uint8_t *)PyByteArray_AsString(memory);
        options->bytes = (size_t)voxels;
    }
    return memory;
}

/* Takes ownership of s. */
static PyObject *make_handle(struct stitching *s, PyObject *tiling, amos_stitcher_options *options)
{
    amos_error err;
    PyObject *owner = NULL;
    s->memory = make_labels(s, options);
    if (s->memory && amos_stitcher_make(handle_get(tiling, &handle_tiling), options, &s->stitcher, &err))
        raise_error(&err);
    else if (s->memory)
        owner = Py_BuildValue("(OOO)", tiling, s->memory, s->take);
    Py_XDECREF(s->memory); /* the owner has it */
    PyObject *handle = NULL;
    if (owner)
        handle = handle_new(&handle_stitcher, s, owner);
    else
        release_stitcher(s);
    Py_XDECREF(owner);
    return handle;
}

/* stitcher_make(tiling, shape, patch, channels, flips, function or None) */
static PyObject *stitcher_make(PyObject *self, PyObject *args)
{
    PyObject *object, *take;
    long long n[3], p[3], channels;
    amos_stitcher_options options = AMOS_STITCHER_OPTIONS_INIT;
    (void)self;
    if (!PyArg_ParseTuple(args, "O(LLL)(LLL)LIO", &object, &n[0], &n[1], &n[2], &p[0], &p[1], &p[2], &channels,
                          &options.flips, &take) ||
        !handle_get(object, &handle_tiling))
        return NULL;
    struct stitching *s = calloc(1, sizeof *s);
    if (!s)
        return PyErr_NoMemory();
    for (int i = 0; i < 3; i++) {
        s->shape[i] = n[i];
        s->patch[i] = p[i];
    }
    s->channels = options.channels = channels;
    s->take = take;
    options.planes = take == Py_None ? NULL : give_planes;
    options.user = s;
    return make_handle(s, object, &options);
}

/* Whether the values are packed with the last axis fastest, and have the size of a tile. */
static bool is_tile(const struct stitching *s, const struct source *tile)
{
    const amos_layout *l = &tile->layout;
    const int64_t sizes[4] = {s->channels, s->patch[2], s->patch[1], s->patch[0]};
    const int64_t item = tile->half_type ? 2 : 4;
    int64_t stride = item;
    bool good = l->type == AMOS_TYPE_FLOAT32 && (uintptr_t)tile->start % (uintptr_t)item == 0;
    for (int i = 3; good && i >= 0; i--) {
        good = l->shape[i] == sizes[i] && (l->shape[i] == 1 || l->strides[i] == stride);
        stride *= l->shape[i];
    }
    return good;
}

/* stitcher_add(stitcher, tile): the next one. */
static PyObject *stitcher_add(PyObject *self, PyObject *args)
{
    PyObject *object, *tile_object;
    struct source tile;
    amos_status status = AMOS_OK;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &tile_object))
        return NULL;
    struct stitching *s = handle_get(object, &handle_stitcher);
    if (!s || !source_open_tile(&tile, tile_object))
        return NULL;
    const amos_stitcher_info *info = amos_stitcher_get_info(s->stitcher);
    const bool good = is_tile(s, &tile);
    if (good)
        WITHOUT_GIL(status = amos_stitcher_add(s->stitcher, info->tile, info->flips, tile.start, tile.half_type,
                                               tile.bytes, &err));
    source_close(&tile);
    if (!good)
        return PyErr_Format(
            PyExc_ValueError,
            "a tile must be float32, float16 or bfloat16 with the axes C, D, H, W, here %lld, %lld, %lld, "
            "%lld, packed with the last axis fastest.",
            (long long)s->channels, (long long)s->patch[2], (long long)s->patch[1], (long long)s->patch[0]);
    if (status)
        return raise_error(&err);
    Py_RETURN_NONE;
}

static PyObject *stitcher_info(PyObject *self, PyObject *object)
{
    static const struct field fields[] = {
        FIELD(amos_stitcher_info, tile, FIELD_INT64),       FIELD(amos_stitcher_info, flips, FIELD_UINT32),
        FIELD(amos_stitcher_info, planes, FIELD_INT64),     FIELD(amos_stitcher_info, bytes, FIELD_UINT64),
        FIELD(amos_stitcher_info, sum_bytes, FIELD_UINT64), FIELDS_END};
    const struct stitching *s = handle_get(object, &handle_stitcher);
    (void)self;
    return s ? fields_give(fields, amos_stitcher_get_info(s->stitcher)) : NULL;
}

/* The labels as uint8 with the axes x, y, z; None if a function takes them. */
static PyObject *stitcher_labels(PyObject *self, PyObject *object)
{
    const struct stitching *s = handle_get(object, &handle_stitcher);
    (void)self;
    if (!s)
        return NULL;
    if (s->memory == Py_None)
        Py_RETURN_NONE;
    return labels_array(s, s->memory, (uint8_t *)PyByteArray_AsString(s->memory), s->shape[2]);
}

PyMethodDef stitcher_methods[] = {{"stitcher_make", stitcher_make, METH_VARARGS, NULL},
                                  {"stitcher_add", stitcher_add, METH_VARARGS, NULL},
                                  {"stitcher_info", stitcher_info, METH_O, NULL},
                                  {"stitcher_labels", stitcher_labels, METH_O, NULL},
                                  {NULL, NULL, 0, NULL}};
