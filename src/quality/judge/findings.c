/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of findings. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "base/text/number.h"
#include "base/text/utf8.h"
#include "quality/judge/findings.h"

enum { TEXT_BYTES = 1024, EXPECTED_BYTES = 128, UNIT_BYTES = 32 };

void amos_quality_findings_free(amos_quality_findings *findings)
{
    if (!findings)
        return;
    for (size_t i = 0; i < findings->count; i++)
        amosi_free(findings->items[i]);
    amosi_free(findings->items);
    amosi_free(findings);
}

size_t amos_quality_findings_count(const amos_quality_findings *findings)
{
    return findings ? findings->count : 0;
}

const amos_quality_finding *amos_quality_findings_get(const amos_quality_findings *findings, size_t index)
{
    return findings && index < findings->count ? &findings->items[index]->finding : NULL;
}

/* ---- words ---- */

const char *amosi_organ_words(const amos_quality_organ *organ, char text[AMOSI_NAME_BYTES])
{
    const amos_organ_info *info = organ->organ ? amos_organ_get(organ->organ) : NULL;
    amosi_text_show(text, AMOSI_NAME_BYTES, info ? info->title : organ->name);
    if (info && text[0] >= 'A' && text[0] <= 'Z')
        text[0] = (char)(text[0] - 'A' + 'a');
    return text;
}

/* Rounds to four digits. Powers of ten up to 1e22 are exact, so that every machine gives the same. */
const char *amosi_short_number(double value, char text[AMOSI_SHORT_BYTES])
{
    double unit = 1;
    for (int i = 0; i < 3 && fabs(value) * unit < 1000; i++)
        unit *= 10;
    const double rounded = fabs(value) < 1e15 ? nearbyint(value * unit) / unit : value;
    return isfinite(value) ? amosi_number_write(text, rounded) : amosi_number_show(text, value);
}

/* A unit that is a plural loses its last letter beside one of it. */
static void choose_unit(const struct amosi_suspicion *s, char unit[UNIT_BYTES])
{
    const size_t length = strlen(s->unit);
    const bool one = (isnan(s->low) && s->high == 1) || (isnan(s->high) && s->low == 1);
    snprintf(unit, UNIT_BYTES, "%s%.*s", length ? " " : "",
             (int)(one && length && s->unit[length - 1] == 's' ? length - 1 : length), s->unit);
}

static void describe_expected(const struct amosi_suspicion *s, char text[EXPECTED_BYTES])
{
    char low[AMOSI_SHORT_BYTES], high[AMOSI_SHORT_BYTES], unit[UNIT_BYTES];
    choose_unit(s, unit);
    amosi_short_number(s->low, low);
    amosi_short_number(s->high, high);
    if (isnan(s->low) && isnan(s->high))
        text[0] = '\0';
    else if (s->high == 0 && !(s->low < 0))
        snprintf(text, EXPECTED_BYTES, "none");
    else if (s->low == s->high)
        snprintf(text, EXPECTED_BYTES, "%s%s", low, unit);
    else if (isnan(s->low))
        snprintf(text, EXPECTED_BYTES, "at most %s%s", high, unit);
    else if (isnan(s->high))
        snprintf(text, EXPECTED_BYTES, "at least %s%s", low, unit);
    else
        snprintf(text, EXPECTED_BYTES, "%s to %s%s", low, high, unit);
}

/* ---- places ---- */

static void choose_place(const amos_quality_facts *facts, const struct amosi_suspicion *s, amos_quality_finding *out)
{
    const amos_quality_organ *organ = s->organ;
    out->has_place = facts->has_image || facts->has_label;
    for (int i = 0; i < 3; i++)
        out->voxel[i] = s->voxel                     ? s->voxel[i]
                        : organ && organ->part_count ? organ->part[0].at[i]
                        : out->has_place             ? facts->shape[i] / 2
                                                     : 0;
    for (int i = 0; i < 3; i++) {
        const double *row = facts->affine + 4 * i;
        out->mm[i] = facts->has_geometry ? row[0] * (double)out->voxel[0] + row[1] * (double)out->voxel[1] +
                                               row[2] * (double)out->voxel[2] + row[3]
                                         : (double)NAN;
    }
}

/* ---- adding ---- */

static struct amosi_found *make_found(const struct amosi_judging *j, const struct amosi_suspicion *s, const char *text)
{
    const amos_quality_facts *facts = amos_quality_get_facts(j->cases[s->index]);
    const char *organ = s->organ ? s->organ->name : "";
    char expected[EXPECTED_BYTES];
    describe_expected(s, expected);
    const char *const texts[4] = {facts->case_id, organ, expected, text};
    size_t bytes = sizeof(struct amosi_found), length[4];
    for (int i = 0; i < 4; i++)
        bytes += length[i] = strlen(texts[i]) + 1;
    struct amosi_found *found = amosi_zalloc(bytes);
    if (!found)
        return NULL;
    char *to = (char *)(found + 1);
    const char **const places[4] = {&found->finding.case_id, &found->finding.organ, &found->finding.expected,
                                    &found->finding.text};
    for (int i = 0; i < 4; to += length[i], i++)
        *places[i] = memcpy(to, texts[i], length[i]);
    found->finding.kind = s->kind;
    found->finding.index = s->index;
    found->finding.label = s->organ ? s->organ->label : 0;
    found->finding.value = s->value;
    found->finding.low = s->low;
    found->finding.high = s->high;
    found->finding.unit = s->unit;
    choose_place(facts, s, &found->finding);
    return found;
}

void amosi_suspect(struct amosi_judging *j, const struct amosi_suspicion *suspicion, const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    amos_quality_findings *out = j->out;
    struct amosi_found *found = make_found(j, suspicion, text);
    if (!found || !amosi_grow((void **)&out->items, &out->room, out->count + 1, sizeof *out->items)) {
        amosi_free(found);
        j->no_memory = true;
        return;
    }
    found->order = out->count;
    out->items[out->count++] = found;
}

/* ---- order ---- */

static int compare(const void *one, const void *other)
{
    const struct amosi_found *a = *(struct amosi_found *const *)one, *b = *(struct amosi_found *const *)other;
    if (a->finding.index != b->finding.index)
        return a->finding.index < b->finding.index ? -1 : 1;
    if (a->finding.kind != b->finding.kind)
        return a->finding.kind < b->finding.kind ? -1 : 1;
    if (a->finding.label != b->finding.label)
        return a->finding.label < b->finding.label ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

void amosi_findings_sort(amos_quality_findings *findings)
{
    if (findings->count)
        amosi_sort(findings->items, findings->count, sizeof *findings->items, compare);
}
