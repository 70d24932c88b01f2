/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

typedef struct array {
    PyObject_HEAD
    PyObject *owner;
    PyObject *geometry; /* set by the Python half; NULL means None */
    void *data;         /* address of item (0, 0, ...) */
    struct array_form form;
    Py_ssize_t shape[5], strides[5];
    char format[2];
} array;

static PyTypeObject *array_type;

char array_format(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info ? info->format : 0;
}

/* The type with a letter; NULL for float16, which occurs only in batches. */
static const amos_type_info *type_of(char format)
{
    const amos_type_info *info;
    for (int i = 0; (info = amos_type_get(i)) != NULL; i++)
        if (info->format == format)
            return info;
    return NULL;
}

PyObject *array_new(PyObject *owner, void *data, const struct array_form *form)
{
    array *a = PyObject_New(array, array_type);
    if (!a)
        return NULL;
    Py_INCREF(owner);
    a->owner = owner;
    a->geometry = NULL;
    a->data = data;
    a->form = *form;
    a->format[0] = form->format;
    a->format[1] = '\0';
    for (int i = 0; i < 5; i++) {
        a->shape[i] = i < form->ndim ? (Py_ssize_t)form->shape[i] : 0;
        a->strides[i] = i < form->ndim ? (Py_ssize_t)form->strides[i] : 0;
    }
    return (PyObject *)a;
}

/* The axes are x, y, z, and frames if there are several. A type without a letter gives an extra first axis of bytes. */
PyObject *array_of_layout(PyObject *owner, void *data, const amos_layout *layout, bool readonly)
{
    struct array_form form = {.format = array_format(layout->type), .readonly = readonly};
    form.item_bytes = (int)amos_type_bytes(layout->type);
    if (!form.format) {
        form.shape[0] = form.item_bytes;
        form.strides[0] = 1;
        form.format = 'B';
        form.item_bytes = 1;
        form.ndim = 1;
    }
    for (int i = 0; i < (layout->shape[3] > 1 ? 4 : 3); i++, form.ndim++) {
        form.shape[form.ndim] = layout->shape[i];
        form.strides[form.ndim] = layout->strides[i];
    }
    return array_new(owner, (char *)data + layout->offset, &form);
}

static void array_dealloc(PyObject *self)
{
    PyObject *type = (PyObject *)Py_TYPE(self), *owner = ((array *)self)->owner;
    Py_XDECREF(((array *)self)->geometry);
    PyObject_Free(self);
    Py_XDECREF(owner);
    Py_DECREF(type);
}

/* ---- buffer ---- */

static Py_ssize_t count_bytes(const array *a)
{
    Py_ssize_t bytes = a->form.item_bytes;
    for (int i = 0; i < a->form.ndim; i++)
        bytes *= a->shape[i];
    return bytes;
}

static bool is_packed(const array *a, bool last_fastest)
{
    Py_ssize_t stride = a->form.item_bytes;
    if (count_bytes(a) == 0)
        return true; /* strides do not matter */
    for (int n = 0; n < a->form.ndim; n++) {
        int i = last_fastest ? a->form.ndim - 1 - n : n;
        if (a->shape[i] > 1 && a->strides[i] != stride)
            return false;
        stride *= a->shape[i];
    }
    return true;
}

static const char *explain_refusal(const array *a, int flags)
{
    if ((flags & PyBUF_WRITABLE) && a->form.readonly)
        return "these voxels are read-only; use copy().";
    bool c = is_packed(a, true), f = is_packed(a, false);
    if ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS && !c)
        return "the last axis is not the fastest.";
    if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && !f)
        return "the first axis is not the fastest.";
    if ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS && !c && !f)
        return "the items are not adjacent.";
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES && !c)
        return "the buffer has strides.";
    return NULL;
}

static int array_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    array *a = (array *)self;
    const char *reason = explain_refusal(a, flags);
    view->obj = NULL;
    if (reason) {
        PyErr_SetString(PyExc_BufferError, reason);
        return -1;
    }
    *view = (Py_buffer){.buf = a->data, .obj = self, .len = count_bytes(a), .itemsize = a->form.item_bytes,
                        .readonly = a->form.readonly, .ndim = a->form.ndim};
    view->format = flags & PyBUF_FORMAT ? a->format : NULL;
    view->shape = flags & PyBUF_ND ? a->shape : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? a->strides : NULL;
    Py_INCREF(self);
    return 0;
}

/* ---- DLPack ---- */

struct exported {
    struct dl_managed managed;
    int64_t shape[5], strides[5];
};

/* Consumers may call this on any thread, and without the GIL. */
static void delete_exported(struct dl_managed *managed)
{
    if (!managed)
        return;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_XDECREF((PyObject *)managed->context);
    PyGILState_Release(state);
    free(managed);
}

static void delete_capsule(PyObject *capsule)
{
    if (PyCapsule_IsValid(capsule, "dltensor")) /* not consumed */
        delete_exported(PyCapsule_GetPointer(capsule, "dltensor"));
}

static uint8_t dl_code(char format)
{
    const amos_type_info *info = type_of(format);
    const amos_type_kind kind = info ? info->kind : AMOS_KIND_FLOAT;
    return kind == AMOS_KIND_SIGNED ? 0 : kind == AMOS_KIND_UNSIGNED ? 1 : 2;
}

