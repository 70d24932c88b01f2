/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "phantom/body/noise.h"

#define LINE_BYTES 512

static void add_text(struct phantom_text *text, const char *format, ...) AMOSI_PRINTF(2, 3);

static void add_text(struct phantom_text *text, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    if (text->failed)
        return;
    if (text->length + LINE_BYTES > text->capacity) {
        size_t more = 2 * text->capacity + 4 * LINE_BYTES;
        char *grown = realloc(text->data, more);
        if (!grown) {
            text->failed = true;
            return;
        }
        text->data = grown;
        text->capacity = more;
    }
    memcpy(text->data + text->length, line, (size_t)length);
    text->length += (size_t)length;
}

void phantom_text_free(struct phantom_text *text)
{
    free(text->data);
    *text = (struct phantom_text){.data = NULL};
}

static const char *folder_end(amos_split split)
{
    return split == AMOS_SPLIT_TRAINING ? "Tr" : split == AMOS_SPLIT_VALIDATION ? "Va" : "Ts";
}

void phantom_image_name(const struct phantom_case *c, char name[PHANTOM_NAME_BYTES])
{
    snprintf(name, PHANTOM_NAME_BYTES, "images%s/%s.nii.gz", folder_end(c->split), c->id);
}

void phantom_label_name(const struct phantom_case *c, char name[PHANTOM_NAME_BYTES])
{
    snprintf(name, PHANTOM_NAME_BYTES, "labels%s/%s.nii.gz", folder_end(c->split), c->id);
}

void phantom_prediction_name(const struct phantom_case *c, char name[PHANTOM_NAME_BYTES])
{
    snprintf(name, PHANTOM_NAME_BYTES, "predictions/%s.nii.gz", c->id);
}

static int by_number(const void *a, const void *b)
{
    const struct phantom_case *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

/* All cases sorted by number, to be freed; NULL if memory ran out. */
static struct phantom_case *plan_all(const struct phantom_options *options, struct phantom_text *text)
{
    *text = (struct phantom_text){.data = NULL};
    struct phantom_case *cases = calloc((size_t)options->cases, sizeof *cases);
    if (!cases) {
        text->failed = true;
        return NULL;
    }
    for (int i = 0; i < options->cases; i++)
        phantom_plan(options, i, &cases[i]);
    qsort(cases, (size_t)options->cases, sizeof *cases, by_number);
    return cases;
}

/* Lists the files in the order of their removal. */
void phantom_list_text(const struct phantom_options *options, struct phantom_text *text)
{
    char name[PHANTOM_NAME_BYTES];
    struct phantom_case *cases = plan_all(options, text);
    add_text(text, PHANTOM_LIST_TITLE PHANTOM_JSON_NAME "\n" PHANTOM_CSV_NAME "\n");
    for (int i = 0; cases && i < options->cases; i++) {
        phantom_image_name(&cases[i], name);
        add_text(text, "%s\n", name);
        phantom_label_name(&cases[i], name);
        if (cases[i].has_label)
            add_text(text, "%s\n", name);
        phantom_prediction_name(&cases[i], name);
        if (cases[i].has_label && options->predictions)
            add_text(text, "%s\n", name);
    }
    free(cases);
}

/* The columns are those of the file that AMOS provides. */
void phantom_csv_text(const struct phantom_options *options, struct phantom_text *text)
{
    struct phantom_case *cases = plan_all(options, text);
    add_text(text, "amos_id,Patient's Birth Date,Patient's Sex,Patient's Age,Manufacturer's Model Name,Manufacturer,"
                   "Acquisition Date,Site\n");
    for (int i = 0; cases && i < options->cases; i++) {
        const struct phantom_case *c = &cases[i];
        uint64_t random = random_bits(c->patient.seed, 0x6d657461u);
        unsigned age = (unsigned)c->patient.age, year = 2019 + (unsigned)(random >> 8) % 3;
        unsigned month = 1 + (unsigned)(random >> 16) % 12, day = 1 + (unsigned)(random >> 24) % 28;
        if (!c->in_metadata)
            continue;
        add_text(text, "%d,%04u0101,%c,%03uY,%s,libamos,%04u%02u%02u,Phantom\n", c->number, year - age,
                 c->patient.female ? 'F' : 'M', age,
                 c->patient.modality == AMOS_MODALITY_CT ? "Phantom CT" : "Phantom MR", year, month, day);
    }
    free(cases);
}

static void add_labels(struct phantom_text *text)
{
    add_text(text, " \"labels\": {\n");
    for (int i = 0; i < AMOS_ORGAN_COUNT; i++)
        add_text(text, "  \"%d\": \"%s\"%s\n", i, amos_organ_get(i)->dataset_name, i + 1 < AMOS_ORGAN_COUNT ? "," : "");
    add_text(text, " },\n");
}

static int count_split(const struct phantom_case *cases, int count, amos_split split)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        found += cases[i].split == split;
    return found;
}

static void add_split(struct phantom_text *text, const struct phantom_case *cases, int count, amos_split split,
                      const char *key)
{
    char name[PHANTOM_NAME_BYTES];
    bool first = true;
    add_text(text, " \"%s\": [", key);
    for (int i = 0; i < count; i++) {
        if (cases[i].split != split)
            continue;
        phantom_image_name(&cases[i], name);
        add_text(text, "%s\n  {\n   \"image\": \"./%s\"", first ? "" : ",", name);
        phantom_label_name(&cases[i], name);
        if (cases[i].has_label)
            add_text(text, ",\n   \"label\": \"./%s\"", name);
        add_text(text, "\n  }");
        first = false;
    }
    add_text(text, first ? "]" : "\n ]");
}

void phantom_json_text(const struct phantom_options *options, struct phantom_text *text)
{
    struct phantom_case *cases = plan_all(options, text);
    int count = cases ? options->cases : 0;
    add_text(
        text,
        "{\n \"name\": \"AMOS phantom\",\n"
        " \"description\": \"Artificial bodies with the 15 organs of AMOS, for tests and demonstrations\",\n"
        " \"author\": \"amos phantom\",\n \"reference\": \"libamos\",\n \"licence\": \"CC0 1.0\",\n"
        " \"release\": \"1.0, seed %llu\",\n \"tensorImageSize\": \"3D\",\n \"modality\": {\n  \"0\": \"CT\"\n },\n",
        (unsigned long long)options->seed);
    add_labels(text);
    add_text(text, " \"numTraining\": %d,\n \"numValidation\": %d,\n \"numTest\": %d,\n",
             count_split(cases, count, AMOS_SPLIT_TRAINING), count_split(cases, count, AMOS_SPLIT_VALIDATION),
             count_split(cases, count, AMOS_SPLIT_TEST));
    add_split(text, cases, count, AMOS_SPLIT_TRAINING, "training");
    add_text(text, ",\n");
    add_split(text, cases, count, AMOS_SPLIT_VALIDATION, "validation");
    add_text(text, ",\n");
    add_split(text, cases, count, AMOS_SPLIT_TEST, "test");
    add_text(text, "\n}\n");
    free(cases);
}
