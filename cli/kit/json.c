/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "kit/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "base/text/number.h"
#include "base/text/utf8.h"

/* An object without one of its members would look complete. */
static void *allocate_json(size_t bytes)
{
    void *memory = malloc(bytes);
    if (!memory)
        cli_lose_output();
    return memory;
}

void json_begin(void)
{
    cJSON_Hooks hooks = {allocate_json, free};
    cJSON_InitHooks(&hooks);
}

cJSON *json_append(cJSON *array, cJSON *item)
{
    if (cJSON_AddItemToArray(array, item))
        return item;
    cJSON_Delete(item);
    return NULL;
}

void json_put(cJSON *object, const char *name, cJSON *item)
{
    if (!cJSON_AddItemToObject(object, name, item))
        cJSON_Delete(item);
}

static cJSON *create_number(double value)
{
    char text[AMOSI_NUMBER_BYTES];
    return isfinite(value) ? cJSON_CreateRaw(amosi_number_write(text, value)) : cJSON_CreateNull();
}

static cJSON *create_integer(int64_t value)
{
    char text[AMOSI_NUMBER_BYTES];
    snprintf(text, sizeof text, "%" PRId64, value);
    return cJSON_CreateRaw(text);
}

void json_put_number(cJSON *object, const char *name, double value)
{
    json_put(object, name, create_number(value));
}

void json_put_integer(cJSON *object, const char *name, int64_t value)
{
    json_put(object, name, create_integer(value));
}

void json_put_unsigned(cJSON *object, const char *name, uint64_t value)
{
    char text[AMOSI_NUMBER_BYTES];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddRawToObject(object, name, text);
}

static cJSON *create_numbers(const double *values, size_t count)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++)
        json_append(array, create_number(values[i]));
    return array;
}

void json_put_numbers(cJSON *object, const char *name, const double *values, size_t count)
{
    json_put(object, name, create_numbers(values, count));
}

void json_put_interval(cJSON *object, const char *name, const double interval[2])
{
    if (isfinite(interval[0]) && isfinite(interval[1]))
        json_put_numbers(object, name, interval, 2);
    else
        json_put_null(object, name);
}

void json_put_integers(cJSON *object, const char *name, const int64_t *values, size_t count)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < count; i++)
        json_append(array, create_integer(values[i]));
}

void json_put_bool(cJSON *object, const char *name, bool value)
{
    cJSON_AddBoolToObject(object, name, value);
}

void json_put_null(cJSON *object, const char *name)
{
    cJSON_AddNullToObject(object, name);
}

void json_put_text(cJSON *object, const char *name, const char *text)
{
    const char *at = text;
    char *valid = text ? allocate_json(4 * strlen(text) + 1) : NULL;
    if (!valid) {
        json_put_null(object, name);
        return;
    }
    char *to = valid;
    while (*at) {
        size_t length = amosi_utf8_length(at, 4);
        if (length == 0) {
            to += snprintf(to, 5, "\\x%02x", (unsigned char)*at++);
            continue;
        }
        memcpy(to, at, length);
        to += length;
        at += length;
    }
    *to = '\0';
    cJSON_AddStringToObject(object, name, valid);
    free(valid);
}

void json_put_warnings(cJSON *object, amos_warnings warnings)
{
    cJSON *array = cJSON_AddArrayToObject(object, "warnings");
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        const char *name = amos_warning_name(warnings & ((amos_warnings)1 << i));
        if (name)
            json_append(array, cJSON_CreateString(name));
    }
}

void json_put_geometry(cJSON *object, const amos_geometry *geometry)
{
    if (!geometry) {
        json_put_null(object, "spacing");
        json_put_null(object, "affine");
        json_put_null(object, "affine_source");
        json_put_null(object, "orientation");
        return;
    }
    json_put_numbers(object, "spacing", geometry->spacing, 3);
    cJSON *rows = cJSON_AddArrayToObject(object, "affine");
    for (int i = 0; i < 4; i++)
        json_append(rows, create_numbers(geometry->affine[i], 4));
    json_put_text(object, "affine_source", amos_affine_source_name(geometry->source));
    json_put_text(object, "orientation", geometry->orientation);
}

/* Writes printed JSON. Unsafe letters become \uNNNN, which is the same text for a reader of JSON and cannot steer a terminal;
 * a byte that is not UTF-8 becomes the text \xNN. Outside of texts there is only ASCII, and cJSON has escaped the controls
 * below blank. */
