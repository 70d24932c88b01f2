/* SPDX-License-Identifier: BSD-3-Clause */
#include "amospy.h"

#include <limits.h>

#ifdef AMOS_HAVE_CURL
#include <amos/http.h>
#endif

static PyObject *version(PyObject *self, PyObject *none)
{
    (void)self;
    (void)none;
    return PyUnicode_FromString(amos_version());
}

static PyObject *features(PyObject *self, PyObject *none)
{
    (void)self;
    (void)none;
    return PyUnicode_FromString(amos_features());
}

/* Returns (number, name, title, the data set's name, colour) of each organ. */
static PyObject *organs(PyObject *self, PyObject *none)
{
    PyObject *list = PyList_New(0);
    (void)self;
    (void)none;
    for (int i = 0; list && i < AMOS_ORGAN_COUNT; i++) {
        const amos_organ_info *o = amos_organ_get(i);
        PyObject *item =
            Py_BuildValue("isss(BBB)", i, o->name, o->title, o->dataset_name, o->rgb[0], o->rgb[1], o->rgb[2]);
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

/* A display colour for a label, as (red, green, blue). */
static PyObject *label_color(PyObject *self, PyObject *object)
{
    long label = PyLong_AsLong(object);
    uint8_t rgb[3];
    (void)self;
    if (label == -1 && PyErr_Occurred())
        return NULL;
    if (label < 0 || label > INT_MAX) {
        PyErr_Format(PyExc_ValueError, "The label is %ld; a number from 0 was expected.", label);
        return NULL;
    }
    amos_organ_color((int)label, rgb);
    return Py_BuildValue("(BBB)", rgb[0], rgb[1], rgb[2]);
}

/* Returns (name, meaning) of each warning in a set. */
static PyObject *warnings(PyObject *self, PyObject *object)
{
    unsigned long long set = PyLong_AsUnsignedLongLong(object);
    PyObject *list = PyErr_Occurred() ? NULL : PyList_New(0);
    (void)self;
    for (int i = 0; list && i < AMOS_WARNING_BITS; i++) {
        const amos_warnings bit = (amos_warnings)1 << i;
        if (!(set & bit) || !amos_warning_name(bit))
            continue;
        PyObject *item = Py_BuildValue("ss", amos_warning_name(bit), amos_warning_text(bit));
        if (!item || PyList_Append(list, item) != 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyMethodDef module_methods[] = {{"version", version, METH_NOARGS, NULL}, {"features", features, METH_NOARGS, NULL},
                                {"organs", organs, METH_NOARGS, NULL},   {"label_color", label_color, METH_O, NULL},
                                {"warnings", warnings, METH_O, NULL},    {NULL, NULL, 0, NULL}};

static int add_numbers(PyObject *module)
{
    static const struct {
        const char *name;
        long value;
    } numbers[] = {{"DATASET_BENEATH", AMOS_DATASET_BENEATH},
                   {"DATASET_ALLOW_ABSOLUTE", AMOS_DATASET_ALLOW_ABSOLUTE},
                   {"OPEN_STRICT", AMOS_OPEN_STRICT},
                   {"OPEN_LENIENT", AMOS_OPEN_LENIENT},
                   {"READ_SATURATE", AMOS_READ_SATURATE},
                   {"FRAME_ALL", AMOS_FRAME_ALL},
                   {"LABEL_STATS_ONLY", AMOS_LABELMAP_STATS_ONLY},
                   {"COMPONENTS_HOLES", AMOS_COMPONENTS_HOLES},
                   {"DROP_ALL_BUT_LARGEST", AMOS_DROP_ALL_BUT_LARGEST},
                   {"QUALITY_NO_IMAGE", AMOS_QUALITY_NO_IMAGE},
                   {"ACCEPT_DROP_UNLISTED", AMOS_ACCEPT_DROP_UNLISTED},
                   {"ACCEPT_KEEP_UNLISTED", AMOS_ACCEPT_KEEP_UNLISTED},
                   {"PAIR_WARN_GEOMETRY", AMOS_PAIR_WARN_GEOMETRY},
                   {"FLIP_X", AMOS_FLIP_X},
                   {"FLIP_Y", AMOS_FLIP_Y},
                   {"FLIP_Z", AMOS_FLIP_Z},
                   {"LOADER_STOP_AT_DAMAGE", AMOS_LOADER_STOP_AT_DAMAGE},
                   {"LOADER_PAD", AMOS_LOADER_PAD},
                   {"LOADER_GROW", AMOS_LOADER_GROW},
                   {"LOADER_REPLACE_NAN", AMOS_LOADER_REPLACE_NAN},
                   {"LOADER_LENIENT", AMOS_LOADER_LENIENT},
                   {"CACHE_CROP_BODY", AMOS_CACHE_CROP_BODY},
                   {"CACHE_ALLOW_MISSING_LABELS", AMOS_CACHE_ALLOW_MISSING_LABELS},
                   {"RESAMPLE_MAJORITY", AMOS_RESAMPLE_MAJORITY},
                   {"RESAMPLE_EXTEND", AMOS_RESAMPLE_EXTEND}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (PyModule_AddIntConstant(module, numbers[i].name, numbers[i].value) != 0)
            return -1;
    return 0;
}

PyMODINIT_FUNC PyInit__amos(void);

PyMODINIT_FUNC PyInit__amos(void)
{
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "amos._amos", .m_size = -1};
    PyMethodDef *const tables[] = {module_methods,     names_methods,    array_methods,    match_methods,
                                   dataset_methods,    volume_methods,   labelmap_methods, score_methods,
                                   loader_methods,     tiling_methods,   stitcher_methods, cache_methods,
                                   components_methods, resample_methods, quality_methods,  verdicts_methods};
    PyObject *module = PyModule_Create(&definition);
    if (!module)
        return NULL;
#ifdef AMOS_HAVE_CURL
    (void)!amos_http_enable(NULL, NULL);
#endif
    bool good = handle_init(module) == 0 && array_init(module) == 0 && dlpack_init() == 0 && add_numbers(module) == 0;
    for (size_t i = 0; good && i < sizeof tables / sizeof tables[0]; i++)
        good = PyModule_AddFunctions(module, tables[i]) == 0;
    if (!good)
        Py_CLEAR(module);
    return module;
}
