/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of --relabel: "6=1,7=liver,*=0", a JSON object {"6": 1, "7": "liver", "*": 0}, or lines "6,1" of a CSV. */
#define _POSIX_C_SOURCE 200809L
#include "accept/accept.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text/words.h"
#include "kit/message.h"

enum { FILE_MOST = 1 << 20, FIELD_MOST = 128 };

#define SEPARATORS " \t\r"

/* Where a row was read, for messages. */
struct place {
    const char *text; /* of the option, or the file's path */
    size_t line;      /* 0: no line */
};

static bool refuse(const struct place *place, const char *field, const char *expected)
{
    if (place->line)
        cli_error("%s: Line %zu has \"%s\" in a table of labels; %s was expected.", place->text, place->line, field,
                  expected);
    else
        cli_error("%s: \"%s\" stands in a table of labels; %s was expected.", place->text, field, expected);
    return false;
}

/* ---- rows ---- */

static bool read_integer(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    *out = number;
    return end != text && *end == '\0' && errno == 0 && !isspace((unsigned char)text[0]);
}

/* The label that the data set gives a name, or another name of the same organ; -1: none. */
static int find_own(const amos_dataset *names, const char *name, bool known, amos_organ organ)
{
    int meant = -1;
    for (int label = 0; label <= amos_dataset_get_info(names)->max_label; label++) {
        const char *own = amos_dataset_label_name(names, label);
        amos_organ other;
        if (own && amosi_words_equal(own, name))
            return label;
        if (own && known && meant < 0 && !isdigit((unsigned char)own[0]) && !amos_organ_parse(own, &other, NULL) &&
            other == organ)
            meant = label;
    }
    return meant;
}

/* The label of a name: the data set's own, else AMOS's, unless the data set gives that number another meaning. */
static bool find_name(const struct accept_table *table, const char *name, int64_t *out)
{
    amos_organ organ = AMOS_ORGAN_BACKGROUND;
    bool known = !isdigit((unsigned char)name[0]) && amos_organ_parse(name, &organ, NULL) == AMOS_OK;
    int own = table->names ? find_own(table->names, name, known, organ) : -1;
    *out = own >= 0 ? own : (int64_t)organ;
    return own >= 0 || (known && !amos_dataset_label_name(table->names, (int)organ));
}

static bool add_row(struct accept_table *table, int64_t from, int64_t to, const struct place *place, const char *field)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].from == from)
            return refuse(place, field, "each value once");
    if (table->count == table->room) {
        size_t room = table->room ? 2 * table->room : 64;
        amos_relabel *rows = realloc(table->rows, room * sizeof *rows);
        if (!rows) {
            cli_error("Memory ran out.");
            return false;
        }
        table->rows = rows;
        table->room = room;
    }
    table->rows[table->count++] = (amos_relabel){from, (uint8_t)to};
    return true;
}

static bool take_rest(struct accept_table *table, const char *to, const struct place *place)
{
    if (strcmp(to, "*") != 0 && strcmp(to, "0") != 0)
        return refuse(place, to, "for other values (*) the same value (*) or 0");
    table->flags = to[0] == '*' ? AMOS_ACCEPT_KEEP_UNLISTED : AMOS_ACCEPT_DROP_UNLISTED;
    return true;
}

static bool take_row(struct accept_table *table, const char *from, const char *to, const struct place *place)
{
    int64_t value, label;
    if (strcmp(from, "*") == 0)
        return take_rest(table, to, place);
    if (!read_integer(from, &value))
        return refuse(place, from, "an integer, the value in the file, or * for all others");
    if (!read_integer(to, &label) && !find_name(table, to, &label))
        return refuse(place, to, "a label from 0 to 255 or the name of an organ");
    if (label < 0 || label > 255)
        return refuse(place, to, "a label from 0 to 255");
    return add_row(table, value, label, place, from);
}

/* ---- text ---- */

/* Copies a field without the blanks and quotes around it; false if it is empty or too long. */
static bool copy_field(char out[FIELD_MOST], const char *from, size_t bytes)
{
    while (bytes && strchr(SEPARATORS "\"", from[0])) {
        from++;
        bytes--;
    }
    while (bytes && strchr(SEPARATORS "\"", from[bytes - 1]))
        bytes--;
    if (bytes == 0 || bytes >= FIELD_MOST)
        return false;
    memcpy(out, from, bytes);
    out[bytes] = '\0';
    return true;
}

