/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_tiling(void *pointer)
{
    amos_tiling_free(pointer);
}

const struct handle_kind handle_tiling = {"tiling", release_tiling};

static PyObject *tiling_make(PyObject *self, PyObject *args)
{
    static const struct field fields[] = {
        FIELD_ARRAY(amos_tiling_options, patch, FIELD_INT64, 3), FIELD(amos_tiling_options, overlap, FIELD_DOUBLE),
        FIELD(amos_tiling_options, sigma, FIELD_DOUBLE), FIELD(amos_tiling_options, threads, FIELD_INT), FIELDS_END};
    long long x, y, z;
    PyObject *dict;
    amos_tiling_options options = AMOS_TILING_OPTIONS_INIT;
    amos_tiling *tiling = NULL;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "(LLL)O", &x, &y, &z, &dict) || !fields_take(dict, fields, &options))
        return NULL;
    const int64_t shape[3] = {x, y, z};
    return amos_tiling_make(shape, &options, &tiling, &err) ? raise_error(&err)
                                                            : handle_new(&handle_tiling, tiling, NULL);
}

static PyObject *tiling_count(PyObject *self, PyObject *object)
{
    const amos_tiling *tiling = handle_get(object, &handle_tiling);
    (void)self;
    return tiling ? PyLong_FromLongLong(amos_tiling_count(tiling)) : NULL;
}

static PyObject *tiling_box(PyObject *self, PyObject *args)
{
    PyObject *object;
    long long index;
    amos_box box;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OL", &object, &index))
        return NULL;
    const amos_tiling *tiling = handle_get(object, &handle_tiling);
    if (!tiling)
        return NULL;
    if (amos_tiling_get_box(tiling, index, &box, &err))
        return raise_error(&err);
    return Py_BuildValue("((LLL)(LLL))", (long long)box.start[0], (long long)box.start[1], (long long)box.start[2],
                         (long long)box.stop[0], (long long)box.stop[1], (long long)box.stop[2]);
}

/* Opens a buffer or tensor with four axes, float32, packed with the last axis fastest. */
static bool open_packed(struct source *source, PyObject *object, bool writable)
{
    if (!(writable ? source_open_target(source, object) : source_open(source, object)))
        return false;
    const amos_layout *l = &source->layout;
    int64_t stride = 4;
    bool good = l->type == AMOS_TYPE_FLOAT32 && !(writable && source->view.readonly) &&
                (uintptr_t)source->start % sizeof(float) == 0;
    for (int i = 3; good && i >= 0; i--) {
        good = l->shape[i] == 1 || l->strides[i] == stride;
        stride *= l->shape[i];
    }
    if (!good) {
        PyErr_Format(PyExc_ValueError, "the array must be float32 with four axes, packed with the last axis fastest%s.",
                     writable ? ", and writable" : "");
        source_close(source);
    }
    return good;
}

static PyObject *tiling_add(PyObject *self, PyObject *args)
{
    PyObject *object, *tile_object, *sum_object;
    long long index;
    struct source tile, sum;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OLOO", &object, &index, &tile_object, &sum_object))
        return NULL;
    const amos_tiling *tiling = handle_get(object, &handle_tiling);
    amos_box box;
    if (!tiling)
        return NULL;
    if (amos_tiling_get_box(tiling, index, &box, &err))
        return raise_error(&err);
    if (!open_packed(&tile, tile_object, false))
        return NULL;
    bool good = open_packed(&sum, sum_object, true);
    if (good) {
        for (int i = 0; i < 3; i++)
            good = good && tile.layout.shape[3 - i] == box.stop[i] - box.start[i];
        good = good && tile.layout.shape[0] == sum.layout.shape[0];
        if (good)
            WITHOUT_GIL(status =
                            amos_tiling_add(tiling, index, (const float *)(const void *)tile.start,
                                            tile.layout.shape[0], (float *)(void *)sum.start, sum.bytes / 4, &err));
        else
            PyErr_SetString(
                PyExc_ValueError,
                "the tile must have the axes C, D, H, W and the size of its box, and the sum the axes C, Z, Y, X.");
        source_close(&sum);
    }
    source_close(&tile);
    if (!good)
        return NULL;
    if (status)
        return raise_error(&err);
    Py_RETURN_NONE;
}

/* Returns uint8 with the axes x, y, z. The C interface does not expose a tiling's shape, so it is passed again. */
static PyObject *tiling_argmax(PyObject *self, PyObject *args)
{
    PyObject *object, *sum_object;
    long long x, y, z;
    struct source sum;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "O(LLL)O", &object, &x, &y, &z, &sum_object))
        return NULL;
    const amos_tiling *tiling = handle_get(object, &handle_tiling);
    if (!tiling || !open_packed(&sum, sum_object, false))
        return NULL;
    const int64_t *shape = sum.layout.shape;
    if (shape[3] != x || shape[2] != y || shape[1] != z) {
        source_close(&sum);
        return PyErr_Format(PyExc_ValueError, "the sum must have the axes C, Z, Y, X of the whole volume.");
    }
    const struct array_form form = {.format = 'B',
                                    .item_bytes = 1,
                                    .ndim = 3,
                                    .shape = {shape[3], shape[2], shape[1]},
                                    .strides = {1, shape[3], shape[3] * shape[2]}};
    size_t voxels = (size_t)(shape[1] * shape[2] * shape[3]);
    PyObject *memory = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)voxels), *array = NULL;
    if (memory) {
        uint8_t *labels = (uint8_t *)PyByteArray_AsString(memory);
        WITHOUT_GIL(status = amos_tiling_argmax(tiling, (const float *)(const void *)sum.start, shape[0], labels,
                                                voxels, &err));
        array = status ? raise_error(&err) : array_new(memory, labels, &form);
    }
    source_close(&sum);
    Py_XDECREF(memory);
    return array;
}

PyMethodDef tiling_methods[] = {
    {"tiling_make", tiling_make, METH_VARARGS, NULL},     {"tiling_count", tiling_count, METH_O, NULL},
    {"tiling_box", tiling_box, METH_VARARGS, NULL},       {"tiling_add", tiling_add, METH_VARARGS, NULL},
    {"tiling_argmax", tiling_argmax, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
