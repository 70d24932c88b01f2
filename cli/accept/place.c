/* SPDX-License-Identifier: BSD-3-Clause */
#include "accept/place.h"

#include "kit/message.h"
#include "kit/report.h"

static const amos_warnings of_place = AMOS_W_NOORIENT | AMOS_W_GEOM | AMOS_W_TURNED | AMOS_W_READING | AMOS_W_QUATERN |
                                      AMOS_W_SPACING | AMOS_W_FORMS | AMOS_W_PIXDIM | AMOS_W_SHEAR;

static amos_warnings bit_number(int i)
{
    return (amos_warnings)1 << i;
}

const char *place_text(amos_warnings bit, const char *turned_from, char text[PLACE_TEXT])
{
    if (bit != AMOS_W_TURNED || !turned_from || !turned_from[0])
        return amos_warning_text(bit);
    snprintf(text, PLACE_TEXT, "the same place, but stored %s; the axes were turned", turned_from);
    return text;
}

void place_notes_add(struct place_notes *notes, const char *id, amos_warnings warnings)
{
    notes->cases++;
    for (int i = 0; i < AMOS_WARNING_BITS; i++)
        if (warnings & of_place & bit_number(i) && notes->of[i].count++ == 0)
            notes->of[i].first = id;
}

void place_notes_print(FILE *out, const struct place_notes *notes)
{
    char line[PLACE_TEXT + 256];
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        const size_t count = notes->of[i].count;
        if (count == 0)
            continue;
        snprintf(line, sizeof line, "%zu of %zu case%s (%.100s%s): %s (%s)", count, notes->cases,
                 notes->cases == 1 ? "" : "s", notes->of[i].first, count > 1 ? ", ..." : "",
                 amos_warning_text(bit_number(i)), amos_warning_name(bit_number(i)));
        report_line(out, "note", line);
    }
}

void place_print(FILE *out, amos_warnings warnings, const char *turned_from)
{
    char text[PLACE_TEXT], line[PLACE_TEXT + 32];
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        amos_warnings bit = warnings & of_place & bit_number(i);
        if (!bit)
            continue;
        snprintf(line, sizeof line, "%s (%s)", place_text(bit, turned_from, text), amos_warning_name(bit));
        report_line(out, "note", line);
    }
}