/* Splits at the first of `marks`, and takes the row. */
static bool take_pair(struct accept_table *table, const char *text, size_t bytes, const char *marks,
                      const struct place *place)
{
    char from[FIELD_MOST], to[FIELD_MOST], whole[FIELD_MOST];
    size_t split = 0;
    while (split < bytes && !strchr(marks, text[split]))
        split++;
    if (split < bytes && copy_field(from, text, split) && copy_field(to, text + split + 1, bytes - split - 1))
        return take_row(table, from, to, place);
    snprintf(whole, sizeof whole, "%.*s", (int)(bytes < 100 ? bytes : 100), text);
    return refuse(place, whole, marks[0] == '=' ? "VALUE=LABEL" : "VALUE,LABEL");
}

static bool take_list(struct accept_table *table, const char *text)
{
    const struct place place = {"--relabel", 0};
    for (const char *at = text;; at++) {
        size_t bytes = strcspn(at, ",");
        if (!take_pair(table, at, bytes, "=", &place))
            return false;
        at += bytes;
        if (*at == '\0')
            return true;
    }
}

/* Lines of two fields; empty lines, those that begin with '#', and a first line of titles are left out. */
static bool take_csv(struct accept_table *table, const char *text, const char *path)
{
    struct place place = {path, 0};
    bool any = false;
    while (*text) {
        size_t bytes = strcspn(text, "\n");
        const char *first = text + strspn(text, SEPARATORS "\"");
        bool is_title = !any && !strchr("0123456789+-*", *first);
        place.line++;
        if (first < text + bytes && *first != '#') {
            if (!is_title && !take_pair(table, text, bytes, ",;\t=", &place))
                return false;
            any = true;
        }
        text += bytes + (text[bytes] == '\n');
    }
    return true;
}

static bool take_json(struct accept_table *table, const char *text, const char *path)
{
    const struct place place = {path, 0};
    char number[FIELD_MOST];
    cJSON *object = cJSON_ParseWithOpts(text, NULL, 1);
    bool good = cJSON_IsObject(object);
    if (!good)
        cli_error("%s: The file is not a JSON object such as {\"6\": 1, \"7\": \"liver\", \"*\": 0}.", path);
    for (const cJSON *item = object ? object->child : NULL; good && item; item = item->next) {
        const char *to = cJSON_GetStringValue(item);
        if (cJSON_IsNumber(item)) {
            snprintf(number, sizeof number, "%.17g", item->valuedouble);
            to = number;
        }
        good = to ? take_row(table, item->string, to, &place)
                  : refuse(&place, item->string, "after it a label from 0 to 255 or the name of an organ");
    }
    cJSON_Delete(object);
    return good;
}

/* ---- files ---- */

/* The content of a file, with a NUL; NULL with the failure reported. */
static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = in ? malloc(FILE_MOST + 1) : NULL;
    size_t bytes = text ? fread(text, 1, FILE_MOST + 1, in) : 0;
    bool good = text && !ferror(in);
    if (!in || (text && !good))
        cli_error("%s: The table of labels cannot be read: %s.", path, strerror(errno));
    else if (!text)
        cli_error("Memory ran out.");
    if (good && bytes > FILE_MOST) {
        cli_error("%s: The table of labels is larger than %d bytes.", path, FILE_MOST);
        good = false;
    }
    if (in)
        fclose(in);
    if (!good) {
        free(text);
        return NULL;
    }
    text[bytes] = '\0';
    return text;
}

static bool take_file(struct accept_table *table, const char *path)
{
    char *text = read_file(path);
    if (!text)
        return false;
    bool is_json = text[strspn(text, " \t\r\n")] == '{';
    bool good = is_json ? take_json(table, text, path) : take_csv(table, text, path);
    if (good && !table->count && !table->flags) {
        cli_error("%s: The table of labels is empty; lines such as 6,1 were expected.", path);
        good = false;
    }
    free(text);
    return good;
}

int accept_table_read(const char *given, struct accept_table *table)
{
    struct stat about;
    bool is_file = stat(given, &about) == 0 && !S_ISDIR(about.st_mode);
    if (!is_file && strchr(given, '='))
        return take_list(table, given) ? CLI_OK : CLI_USAGE;
    return take_file(table, given) ? CLI_OK : CLI_FAILED;
}
