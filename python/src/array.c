/* SPDX-License-Identifier: BSD-3-Clause */
#include "array.h"

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
    *view = (Py_buffer){.buf = a->data,
                        .obj = self,
                        .len = count_bytes(a),
                        .itemsize = a->form.item_bytes,
                        .readonly = a->form.readonly,
                        .ndim = a->form.ndim};
    view->format = flags & PyBUF_FORMAT ? a->format : NULL;
    view->shape = flags & PyBUF_ND ? a->shape : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? a->strides : NULL;
    Py_INCREF(self);
    return 0;
}

/* ---- the rest ---- */

/* Returns a writable copy, packed, in the same order of axes if the array is packed. */
PyObject *array_copy(PyObject *self, PyObject *none)
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
        if (copy) {
            ((array *)copy)->geometry = a->geometry;
            Py_XINCREF(a->geometry);
        }
        PyBuffer_Release(&view);
    }
    Py_XDECREF(memory);
    return copy;
}

/* ---- copies in other processes ---- */

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

/* The bytes of the array, packed; the order is that of copy(). */
static PyObject *bytes_of(PyObject *self, bool first)
{
    const Py_ssize_t bytes = count_bytes((array *)self);
    PyObject *memory = PyByteArray_FromStringAndSize(NULL, bytes);
    Py_buffer view;
    if (!memory || PyObject_GetBuffer(self, &view, PyBUF_FULL_RO) != 0) {
        Py_XDECREF(memory);
        return NULL;
    }
    if (PyBuffer_ToContiguous(PyByteArray_AsString(memory), &view, bytes, first ? 'F' : 'C') != 0)
        Py_CLEAR(memory);
    PyBuffer_Release(&view);
    return memory;
}

static PyObject *array_reduce(PyObject *self, PyObject *none)
{
    const array *a = (array *)self;
    const bool first = is_packed(a, false);
    PyObject *module = PyImport_ImportModule("amos._arrays"), *shape = get_shape(self, NULL);
    PyObject *restore = module ? PyObject_GetAttrString(module, "restore") : NULL, *result = NULL;
    PyObject *bytes = restore && shape ? bytes_of(self, first) : NULL;
    (void)none;
    if (bytes)
        result = Py_BuildValue("O(OsOiiO)", restore, bytes, a->format, shape, (int)first, (int)a->form.readonly,
                               a->geometry ? a->geometry : Py_None);
    Py_XDECREF(bytes);
    Py_XDECREF(restore);
    Py_XDECREF(shape);
    Py_XDECREF(module);
    return result;
}

/* Sets shape and strides of packed items. False with an exception. */
static bool set_packed(struct array_form *form, PyObject *shape, bool first)
{
    Py_ssize_t ndim = PyTuple_Size(shape);
    int64_t stride = form->item_bytes;
    if (ndim < 0 || ndim > 5) {
        PyErr_SetString(PyExc_ValueError, "an array has up to 5 axes.");
        return false;
    }
    form->ndim = (int)ndim;
    for (int n = 0; n < form->ndim; n++) {
        const int i = first ? n : form->ndim - 1 - n;
        form->shape[i] = PyLong_AsLongLong(PyTuple_GetItem(shape, i));
        form->strides[i] = stride;
        if (PyErr_Occurred())
            return false;
        if (form->shape[i] < 0 || __builtin_mul_overflow(stride, form->shape[i], &stride)) {
            PyErr_SetString(PyExc_ValueError, "the shape is not possible.");
            return false;
        }
    }
    return true;
}

/* array_make(bytearray, format, shape, first axis is the fastest, read-only) */
static PyObject *array_make(PyObject *self, PyObject *args)
{
    PyObject *memory, *shape;
    const char *format;
    int first, readonly;
    struct array_form form = {.ndim = 0};
    (void)self;
    if (!PyArg_ParseTuple(args, "OsOpp", &memory, &format, &shape, &first, &readonly))
        return NULL;
    const amos_type_info *info = type_of(format[0]);
    if (!PyByteArray_Check(memory) || !format[0] || format[1] || (!info && format[0] != 'e'))
        return PyErr_Format(PyExc_ValueError, "a bytearray and the letter of a type are needed.");
    form.format = format[0];
    form.item_bytes = info ? (int)info->bytes : 2;
    form.readonly = readonly;
    if (!set_packed(&form, shape, first))
        return NULL;
    int64_t bytes = form.item_bytes;
    for (int i = 0; i < form.ndim; i++)
        bytes *= form.shape[i];
    if (bytes != PyByteArray_Size(memory))
        return PyErr_Format(PyExc_ValueError, "the bytes do not fit the shape.");
    return array_new(memory, PyByteArray_AsString(memory), &form);
}

PyMethodDef array_methods[] = {{"array_make", array_make, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

/* ---- the rest ---- */

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

/* ---- indices: those of a NumPy view ---- */

static PyObject *numpy_view(PyObject *self)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    PyObject *view = numpy ? PyObject_CallMethod(numpy, "asarray", "O", self) : NULL;
    Py_XDECREF(numpy);
    return view;
}

static PyObject *array_subscript(PyObject *self, PyObject *key)
{
    PyObject *view = numpy_view(self), *item = view ? PyObject_GetItem(view, key) : NULL;
    Py_XDECREF(view);
    return item;
}

static int array_set_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *view = numpy_view(self);
    int result = !view ? -1 : value ? PyObject_SetItem(view, key, value) : PyObject_DelItem(view, key);
    Py_XDECREF(view);
    return result;
}

static Py_ssize_t array_length(PyObject *self)
{
    return ((array *)self)->shape[0];
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
        {"__reduce__", array_reduce, METH_NOARGS, NULL},
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
                                  {Py_mp_subscript, __extension__(void *) array_subscript},
                                  {Py_mp_ass_subscript, __extension__(void *) array_set_subscript},
                                  {Py_mp_length, __extension__(void *) array_length},
                                  {Py_bf_getbuffer, __extension__(void *) array_getbuffer},
                                  {Py_tp_methods, methods},
                                  {Py_tp_getset, properties},
                                  {0, NULL}};
    static PyType_Spec spec = {"amos.Array", sizeof(array), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                               slots};
    PyObject *type = PyType_FromSpec(&spec);
    array_type = (PyTypeObject *)type;
    return type ? PyModule_AddObjectRef(module, "Array", type) : -1;
}
