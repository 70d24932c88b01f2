/* SPDX-License-Identifier: BSD-3-Clause */
#include "serve/request.h"

#include <string.h>

#define LONGEST_PART (3 * REQUEST_ID_BYTES) /* with every letter as %XX */

static const char *const layers[REQUEST_LAYERS] = {"image", "reference", "prediction"};
static const char *const planes[REQUEST_PLANES] = {"sagittal", "coronal", "axial"};

static const struct {
    const char *path; /* the whole path, or its first part */
    enum request_kind kind;
    int more; /* parts that follow */
} addresses[] = {
    {"", REQUEST_PAGE, 0},
    {"index.html", REQUEST_PAGE, 0},
    {"viewer.js", REQUEST_SCRIPT, 0},
    {"viewer.css", REQUEST_STYLE, 0},
    {"set.js", REQUEST_SET, 0},
    {"verdicts", REQUEST_VERDICTS, 0},
    {"case", REQUEST_CASE, 1},
    {"scores", REQUEST_SCORES, 1},
    {"findings", REQUEST_FINDINGS, 1},
    {"slice", REQUEST_SLICE, 4},
};

/* A piece of the target. */
struct part {
    const char *text;
    size_t length;
};

enum { MOST_PARTS = 5 };

/* ---- pieces ---- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undoes %XX. False for a wrong one, for a NUL or a '/', for nothing, and if it does not fit. */
static bool decode(const struct part *part, char *out, size_t bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < part->length; i++) {
        int c = (unsigned char)part->text[i];
        if (c == '%') {
            int high = i + 2 < part->length ? digit_of(part->text[i + 1]) : -1;
            int low = high >= 0 ? digit_of(part->text[i + 2]) : -1;
            if (low < 0)
                return false;
            c = 16 * high + low;
            i += 2;
        }
        if (c == 0 || c == '/' || used + 1 >= bytes)
            return false;
        out[used++] = (char)c;
    }
    out[used] = '\0';
    return used > 0;
}

static bool is(const struct part *part, const char *word)
{
    return part->length == strlen(word) && memcmp(part->text, word, part->length) == 0;
}

static int find(const struct part *part, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (is(part, words[i]))
            return i;
    return -1;
}

/* Digits alone, without leading zeros. */
static bool read_index(const struct part *part, int64_t *out)
{
    if (part->length == 0 || part->length > 9 || (part->length > 1 && part->text[0] == '0'))
        return false;
    *out = 0;
    for (size_t i = 0; i < part->length; i++) {
        if (part->text[i] < '0' || part->text[i] > '9')
            return false;
        *out = 10 * *out + (part->text[i] - '0');
    }
    return true;
}

/* Cuts "a/b/c" at each '/'. Returns the number of parts; MOST_PARTS + 1 if there are more. */
static int cut(const char *path, size_t length, struct part parts[MOST_PARTS])
{
    int count = 0;
    for (size_t start = 0;;) {
        const char *slash = memchr(path + start, '/', length - start);
        size_t end = slash ? (size_t)(slash - path) : length;
        if (count == MOST_PARTS || end - start > LONGEST_PART)
            return MOST_PARTS + 1;
        parts[count++] = (struct part){path + start, end - start};
        if (!slash)
            return count;
        start = end + 1;
    }
}

/* ---- the target ---- */

static bool read_slice(const struct part parts[MOST_PARTS], struct request *out)
{
    int layer = find(&parts[2], layers, REQUEST_LAYERS), plane = find(&parts[3], planes, REQUEST_PLANES);
    if (layer < 0 || plane < 0 || !read_index(&parts[4], &out->index))
        return false;
    out->layer = (enum request_layer)layer;
    out->plane = (enum request_plane)plane;
    return true;
}

static enum request_kind read_path(const char *path, size_t length, struct request *out)
{
    struct part parts[MOST_PARTS];
    int count = cut(path, length, parts);
    if (count > MOST_PARTS)
        return REQUEST_UNKNOWN;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        if (count != addresses[i].more + 1 || !is(&parts[0], addresses[i].path))
            continue;
        bool good = addresses[i].more == 0 || decode(&parts[1], out->id, sizeof out->id);
        if (good && addresses[i].kind == REQUEST_SLICE)
            good = count == MOST_PARTS && read_slice(parts, out);
        return good ? addresses[i].kind : REQUEST_UNKNOWN;
    }
    return REQUEST_UNKNOWN;
}

/* The first token=... of a query; one that does not fit counts as none. */
static void read_token(const char *query, char token[REQUEST_TOKEN_BYTES])
{
    static const char name[] = "token=";
    while (query) {
        size_t length = strcspn(query, "&");
        if (strncmp(query, name, sizeof name - 1) == 0) {
            const struct part value = {query + sizeof name - 1, length - (sizeof name - 1)};
            if (!decode(&value, token, REQUEST_TOKEN_BYTES))
                token[0] = '\0';
            return;
        }
        query = query[length] ? query + length + 1 : NULL;
    }
}

void request_read(const char *target, struct request *out)
{
    *out = (struct request){.kind = REQUEST_UNKNOWN};
    if (target[0] != '/')
        return;
    size_t length = strcspn(target, "?#");
    read_token(target[length] == '?' ? target + length + 1 : NULL, out->token);
    out->kind = read_path(target + 1, length - 1, out);
    if (out->kind == REQUEST_UNKNOWN)
        out->id[0] = '\0';
}

/* ---- headers ---- */

bool request_cookie(const char *header, const char *name, char *value, size_t bytes)
{
    size_t letters = strlen(name);
    while (header) {
        header += strspn(header, " \t");
        size_t length = strcspn(header, ";");
        if (length > letters && strncmp(header, name, letters) == 0 && header[letters] == '=') {
            size_t count = length - letters - 1;
            while (count && strchr(" \t", header[letters + count]))
                count--;
            if (count == 0 || count >= bytes)
                return false;
            memcpy(value, header + letters + 1, count);
            value[count] = '\0';
            return true;
        }
        header = header[length] ? header + length + 1 : NULL;
    }
    return false;
}

/* ASCII only: names of hosts have no case. */
static bool begins(const char *text, const char *word, size_t *length)
{
    size_t i = 0;
    for (; word[i]; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        if (c != word[i])
            return false;
    }
    *length = i;
    return true;
}

static bool is_port(const char *text)
{
    if (!*text)
        return true;
    size_t digits = *text == ':' ? strspn(text + 1, "0123456789") : 0;
    return digits >= 1 && digits <= 5 && text[1 + digits] == '\0';
}

bool request_host_fits(const char *host, const char *also)
{
    const char *const own[] = {"localhost", "127.0.0.1", "[::1]", also};
    size_t length;
    for (size_t i = 0; host && i < sizeof own / sizeof own[0]; i++)
        if (own[i] && begins(host, own[i], &length) && is_port(host + length))
            return true;
    return false;
}

bool request_origin_fits(const char *origin, const char *host)
{
    size_t length;
    return host && begins(origin, "http://", &length) && strcmp(origin + length, host) == 0;
}
