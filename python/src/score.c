/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_score(void *pointer)
{
    amos_score_free(pointer);
}

const struct handle_kind handle_score = {"score", release_score};

#define MOST_LEVELS 64 /* the most tolerances, and percentiles, that the library accepts */

static const struct field score_fields[] = {FIELD_NAME(amos_score_options, convention, convention),
                                            FIELD_NAME(amos_score_options, absent, absent),
                                            FIELD(amos_score_options, threads, FIELD_INT), FIELDS_END};

/* Reads the numbers of a tuple; *out is NULL for None. False with an exception. */
static bool take_levels(PyObject *items, double *numbers, const double **out, size_t *count)
{
    Py_ssize_t n = items == Py_None ? 0 : PyTuple_Size(items);
    if (n > MOST_LEVELS)
        PyErr_Format(PyExc_ValueError, "at most %d tolerances and percentiles are possible.", MOST_LEVELS);
    for (Py_ssize_t i = 0; i < n && !PyErr_Occurred(); i++)
        numbers[i] = PyFloat_AsDouble(PyTuple_GetItem(items, i));
    *out = items == Py_None ? NULL : numbers;
    *count = (size_t)n;
    return !PyErr_Occurred();
}

struct request {
    PyObject *reference, *prediction;
    amos_score_options options;
    struct accepting accepting, prediction_accepting;
    struct progress progress;
    double tolerances[MOST_LEVELS], percentiles[MOST_LEVELS];
};

static void drop_accepted(struct request *r)
{
    accept_drop(&r->accepting);
    accept_drop(&r->prediction_accepting);
}

static bool take_accepted(PyObject *dict, struct request *r)
{
    if (accept_take(PyDict_GetItemString(dict, "accept"), &r->accepting, &r->options.accept) &&
        accept_take(PyDict_GetItemString(dict, "accept_prediction"), &r->prediction_accepting,
                    &r->options.accept_prediction))
        return true;
    drop_accepted(r);
    return false;
}

/* On success drop_accepted() must follow. */
static bool take_request(PyObject *args, struct request *r)
{
    PyObject *dict, *tolerances, *percentiles;
    *r = (struct request){.options = AMOS_SCORE_OPTIONS_INIT};
    r->options.progress = (amos_progress){progress_report, &r->progress};
    return PyArg_ParseTuple(args, "OOOOOO", &r->reference, &r->prediction, &dict, &tolerances, &percentiles,
                            &r->progress.callable) &&
           fields_take(dict, score_fields, &r->options) &&
           take_levels(tolerances, r->tolerances, &r->options.tolerances, &r->options.tolerance_count) &&
           take_levels(percentiles, r->percentiles, &r->options.percentiles, &r->options.percentile_count) &&
           take_accepted(dict, r);
}

static PyObject *score_labelmaps(PyObject *self, PyObject *args)
{
    struct request r;
    const amos_labelmap *reference, *prediction;
    amos_score *score = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!take_request(args, &r))
        return NULL;
    if (!(reference = handle_get(r.reference, &handle_labelmap)) ||
        !(prediction = handle_get(r.prediction, &handle_labelmap))) {
        drop_accepted(&r);
        return NULL;
    }
    WITHOUT_GIL(status = amos_score_make(reference, prediction, &r.options, &score, &err));
    drop_accepted(&r);
    return status ? raise_error(&err) : handle_new(&handle_score, score, NULL);
}

static PyObject *score_volumes(PyObject *self, PyObject *args)
{
    struct request r;
    const amos_volume *reference, *prediction;
    amos_score *score = NULL;
    amos_status status;
    amos_error err;
    (void)self;
    if (!take_request(args, &r))
        return NULL;
    if (!(reference = handle_get(r.reference, &handle_volume)) ||
        !(prediction = handle_get(r.prediction, &handle_volume))) {
        drop_accepted(&r);
        return NULL;
    }
    WITHOUT_GIL(status = amos_score_load(reference, prediction, &r.options, &score, &err));
    drop_accepted(&r);
    return status ? raise_error(&err) : handle_new(&handle_score, score, NULL);
}

/* ---- queries ---- */

