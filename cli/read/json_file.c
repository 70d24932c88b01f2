/* SPDX-License-Identifier: BSD-3-Clause */
#include "read/json_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json/syntax.h"
#include "kit/message.h"

#define VALUES_MAX ((uint64_t)1 << 28)

static bool out_of_memory(const char *path)
{
    cli_error("%s: Memory ran out while the file was read.", path);
    return false;
}

/* Reads a whole stream into memory from malloc(). */
static bool read_stream(const char *path, FILE *stream, size_t most, char **text, size_t *bytes)
{
    size_t room = 0, got = 1;
    while (got > 0) {
        if (*bytes == room) {
            room = room ? 2 * room : 65536;
            char *more = room <= most ? realloc(*text, room) : NULL;
            if (!more)
                return out_of_memory(path);
            *text = more;
        }
        got = fread(*text + *bytes, 1, room - *bytes, stream);
        *bytes += got;
    }
    if (ferror(stream)) {
        cli_error("%s: The file cannot be read: %s.", path, strerror(errno));
        return false;
    }
    return true;
}

/* ---- what Python writes ---- */

static const struct word {
    const char *python, *json; /* of the same length */
} words[] = {{"-Infinity", "\"-inf\"   "}, {"Infinity", "\"inf\"   "}, {"NaN", "\"\" "}};

/* In place, outside of texts. */
static void translate(char *text, size_t bytes)
{
    bool quoted = false;
    for (size_t at = 0; at < bytes; at++) {
        if (quoted && text[at] == '\\')
            at++;
        else if (text[at] == '"')
            quoted = !quoted;
        for (size_t w = 0; !quoted && at < bytes && w < sizeof words / sizeof words[0]; w++) {
            size_t length = strlen(words[w].python);
            if (bytes - at < length || memcmp(text + at, words[w].python, length) != 0)
                continue;
            memcpy(text + at, words[w].json, length);
            at += length - 1;
            break;
        }
    }
}

/* Whether a word occurs in the text, which may hold any bytes. */
static bool contains(const char *text, size_t bytes, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; bytes - (size_t)(at - text) >= length; at++) {
        at = memchr(at, word[0], bytes - (size_t)(at - text) - length + 1);
        if (!at)
            return false;
        if (memcmp(at, word, length) == 0)
            return true;
    }
    return false;
}

bool json_text_read(const char *path, size_t most, const char *sign, char **text, size_t *bytes)
{
    FILE *stream = fopen(path, "rb");
    amos_error err;
    *text = NULL;
    *bytes = 0;
    if (!stream) {
        cli_error("%s: The file cannot be opened: %s.", path, strerror(errno));
        return false;
    }
    bool good = read_stream(path, stream, most, text, bytes);
    fclose(stream);
    if (good && sign && *bytes && contains(*text, *bytes, sign))
        translate(*text, *bytes);
    if (good && amosi_json_check_own(*text, *bytes, VALUES_MAX, path, &err) != AMOS_OK) {
        cli_error_of(&err);
        return false;
    }
    return good;
}

cJSON *json_text_parse(const char *path, const char *text, size_t bytes)
{
    cJSON *json = cJSON_ParseWithLength(text, bytes);
    if (!json)
        (void)out_of_memory(path); /* nothing else can be wrong */
    return json;
}

cJSON *json_file_read(const char *path, size_t most)
{
    char *text;
    size_t bytes;
    cJSON *json = json_text_read(path, most, NULL, &text, &bytes) ? json_text_parse(path, text, bytes) : NULL;
    free(text);
    return json;
}
