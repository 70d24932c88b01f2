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

/* How the items of foreign memory become voxels. */
struct item {
    amos_type type; /* AMOS_TYPE_STORED if no voxel can have it */
    int bytes;      /* of an item, in the foreign memory */
    bool swapped;   /* in the other byte order */
    enum widening { WIDEN_NOTHING, WIDEN_FLOAT16, WIDEN_BFLOAT16 } widening; /* to float32 */
};

static bool is_foreign_order(const char *format)
{
    const uint16_t one = 1;
    const char other = *(const unsigned char *)&one ? '>' : '<';
    return *format == other || (*format == '!' && other == '>');
}

/* From the letter of the struct module and the item's size, which depends on the machine. Without a format the items
 * are bytes. */
static struct item item_of(const char *format, Py_ssize_t bytes)
{
    struct item item = {.type = AMOS_TYPE_STORED, .bytes = bytes < 1 || bytes > 64 ? 1 : (int)bytes};
    if (!format)
        item.type = bytes == 1 ? AMOS_TYPE_UINT8 : AMOS_TYPE_STORED;
    if (!format || !*format)
        return item;
    item.swapped = bytes > 1 && is_foreign_order(format);
    if (strchr("@=<>!", *format))
        format++;
    if (!*format || format[1])
        return item;
    if (*format == 'e' && bytes == 2) {
        item.widening = WIDEN_FLOAT16;
        item.type = AMOS_TYPE_FLOAT32;
        return item;
    }
    item.type = find_type(strchr("bhilqn", *format)    ? AMOS_KIND_SIGNED
                          : strchr("?BHILQN", *format) ? AMOS_KIND_UNSIGNED
                          : strchr("fd", *format)      ? AMOS_KIND_FLOAT
                                                       : AMOS_KIND_NONE,
                          bytes);
    return item;
}

