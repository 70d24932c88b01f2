/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

/* The two functions of an enum, with int instead of the enum. */
#define ENUM(noun) \
    static const char *noun##_name(int value) \
    { \
        return amos_##noun##_name((amos_##noun)value); \
    } \
    static amos_status noun##_parse(const char *name, int *out, amos_error *err) \
    { \
        amos_##noun value; \
        amos_status status = amos_##noun##_parse(name, &value, err); \
        *out = (int)value; \
        return status; \
    }
ENUM(type)
ENUM(inflate)
ENUM(index_use)
ENUM(affine_source)
ENUM(split)
ENUM(modality)
ENUM(convention)
ENUM(absent)
ENUM(interpolation)
ENUM(cache_outcome)
ENUM(sampling)
ENUM(image_type)
ENUM(label_type)
ENUM(scaling_method)

static const char *amos_organ_name(amos_organ organ)
{
    const amos_organ_info *info = amos_organ_get((int)organ);
    return info ? info->name : "?";
}
ENUM(organ)

static const char *amos_measure_name(amos_measure measure)
{
    const amos_measure_info *info = amos_measure_get((int)measure);
    return info ? info->name : "?";
}
ENUM(measure)

static const struct names {
    const char *noun;
    const char *(*name)(int value);
    amos_status (*parse)(const char *name, int *out, amos_error *err);
} all[] = {
#define ROW(noun) \
    { \
#noun, noun##_name, noun##_parse \
    }
    ROW(type),  ROW(inflate),    ROW(index_use),  ROW(affine_source), ROW(split),         ROW(modality),
    ROW(organ), ROW(convention), ROW(absent),     ROW(measure),       ROW(interpolation), ROW(cache_outcome),
    ROW(sampling),  ROW(image_type), ROW(label_type), ROW(scaling_method),
};

static const struct names *find_names(const char *noun)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].noun, noun) == 0)
            return &all[i];
    PyErr_Format(PyExc_SystemError, "a %s has no names.", noun);
    return NULL;
}

PyObject *name_of(const char *noun, int value)
{
    const struct names *names = find_names(noun);
    return names ? PyUnicode_FromString(names->name(value)) : NULL;
}

bool name_take(const char *noun, PyObject *text, int *out)
{
    const struct names *names = find_names(noun);
    amos_error err;
    if (names && !PyUnicode_Check(text))
        PyErr_Format(PyExc_TypeError, "the name of a %s must be a string, not %R.", noun, text);
    if (!names || !PyUnicode_Check(text))
        return false;
    const char *name = PyUnicode_AsUTF8AndSize(text, NULL);
    if (!name)
        return false;
    if (names->parse(name, out, &err) == AMOS_OK)
        return true;
    raise_error(&err);
    return false;
}

/* Returns the number of a name, such as parse("split", "training"). */
static PyObject *parse(PyObject *self, PyObject *args)
{
    const char *noun;
    PyObject *text;
    int value;
    (void)self;
    return PyArg_ParseTuple(args, "sO", &noun, &text) && name_take(noun, text, &value) ? PyLong_FromLong(value) : NULL;
}

/* Returns all names of an enum, in the order of their numbers. */
static PyObject *names(PyObject *self, PyObject *args)
{
    const char *noun;
    (void)self;
    const struct names *names = PyArg_ParseTuple(args, "s", &noun) ? find_names(noun) : NULL;
    PyObject *list = names ? PyList_New(0) : NULL;
    for (int i = 0; list && strcmp(names->name(i), "?") != 0; i++) {
        PyObject *item = PyUnicode_FromString(names->name(i));
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyMethodDef names_methods[] = {
    {"parse", parse, METH_VARARGS, NULL}, {"names", names, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
