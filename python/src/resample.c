/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static const struct field resample_fields[] = {FIELD(amos_resample_options, flags, FIELD_UINT32),
                                               FIELD_ARRAY(amos_resample_options, spacing, FIELD_DOUBLE, 3),
                                               FIELD_NAME(amos_resample_options, interpolation, interpolation),
                                               FIELD_NAME(amos_resample_options, type, type),
                                               FIELD(amos_resample_options, outside, FIELD_DOUBLE),
                                               FIELD(amos_resample_options, threads, FIELD_INT),
                                               FIELDS_END};

static const struct field report_fields[] = {
    FIELD(amos_resample_report, separable, FIELD_INT),    FIELD(amos_resample_report, rounded, FIELD_INT),
    FIELD(amos_resample_report, outside, FIELD_UINT64),   FIELD(amos_resample_report, saturated, FIELD_UINT64),
    FIELD(amos_resample_report, collapsed, FIELD_UINT32), FIELDS_END};

/* Fills options from a dictionary; its item "like" is a geometry, which goes to *like. */
static bool options_take(PyObject *dict, struct progress *progress, amos_resample_options *o, amos_geometry *like)
{
    PyObject *grid = PyDict_GetItemString(dict, "like");
    bool has = false;
    *o = (amos_resample_options)AMOS_RESAMPLE_OPTIONS_INIT;
    o->progress = (amos_progress){progress_report, progress};
    if (!fields_take(dict, resample_fields, o) || (grid && !geometry_take(grid, like, &has)))
        return false;
    o->like = has ? like : NULL;
    return true;
}

static PyObject *report_give(const amos_resample_report *report)
{
    PyObject *dict = fields_give(report_fields, report), *lost = PyTuple_New(report->lost_count);
    for (int i = 0; lost && i < report->lost_count; i++)
        PyTuple_SetItem(lost, i, PyLong_FromLong(report->lost[i]));
    if (!dict || !put(dict, "lost", lost))
        Py_CLEAR(dict);
    return dict;
}

/* (result, report); takes both. */
static PyObject *with_report(PyObject *result, const amos_resample_report *report)
{
    PyObject *dict = result ? report_give(report) : NULL, *both = dict ? PyTuple_Pack(2, result, dict) : NULL;
    Py_XDECREF(dict);
    Py_XDECREF(result);
    return both;
}

/* ((voxels, geometry), report) */
static PyObject *array_resample(PyObject *self, PyObject *args)
{
    PyObject *voxels, *geometry, *dict;
    struct progress progress = {NULL, 0};
    amos_geometry like = {{0}, {0}, {{0}}, AMOS_AFFINE_SPACING, ""}, place = like;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    amos_resample_options options;
    struct source source;
    bool has;
    amos_array *array = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &voxels, &geometry, &dict, &progress.callable) ||
        !geometry_take(geometry, &place, &has) || !options_take(dict, &progress, &options, &like) ||
        !source_open(&source, voxels))
        return NULL;
    source.layout.has_geometry = has;
    source.layout.geometry = place;
    WITHOUT_GIL(status =
                    amos_array_resample(&source.layout, source.start, source.bytes, &options, &array, &report, &err));
    source_close(&source);
    return status ? raise_error(&err) : with_report(array_give(array), &report);
}

/* (label map, report) */
static PyObject *labelmap_resample(PyObject *self, PyObject *args)
{
    PyObject *object, *dict;
    struct progress progress = {NULL, 0};
    amos_geometry like = {{0}, {0}, {{0}}, AMOS_AFFINE_SPACING, ""};
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    amos_resample_options options;
    amos_labelmap *out = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &dict, &progress.callable))
        return NULL;
    const amos_labelmap *map = handle_get(object, &handle_labelmap);
    if (!map || !options_take(dict, &progress, &options, &like))
        return NULL;
    WITHOUT_GIL(status = amos_labelmap_resample(map, &options, &out, &report, &err));
    return status ? raise_error(&err) : with_report(handle_new(&handle_labelmap, out, NULL), &report);
}

PyMethodDef resample_methods[] = {{"array_resample", array_resample, METH_VARARGS, NULL},
                                  {"labelmap_resample", labelmap_resample, METH_VARARGS, NULL},
                                  {NULL, NULL, 0, NULL}};