static struct exported *export_tensor(array *a)
{
    struct exported *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    for (int i = 0; i < a->form.ndim; i++) {
        e->shape[i] = a->shape[i];
        e->strides[i] = a->strides[i] / a->form.item_bytes;
    }
    struct dl_tensor *t = &e->managed.tensor;
    t->data = a->data;
    t->device.type = 1; /* CPU */
    t->ndim = a->form.ndim;
    t->dtype.code = dl_code(a->form.format);
    t->dtype.bits = (uint8_t)(8 * a->form.item_bytes);
    t->dtype.lanes = 1;
    t->shape = e->shape;
    t->strides = e->strides;
    e->managed.context = a;
    e->managed.deleter = delete_exported;
    Py_INCREF((PyObject *)a);
    return e;
}

static PyObject *array_dlpack(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)args;
    (void)keywords; /* stream and similar arguments are for devices */
    array *a = (array *)self;
    if (a->form.readonly) {
        PyErr_SetString(PyExc_BufferError, "these voxels are read-only, which DLPack cannot express; use copy().");
        return NULL;
    }
    struct exported *e = export_tensor(a);
    if (!e)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(&e->managed, "dltensor", delete_capsule);
    if (!capsule)
        delete_exported(&e->managed);
    return capsule;
}

static PyObject *array_dlpack_device(PyObject *self, PyObject *none)
{
    (void)self;
    (void)none;
    return Py_BuildValue("ii", 1, 0);
}

/* ---- the rest ---- */

/* Returns a writable copy, packed, in the same order of axes if the array is packed. */
static PyObject *array_copy(PyObject *self, PyObject *none)
{
    (void)none;
    array *a = (array *)self;
    Py_ssize_t bytes = count_bytes(a), stride = a->form.item_bytes;
    bool first = is_packed(a, false);
    PyObject *memory = PyByteArray_FromStringAndSize(NULL, bytes), *copy = NULL;
    struct array_form form = a->form;
    Py_buffer view;
    form.readonly = false;
    for (int n = 0; n < form.ndim; n++) {
        int i = first ? n : form.ndim - 1 - n;
        form.strides[i] = stride;
        stride *= a->shape[i];
    }
    if (memory && PyObject_GetBuffer(self, &view, PyBUF_FULL_RO) == 0) {
        if (PyBuffer_ToContiguous(PyByteArray_AsString(memory), &view, bytes, first ? 'F' : 'C') == 0)
            copy = array_new(memory, PyByteArray_AsString(memory), &form);
        PyBuffer_Release(&view);
    }
    Py_XDECREF(memory);
    return copy;
}

static PyObject *tuple_of(const Py_ssize_t *values, int count)
{
    PyObject *tuple = PyTuple_New(count);
    for (int i = 0; tuple && i < count; i++) {
        PyObject *item = PyLong_FromSsize_t(values[i]);
        if (!item || PyTuple_SetItem(tuple, i, item) != 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

static PyObject *get_shape(PyObject *self, void *closure)
{
    (void)closure;
    return tuple_of(((array *)self)->shape, ((array *)self)->form.ndim);
}

static PyObject *get_strides(PyObject *self, void *closure)
{
    (void)closure;
    return tuple_of(((array *)self)->strides, ((array *)self)->form.ndim);
}

static const char *type_name(const array *a)
{
    const amos_type_info *info = type_of(a->form.format);
    return info ? info->name : "float16";
}

static PyObject *get_dtype(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(type_name((array *)self));
}

static PyObject *get_nbytes(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSsize_t(count_bytes((array *)self));
}

static PyObject *get_readonly(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(((array *)self)->form.readonly);
}

static PyObject *get_geometry(PyObject *self, void *closure)
{
    PyObject *geometry = ((array *)self)->geometry;
    (void)closure;
    return Py_NewRef(geometry ? geometry : Py_None);
}

static int set_geometry(PyObject *self, PyObject *value, void *closure)
{
    PyObject *old = ((array *)self)->geometry;
    (void)closure;
    Py_XINCREF(value);
    ((array *)self)->geometry = value;
    Py_XDECREF(old);
    return 0;
}

static PyObject *array_repr(PyObject *self)
{
    PyObject *shape = get_shape(self, NULL);
    PyObject *text = shape ? PyUnicode_FromFormat("<amos.Array %s %R>", type_name((array *)self), shape) : NULL;
    Py_XDECREF(shape);
    return text;
}

int array_init(PyObject *module)
{
    static PyMethodDef methods[] = {
        {"__dlpack__", (PyCFunction)(void (*)(void))array_dlpack, METH_VARARGS | METH_KEYWORDS, NULL},
        {"__dlpack_device__", array_dlpack_device, METH_NOARGS, NULL},
        {"copy", array_copy, METH_NOARGS, "A writable copy."},
        {NULL, NULL, 0, NULL}};
    static PyGetSetDef properties[] = {{"shape", get_shape, NULL, NULL, NULL},
                                       {"strides", get_strides, NULL, "Bytes from one item to the next.", NULL},
                                       {"dtype", get_dtype, NULL, "\"int16\", \"float32\", ...", NULL},
                                       {"nbytes", get_nbytes, NULL, NULL, NULL},
                                       {"readonly", get_readonly, NULL, NULL, NULL},
                                       {"geometry", get_geometry, set_geometry, "Geometry of the voxels.", NULL},
                                       {NULL, NULL, NULL, NULL, NULL}};
    static PyType_Slot slots[] = {{Py_tp_dealloc, __extension__(void *) array_dealloc},
                                  {Py_tp_repr, __extension__(void *) array_repr},
                                  {Py_bf_getbuffer, __extension__(void *) array_getbuffer},
                                  {Py_tp_methods, methods},
                                  {Py_tp_getset, properties},
                                  {0, NULL}};
    static PyType_Spec spec = {"amos.Array", sizeof(array), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    PyObject *type = PyType_FromSpec(&spec);
    array_type = (PyTypeObject *)type;
    return type ? PyModule_AddObjectRef(module, "Array", type) : -1;
}
