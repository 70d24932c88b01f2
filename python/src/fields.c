/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

/* ---- from Python ---- */

const char *text_take(PyObject *string, PyObject **keep)
{
    char *text = NULL;
    Py_ssize_t size;
    *keep = PyBytes_Check(string)     ? Py_NewRef(string)
            : PyUnicode_Check(string) ? PyUnicode_AsEncodedString(string, "utf-8", "surrogateescape")
                                      : NULL;
    if (!*keep && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "a string is needed, not %R.", string);
    if (!*keep || PyBytes_AsStringAndSize(*keep, &text, &size) != 0)
        return NULL;
    if ((Py_ssize_t)strlen(text) == size)
        return text;
    PyErr_SetString(PyExc_ValueError, "a string contains a NUL character.");
    return NULL;
}

/* The dictionary keeps the bytes that the field points to. */
static bool take_text(PyObject *dict, const char *name, PyObject *value, void *to)
{
    PyObject *bytes = NULL;
    const char *text = text_take(value, &bytes);
    memcpy(to, &text, sizeof text);
    bool good = text && PyDict_SetItemString(dict, name, bytes) == 0;
    Py_XDECREF(bytes);
    return good;
}

static bool take_int(PyObject *value, const char *name, int *to)
{
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred())
        return false;
    *to = (int)number;
    if (*to == number)
        return true;
    PyErr_Format(PyExc_ValueError, "%s is %ld, which is too large.", name, number);
    return false;
}

static bool take_number(PyObject *value, const char *name, enum field_kind kind, void *to)
{
    unsigned long long u;
    double d;
    long long i;
    switch (kind) {
    case FIELD_INT:
        return take_int(value, name, to);
    case FIELD_UINT32:
    case FIELD_UINT64:
        u = PyLong_AsUnsignedLongLong(value);
        if (kind == FIELD_UINT32)
            *(uint32_t *)to = (uint32_t)u;
        else
            *(uint64_t *)to = u;
        break;
    case FIELD_INT64:
        i = PyLong_AsLongLong(value);
        *(int64_t *)to = i;
        break;
    case FIELD_DOUBLE:
        d = PyFloat_AsDouble(value);
        *(double *)to = d;
        break;
    default:
        PyErr_Format(PyExc_SystemError, "%s cannot be set.", name);
    }
    return !PyErr_Occurred();
}

/* Sets an enum from a name; enums have the size of int. */
static bool take_name(PyObject *value, const struct field *f, void *to)
{
    int number;
    if (!name_take(f->noun, value, &number))
        return false;
    memcpy(to, &number, sizeof number);
    return true;
}

static size_t item_bytes(enum field_kind kind)
{
    return kind == FIELD_INT ? sizeof(int) : kind == FIELD_UINT32 || kind == FIELD_FLOAT ? 4 : 8;
}

static bool take_items(PyObject *value, const struct field *f, char *to)
{
    PyObject *items = PySequence_Tuple(value);
    bool good = items && PyTuple_Size(items) == f->count;
    if (!items && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Format(PyExc_TypeError, "%s needs %d numbers, such as a tuple.", f->name, f->count);
    else if (items && !good)
        PyErr_Format(PyExc_ValueError, "%s needs %d numbers.", f->name, f->count);
    for (int i = 0; good && i < f->count; i++)
        good = take_number(PyTuple_GetItem(items, i), f->name, f->kind, to + (size_t)i * item_bytes(f->kind));
    Py_XDECREF(items);
    return good;
}

bool fields_take(PyObject *dict, const struct field *fields, void *to)
{
    for (const struct field *f = fields; f->name; f++) {
        PyObject *value = PyDict_GetItemString(dict, f->name);
        char *at = (char *)to + f->offset;
        bool good = true;
        if (!value || value == Py_None)
            continue;
        if (f->kind == FIELD_TEXT)
            good = take_text(dict, f->name, value, at);
        else if (f->kind == FIELD_ENUM)
            good = take_name(value, f, at);
        else if (f->count)
            good = take_items(value, f, at);
        else
            good = take_number(value, f->name, f->kind, at);
        if (!good)
            return false;
    }
    return true;
}

/* ---- to Python ---- */

PyObject *text_or_none(const char *text)
{
    if (!text)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "surrogateescape");
}

