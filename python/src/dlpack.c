/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays as tensors of DLPack, by the protocol of the array API standard 2024.12: without a version, "dltensor" of
 * version 0; from version 1 on, "dltensor_versioned", which can be read-only. */
#include <stdatomic.h>

#include "array.h"

enum { DEVICE_CPU = 1 };

static const uint64_t flag_readonly = 1, flag_copied = 2; /* of struct dl_versioned */

/* Set when the interpreter ends: from then on no reference can be given back, and none needs to be. */
static atomic_bool ended;

static PyObject *note_end(PyObject *self, PyObject *none)
{
    (void)self;
    (void)none;
    atomic_store(&ended, true);
    Py_RETURN_NONE;
}

int dlpack_init(void)
{
    static PyMethodDef method = {"note_end", note_end, METH_NOARGS, NULL};
    PyObject *module = PyImport_ImportModule("atexit"), *function = PyCFunction_New(&method, NULL), *done = NULL;
    if (module && function)
        done = PyObject_CallMethod(module, "register", "O", function);
    Py_XDECREF(done);
    Py_XDECREF(function);
    Py_XDECREF(module);
    return done ? 0 : -1;
}

/* ---- deletion ---- */

/* Consumers may release a tensor on any thread, without the GIL, and after the interpreter has ended. */
static void give_back(void *context)
{
    if (atomic_load(&ended) || !Py_IsInitialized())
        return;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_XDECREF((PyObject *)context);
    PyGILState_Release(state);
}

static void delete_plain(struct dl_managed *managed)
{
    if (managed)
        give_back(managed->context);
    free(managed);
}

static void delete_versioned(struct dl_versioned *managed)
{
    if (managed)
        give_back(managed->context);
    free(managed);
}

/* Capsules whose tensor no consumer has taken. */
static void drop_plain(PyObject *capsule)
{
    if (PyCapsule_IsValid(capsule, "dltensor"))
        delete_plain(PyCapsule_GetPointer(capsule, "dltensor"));
}

static void drop_versioned(PyObject *capsule)
{
    if (PyCapsule_IsValid(capsule, "dltensor_versioned"))
        delete_versioned(PyCapsule_GetPointer(capsule, "dltensor_versioned"));
}

/* ---- export ---- */

static uint8_t type_code(char format)
{
    const amos_type_info *info;
    for (int i = 0; (info = amos_type_get(i)) != NULL; i++)
        if (info->format == format)
            return info->kind == AMOS_KIND_SIGNED ? 0 : info->kind == AMOS_KIND_UNSIGNED ? 1 : 2;
    return 2; /* float16, which occurs only in batches */
}

struct axes {
    int64_t shape[5], strides[5];
};

static void fill_tensor(const array *a, struct axes *axes, struct dl_tensor *t)
{
    for (int i = 0; i < a->form.ndim; i++) {
        axes->shape[i] = a->shape[i];
        axes->strides[i] = a->strides[i] / a->form.item_bytes;
    }
    t->data = a->data;
    t->device.type = DEVICE_CPU;
    t->ndim = a->form.ndim;
    t->dtype.code = type_code(a->form.format);
    t->dtype.bits = (uint8_t)(8 * a->form.item_bytes);
    t->dtype.lanes = 1;
    t->shape = axes->shape;
    t->strides = axes->strides;
}

static PyObject *export_plain(array *a)
{
    struct exported {
        struct dl_managed managed;
        struct axes axes;
    } *e = calloc(1, sizeof *e);
    if (!e)
        return PyErr_NoMemory();
    fill_tensor(a, &e->axes, &e->managed.tensor);
    e->managed.context = Py_NewRef((PyObject *)a);
    e->managed.deleter = delete_plain;
    PyObject *capsule = PyCapsule_New(&e->managed, "dltensor", drop_plain);
    if (!capsule)
        delete_plain(&e->managed);
    return capsule;
}

static PyObject *export_versioned(array *a, bool copied)
{
    struct exported {
        struct dl_versioned managed;
        struct axes axes;
    } *e = calloc(1, sizeof *e);
    if (!e)
        return PyErr_NoMemory();
    fill_tensor(a, &e->axes, &e->managed.tensor);
    e->managed.major = 1;
    e->managed.flags = (a->form.readonly ? flag_readonly : 0) | (copied ? flag_copied : 0);
    e->managed.context = Py_NewRef((PyObject *)a);
    e->managed.deleter = delete_versioned;
    PyObject *capsule = PyCapsule_New(&e->managed, "dltensor_versioned", drop_versioned);
    if (!capsule)
        delete_versioned(&e->managed);
    return capsule;
}

/* ---- the protocol ---- */

struct wish {
    PyObject *stream, *max_version, *device, *copy;
};

static bool refuse(const char *reason)
{
    PyErr_SetString(PyExc_BufferError, reason);
    return false;
}

static bool check_stream(PyObject *stream)
{
    if (stream == Py_None)
        return true;
    long number = PyLong_AsLong(stream);
    if (PyErr_Occurred())
        return false;
    return number == -1 || refuse("the voxels are in main memory, which has no streams; stream must be None.");
}

static bool check_device(PyObject *device)
{
    int type, id;
    if (device == Py_None)
        return true;
    if (!PyTuple_Check(device)) {
        PyErr_Format(PyExc_TypeError, "dl_device must be a tuple of two numbers or None, not %R.", device);
        return false;
    }
    if (!PyArg_ParseTuple(device, "ii", &type, &id))
        return false;
    return (type == DEVICE_CPU && id == 0) ||
           refuse("the voxels are in main memory, device (1, 0); take them there, then move them.");
}

/* Whether the consumer understands version 1. */
static bool check_version(PyObject *version, bool *versioned)
{
    int major, minor;
    *versioned = false;
    if (version == Py_None)
        return true;
    if (!PyTuple_Check(version)) {
        PyErr_Format(PyExc_TypeError, "max_version must be a tuple of two numbers or None, not %R.", version);
        return false;
    }
    if (!PyArg_ParseTuple(version, "ii", &major, &minor))
        return false;
    *versioned = major >= 1;
    return true;
}

static PyObject *export_wish(PyObject *self, const struct wish *wish)
{
    bool versioned, copied = wish->copy != Py_None && PyObject_IsTrue(wish->copy) == 1;
    if (PyErr_Occurred() || !check_stream(wish->stream) || !check_device(wish->device) ||
        !check_version(wish->max_version, &versioned))
        return NULL;
    if (!copied && !versioned && ((array *)self)->form.readonly) {
        refuse("these voxels are read-only, which DLPack before version 1 cannot express; use copy().");
        return NULL;
    }
    PyObject *exported = copied ? array_copy(self, NULL) : Py_NewRef(self), *capsule = NULL;
    if (exported)
        capsule = versioned ? export_versioned((array *)exported, copied) : export_plain((array *)exported);
    Py_XDECREF(exported);
    return capsule;
}

PyObject *array_dlpack(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"stream", "max_version", "dl_device", "copy", NULL};
    struct wish wish = {Py_None, Py_None, Py_None, Py_None};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|$OOOO:__dlpack__", names, &wish.stream, &wish.max_version,
                                     &wish.device, &wish.copy))
        return NULL;
    return export_wish(self, &wish);
}

PyObject *array_dlpack_device(PyObject *self, PyObject *none)
{
    (void)self;
    (void)none;
    return Py_BuildValue("ii", DEVICE_CPU, 0);
}
