/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_components(void *pointer)
{
    amos_components_free(pointer);
}

static const struct handle_kind handle_components = {"components", release_components};

static const struct field finding_fields[] = {FIELD(amos_components_options, flags, FIELD_UINT32),
                                              FIELD(amos_components_options, connectivity, FIELD_INT),
                                              FIELD(amos_components_options, threads, FIELD_INT), FIELDS_END};

static const struct field drop_fields[] = {FIELD(amos_drop_options, flags, FIELD_UINT32),
                                           FIELD(amos_drop_options, min_voxels, FIELD_UINT64),
                                           FIELD(amos_drop_options, min_mm3, FIELD_DOUBLE), FIELDS_END};

static PyObject *components_find(PyObject *self, PyObject *args)
{
    PyObject *object, *dict;
    amos_components_options options = AMOS_COMPONENTS_OPTIONS_INIT;
    amos_components *components = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &dict))
        return NULL;
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    if (!map || !fields_take(dict, finding_fields, &options))
        return NULL;
    WITHOUT_GIL(status = amos_components_find(map, &options, &components, &err));
    return status ? raise_error(&err) : handle_new(&handle_components, components, NULL);
}

/* Returns (label map, components, voxels, labels). */
static PyObject *components_drop(PyObject *self, PyObject *args)
{
    PyObject *object, *of, *dict;
    amos_drop_options options = AMOS_DROP_OPTIONS_INIT;
    amos_dropped dropped = {.size = sizeof dropped};
    amos_labelmap *map = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &of, &dict))
        return NULL;
    const amos_components *components = handle_get(object, &handle_components);
    const amos_labelmap *from = components ? handle_get(of, &handle_labelmap) : NULL;
    if (!from || !fields_take(dict, drop_fields, &options))
        return NULL;
    WITHOUT_GIL(status = amos_components_drop(components, from, &options, &map, &dropped, &err));
    if (status)
        return raise_error(&err);
    return Py_BuildValue("NKKi", handle_new(&handle_labelmap, map, NULL), (unsigned long long)dropped.components,
                         (unsigned long long)dropped.voxels, dropped.labels);
}

static PyObject *components_info(PyObject *self, PyObject *object)
{
    const amos_components *components = handle_get(object, &handle_components);
    (void)self;
    if (!components)
        return NULL;
    const amos_components_info *info = amos_components_get_info(components);
    return Py_BuildValue("{sisisKsK}", "connectivity", info->connectivity, "max_label", info->max_label, "count",
                         (unsigned long long)info->count, "holes", (unsigned long long)info->holes);
}

static const struct field organ_fields[] = {FIELD(amos_component_organ, label, FIELD_INT),
                                            FIELD(amos_component_organ, first, FIELD_UINT64),
                                            FIELD(amos_component_organ, count, FIELD_UINT64),
                                            FIELD(amos_component_organ, voxels, FIELD_UINT64),
                                            FIELD(amos_component_organ, largest, FIELD_UINT64),
                                            FIELD(amos_component_organ, holes, FIELD_UINT64),
                                            FIELDS_END};

static PyObject *components_organ(PyObject *self, PyObject *args)
{
    PyObject *object;
    int label;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi", &object, &label))
        return NULL;
    const amos_components *components = handle_get(object, &handle_components);
    const amos_component_organ *organ = components ? amos_components_get_organ(components, label) : NULL;
    if (components && !organ)
        PyErr_Format(PyExc_IndexError, "there is no label %d; there are 1 to %d.", label,
                     amos_components_get_info(components)->max_label);
    return organ ? fields_give(organ_fields, organ) : NULL;
}

static const struct field part_fields[] = {FIELD(amos_component, label, FIELD_INT),
                                           FIELD(amos_component, voxels, FIELD_UINT64),
                                           FIELD(amos_component, mm3, FIELD_DOUBLE),
                                           FIELD(amos_component, millilitres, FIELD_DOUBLE),
                                           {"start", FIELD_INT64, offsetof(amos_component, box.start), 3, NULL},
                                           {"stop", FIELD_INT64, offsetof(amos_component, box.stop), 3, NULL},
                                           FIELD_ARRAY(amos_component, centroid_voxel, FIELD_DOUBLE, 3),
                                           FIELD_ARRAY(amos_component, centroid_mm, FIELD_DOUBLE, 3),
                                           FIELD_ARRAY(amos_component, first, FIELD_INT64, 3),
                                           FIELD(amos_component, touches_border, FIELD_INT),
                                           FIELDS_END};

/* Component or hole number `index`. */
static PyObject *components_get(PyObject *self, PyObject *args)
{
    PyObject *object;
    unsigned long long index;
    int is_hole;
    amos_component part = {.size = sizeof part};
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OKp", &object, &index, &is_hole))
        return NULL;
    const amos_components *components = handle_get(object, &handle_components);
    if (!components)
        return NULL;
    amos_status status = is_hole ? amos_components_get_hole(components, index, &part, &err)
                                 : amos_components_get(components, index, &part, &err);
    return status ? raise_error(&err) : fields_give(part_fields, &part);
}

/* The number of each voxel, uint32 (x, y, z) with x fastest. */
static PyObject *components_numbers(PyObject *self, PyObject *object)
{
    const amos_components *components = handle_get(object, &handle_components);
    amos_status status;
    amos_error err;
    (void)self;
    if (!components)
        return NULL;
    const int64_t *shape = amos_components_get_info(components)->shape;
    const int64_t bytes = 4 * shape[0] * shape[1] * shape[2];
    const struct array_form form = {.format = 'I',
                                    .item_bytes = 4,
                                    .ndim = 3,
                                    .shape = {shape[0], shape[1], shape[2]},
                                    .strides = {4, 4 * shape[0], 4 * shape[0] * shape[1]}};
    PyObject *memory = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)bytes);
    if (!memory)
        return NULL;
    void *out = PyByteArray_AsString(memory);
    WITHOUT_GIL(status = amos_components_write_numbers(components, out, (size_t)bytes, &err));
    PyObject *array = status ? raise_error(&err) : array_new(memory, out, &form);
    Py_DECREF(memory);
    return array;
}

PyMethodDef components_methods[] = {{"components_find", components_find, METH_VARARGS, NULL},
                                    {"components_drop", components_drop, METH_VARARGS, NULL},
                                    {"components_info", components_info, METH_O, NULL},
                                    {"components_organ", components_organ, METH_VARARGS, NULL},
                                    {"components_get", components_get, METH_VARARGS, NULL},
                                    {"components_numbers", components_numbers, METH_O, NULL},
                                    {NULL, NULL, 0, NULL}};
