/* SPDX-License-Identifier: BSD-3-Clause */
#include "kit/describe.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *describe_bytes(uint64_t bytes, char text[DESCRIBE_BYTES])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double size = (double)bytes;
    size_t unit = 0;
    if (bytes < 1000) {
        snprintf(text, DESCRIBE_BYTES, "%u B", (unsigned)bytes);
        return text;
    }
    for (size /= 1000.0; size >= 999.95; unit++)
        size /= 1000.0;
    snprintf(text, DESCRIBE_BYTES, "%.1f %s", size, units[unit]);
    return text;
}

const char *describe_shape(const int64_t shape[3], char text[DESCRIBE_SHAPE])
{
    snprintf(text, DESCRIBE_SHAPE, "%" PRId64 " x %" PRId64 " x %" PRId64, shape[0], shape[1], shape[2]);
    return text;
}

/* The organ of AMOS that a data set's name of a label means, whatever its value there; NULL if none. A name that is a
 * number means nothing. */
static const amos_organ_info *organ_meant(const char *name)
{
    amos_organ organ;
    bool number = name[strspn(name, "0123456789")] == '\0';
    return !number && amos_organ_parse(name, &organ, NULL) == AMOS_OK ? amos_organ_get((int)organ) : NULL;
}

/* "label 0" to "label 255", for values without a name. */
#define VALUE(n) \
    { \
        "label " #n \
    }
#define TEN(tens) \
    VALUE(tens##0), VALUE(tens##1), VALUE(tens##2), VALUE(tens##3), VALUE(tens##4), VALUE(tens##5), VALUE(tens##6), \
        VALUE(tens##7), VALUE(tens##8), VALUE(tens##9)
static const char values[256][10] = {
    VALUE(0), VALUE(1), VALUE(2), VALUE(3), VALUE(4),   VALUE(5),   VALUE(6),   VALUE(7),   VALUE(8),   VALUE(9),
    TEN(1),   TEN(2),   TEN(3),   TEN(4),   TEN(5),     TEN(6),     TEN(7),     TEN(8),     TEN(9),     TEN(10),
    TEN(11),  TEN(12),  TEN(13),  TEN(14),  TEN(15),    TEN(16),    TEN(17),    TEN(18),    TEN(19),    TEN(20),
    TEN(21),  TEN(22),  TEN(23),  TEN(24),  VALUE(250), VALUE(251), VALUE(252), VALUE(253), VALUE(254), VALUE(255)};
#undef TEN
#undef VALUE

static const char *describe_value(int label)
{
    return label >= 0 && label < 256 ? values[label] : "?";
}

const char *describe_label(const amos_dataset *dataset, int label)
{
    const amos_organ_info *organ = amos_organ_get(label);
    if (!dataset)
        return organ ? organ->title : describe_value(label);
    const char *name = amos_dataset_label_name(dataset, label);
    if (!name)
        return describe_value(label);
    return organ && organ_meant(name) == organ ? organ->title : name;
}

/* The organ of AMOS that a label value stands for; NULL if none. */
static const amos_organ_info *label_meant(const amos_dataset *dataset, int label)
{
    const char *name = dataset ? amos_dataset_label_name(dataset, label) : NULL;
    return !dataset ? amos_organ_get(label) : name ? organ_meant(name) : NULL;
}

/* Generated colours that are far from those of the organs and from each other: at least 20 in CIELAB. They were chosen one
 * after the other, each as far as possible from all before. Most generated colours are near to that of some organ. */
static const int apart[] = {475, 1405, 755, 595, 1348, 1442, 473, 679, 1000, 315, 1182, 591, 955, 521, 799, 1402};
#define APART ((int)(sizeof apart / sizeof apart[0]))

void describe_label_color(const amos_dataset *dataset, int label, unsigned char rgb[3])
{
    const amos_organ_info *organ = label_meant(dataset, label);
    int others = 0; /* labels below this one that are no organ of AMOS */
    for (int below = 1; !organ && below < label && others < APART; below++)
        others += !label_meant(dataset, below);
    if (organ)
        memcpy(rgb, organ->rgb, 3);
    else
        amos_organ_color(others < APART ? apart[others] : AMOS_ORGAN_COUNT + label, rgb);
}

const char *describe_label_name(const amos_dataset *dataset, int label)
{
    const char *title = describe_label(dataset, label);
    const amos_organ_info *organ = amos_organ_get(label);
    return organ && title == organ->title ? organ->name : title;
}

static const char *describe_direction(char code)
{
    switch (code) {
    case 'L':
        return "left";
    case 'R':
        return "right";
    case 'P':
        return "back";
    case 'A':
        return "front";
    case 'I':
        return "feet";
    case 'S':
        return "head";
    default:
        return "?";
    }
}

const char *describe_axes(const char orientation[4], char text[DESCRIBE_AXES])
{
    snprintf(text, DESCRIBE_AXES, "x to the %s, y to the %s, z to the %s", describe_direction(orientation[0]),
             describe_direction(orientation[1]), describe_direction(orientation[2]));
    return text;
}

const char *describe_space_unit(int code)
{
    static const char *const names[] = {"unknown", "m", "mm", "um"};
    return code >= 0 && code < 4 ? names[code] : "unknown";
}

const char *describe_time_unit(int code)
{
    switch (code) {
    case 8:
        return "s";
    case 16:
        return "ms";
    case 24:
        return "us";
    case 32:
        return "Hz";
    case 40:
        return "ppm";
    case 48:
        return "rad/s";
    default:
        return "unknown";
    }
}

const char *describe_form(int code)
{
    static const char *const names[] = {"unknown", "scanner", "aligned", "Talairach", "MNI 152", "template"};
    return code >= 0 && code < 6 ? names[code] : "unknown";
}
