/* SPDX-License-Identifier: BSD-3-Clause */
/* amos organs: names and colours of labels, for viewers. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/report.h"
#include "kit/table.h"
#include "open/dataset.h"
#include "output.h"

/* A label as the viewers show it. */
struct shown {
    int label;
    const char *name; /* for programs: "right_kidney" */
    unsigned char rgb[3];
};

struct palette {
    const amos_dataset *dataset; /* NULL: AMOS's own table */
    int max_label;
};

static struct shown look_up(const struct palette *palette, int label)
{
    struct shown shown = {label, describe_label_name(palette->dataset, label), {0, 0, 0}};
    if (label)
        describe_label_color(palette->dataset, label, shown.rgb);
    return shown;
}

/* ---- formats ---- */

/* One line of text; what could end it or steer a terminal is escaped. `blank` replaces blanks: '\0' keeps them. */
static void put_name(FILE *out, const char *name, char blank)
{
    for (const char *at = name; *at; at++) {
        const char one[2] = {*at == ' ' && blank ? blank : *at, '\0'};
        if (*at == '"')
            fputc('\'', out);
        else if ((unsigned char)*at < 0x80)
            cli_print_to(out, "%s", one);
        else
            fputc(*at, out);
    }
}

static bool write_table(FILE *out, const struct palette *palette)
{
    static const struct table_column columns[] = {{"label", 0, true}, {"name", 2, false}, {"colour", 2, false}};
    struct table *table = table_new(columns, 3);
    for (int label = 0; label <= palette->max_label; label++) {
        struct shown s = look_up(palette, label);
        table_add(table, "%d", label);
        table_add(table, "%s", s.name);
        table_add(table, "#%02x%02x%02x", s.rgb[0], s.rgb[1], s.rgb[2]);
    }
    return table_print_to(out, table);
}

/* IDX R G B A VIS MSH "LABEL" */
static bool write_itksnap(FILE *out, const struct palette *palette)
{
    fputs("################################################\n"
          "# ITK-SnAP Label Description File\n"
          "# File format: \n"
          "# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL\n"
          "################################################\n",
          out);
    for (int label = 0; label <= palette->max_label; label++) {
        struct shown s = look_up(palette, label);
        fprintf(out, "%5d %5d %4d %4d %8d %2d %2d    \"", label, s.rgb[0], s.rgb[1], s.rgb[2], label > 0, label > 0,
                label > 0);
        put_name(out, label ? s.name : "Clear Label", '\0');
        fputs("\"\n", out);
    }
    return true;
}

/* Number, name without blanks, R G B A. */
static bool write_slicer(FILE *out, const struct palette *palette)
{
    fputs("# Color table file of 3D Slicer, made by amos organs\n", out);
    for (int label = 0; label <= palette->max_label; label++) {
        struct shown s = look_up(palette, label);
        fprintf(out, "%d ", label);
        put_name(out, s.name, '_');
        fprintf(out, " %d %d %d %d\n", s.rgb[0], s.rgb[1], s.rgb[2], label ? 255 : 0);
    }
    return true;
}

/* Number, R G B from 0 to 1, name. */
static bool write_fsleyes(FILE *out, const struct palette *palette)
{
    for (int label = 1; label <= palette->max_label; label++) {
        struct shown s = look_up(palette, label);
        fprintf(out, "%d %.5f %.5f %.5f ", label, s.rgb[0] / 255.0, s.rgb[1] / 255.0, s.rgb[2] / 255.0);
        put_name(out, s.name, '\0');
        fputc('\n', out);
    }
    return true;
}

/* {"R": [..], "G": [..], "B": [..], "A": [..], "I": [..], "labels": [..]} */
static bool write_niivue(FILE *out, const struct palette *palette)
{
    static const char *const channels[] = {"R", "G", "B"};
    cJSON *object = cJSON_CreateObject();
    for (int channel = 0; channel < 3; channel++) {
        cJSON *list = cJSON_AddArrayToObject(object, channels[channel]);
        for (int label = 0; label <= palette->max_label; label++)
            json_append(list, cJSON_CreateNumber(look_up(palette, label).rgb[channel]));
    }
    cJSON *opaque = cJSON_AddArrayToObject(object, "A"), *values = cJSON_AddArrayToObject(object, "I");
    cJSON *labels = cJSON_AddArrayToObject(object, "labels");
    for (int label = 0; label <= palette->max_label; label++) {
        json_append(opaque, cJSON_CreateNumber(label ? 255 : 0));
        json_append(values, cJSON_CreateNumber(label));
        json_append(labels, cJSON_CreateString(look_up(palette, label).name));
    }
    return json_write(out, object);
}

static void put_rgb(cJSON *object, const char *name, const struct shown *shown)
{
    const int64_t rgb[3] = {shown->rgb[0], shown->rgb[1], shown->rgb[2]};
    json_put_integers(object, name, rgb, 3);
}

