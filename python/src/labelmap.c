/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_labelmap(void *pointer)
{
    amos_labelmap_free(pointer);
}

const struct handle_kind handle_labelmap = {"label map", release_labelmap};

static const struct field label_fields[] = {FIELD(amos_labelmap_options, flags, FIELD_UINT32),
                                            FIELD(amos_labelmap_options, orientation, FIELD_TEXT),
                                            FIELD(amos_labelmap_options, threads, FIELD_INT), FIELDS_END};

/* ---- creation ---- */

/* Fills label options from a dictionary, with what is accepted in its item "accept"; `accepting` must be dropped after
 * use. */
static bool label_take(PyObject *dict, struct progress *progress, amos_labelmap_options *options,
                       struct accepting *accepting)
{
    *options = (amos_labelmap_options){.size = sizeof *options, .progress = {progress_report, progress}};
    return fields_take(dict, label_fields, options) &&
           accept_take(PyDict_GetItemString(dict, "accept"), accepting, &options->accept);
}

static PyObject *labelmap_load(PyObject *self, PyObject *args)
{
    PyObject *object, *dict;
    struct progress progress = {NULL, 0};
    amos_labelmap_options options;
    struct accepting accepting;
    amos_labelmap *map = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &dict, &progress.callable))
        return NULL;
    const amos_volume *volume = handle_get(object, &handle_volume);
    if (!volume || !label_take(dict, &progress, &options, &accepting))
        return NULL;
    WITHOUT_GIL(status = amos_labelmap_load(volume, &options, &map, &err));
    accept_drop(&accepting);
    return status ? raise_error(&err) : handle_new(&handle_labelmap, map, NULL);
}

static PyObject *labelmap_make(PyObject *self, PyObject *args)
{
    PyObject *voxels, *reference, *geometry, *dict;
    const amos_volume *volume;
    struct source source;
    bool has_geometry;
    amos_geometry place = {{0}, {0}, {{0}}, AMOS_AFFINE_SPACING, ""};
    amos_labelmap *map = NULL;
    struct accepting accepting;
    const amos_accept *accept;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &voxels, &reference, &geometry, &dict) ||
        !handle_get_optional(reference, &handle_volume, &volume) || !geometry_take(geometry, &place, &has_geometry))
        return NULL;
    if (volume && amos_volume_get_geometry(volume, &place, &err))
        return raise_error(&err);
    if (!source_open(&source, voxels))
        return NULL;
    if (!accept_take(dict, &accepting, &accept)) {
        source_close(&source);
        return NULL;
    }
    source.layout.has_geometry = volume || has_geometry;
    source.layout.geometry = place;
    WITHOUT_GIL(status = amos_labelmap_make(&source.layout, source.start, source.bytes, accept, &map, &err));
    accept_drop(&accepting);
    source_close(&source);
    return status ? raise_error(&err) : handle_new(&handle_labelmap, map, NULL);
}

static PyObject *labelmap_renumber(PyObject *self, PyObject *args)
{
    PyObject *object;
    const char *table;
    Py_ssize_t count;
    amos_labelmap *map = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oy#", &object, &table, &count))
        return NULL;
    const amos_labelmap *from = handle_get(object, &handle_labelmap);
    if (!from)
        return NULL;
    WITHOUT_GIL(status = amos_labelmap_renumber(from, (const uint8_t *)table, (size_t)count, &map, &err));
    return status ? raise_error(&err) : handle_new(&handle_labelmap, map, NULL);
}

/* ---- queries ---- */

static const struct field stats_fields[] = {FIELD(amos_organ_stats, label, FIELD_INT),
                                            FIELD(amos_organ_stats, present, FIELD_INT),
                                            FIELD(amos_organ_stats, voxels, FIELD_UINT64),
                                            FIELD(amos_organ_stats, millilitres, FIELD_DOUBLE),
                                            {"start", FIELD_INT64, offsetof(amos_organ_stats, box.start), 3, NULL},
                                            {"stop", FIELD_INT64, offsetof(amos_organ_stats, box.stop), 3, NULL},
                                            FIELD_ARRAY(amos_organ_stats, centroid_voxel, FIELD_DOUBLE, 3),
                                            FIELD_ARRAY(amos_organ_stats, centroid_mm, FIELD_DOUBLE, 3),
                                            FIELD(amos_organ_stats, touches_border, FIELD_INT),
                                            FIELDS_END};

static PyObject *labelmap_info(PyObject *self, PyObject *object)
{
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    (void)self;
    if (!map)
        return NULL;
    const amos_layout *layout = amos_labelmap_layout(map);
    return Py_BuildValue("{s(LLL)sNsisKsN}", "shape", (long long)layout->shape[0], (long long)layout->shape[1],
                         (long long)layout->shape[2], "geometry",
                         geometry_give(layout->has_geometry ? &layout->geometry : NULL), "max_label",
                         amos_labelmap_max_label(map), "warnings", (unsigned long long)layout->warnings, "accepted",
                         accepted_give(&amos_labelmap_get_info(map)->accepted));
}