static void put_json(FILE *out, const char *text)
{
    while (*text) {
        const char *at = text;
        while (*at && (unsigned char)*at < 0x7f)
            at++;
        fwrite(text, 1, (size_t)(at - text), out);
        for (text = at; (unsigned char)*text >= 0x7f;) {
            size_t length = amosi_utf8_length(text, 4), unsafe = amosi_utf8_unsafe(text);
            at = text;
            unsigned point = amosi_utf8_next(&text);
            if (length == 0)
                fprintf(out, "\\\\x%02x", (unsigned char)*at);
            else if (unsafe)
                fprintf(out, "\\u%04x", point);
            else
                fwrite(at, 1, length, out);
        }
    }
    cli_note_failure();
}

static bool print_text(cJSON *value, char *text)
{
    bool good = value && text && cli_stdout_good();
    if (good) {
        put_json(stdout, text);
        cli_print_line("");
    }
    cJSON_free(text);
    cJSON_Delete(value);
    return good;
}

static bool write_text(FILE *out, cJSON *value, char *text)
{
    bool good = text != NULL;
    if (good) {
        put_json(out, text);
        fputc('\n', out);
    } else {
        cli_error("Memory ran out.");
    }
    cJSON_free(text);
    cJSON_Delete(value);
    return good;
}

bool json_write(FILE *out, cJSON *value)
{
    return write_text(out, value, value ? cJSON_Print(value) : NULL);
}

bool json_write_line(FILE *out, cJSON *value)
{
    return write_text(out, value, value ? cJSON_PrintUnformatted(value) : NULL);
}

/* "<" is in texts only. */
static void put_script(FILE *out, char *text)
{
    for (char *at; (at = strchr(text, '<')) != NULL; text = at + 1) {
        *at = '\0';
        put_json(out, text);
        fputs("\\u003c", out);
    }
    put_json(out, text);
}

char *json_script(cJSON *value)
{
    char *text = value ? cJSON_PrintUnformatted(value) : NULL, *script = NULL;
    size_t bytes;
    FILE *out = text ? open_memstream(&script, &bytes) : NULL;
    if (out)
        put_script(out, text);
    bool good = out && !ferror(out);
    good = out && fclose(out) == 0 && good && cli_stdout_good();
    if (!good) {
        cli_error("Memory ran out.");
        free(script);
        script = NULL;
    }
    cJSON_free(text);
    cJSON_Delete(value);
    return script;
}

/* The text of a value; NULL, with a report, if memory ran out. Releases the value. */
static char *text_of(cJSON *value)
{
    char *text = value ? cJSON_Print(value) : NULL;
    if (!text)
        cli_error("Memory ran out.");
    cJSON_Delete(value);
    return text;
}

bool json_write_begin(FILE *out, cJSON *object, const char *list)
{
    static const char end[] = "]\n}";
    cJSON_AddArrayToObject(object, list);
    char *text = text_of(object);
    size_t bytes = text ? strlen(text) : 0;
    bool good = bytes > sizeof end && strcmp(text + bytes - strlen(end), end) == 0;
    if (good) {
        text[bytes - strlen(end)] = '\0';
        put_json(out, text);
    }
    cJSON_free(text);
    return good;
}

/* cJSON indents by the depth, which is two levels more here. */
bool json_write_item(FILE *out, cJSON *item, bool first)
{
    char *text = text_of(item);
    if (text && !first)
        fputs(", ", out);
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        put_json(out, line);
        if (end)
            fputs("\n\t\t", out);
        line = end ? end + 1 : NULL;
    }
    cJSON_free(text);
    return text != NULL;
}

void json_write_end(FILE *out)
{
    fputs("]\n}\n", out);
}

bool json_write_rest(FILE *out, cJSON *object)
{
    static const char begin[] = "{\n";
    char *text = text_of(object);
    const bool good = text && strncmp(text, begin, strlen(begin)) == 0;
    if (good) {
        fputs("],\n", out);
        put_json(out, text + strlen(begin));
        fputc('\n', out);
    }
    cJSON_free(text);
    return good;
}

bool json_print(cJSON *value)
{
    return print_text(value, cJSON_Print(value));
}

bool json_print_line(cJSON *value)
{
    return print_text(value, cJSON_PrintUnformatted(value));
}