static struct item item_of_dl(const struct dl_tensor *t)
{
    enum { CODE_FLOAT = 2, CODE_BFLOAT = 4 };
    static const amos_type_kind kinds[] = {AMOS_KIND_SIGNED, AMOS_KIND_UNSIGNED,
                                           AMOS_KIND_FLOAT, [6] = AMOS_KIND_UNSIGNED}; /* 6: bool */
    const size_t code = t->dtype.code;
    struct item item = {.type = AMOS_TYPE_STORED, .bytes = t->dtype.bits < 8 ? 1 : t->dtype.bits / 8};
    if (t->dtype.lanes != 1 || t->dtype.bits % 8)
        return item;
    if (t->dtype.bits == 16 && (code == CODE_FLOAT || code == CODE_BFLOAT)) {
        item.widening = code == CODE_FLOAT ? WIDEN_FLOAT16 : WIDEN_BFLOAT16;
        item.type = AMOS_TYPE_FLOAT32;
    } else if (code < sizeof kinds / sizeof kinds[0]) {
        item.type = find_type(kinds[code], item.bytes);
    }
    return item;
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
    struct item item;
    const char *type_name; /* for messages */
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

/* ---- items that are no voxels as they are ---- */

static float widen_half(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = (half >> 10) & 31, mantissa = half & 1023;
    uint32_t bits = sign | (exponent + 112) << 23 | mantissa << 13;
    float value;
    if (exponent == 31)
        bits = sign | 0x7F800000u | mantissa << 13;
    memcpy(&value, &bits, sizeof value);
    if (exponent == 0)
        value = (sign ? -1.0f : 1.0f) * (float)mantissa / 16777216.0f;
    return value;
}

static void convert_item(const struct item *item, const unsigned char *from, unsigned char *to)
{
    unsigned char bytes[8];
    for (int i = 0; i < item->bytes; i++)
        bytes[i] = from[item->swapped ? item->bytes - 1 - i : i];
    if (!item->widening) {
        memcpy(to, bytes, (size_t)item->bytes);
        return;
    }
    uint16_t half;
    memcpy(&half, bytes, sizeof half);
    const uint32_t upper = (uint32_t)half << 16;
    const float widened = widen_half(half);
    memcpy(to, item->widening == WIDEN_FLOAT16 ? (const void *)&widened : (const void *)&upper, sizeof widened);
}

static void convert_all(const struct source *s, const struct item *item, unsigned char *to, size_t step)
{
    const amos_layout *l = &s->layout;
    for (int64_t t = 0; t < l->shape[3]; t++)
        for (int64_t z = 0; z < l->shape[2]; z++)
            for (int64_t y = 0; y < l->shape[1]; y++)
                for (int64_t x = 0; x < l->shape[0]; x++, to += step)
                    convert_item(item,
                                 s->start + l->offset + t * l->strides[3] + z * l->strides[2] + y * l->strides[1] +
                                     x * l->strides[0],
                                 to);
}

/* Copies the voxels into memory of the source, packed with the first axis fastest. */
static bool convert(struct source *s, const struct foreign *f)
{
    amos_layout *l = &s->layout;
    const size_t step = amos_type_bytes(l->type);
    size_t bytes = step;
    if (s->is_target)
        return raise_value_error(
            "voxels can only be read into items of this machine's byte order, with a type from int8 to "
            "float64; read them into another array and convert that one.");
    for (int i = 0; i < 4; i++)
        if (__builtin_mul_overflow(bytes, (size_t)l->shape[i], &bytes))
            return raise_value_error("the voxels do not fit into memory.");
    s->converted = malloc(bytes);
    if (!s->converted) {
        PyErr_NoMemory();
        return false;
    }
    WITHOUT_GIL(convert_all(s, &f->item, s->converted, step));
    s->start = s->converted;
    s->bytes = bytes;
    l->offset = 0;
    l->strides[0] = (int64_t)step;
    for (int i = 1; i < 4; i++)
        l->strides[i] = l->strides[i - 1] * l->shape[i - 1];
    return true;
}

/* ---- shape, strides and memory ---- */

static bool check_form(const struct foreign *f)
{
    if (f->item.type == AMOS_TYPE_STORED)
        PyErr_Format(PyExc_ValueError,
                     "voxels must have a type from int8 to float64, float16 or bool; items of %d bytes with the format "
                     "\"%s\" have none of them; convert them first, such as by astype(\"float32\").",
                     f->item.bytes, f->type_name);
    else if (f->ndim < 3 || f->ndim > 4)
        PyErr_Format(
            PyExc_ValueError,
            "voxels must have the axes x, y, z and optionally frames, but this memory has %lld axes; take a part "
            "of it, such as array[0], or give it the missing axes, such as by array[..., None].",
            (long long)f->ndim);
    else if (!f->has_shape)
        raise_value_error("the buffer has no shape.");
    return !PyErr_Occurred();
}

static bool set_from_foreign(struct source *s, const struct foreign *f)
{
    amos_layout *l = &s->layout;
    const int64_t size = f->item.bytes;
    int64_t low = 0, high = 0;
    if (!check_form(f))
        return false;
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
    l->type = f->item.type;
    l->offset = -low;
    s->start = (unsigned char *)f->first + low;
    s->bytes = (size_t)(high - low + size);
    if (s->keeps_half && f->item.widening && !f->item.swapped) {
        s->half_type = f->item.widening == WIDEN_FLOAT16 ? AMOS_TILE_TYPE_FLOAT16 : AMOS_TILE_TYPE_BFLOAT16;
        return true;
    }
    return !(f->item.swapped || f->item.widening) || convert(s, f);
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
    struct foreign f = {.first = v->buf,
                        .ndim = v->ndim,
                        .item = item_of(v->format, v->itemsize),
                        .type_name = v->format ? v->format : "",
                        .has_shape = v->shape,
                        .has_strides = v->strides};
    if (is_indirect(v))
        return raise_value_error("voxels must be in one piece of memory.");
    for (int i = 0; i < v->ndim && i < 4; i++) {
        f.shape[i] = v->shape ? v->shape[i] : 0;
        f.strides[i] = v->strides ? v->strides[i] : 0;
    }
    return set_from_foreign(s, &f);
}

static bool set_from_tensor(struct source *s, const struct dl_tensor *t)
{
    const int64_t bytes = t->dtype.bits / 8;
    struct foreign f = {.first = t->data,
                        .ndim = t->ndim,
                        .item = item_of_dl(t),
                        .type_name = "DLPack",
                        .has_shape = t->shape,
                        .has_strides = t->strides};
    if (t->device.type != 1 && t->device.type != 3) /* 3: pinned memory */
        return raise_value_error("the tensor is not in main memory; copy it there first, such as by tensor.cpu().");
    if (t->data)
        f.first = (unsigned char *)t->data + t->byte_offset;
    for (int i = 0; i < t->ndim && i < 4; i++) {
        f.shape[i] = t->shape ? t->shape[i] : 0;
        if (t->strides && __builtin_mul_overflow(t->strides[i], bytes, &f.strides[i]))
            return raise_value_error("the voxels do not fit into memory.");
    }
    return set_from_foreign(s, &f);
}

/* Takes the tensor out of a capsule, whose deleter then is ours to call. */
static bool take_capsule(struct source *s, PyObject *capsule)
{
    if (PyCapsule_IsValid(capsule, "dltensor_versioned")) {
        s->versioned = PyCapsule_GetPointer(capsule, "dltensor_versioned");
        if (PyCapsule_SetName(capsule, "used_dltensor_versioned") != 0)
            return false;
        if (s->versioned->major != 1)
            return raise_value_error("the tensor has an unknown version of DLPack.");
        s->view.readonly = (s->versioned->flags & 1) != 0;
        return set_from_tensor(s, &s->versioned->tensor);
    }
    s->managed = PyCapsule_GetPointer(capsule, "dltensor");
    return s->managed && PyCapsule_SetName(capsule, "used_dltensor") == 0 && set_from_tensor(s, &s->managed->tensor);
}

/* Only version 1 has read-only tensors, and old exporters do not know the keyword. */
static PyObject *ask_for_tensor(PyObject *object)
{
    PyObject *capsule = PyObject_CallMethod(object, "__dlpack__", NULL);
    if (capsule || !PyErr_ExceptionMatches(PyExc_BufferError))
        return capsule;
    PyErr_Clear();
    PyObject *method = PyObject_GetAttrString(object, "__dlpack__"), *none = PyTuple_New(0);
    PyObject *keywords = Py_BuildValue("{s(ii)}", "max_version", 1, 0);
    if (method && none && keywords)
        capsule = PyObject_Call(method, none, keywords);
    Py_XDECREF(method);
    Py_XDECREF(none);
    Py_XDECREF(keywords);
    return capsule;
}

static bool open_tensor(struct source *s, PyObject *object)
{
    PyObject *capsule = ask_for_tensor(object);
    bool good = capsule && take_capsule(s, capsule);
    Py_XDECREF(capsule);
    return good;
}

static bool open_buffer(struct source *s, PyObject *object)
{
    return PyObject_GetBuffer(object, &s->view, PyBUF_FULL_RO) == 0 && set_from_view(s);
}

/* Objects that are no memory themselves, but can give an array: images of other libraries, a Volume, a LabelMap. */
static bool open_array(struct source *s, PyObject *object)
{
    PyObject *array = PyObject_CallMethod(object, "__array__", NULL);
    bool good = array && open_buffer(s, array);
    Py_XDECREF(array);
    return good;
}

static bool open_any(struct source *s, PyObject *object)
{
    if (PyObject_CheckBuffer(object))
        return open_buffer(s, object);
    if (PyObject_HasAttrString(object, "__dlpack__"))
        return open_tensor(s, object);
    if (!s->is_target && PyObject_HasAttrString(object, "__array__"))
        return open_array(s, object);
    PyErr_Format(PyExc_TypeError,
                 "voxels must support the buffer protocol or DLPack, as NumPy arrays and tensors do; %R does not; "
                 "numpy.asarray() makes an array of lists and of numbers.",
                 (PyObject *)Py_TYPE(object));
    return false;
}

static bool source_begin(struct source *source, PyObject *object, bool is_target, bool keeps_half)
{
    memset(source, 0, sizeof *source);
    source->is_target = is_target;
    source->keeps_half = keeps_half;
    if (open_any(source, object))
        return true;
    source_close(source);
    return false;
}

bool source_open(struct source *source, PyObject *object)
{
    return source_begin(source, object, false, false);
}

bool source_open_target(struct source *source, PyObject *object)
{
    return source_begin(source, object, true, false);
}

bool source_open_tile(struct source *source, PyObject *object)
{
    return source_begin(source, object, false, true);
}

/* A deleter may be a function of Python, which must not meet an exception. */
void source_close(struct source *source)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    if (source->view.obj)
        PyBuffer_Release(&source->view);
    if (source->managed && source->managed->deleter)
        source->managed->deleter(source->managed);
    if (source->versioned && source->versioned->deleter)
        source->versioned->deleter(source->versioned);
    PyErr_Restore(type, value, trace);
    free(source->converted);
    source->managed = NULL;
    source->versioned = NULL;
    source->converted = NULL;
}