static PyObject *labelmap_stats(PyObject *self, PyObject *args)
{
    PyObject *object;
    int label;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi", &object, &label))
        return NULL;
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    const amos_organ_stats *stats = map ? amos_labelmap_get_stats(map, label) : NULL;
    if (map && !stats)
        PyErr_Format(PyExc_IndexError, "there is no label %d; the largest is %d.", label, amos_labelmap_max_label(map));
    return stats ? fields_give(stats_fields, stats) : NULL;
}

/* The voxels, or None if only the statistics were requested. */
static PyObject *labelmap_voxels(PyObject *self, PyObject *object)
{
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    (void)self;
    if (!map)
        return NULL;
    if (!amos_labelmap_voxels(map))
        Py_RETURN_NONE;
    return array_of_layout(object, (void *)(uintptr_t)amos_labelmap_voxels(map), amos_labelmap_layout(map), true);
}

/* One mask per label, (labels, x, y, z) with x fastest; (x, y, z) if `single` is true. */
static PyObject *labelmap_onehot(PyObject *self, PyObject *args)
{
    PyObject *object, *labels;
    int numbers[256], single;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO!p", &object, &PyTuple_Type, &labels, &single))
        return NULL;
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    Py_ssize_t count = PyTuple_Size(labels);
    if (!map || count < 0)
        return NULL;
    if (count < 1 || count > 256)
        return PyErr_Format(PyExc_ValueError, "1 to 256 labels are needed.");
    for (Py_ssize_t i = 0; i < count; i++) {
        numbers[i] = (int)PyLong_AsLong(PyTuple_GetItem(labels, i));
        if (PyErr_Occurred())
            return NULL;
    }
    const int64_t *shape = amos_labelmap_layout(map)->shape;
    int64_t plane = shape[0] * shape[1] * shape[2];
    const struct array_form many = {.format = 'B',
                                    .item_bytes = 1,
                                    .ndim = 4,
                                    .shape = {count, shape[0], shape[1], shape[2]},
                                    .strides = {plane, 1, shape[0], shape[0] * shape[1]}},
                            one = {.format = 'B',
                                   .item_bytes = 1,
                                   .ndim = 3,
                                   .shape = {shape[0], shape[1], shape[2]},
                                   .strides = {1, shape[0], shape[0] * shape[1]}};
    PyObject *memory = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)(plane * count));
    if (!memory)
        return NULL;
    uint8_t *out = (uint8_t *)PyByteArray_AsString(memory);
    WITHOUT_GIL(status = amos_labelmap_write_onehot(map, numbers, (size_t)count, out, (size_t)(plane * count), &err));
    PyObject *array = status ? raise_error(&err) : array_new(memory, out, single ? &one : &many);
    Py_DECREF(memory);
    return array;
}

/* ---- pairs ---- */

/* Returns ((voxels, geometry), label map) of a pair. */
static PyObject *pair_load(PyObject *self, PyObject *args)
{
    PyObject *object, *read_dict, *label_dict;
    struct progress progress = {NULL, 0};
    amos_read_options read;
    amos_labelmap_options options;
    struct accepting accepting;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &object, &read_dict, &label_dict, &progress.callable))
        return NULL;
    const amos_pair *pair = handle_get(object, &handle_pair);
    if (!pair || !read_take(read_dict, &progress, &read) || !label_take(label_dict, &progress, &options, &accepting))
        return NULL;
    WITHOUT_GIL(status = amos_pair_load(pair, &read, &options, &image, &label, &err));
    accept_drop(&accepting);
    if (status)
        return raise_error(&err);
    PyObject *map = handle_new(&handle_labelmap, label, NULL), *array = array_give(image), *result = NULL;
    if (map && array)
        result = PyTuple_Pack(2, array, map);
    Py_XDECREF(array);
    Py_XDECREF(map);
    return result;
}

PyMethodDef labelmap_methods[] = {{"labelmap_load", labelmap_load, METH_VARARGS, NULL},
                                  {"labelmap_make", labelmap_make, METH_VARARGS, NULL},
                                  {"labelmap_renumber", labelmap_renumber, METH_VARARGS, NULL},
                                  {"labelmap_info", labelmap_info, METH_O, NULL},
                                  {"labelmap_stats", labelmap_stats, METH_VARARGS, NULL},
                                  {"labelmap_voxels", labelmap_voxels, METH_O, NULL},
                                  {"labelmap_onehot", labelmap_onehot, METH_VARARGS, NULL},
                                  {"pair_load", pair_load, METH_VARARGS, NULL},
                                  {NULL, NULL, 0, NULL}};
