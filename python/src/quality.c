/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_quality(void *pointer)
{
    amos_quality_free(pointer);
}

static const struct handle_kind handle_quality = {"facts of quality", release_quality};

static const struct field quality_fields[] = {
    FIELD(amos_quality_options, flags, FIELD_UINT32),     FIELD(amos_quality_options, connectivity, FIELD_INT),
    FIELD(amos_quality_options, threads, FIELD_INT),      FIELD(amos_quality_options, case_id, FIELD_TEXT),
    FIELD_NAME(amos_quality_options, modality, modality), FIELDS_END};

/* ---- measuring ---- */

static PyObject *quality_case(PyObject *self, PyObject *args)
{
    PyObject *object, *dict, *accepted;
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    struct accepting accepting;
    amos_quality *quality = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &dict, &accepted))
        return NULL;
    const amos_case *c = handle_get(object, &handle_case);
    if (!c || !fields_take(dict, quality_fields, &options) || !accept_take(accepted, &accepting, &options.accept))
        return NULL;
    WITHOUT_GIL(status = amos_quality_open_case(c, &options, &quality, &err));
    accept_drop(&accepting);
    return status ? raise_error(&err) : handle_new(&handle_quality, quality, NULL);
}

/* The voxels of an open source, if they are what amos_quality_measure() takes; else NULL with an exception. */
static const float *image_of(const struct source *source, const amos_labelmap *map)
{
    const amos_layout *image = &source->layout, *label = amos_labelmap_layout(map);
    int64_t packed = (int64_t)sizeof(float);
    bool good = image->type == AMOS_TYPE_FLOAT32 && image->shape[3] == 1 && image->offset == 0;
    for (int i = 0; i < 3; i++) {
        good = good && image->shape[i] == label->shape[i] && (image->strides[i] == packed || image->shape[i] == 1);
        packed *= label->shape[i];
    }
    if (good)
        return (const float *)(const void *)source->start;
    PyErr_SetString(PyExc_ValueError, "the image is not float32 with x fastest in the shape of the label; read both by "
                                      "case.load(\"float32\").");
    return NULL;
}

#define MOST_NAMES 256 /* that the library accepts */

/* The names of labels, a tuple of strings or None, which keeps the texts. False with an exception. */
static bool take_names(PyObject *tuple, const char *names[MOST_NAMES], amos_quality_options *options)
{
    const Py_ssize_t count = tuple == Py_None ? 0 : PyTuple_Size(tuple);
    for (Py_ssize_t i = 0; i < count && i < MOST_NAMES && !PyErr_Occurred(); i++)
        names[i] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(tuple, i), NULL);
    options->names = tuple == Py_None ? NULL : names;
    options->name_count = count < MOST_NAMES ? (size_t)count : MOST_NAMES;
    return !PyErr_Occurred();
}

static PyObject *quality_labels(PyObject *self, PyObject *args)
{
    PyObject *object, *image, *dict, *tuple;
    const char *names[MOST_NAMES];
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    amos_quality *quality = NULL;
    struct source source;
    const float *voxels = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &object, &image, &dict, &tuple))
        return NULL;
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    const bool has_image = image != Py_None;
    if (!map || !fields_take(dict, quality_fields, &options) || !take_names(tuple, names, &options) ||
        (has_image && !source_open(&source, image)))
        return NULL;
    if (has_image && !(voxels = image_of(&source, map))) {
        source_close(&source);
        return NULL;
    }
    WITHOUT_GIL(status = amos_quality_measure(map, voxels, &options, &quality, &err));
    if (has_image)
        source_close(&source);
    return status ? raise_error(&err) : handle_new(&handle_quality, quality, NULL);
}

/* ---- facts as JSON ---- */

static PyObject *quality_parse(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t bytes;
    amos_quality *quality = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "s#", &text, &bytes))
        return NULL;
    WITHOUT_GIL(status = amos_quality_parse(text, (size_t)bytes, &quality, &err));
    return status ? raise_error(&err) : handle_new(&handle_quality, quality, NULL);
}

