/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_dataset(void *pointer)
{
    amos_dataset_free(pointer);
}

const struct handle_kind handle_dataset = {"data set", release_dataset}, handle_case = {"case", NULL};

/* ---- opening ---- */

static const struct field dataset_fields[] = {FIELD(amos_dataset_options, flags, FIELD_UINT32),
                                              FIELD(amos_dataset_options, json_name, FIELD_TEXT),
                                              FIELD(amos_dataset_options, metadata_path, FIELD_TEXT),
                                              FIELD(amos_dataset_options, modality_table, FIELD_TEXT), FIELDS_END};

static const struct field override_fields[] = {FIELD(amos_modality_override, case_id, FIELD_TEXT),
                                               FIELD_NAME(amos_modality_override, modality, modality), FIELDS_END};

/* Reads overrides from a tuple of dictionaries; *out must be freed. *count is 0 for an empty tuple. */
static bool take_overrides(PyObject *items, amos_modality_override **out, size_t *count)
{
    Py_ssize_t n = PyTuple_Size(items);
    bool good = n >= 0;
    *count = good ? (size_t)n : 0;
    *out = good ? calloc(*count + 1, sizeof **out) : NULL;
    for (Py_ssize_t i = 0; good && *out && i < n; i++)
        good = fields_take(PyTuple_GetItem(items, i), override_fields, &(*out)[i]);
    if (good && !*out)
        PyErr_NoMemory();
    return good && *out;
}

static PyObject *dataset_open(PyObject *self, PyObject *args)
{
    const char *path;
    PyObject *dict, *overrides;
    amos_dataset_options options = {.size = sizeof options};
    amos_modality_override *modality = NULL;
    amos_dataset *dataset = NULL;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "yOO", &path, &dict, &overrides))
        return NULL;
    bool good =
        fields_take(dict, dataset_fields, &options) && take_overrides(overrides, &modality, &options.modality_count);
    amos_status status = AMOS_OK;
    options.modality = options.modality_count ? modality : NULL;
    if (good)
        WITHOUT_GIL(status = amos_dataset_open(path, &options, &dataset, &err));
    free(modality);
    if (!good)
        return NULL;
    return status ? raise_error(&err) : handle_new(&handle_dataset, dataset, NULL);
}

/* ---- queries ---- */