static PyObject *give_numbers(const double *numbers, size_t count)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; tuple && i < count; i++) {
        PyObject *item = PyFloat_FromDouble(numbers[i]);
        if (!item || PyTuple_SetItem(tuple, (Py_ssize_t)i, item) != 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

static PyObject *score_info(PyObject *self, PyObject *object)
{
    const amos_score *s = handle_get(object, &handle_score);
    (void)self;
    if (!s)
        return NULL;
    const amos_score_info *info = amos_score_get_info(s);
    PyObject *dict = PyDict_New();
    if (dict && put(dict, "convention", text_or_none(amos_convention_name(info->convention))) &&
        put(dict, "convention_source", text_or_none(amos_convention_source(info->convention))) &&
        put(dict, "absent", text_or_none(amos_absent_name(info->absent))) &&
        put(dict, "max_label", PyLong_FromLong(info->max_label)) &&
        put(dict, "tolerances", give_numbers(info->tolerances, info->tolerance_count)) &&
        put(dict, "percentiles", give_numbers(info->percentiles, info->percentile_count)) &&
        put(dict, "spacing", give_numbers(info->spacing, 3)) &&
        put(dict, "displacement_mm", PyFloat_FromDouble(info->displacement)) &&
        put(dict, "warnings", PyLong_FromUnsignedLongLong(info->warnings)) &&
        put(dict, "turned_from", text_or_none(info->turned_from)) &&
        put(dict, "reference", accepted_give(&info->reference)) &&
        put(dict, "prediction", accepted_give(&info->prediction)) &&
        put(dict, "left_out", PyLong_FromUnsignedLongLong(info->left_out)))
        return dict;
    Py_XDECREF(dict);
    return NULL;
}

/* Returns (name, column, title, unit, better, level, in summaries) of each measure. */
static PyObject *measures(PyObject *self, PyObject *none)
{
    const amos_measure_info *m;
    PyObject *list = PyList_New(0);
    (void)self;
    (void)none;
    for (int i = 0; list && (m = amos_measure_get(i)) != NULL; i++) {
        PyObject *item = Py_BuildValue("ssssisO", m->name, m->column, m->title, m->unit, m->better,
                                       amos_level_name(m->level), m->in_summary ? Py_True : Py_False);
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

/* Returns a number, or a tuple with a number for each tolerance or percentile. */
static PyObject *give_measure(const amos_score *score, int label, const amos_measure_info *info)
{
    double values[MOST_LEVELS] = {0};
    size_t count = 1;
    if (info->level == AMOS_LEVEL_TOLERANCE)
        count = amos_score_get_info(score)->tolerance_count;
    else if (info->level == AMOS_LEVEL_PERCENTILE)
        count = amos_score_get_info(score)->percentile_count;
    for (size_t i = 0; i < count; i++)
        values[i] = amos_score_value(score, label, info->measure, i);
    return info->level == AMOS_LEVEL_NONE ? PyFloat_FromDouble(values[0]) : give_numbers(values, count);
}

static const struct field organ_fields[] = {FIELD(amos_organ_score, label, FIELD_INT),
                                            FIELD(amos_organ_score, voxels_reference, FIELD_UINT64),
                                            FIELD(amos_organ_score, voxels_prediction, FIELD_UINT64),
                                            FIELD(amos_organ_score, voxels_both, FIELD_UINT64), FIELDS_END};

static PyObject *score_organ(PyObject *self, PyObject *args)
{
    PyObject *object;
    int label;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi", &object, &label))
        return NULL;
    const amos_score *score = handle_get(object, &handle_score);
    const amos_organ_score *organ = score ? amos_score_get_organ(score, label) : NULL;
    if (score && !organ)
        PyErr_Format(PyExc_IndexError, "there is no organ %d; they are 1 to %d.", label,
                     amos_score_get_info(score)->max_label);
    const amos_measure_info *info;
    PyObject *dict = organ ? fields_give(organ_fields, organ) : NULL;
    for (int i = 0; dict && (info = amos_measure_get(i)) != NULL; i++)
        if (!put(dict, info->name, give_measure(score, label, info)))
            Py_CLEAR(dict);
    return dict;
}

static PyObject *score_mean(PyObject *self, PyObject *args)
{
    PyObject *object, *name;
    int measure;
    Py_ssize_t index;
    amos_score_mean mean = AMOS_SCORE_MEAN_INIT;
    amos_error err;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOn", &object, &name, &index) || !name_take("measure", name, &measure))
        return NULL;
    const amos_score *score = handle_get(object, &handle_score);
    if (!score)
        return NULL;
    if (amos_score_get_mean(score, (amos_measure)measure, (size_t)index, &mean, &err))
        return raise_error(&err);
    return Py_BuildValue("dnnn", mean.mean, (Py_ssize_t)mean.counted, (Py_ssize_t)mean.absent,
                         (Py_ssize_t)mean.infinite);
}

PyMethodDef score_methods[] = {{"measures", measures, METH_NOARGS, NULL},
                               {"score_labelmaps", score_labelmaps, METH_VARARGS, NULL},
                               {"score_volumes", score_volumes, METH_VARARGS, NULL},
                               {"score_info", score_info, METH_O, NULL},
                               {"score_organ", score_organ, METH_VARARGS, NULL},
                               {"score_mean", score_mean, METH_VARARGS, NULL},
                               {NULL, NULL, 0, NULL}};