static PyObject *quality_json(PyObject *self, PyObject *object)
{
    const amos_quality *quality = handle_get(object, &handle_quality);
    (void)self;
    return quality ? text_or_none(amos_quality_get_json(quality)) : NULL;
}

/* ---- judging ---- */

/* Returns (name, unit, meaning, default) of each limit. */
static PyObject *quality_limits(PyObject *self, PyObject *none)
{
    PyObject *list = PyList_New(0);
    const amos_quality_limit_info *info;
    (void)self;
    (void)none;
    for (size_t i = 0; list && (info = amos_quality_limit_get(i)) != NULL; i++) {
        PyObject *item = Py_BuildValue("sssd", info->name, info->unit, info->meaning, info->value);
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

static bool take_limits(PyObject *dict, amos_quality_limits *limits)
{
    const amos_quality_limit_info *info;
    for (size_t i = 0; (info = amos_quality_limit_get(i)) != NULL; i++) {
        PyObject *value = PyDict_GetItemString(dict, info->name);
        if (!value)
            continue;
        const double number = PyFloat_AsDouble(value);
        if (PyErr_Occurred())
            return false;
        memcpy((char *)limits + info->offset, &number, sizeof number);
    }
    return true;
}

static const struct field finding_fields[] = {
    FIELD(amos_quality_finding, case_id, FIELD_TEXT),         FIELD(amos_quality_finding, label, FIELD_INT),
    FIELD(amos_quality_finding, organ, FIELD_TEXT),           FIELD(amos_quality_finding, has_place, FIELD_INT),
    FIELD_ARRAY(amos_quality_finding, voxel, FIELD_INT64, 3), FIELD_ARRAY(amos_quality_finding, mm, FIELD_DOUBLE, 3),
    FIELD(amos_quality_finding, value, FIELD_DOUBLE),         FIELD(amos_quality_finding, low, FIELD_DOUBLE),
    FIELD(amos_quality_finding, high, FIELD_DOUBLE),          FIELD(amos_quality_finding, unit, FIELD_TEXT),
    FIELD(amos_quality_finding, expected, FIELD_TEXT),        FIELD(amos_quality_finding, text, FIELD_TEXT),
    FIELD_NAME(amos_quality_finding, kind, quality_kind),     FIELDS_END};

static PyObject *give_findings(const amos_quality_findings *findings)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < amos_quality_findings_count(findings); i++) {
        PyObject *item = fields_give(finding_fields, amos_quality_findings_get(findings, i));
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

/* The facts of a tuple of handles, from malloc(); NULL with an exception. */
static const amos_quality **take_cases(PyObject *handles, Py_ssize_t count)
{
    const amos_quality **cases = malloc(((size_t)count + 1) * sizeof *cases);
    if (!cases) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (!(cases[i] = handle_get(PyTuple_GetItem(handles, i), &handle_quality))) {
            free(cases);
            return NULL;
        }
    return cases;
}

static PyObject *quality_judge(PyObject *self, PyObject *args)
{
    PyObject *handles, *dict;
    amos_quality_limits limits = AMOS_QUALITY_LIMITS_INIT;
    amos_quality_findings *findings = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &handles, &dict) || !take_limits(dict, &limits))
        return NULL;
    const Py_ssize_t count = PyTuple_Size(handles);
    const amos_quality **cases = count < 0 ? NULL : take_cases(handles, count);
    if (!cases)
        return NULL;
    WITHOUT_GIL(status = amos_quality_judge(cases, (size_t)count, &limits, &findings, &err));
    free(cases);
    PyObject *list = status ? raise_error(&err) : give_findings(findings);
    amos_quality_findings_free(findings);
    return list;
}

PyMethodDef quality_methods[] = {{"quality_case", quality_case, METH_VARARGS, NULL},
                                 {"quality_labels", quality_labels, METH_VARARGS, NULL},
                                 {"quality_parse", quality_parse, METH_VARARGS, NULL},
                                 {"quality_json", quality_json, METH_O, NULL},
                                 {"quality_limits", quality_limits, METH_NOARGS, NULL},
                                 {"quality_judge", quality_judge, METH_VARARGS, NULL},
                                 {NULL, NULL, 0, NULL}};
