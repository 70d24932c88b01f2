/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

static amos_type find_type(amos_type_kind kind, Py_ssize_t bytes)
{
    const amos_type_info *info;
    for (int i = 0; (info = amos_type_get(i)) != NULL; i++)
        if (info->numeric && info->kind == kind && info->bytes == (size_t)bytes)
            return info->type;
    return AMOS_TYPE_STORED;
}

/* The type of an item, from the letter of the struct module and the item's size, which depends on the machine. Without
 * a format the items are bytes. */
static amos_type type_of(const char *format, Py_ssize_t bytes)
{
    const uint16_t one = 1;
    const char other = *(const unsigned char *)&one ? '>' : '<';
    if (!format)
        return bytes == 1 ? AMOS_TYPE_UINT8 : AMOS_TYPE_STORED;
    if ((*format == other || (*format == '!' && other == '>')) && bytes > 1)
        return AMOS_TYPE_STORED;
    if (*format && strchr("@=<>!", *format))
        format++;
    if (!*format || format[1])
        return AMOS_TYPE_STORED;
    return find_type(strchr("bhilqn", *format)    ? AMOS_KIND_SIGNED
                     : strchr("?BHILQN", *format) ? AMOS_KIND_UNSIGNED
                     : strchr("fd", *format)      ? AMOS_KIND_FLOAT
                                                  : AMOS_KIND_NONE,
                     bytes);
}

static amos_type type_of_dl(const struct dl_tensor *t)
{
    static const amos_type_kind kinds[] = {AMOS_KIND_SIGNED, AMOS_KIND_UNSIGNED,
                                           AMOS_KIND_FLOAT, [6] = AMOS_KIND_UNSIGNED}; /* 6: bool */
    const size_t code = t->dtype.code;
    if (t->dtype.lanes != 1 || t->dtype.bits % 8 || code >= sizeof kinds / sizeof kinds[0])
        return AMOS_TYPE_STORED;
    return find_type(kinds[code], t->dtype.bits / 8);
}

static bool raise_value_error(const char *reason)
{
    PyErr_SetString(PyExc_ValueError, reason);
    return false;
}

/* How a foreign object describes its memory. Shape, strides and memory may be NULL. */
struct foreign {
    void *first; /* the voxel (0, 0, 0, 0) */
    int64_t ndim;
    amos_type type; /* AMOS_TYPE_STORED if no voxel can have it */
    bool has_shape;
    bool has_strides;             /* else packed with the last axis fastest */
    int64_t shape[4], strides[4]; /* bytes */
};

/* Computes the bytes from the first voxel to the ends of the memory, below and above. */
static bool measure_extent(amos_layout *l, int ndim, int64_t *low, int64_t *high)
{
    for (int i = 0; i < ndim; i++) {
        int64_t reach;
        if (l->shape[i] < 1)
            return raise_value_error("an array of voxels must not be empty along any axis.");
        if (__builtin_mul_overflow(l->strides[i], l->shape[i] - 1, &reach) ||
            __builtin_add_overflow(reach < 0 ? *low : *high, reach, reach < 0 ? low : high) ||
            *low < -(INT64_MAX / 2) || *high > INT64_MAX / 2)
            return raise_value_error("the voxels do not fit into memory.");
    }
    return true;
}

static bool pack_strides(amos_layout *l, int ndim, int64_t stride)
{
    for (int i = ndim - 1; i >= 0; i--) {
        l->strides[i] = stride;
        if (__builtin_mul_overflow(stride, l->shape[i], &stride))
            return raise_value_error("the voxels do not fit into memory.");
    }
    return true;
}

static bool set_from_foreign(struct source *s, const struct foreign *f)
{
    amos_layout *l = &s->layout;
    const int64_t size = (int64_t)amos_type_bytes(f->type);
    int64_t low = 0, high = 0;
    if (f->ndim < 3 || f->ndim > 4 || f->type == AMOS_TYPE_STORED) {
        PyErr_Format(
            PyExc_ValueError,
            "voxels must have the axes x, y, z and optionally frames, and a type from int8 to float64, not %s.",
            f->type == AMOS_TYPE_STORED ? "this one" : "this many axes");
        return false;
    }
    if (!f->has_shape)
        return raise_value_error("the buffer has no shape.");
    const int ndim = (int)f->ndim;
    memcpy(l->shape, f->shape, (size_t)ndim * sizeof l->shape[0]);
    memcpy(l->strides, f->strides, (size_t)ndim * sizeof l->strides[0]);
    if ((!f->has_strides && !pack_strides(l, ndim, size)) || !measure_extent(l, ndim, &low, &high))
        return false;
    if (!f->first)
        return raise_value_error("the buffer has no memory.");
    if (ndim == 3) {
        l->shape[3] = 1;
        l->strides[3] = size;
    }
    l->type = f->type;
    l->offset = -low;
    s->start = (unsigned char *)f->first + low;
    s->bytes = (size_t)(high - low + size);
    return true;
}

/* Some exporters set suboffsets that are all negative, which means that there are none. */
static bool is_indirect(const Py_buffer *v)
{
    for (int i = 0; v->suboffsets && i < v->ndim; i++)
        if (v->suboffsets[i] >= 0)
            return true;
    return false;
}

static bool set_from_view(struct source *s)
{
    const Py_buffer *v = &s->view;
    struct foreign f = {v->buf, v->ndim, type_of(v->format, v->itemsize), v->shape, v->strides, {0}, {0}};
    if (is_indirect(v))
        return raise_value_error("voxels must be in one piece of memory.");
    for (int i = 0; i < v->ndim && i < 4; i++) {
        f.shape[i] = v->shape ? v->shape[i] : 0;
        f.strides[i] = v->strides ? v->strides[i] : 0;
    }
    return set_from_foreign(s, &f);
}

static bool set_from_tensor(struct source *s)
{
    const struct dl_tensor *t = &s->managed->tensor;
    const int64_t bytes = t->dtype.bits / 8;
    struct foreign f = {t->data, t->ndim, type_of_dl(t), t->shape, t->strides, {0}, {0}};
    if (t->device.type != 1 && t->device.type != 3) /* 3: pinned memory */
        return raise_value_error("the tensor is not in main memory; copy it to the CPU first.");
    if (t->data)
        f.first = (unsigned char *)t->data + t->byte_offset;
    for (int i = 0; i < t->ndim && i < 4; i++) {
        f.shape[i] = t->shape ? t->shape[i] : 0;
        if (t->strides && __builtin_mul_overflow(t->strides[i], bytes, &f.strides[i]))
            return raise_value_error("the voxels do not fit into memory.");
    }
    return set_from_foreign(s, &f);
}

static bool open_tensor(struct source *s, PyObject *object)
{
    PyObject *capsule = PyObject_CallMethod(object, "__dlpack__", NULL);
    if (capsule)
        s->managed = PyCapsule_GetPointer(capsule, "dltensor");
    bool good = s->managed && PyCapsule_SetName(capsule, "used_dltensor") == 0;
    Py_XDECREF(capsule);
    return good && set_from_tensor(s);
}

bool source_open(struct source *source, PyObject *object)
{
    memset(source, 0, sizeof *source);
    bool good = false;
    if (PyObject_CheckBuffer(object))
        good = PyObject_GetBuffer(object, &source->view, PyBUF_FULL_RO) == 0 && set_from_view(source);
    else if (PyObject_HasAttrString(object, "__dlpack__"))
        good = open_tensor(source, object);
    else
        PyErr_Format(PyExc_TypeError,
                     "voxels must support the buffer protocol or DLPack, as NumPy arrays and tensors do; %R does not.",
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
