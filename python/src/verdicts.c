/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static void release_verdicts(void *pointer)
{
    amos_verdicts_free(pointer);
}

const struct handle_kind handle_verdicts = {"verdicts", release_verdicts};

static PyObject *verdicts_open(PyObject *self, PyObject *path)
{
    amos_verdicts *verdicts = NULL;
    amos_status status;
    amos_error err;
    const char *name = PyBytes_AsString(path);
    (void)self;
    if (!name)
        return NULL;
    WITHOUT_GIL(status = amos_verdicts_open(name, &verdicts, &err));
    return status ? raise_error(&err) : handle_new(&handle_verdicts, verdicts, NULL);
}

/* Returns (entries, cases that passed, failed, are unsure, whether the last line was cut off). */
static PyObject *verdicts_info(PyObject *self, PyObject *object)
{
    const amos_verdicts *verdicts = handle_get(object, &handle_verdicts);
    (void)self;
    if (!verdicts)
        return NULL;
    const amos_verdicts_info *info = amos_verdicts_get_info(verdicts);
    return Py_BuildValue("KKKKO", (unsigned long long)info->count, (unsigned long long)info->passed,
                         (unsigned long long)info->failed, (unsigned long long)info->unsure,
                         info->cut ? Py_True : Py_False);
}

static PyObject *none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

static PyObject *voxel_of(const amos_verdict_entry *entry)
{
    const int64_t *at = entry->voxel;
    return entry->has_voxel ? Py_BuildValue("LLL", (long long)at[0], (long long)at[1], (long long)at[2]) : none();
}

static PyObject *place_of(const amos_verdict_entry *entry)
{
    return entry->has_mm ? Py_BuildValue("ddd", entry->mm[0], entry->mm[1], entry->mm[2]) : none();
}

/* Returns (case, verdict, organ, text, voxel, mm, time) of entry number `index`. */
static PyObject *verdicts_get(PyObject *self, PyObject *args)
{
    PyObject *object;
    Py_ssize_t index;
    (void)self;
    if (!PyArg_ParseTuple(args, "On", &object, &index))
        return NULL;
    const amos_verdicts *verdicts = handle_get(object, &handle_verdicts);
    const amos_verdict_entry *entry = verdicts && index >= 0 ? amos_verdicts_get(verdicts, (size_t)index) : NULL;
    if (verdicts && !entry)
        PyErr_SetString(PyExc_IndexError, "there are fewer verdicts.");
    if (!entry)
        return NULL;
    return Py_BuildValue("NNNNNNN", text_or_none(entry->case_id), name_of("verdict", (int)entry->verdict),
                         text_or_none(entry->organ), text_or_none(entry->text), voxel_of(entry), place_of(entry),
                         text_or_none(entry->time));
}

/* The name of the verdict on a case. */
static PyObject *verdicts_of(PyObject *self, PyObject *args)
{
    PyObject *object, *id, *keep = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &id))
        return NULL;
    const amos_verdicts *verdicts = handle_get(object, &handle_verdicts);
    const char *text = verdicts ? text_take(id, &keep) : NULL;
    PyObject *name = text ? name_of("verdict", (int)amos_verdicts_of(verdicts, text)) : NULL;
    Py_XDECREF(keep);
    return name;
}

PyMethodDef verdicts_methods[] = {{"verdicts_open", verdicts_open, METH_O, NULL},
                                  {"verdicts_info", verdicts_info, METH_O, NULL},
                                  {"verdicts_get", verdicts_get, METH_VARARGS, NULL},
                                  {"verdicts_of", verdicts_of, METH_VARARGS, NULL},
                                  {NULL, NULL, 0, NULL}};
