/* SPDX-License-Identifier: BSD-3-Clause */
#include "kit/describe.h"

#include <inttypes.h>
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

const char *describe_label(const amos_dataset *dataset, int label)
{
    const amos_organ_info *organ = amos_organ_get(label);
    const char *name = dataset ? amos_dataset_label_name(dataset, label) : NULL;
    amos_organ meant;
    if (organ && (!name || (amos_organ_parse(name, &meant, NULL) == AMOS_OK && (int)meant == label)))
        return organ->title;
    return name ? name : "?";
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