/* A preset of labels, as MITK's workbench loads it; version 3 of its format for multi-label segmentations. */
static bool write_mitk(FILE *out, const struct palette *palette)
{
    cJSON *object = cJSON_CreateObject();
    json_put_integer(object, "version", 3);
    json_put_text(object, "type", "org.mitk.multilabel.segmentation.preset");
    cJSON *group = json_append(cJSON_AddArrayToObject(object, "groups"), cJSON_CreateObject());
    cJSON *labels = cJSON_AddArrayToObject(group, "labels");
    for (int label = 1; label <= palette->max_label; label++) {
        struct shown s = look_up(palette, label);
        cJSON *item = json_append(labels, cJSON_CreateObject());
        json_put_text(item, "name", s.name);
        json_put_integer(item, "value", label);
        put_rgb(item, "color", &s);
    }
    return json_write(out, object);
}

static bool write_json(FILE *out, const struct palette *palette)
{
    cJSON *array = cJSON_CreateArray();
    for (int label = 0; label <= palette->max_label; label++) {
        struct shown s = look_up(palette, label);
        cJSON *item = json_append(array, cJSON_CreateObject());
        json_put_integer(item, "label", label);
        json_put_text(item, "name", s.name);
        json_put_text(item, "title", describe_label(palette->dataset, label));
        put_rgb(item, "rgb", &s);
    }
    return json_write(out, array);
}

/* ---- the command ---- */

static const struct format {
    const char *name;
    enum output_kind kind; /* what the name of an output may promise */
    bool (*write)(FILE *out, const struct palette *palette);
} formats[] = {{"table", OUTPUT_TABLE, write_table},     {"itksnap", OUTPUT_TABLE, write_itksnap},
               {"slicer", OUTPUT_TABLE, write_slicer},   {"niivue", OUTPUT_JSON, write_niivue},
               {"fsleyes", OUTPUT_TABLE, write_fsleyes}, {"mitk", OUTPUT_JSON, write_mitk},
               {"json", OUTPUT_JSON, write_json}};
#define FORMATS (sizeof formats / sizeof formats[0])

static const char *format_choice(size_t n)
{
    return n < FORMATS ? formats[n].name : NULL;
}

static bool parse_format(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    for (size_t n = 0; n < FORMATS; n++) {
        if (strcmp(text, formats[n].name) == 0) {
            *(const struct format **)value = &formats[n];
            return true;
        }
    }
    return args_refuse_choice(format_choice, why, bytes);
}

static const struct args_type args_format = {.parse = parse_format, .choice = format_choice};

struct organs_values {
    struct dataset_choice dataset;
    const struct format *format;
    const char *reference, *output;
    bool force;
};

static bool write_palette(const struct organs_values *given, const amos_dataset *dataset)
{
    const struct palette palette = {dataset,
                                    dataset ? amos_dataset_get_info(dataset)->max_label : AMOS_ORGAN_COUNT - 1};
    struct report report;
    if (!report_begin(&report))
        return false;
    bool made = given->format->write(report.stream, &palette);
    return report_put(&report, made ? given->output : NULL);
}

static int organs(const struct args *args, void *values)
{
    struct organs_values *given = values;
    amos_dataset *dataset = NULL;
    amos_error err;
    (void)args;
    if (!given->force && !output_name_fits("organs", given->output, given->format->kind))
        return CLI_USAGE;
    if (given->reference && dataset_open(given->reference, &given->dataset, &dataset, &err)) {
        cli_error_of(&err);
        return CLI_FAILED;
    }
    int code = !dataset_spares("organs", given->output, dataset, &given->dataset) ? CLI_USAGE
               : write_palette(given, dataset)                                    ? CLI_OK
                                                                                  : CLI_FAILED;
    amos_dataset_free(dataset);
    return code;
}

static const struct organs_values defaults = {.format = &formats[0], .output = "-"};

static const struct args_option options[] = {
    ARGS_VALUE(0, "format", "FORMAT",
               "table (default), itksnap, slicer (.ctbl), niivue, fsleyes (.lut), mitk (a preset) or json", args_format,
               struct organs_values, format),
    ARGS_VALUE('r', "reference", "DIR", "the table of this data set in place of AMOS's", args_folder,
               struct organs_values, reference),
    OPTION_OUTPUT("the file (default: stdout)", struct organs_values, output),
    OPTION_FORCE(struct organs_values),
    OPTIONS_DATASET(struct organs_values, dataset),
    ARGS_END};

static const char *const examples[] = {"amos organs --format itksnap -o amos.label",
                                       "amos organs --format slicer -r btcv -o btcv.ctbl", NULL};

const struct command command_organs = {
    .name = "organs",
    .title = "print names and colours of labels, for viewers",
    .operands = "",
    .summary = "Print the names and colours of labels in the format of a viewer.",
    .details =
        "A name that AMOS knows has AMOS's colour, whatever its number in the data set; other names have colours that "
        "no organ of AMOS has.",
    .examples = examples,
    .options = options,
    .values_bytes = sizeof(struct organs_values),
    .defaults = &defaults,
    .run = organs,
};
