/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

typedef struct handle {
    PyObject_HEAD void *pointer;
    const struct handle_kind *kind;
    PyObject *owner;
} handle;

static PyTypeObject *handle_type;

static void release_pointer(const struct handle_kind *kind, void *pointer)
{
    if (kind->release && pointer)
        WITHOUT_GIL(kind->release(pointer));
}

static void handle_dealloc(PyObject *self)
{
    handle *h = (handle *)self;
    PyObject *type = (PyObject *)Py_TYPE(self), *owner = h->owner;
    release_pointer(h->kind, h->pointer);
    PyObject_Free(self);
    Py_XDECREF(owner);
    Py_DECREF(type);
}

static PyObject *handle_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<amos %s at %p>", ((handle *)self)->kind->name, ((handle *)self)->pointer);
}

PyObject *handle_new(const struct handle_kind *kind, const void *pointer, PyObject *owner)
{
    handle *h = PyObject_New(handle, handle_type);
    if (!h) {
        release_pointer(kind, (void *)(uintptr_t)pointer);
        return NULL;
    }
    h->pointer = (void *)(uintptr_t)pointer;
    h->kind = kind;
    h->owner = owner;
    Py_XINCREF(owner);
    return (PyObject *)h;
}

void *handle_get(PyObject *object, const struct handle_kind *kind)
{
    if (Py_TYPE(object) == handle_type && ((handle *)object)->kind == kind)
        return ((handle *)object)->pointer;
    if (PyUnicode_Check(object)) /* see amos/_closing.py */
        PyErr_Format(PyExc_ValueError, "the %s is closed.", kind->name);
    else
        PyErr_Format(PyExc_TypeError, "a handle of a %s is needed, not %R.", kind->name, object);
    return NULL;
}

bool handle_get_optional(PyObject *object, const struct handle_kind *kind, void *out)
{
    void *pointer = object == Py_None ? NULL : handle_get(object, kind);
    memcpy(out, &pointer, sizeof pointer);
    return object == Py_None || pointer;
}

int handle_init(PyObject *module)
{
    static PyType_Slot slots[] = {{Py_tp_dealloc, __extension__(void *) handle_dealloc},
                                  {Py_tp_repr, __extension__(void *) handle_repr},
                                  {0, NULL}};
    static PyType_Spec spec = {"amos._amos.Handle", sizeof(handle), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    PyObject *type = PyType_FromSpec(&spec);
    handle_type = (PyTypeObject *)type;
    return type ? PyModule_AddObjectRef(module, "Handle", type) : -1;
}
