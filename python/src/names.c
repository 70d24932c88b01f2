/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

/* Of enums with tables of their own. */
static const char *name_of_type(int value)
{
    return amos_type_name((amos_type)value);
}

static amos_status parse_type(const char *name, int *out, amos_error *err)
{
    amos_type value;
    amos_status status = amos_type_parse(name, &value, err);
    *out = (int)value;
    return status;
}

static const char *name_of_organ(int value)
{
    const amos_organ_info *info = amos_organ_get(value);
    return info ? info->name : "?";
}

static amos_status parse_organ(const char *name, int *out, amos_error *err)
{
    amos_organ value;
    amos_status status = amos_organ_parse(name, &value, err);
    *out = (int)value;
    return status;
}

static const char *name_of_measure(int value)
{
    const amos_measure_info *info = amos_measure_get(value);
    return info ? info->name : "?";
}

static amos_status parse_measure(const char *name, int *out, amos_error *err)
{
    amos_measure value;
    amos_status status = amos_measure_parse(name, &value, err);
    *out = (int)value;
    return status;
}

static const struct names {
    const char *noun;
    amos_enum which; /* if it has no functions of its own */
    const char *(*name)(int value);
    amos_status (*parse)(const char *name, int *out, amos_error *err);
} all[] = {
    {"type", 0, name_of_type, parse_type},
    {"organ", 0, name_of_organ, parse_organ},
    {"measure", 0, name_of_measure, parse_measure},
    {"inflate", AMOS_ENUM_INFLATE, NULL, NULL},
    {"index_use", AMOS_ENUM_INDEX_USE, NULL, NULL},
    {"affine_source", AMOS_ENUM_AFFINE_SOURCE, NULL, NULL},
    {"split", AMOS_ENUM_SPLIT, NULL, NULL},
    {"modality", AMOS_ENUM_MODALITY, NULL, NULL},
    {"quality_kind", AMOS_ENUM_QUALITY_KIND, NULL, NULL},
    {"verdict", AMOS_ENUM_VERDICT, NULL, NULL},
    {"convention", AMOS_ENUM_CONVENTION, NULL, NULL},
    {"absent", AMOS_ENUM_ABSENT, NULL, NULL},
    {"interpolation", AMOS_ENUM_INTERPOLATION, NULL, NULL},
    {"cache_outcome", AMOS_ENUM_CACHE_OUTCOME, NULL, NULL},
    {"sampling", AMOS_ENUM_SAMPLING, NULL, NULL},
    {"image_type", AMOS_ENUM_IMAGE_TYPE, NULL, NULL},
    {"label_type", AMOS_ENUM_LABEL_TYPE, NULL, NULL},
    {"scaling_method", AMOS_ENUM_SCALING_METHOD, NULL, NULL},
    {"mirror", AMOS_ENUM_MIRROR, NULL, NULL},
    {"omission", AMOS_ENUM_OMISSION, NULL, NULL},
    {"tile_type", AMOS_ENUM_TILE_TYPE, NULL, NULL},
};

static const struct names *find_names(const char *noun)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].noun, noun) == 0)
            return &all[i];
    PyErr_Format(PyExc_SystemError, "a %s has no names.", noun);
    return NULL;
}

static const char *name_in(const struct names *names, int value)
{
    return names->name ? names->name(value) : amos_enum_name(names->which, value);
}

PyObject *name_of(const char *noun, int value)
{
    const struct names *names = find_names(noun);
    return names ? PyUnicode_FromString(name_in(names, value)) : NULL;
}

bool name_take(const char *noun, PyObject *text, int *out)
{
    const struct names *names = find_names(noun);
    amos_error err;
    if (names && !PyUnicode_Check(text))
        PyErr_Format(PyExc_TypeError, "the name of a %s must be a string, not %R.", noun, text);
    if (!names || !PyUnicode_Check(text))
        return false;
    PyObject *keep = NULL;
    const char *name = text_take(text, &keep);
    amos_status status = AMOS_OK;
    if (name)
        status = names->parse ? names->parse(name, out, &err) : amos_enum_parse(names->which, name, out, &err);
    Py_XDECREF(keep);
    if (!name)
        return false;
    if (status == AMOS_OK)
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
    for (int i = 0; list && strcmp(name_in(names, i), "?") != 0; i++) {
        PyObject *item = PyUnicode_FromString(name_in(names, i));
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyMethodDef names_methods[] = {
    {"parse", parse, METH_VARARGS, NULL}, {"names", names, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