PyObject *label_names(const amos_dataset *dataset)
{
    PyObject *dict = PyDict_New();
    for (int label = 0; dict && label <= amos_dataset_get_info(dataset)->max_label; label++) {
        const char *name = amos_dataset_label_name(dataset, label);
        PyObject *key = PyLong_FromLong(label), *value = text_or_none(name);
        if (!key || !value || (name && PyDict_SetItem(dict, key, value) != 0))
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *dataset_info(PyObject *self, PyObject *object)
{
    const amos_dataset *d = handle_get(object, &handle_dataset);
    (void)self;
    if (!d)
        return NULL;
    const amos_dataset_info *info = amos_dataset_get_info(d);
    PyObject *dict = PyDict_New();
    if (dict && put(dict, "root", path_or_none(info->root)) && put(dict, "name", text_or_none(info->name)) &&
        put(dict, "json_path", path_or_none(info->json_path)) && put(dict, "labels", label_names(d)) &&
        put(dict, "warnings", PyLong_FromUnsignedLongLong(info->warnings)) &&
        put(dict, "max_label", PyLong_FromLong(info->max_label)) && put(dict, "count", PyLong_FromSize_t(info->count)))
        return dict;
    Py_XDECREF(dict);
    return NULL;
}

static PyObject *give_metadata(const amos_metadata *m)
{
    static const struct field fields[] = {FIELD(amos_metadata, age_years, FIELD_INT),
                                          FIELD(amos_metadata, model, FIELD_TEXT),
                                          FIELD(amos_metadata, maker, FIELD_TEXT),
                                          FIELD(amos_metadata, date, FIELD_TEXT),
                                          FIELD(amos_metadata, birth, FIELD_TEXT),
                                          FIELD(amos_metadata, site, FIELD_TEXT),
                                          FIELDS_END};
    if (!m)
        Py_RETURN_NONE;
    PyObject *dict = fields_give(fields, m);
    if (dict && !put(dict, "sex", PyUnicode_FromFormat("%c", m->sex)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *give_case(PyObject *dataset, const amos_case *c)
{
    const amos_case_info *info = amos_case_get_info(c);
    PyObject *dict = PyDict_New();
    if (dict && put(dict, "handle", handle_new(&handle_case, c, dataset)) && put(dict, "id", text_or_none(info->id)) &&
        put(dict, "number", PyLong_FromLongLong(info->number)) && put(dict, "index", PyLong_FromSize_t(info->index)) &&
        put(dict, "split", text_or_none(amos_split_name(info->split))) &&
        put(dict, "modality", text_or_none(amos_modality_name(info->modality))) &&
        put(dict, "image_path", path_or_none(info->image_path)) &&
        put(dict, "label_path", path_or_none(info->label_path)) &&
        put(dict, "channels", PyLong_FromLong(info->channels)) &&
        put(dict, "has_image", PyBool_FromLong(info->has_image)) &&
        put(dict, "has_label", PyBool_FromLong(info->has_label)) &&
        put(dict, "max_label", PyLong_FromLong(info->max_label)) &&
        put(dict, "metadata", give_metadata(info->metadata)))
        return dict;
    Py_XDECREF(dict);
    return NULL;
}

static PyObject *dataset_case(PyObject *self, PyObject *args)
{
    PyObject *object;
    Py_ssize_t index;
    (void)self;
    if (!PyArg_ParseTuple(args, "On", &object, &index))
        return NULL;
    const amos_dataset *dataset = handle_get(object, &handle_dataset);
    const amos_case *c = dataset && index >= 0 ? amos_dataset_get(dataset, (size_t)index) : NULL;
    if (dataset && !c)
        PyErr_SetString(PyExc_IndexError, "the data set has fewer cases.");
    return c ? give_case(object, c) : NULL;
}

/* The index of an id; None if there is no such case. */
static PyObject *dataset_find(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *keep = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &name))
        return NULL;
    const amos_dataset *dataset = handle_get(object, &handle_dataset);
    const char *id = dataset ? text_take(name, &keep) : NULL;
    const amos_case *c = id ? amos_dataset_find(dataset, id) : NULL;
    Py_XDECREF(keep);
    if (!id)
        return NULL;
    if (!c)
        Py_RETURN_NONE;
    return PyLong_FromSize_t(amos_case_get_info(c)->index);
}

static const struct field filter_fields[] = {
    FIELD_NAME(amos_case_filter, split, split),    FIELD_NAME(amos_case_filter, modality, modality),
    FIELD(amos_case_filter, has_label, FIELD_INT), FIELD(amos_case_filter, has_image, FIELD_INT),
    FIELD(amos_case_filter, only, FIELD_UINT32),   FIELDS_END};

bool filter_take(PyObject *dict, amos_case_filter *filter)
{
    PyObject *verdicts = PyDict_GetItemString(dict, "verdicts");
    *filter = (amos_case_filter){.size = sizeof *filter};
    if (verdicts && !handle_get_optional(verdicts, &handle_verdicts, &filter->verdicts))
        return false;
    return fields_take(dict, filter_fields, filter);
}

/* The indices of the cases that pass a filter. */
static PyObject *dataset_select(PyObject *self, PyObject *args)
{
    PyObject *object, *dict;
    amos_case_filter filter;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &dict))
        return NULL;
    const amos_dataset *dataset = handle_get(object, &handle_dataset);
    if (!dataset || !filter_take(dict, &filter))
        return NULL;
    PyObject *list = PyList_New(0);
    const amos_case *c = NULL;
    amos_error err;
    amos_status status = AMOS_OK;
    while (list && (status = amos_dataset_next(dataset, &filter, &c, &err)) == AMOS_OK && c) {
        PyObject *index = PyLong_FromSize_t(amos_case_get_info(c)->index);
        if (!index || PyList_Append(list, index) != 0)
            Py_CLEAR(list);
        Py_XDECREF(index);
    }
    if (status) {
        Py_XDECREF(list);
        return raise_error(&err);
    }
    return list;
}

/* ---- validation ---- */

static void note_finding(void *user, const amos_finding *finding)
{
    PyObject **list = user;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *item = *list ? Py_BuildValue("sKNNN", finding->status ? amos_status_name(finding->status) : "",
                                           (unsigned long long)finding->warnings, path_or_none(finding->path),
                                           text_or_none(finding->case_id), sentence_of(finding->message))
                           : NULL;
    if (*list && (!item || PyList_Append(*list, item) != 0))
        Py_CLEAR(*list);
    Py_XDECREF(item);
    PyGILState_Release(state);
}

static PyObject *dataset_validate(PyObject *self, PyObject *object)
{
    const amos_dataset *dataset = handle_get(object, &handle_dataset);
    PyObject *list = dataset ? PyList_New(0) : NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!list)
        return NULL;
    WITHOUT_GIL(status = amos_dataset_validate(dataset, note_finding, &list, &err));
    if (!status)
        return list;
    Py_XDECREF(list);
    return raise_error(&err);
}

PyMethodDef dataset_methods[] = {{"dataset_open", dataset_open, METH_VARARGS, NULL},
                                 {"dataset_info", dataset_info, METH_O, NULL},
                                 {"dataset_case", dataset_case, METH_VARARGS, NULL},
                                 {"dataset_find", dataset_find, METH_VARARGS, NULL},
                                 {"dataset_select", dataset_select, METH_VARARGS, NULL},
                                 {"dataset_validate", dataset_validate, METH_O, NULL},
                                 {NULL, NULL, 0, NULL}};
