#define _POSIX_C_SOURCE 200809L
#include "kit/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"

/* An object that lacks a member would look whole. */
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

const char *json_format_number(double value, char text[JSON_NUMBER_BYTES])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, JSON_NUMBER_BYTES, "%.*g", digits, value + 0.0); /* + 0.0: no "-0" */
        if (strtod(text, NULL) == value)
            break;
    }
    return text;
}

static cJSON *create_number(double value)
{
    char text[JSON_NUMBER_BYTES];
    return isfinite(value) ? cJSON_CreateRaw(json_format_number(value, text)) : cJSON_CreateNull();
}

static cJSON *create_integer(int64_t value)
{
    char text[JSON_NUMBER_BYTES];
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
    char text[JSON_NUMBER_BYTES];
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

/* How many bytes the UTF-8 character at `text` has (RFC 3629); 0 where there is none. */
static size_t utf8_bytes(const unsigned char *text)
{
    size_t length = text[0] < 0x80   ? 1
                    : text[0] < 0xc2 ? 0
                    : text[0] < 0xe0 ? 2
                    : text[0] < 0xf0 ? 3
                    : text[0] < 0xf5 ? 4
                                     : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    bool surrogate = text[0] == 0xed && text[1] >= 0xa0;
    bool beyond = text[0] == 0xf4 && text[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

void json_put_text(cJSON *object, const char *name, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    char *valid = text ? allocate_json(4 * strlen(text) + 1) : NULL;
    if (!valid) {
        json_put_null(object, name);
        return;
    }
    char *to = valid;
    while (*at) {
        size_t length = utf8_bytes(at);
        if (length == 0) {
            to += snprintf(to, 5, "\\x%02x", *at++);
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
    for (int i = 0; i < 32; i++) {
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

static bool print_text(cJSON *value, char *text)
{
    bool good = value && text && cli_stdout_good();
    if (good)
        cli_print_line(text);
    cJSON_free(text);
    cJSON_Delete(value);
    return good;
}

bool json_write(FILE *out, cJSON *value)
{
    char *text = value ? cJSON_Print(value) : NULL;
    bool good = text != NULL;
    if (good)
        fprintf(out, "%s\n", text);
    else
        cli_error("Memory ran out.");
    cJSON_free(text);
    cJSON_Delete(value);
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
