#include "amospy.h"

/* The type of an item by the letter of the struct module, whose size depends on the machine. */
static amos_type type_of(const char *format, Py_ssize_t bytes)
{
    static const amos_type signed_types[] = {AMOS_TYPE_INT8, AMOS_TYPE_INT16, AMOS_TYPE_INT32, AMOS_TYPE_INT64},
                           unsigned_types[] = {AMOS_TYPE_UINT8, AMOS_TYPE_UINT16, AMOS_TYPE_UINT32, AMOS_TYPE_UINT64};
    const uint16_t one = 1;
    const char other = *(const unsigned char *)&one ? '>' : '<';
    int log = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : bytes == 8 ? 3 : -1;
    if (!format)
        return AMOS_TYPE_UINT8;
    if (*format == other && bytes > 1)
        return AMOS_TYPE_STORED;
    if (*format && strchr("@=<>!", *format))
        format++;
    if (!*format || format[1] || log < 0)
        return AMOS_TYPE_STORED;
    if (strchr("bhilqn", *format))
        return signed_types[log];
    if (strchr("?BHILQN", *format))
        return unsigned_types[log];
    return *format == 'f' ? AMOS_TYPE_FLOAT32 : *format == 'd' ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_STORED;
}

static amos_type type_of_dl(const struct dl_tensor *t)
{
    const Py_ssize_t bytes = t->dtype.bits / 8;
    if (t->dtype.lanes != 1)
        return AMOS_TYPE_STORED;
    switch (t->dtype.code) {
    case 0:
        return type_of("q", bytes);
    case 1:
    case 6: /* bool */
        return type_of("Q", bytes);
    case 2:
        return bytes == 4 ? AMOS_TYPE_FLOAT32 : bytes == 8 ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_STORED;
    default:
        return AMOS_TYPE_STORED;
    }
}

/* From the first voxel and strides in bytes to the memory's start. */
static bool finish(struct source *s, void *first, int ndim, amos_type type)
{
    amos_layout *l = &s->layout;
    int64_t low = 0, high = 0;
    if (ndim < 3 || ndim > 4 || type == AMOS_TYPE_STORED) {
        PyErr_Format(PyExc_ValueError,
                     "voxels must have the axes x, y, z and perhaps frames, and a type from int8 to float64, not %s.",
                     type == AMOS_TYPE_STORED ? "this one" : "this many axes");
        return false;
    }
    for (int i = 0; i < ndim; i++) {
        if (l->shape[i] < 1) {
            PyErr_SetString(PyExc_ValueError, "voxels need at least one along each axis.");
            return false;
        }
        int64_t reach = l->strides[i] * (l->shape[i] - 1);
        *(reach < 0 ? &low : &high) += reach;
    }
    int64_t size = (int64_t)amos_type_bytes(type);
    if (ndim == 3) {
        l->shape[3] = 1;
        l->strides[3] = size;
    }
    l->type = type;
    l->offset = -low;
    s->start = (unsigned char *)first + low;
    s->bytes = (size_t)(high - low + size);
    return true;
}

static bool take_view(struct source *s)
{
    const Py_buffer *v = &s->view;
    for (int i = 0; i < v->ndim && i < 4; i++) {
        s->layout.shape[i] = v->shape[i];
        s->layout.strides[i] = v->strides[i];
    }
    if (v->suboffsets) {
        PyErr_SetString(PyExc_ValueError, "voxels must lie in one piece of memory.");
        return false;
    }
    return finish(s, v->buf, v->ndim, type_of(v->format, v->itemsize));
}

static bool take_tensor(struct source *s)
{
    const struct dl_tensor *t = &s->managed->tensor;
    int64_t bytes = t->dtype.bits / 8, packed = bytes;
    if (t->device.type != 1 && t->device.type != 3) { /* 3: pinned memory */
        PyErr_SetString(PyExc_ValueError, "the tensor is not in the computer's memory; take a copy on the CPU.");
        return false;
    }
    for (int i = t->ndim - 1; i >= 0 && t->ndim <= 4; i--) {
        s->layout.shape[i] = t->shape[i];
        s->layout.strides[i] = t->strides ? t->strides[i] * bytes : packed;
        packed *= t->shape[i];
    }
    return finish(s, (unsigned char *)t->data + t->byte_offset, t->ndim, type_of_dl(t));
}

static bool open_tensor(struct source *s, PyObject *object)
{
    PyObject *capsule = PyObject_CallMethod(object, "__dlpack__", NULL);
    if (capsule)
        s->managed = PyCapsule_GetPointer(capsule, "dltensor");
    bool good = s->managed && PyCapsule_SetName(capsule, "used_dltensor") == 0;
    Py_XDECREF(capsule);
    return good && take_tensor(s);
}

bool source_open(struct source *source, PyObject *object)
{
    memset(source, 0, sizeof *source);
    bool good = false;
    if (PyObject_CheckBuffer(object))
        good = PyObject_GetBuffer(object, &source->view, PyBUF_FULL_RO) == 0 && take_view(source);
    else if (PyObject_HasAttrString(object, "__dlpack__"))
        good = open_tensor(source, object);
    else
        PyErr_Format(PyExc_TypeError, "voxels must have a buffer or DLPack, as arrays of NumPy and tensors have; %R has not.",
                     (PyObject *)Py_TYPE(object));
    if (!good)
        source_close(source);
    return good;
}

void source_close(struct source *source)
{
    if (source->view.obj)
        PyBuffer_Release(&source->view);
    if (source->managed && source->managed->deleter)
        source->managed->deleter(source->managed);
    source->managed = NULL;
}
