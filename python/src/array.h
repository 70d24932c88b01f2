/* SPDX-License-Identifier: BSD-3-Clause */
/* The object behind amos.Array, for the files that make it up. */
#ifndef AMOSPY_ARRAY_H
#define AMOSPY_ARRAY_H

#include "amospy.h"

typedef struct array {
    PyObject_HEAD PyObject *owner;
    PyObject *geometry; /* set by the Python half; NULL means None */
    void *data;         /* address of item (0, 0, ...) */
    struct array_form form;
    Py_ssize_t shape[5], strides[5];
    char format[2];
} array;

/* Returns a writable copy, packed, in the same order of axes if the array is packed. `none` is not used. */
PyObject *array_copy(PyObject *self, PyObject *none);

/* __dlpack__ and __dlpack_device__ (dlpack.c) */
PyObject *array_dlpack(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *array_dlpack_device(PyObject *self, PyObject *none);

#endif
