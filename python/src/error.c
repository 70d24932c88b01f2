/* SPDX-License-Identifier: BSD-3-Clause */
#include <time.h>

#include "amospy.h"

#define REPORT_SECONDS 0.05

/* The exceptions are Python classes; see amos/_errors.py. */
PyObject *make_error(const amos_error *err)
{
    PyObject *module = PyImport_ImportModule("amos._errors");
    PyObject *exception = NULL;
    if (!module)
        return NULL;
    PyObject *path = path_or_none(err->path[0] ? err->path : NULL);
    PyObject *message = sentence_of(err->message), *id = text_or_none(err->case_id);
    if (path && message && id)
        exception =
            PyObject_CallMethod(module, "make_exception", "isOOLiO", (int)err->status, amos_status_name(err->status),
                                message, path, (long long)err->offset, err->sys_errno, id);
    Py_XDECREF(id);
    Py_XDECREF(message);
    Py_XDECREF(path);
    Py_DECREF(module);
    return exception;
}

PyObject *raise_error(const amos_error *err)
{
    PyObject *exception = PyErr_Occurred() ? NULL : make_error(err);
    if (exception)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
    return NULL;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Does not take the GIL at each call, because that may take longer than the work itself. An exception stays set in the
 * thread. */
int progress_report(void *user, uint64_t done, uint64_t total)
{
    struct progress *p = user;
    double now = seconds();
    bool wanted = p->callable && p->callable != Py_None;
    if (now - p->last < REPORT_SECONDS && !(wanted && done == total))
        return 0;
    p->last = now;
    PyGILState_STATE state = PyGILState_Ensure();
    int stop = PyErr_CheckSignals() != 0;
    if (!stop && wanted) {
        PyObject *answer =
            PyObject_CallFunction(p->callable, "KK", (unsigned long long)done, (unsigned long long)total);
        stop = !answer || PyObject_IsTrue(answer) != 0; /* true stops, as in C */
        Py_XDECREF(answer);
    }
    PyGILState_Release(state);
    return stop;
}