PyObject *sentence_of(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "backslashreplace");
}

PyObject *path_or_none(const char *path)
{
    if (!path)
        Py_RETURN_NONE;
    return PyUnicode_DecodeFSDefault(path);
}

static PyObject *give_one(enum field_kind kind, const char *from)
{
    switch (kind) {
    case FIELD_INT:
        return PyLong_FromLong(*(const int *)(const void *)from);
    case FIELD_UINT32:
        return PyLong_FromUnsignedLong(*(const uint32_t *)(const void *)from);
    case FIELD_INT64:
        return PyLong_FromLongLong(*(const int64_t *)(const void *)from);
    case FIELD_UINT64:
        return PyLong_FromUnsignedLongLong(*(const uint64_t *)(const void *)from);
    case FIELD_DOUBLE:
        return PyFloat_FromDouble(*(const double *)(const void *)from);
    case FIELD_FLOAT:
        return PyFloat_FromDouble((double)*(const float *)(const void *)from);
    case FIELD_TEXT:
        return text_or_none(*(const char *const *)(const void *)from);
    default:
        return text_or_none(from);
    }
}

static PyObject *give_name(const struct field *f, const char *from)
{
    int value;
    memcpy(&value, from, sizeof value);
    return name_of(f->noun, value);
}

static PyObject *give_items(const struct field *f, const char *from)
{
    PyObject *items = PyTuple_New(f->count);
    for (int i = 0; items && i < f->count; i++) {
        PyObject *item = give_one(f->kind, from + (size_t)i * item_bytes(f->kind));
        if (!item || PyTuple_SetItem(items, i, item) != 0)
            Py_CLEAR(items);
    }
    return items;
}

bool put(PyObject *dict, const char *name, PyObject *value)
{
    bool good = value && PyDict_SetItemString(dict, name, value) == 0;
    Py_XDECREF(value);
    return good;
}

PyObject *fields_give(const struct field *fields, const void *from)
{
    PyObject *dict = PyDict_New();
    for (const struct field *f = fields; dict && f->name; f++) {
        const char *at = (const char *)from + f->offset;
        if (!put(dict, f->name,
                 f->kind == FIELD_ENUM ? give_name(f, at)
                 : f->count            ? give_items(f, at)
                                       : give_one(f->kind, at)))
            Py_CLEAR(dict);
    }
    return dict;
}

/* ---- geometry ---- */

const struct field geometry_fields[] = {
    FIELD_ARRAY(amos_geometry, shape, FIELD_INT64, 3),    FIELD_ARRAY(amos_geometry, spacing, FIELD_DOUBLE, 3),
    FIELD_ARRAY(amos_geometry, affine, FIELD_DOUBLE, 16), FIELD_NAME(amos_geometry, source, affine_source),
    FIELD(amos_geometry, orientation, FIELD_CHARS),       FIELDS_END};

PyObject *geometry_give(const amos_geometry *geometry)
{
    if (!geometry)
        Py_RETURN_NONE;
    return fields_give(geometry_fields, geometry);
}

/* The orientation follows from the affine, so it is not read. */
bool geometry_take(PyObject *object, amos_geometry *out, bool *has)
{
    static const struct field fields[] = {FIELD_ARRAY(amos_geometry, shape, FIELD_INT64, 3),
                                          FIELD_ARRAY(amos_geometry, spacing, FIELD_DOUBLE, 3),
                                          FIELD_ARRAY(amos_geometry, affine, FIELD_DOUBLE, 16),
                                          FIELD_NAME(amos_geometry, source, affine_source), FIELDS_END};
    *has = object != Py_None;
    return !*has || fields_take(object, fields, out);
}
