/* SPDX-License-Identifier: BSD-3-Clause */
/* The record of a data set on Zenodo: its files, their sizes and checksums. */
#include "kit/message.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/fetch.h"

#define MOST_BYTES ((size_t)4 << 20)

struct text {
    char *bytes;
    size_t count;
};

static int take(void *user, const void *bytes, size_t n)
{
    struct text *text = user;
    if (n > MOST_BYTES - text->count)
        return 1;
    char *more = realloc(text->bytes, text->count + n + 1);
    if (!more)
        return 1;
    text->bytes = more;
    memcpy(text->bytes + text->count, bytes, n);
    text->count += n;
    text->bytes[text->count] = '\0';
    return 0;
}

/* Names become names of files here. */
static bool is_plain_name(const char *name)
{
    if (!*name || name[0] == '.' || strlen(name) >= 200)
        return false;
    for (; *name; name++)
        if (!((*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'Z') || (*name >= 'a' && *name <= 'z') ||
              strchr("._-+", *name)))
            return false;
    return true;
}

static bool take_file(struct site_file *file, const cJSON *item)
{
    const cJSON *key = cJSON_GetObjectItem(item, "key"), *size = cJSON_GetObjectItem(item, "size");
    const cJSON *checksum = cJSON_GetObjectItem(item, "checksum");
    if (!cJSON_IsString(key) || !is_plain_name(key->valuestring) || !cJSON_IsNumber(size) || size->valuedouble < 0 ||
        !cJSON_IsString(checksum) || strncmp(checksum->valuestring, "md5:", 4) != 0 ||
        strspn(checksum->valuestring + 4, "0123456789abcdef") != 32 || strlen(checksum->valuestring) != 36)
        return false;
    snprintf(file->name, sizeof file->name, "%s", key->valuestring);
    snprintf(file->md5, sizeof file->md5, "%s", checksum->valuestring + 4);
    file->bytes = (uint64_t)size->valuedouble;
    return true;
}

static bool take_files(struct site *site, const cJSON *files)
{
    const cJSON *item;
    int count = cJSON_GetArraySize(files);
    site->files = count > 0 ? calloc((size_t)count, sizeof *site->files) : NULL;
    cJSON_ArrayForEach(item, files) if (!site->files || !take_file(&site->files[site->count++], item)) return false;
    return site->count > 0;
}

bool site_read(struct site *site, const char *mirror, const char *record)
{
    char url[2048];
    struct text text = {NULL, 0};
    amos_http_transfer transfer = AMOS_HTTP_TRANSFER_INIT;
    amos_error err;
    *site = (struct site){NULL, 0};
    snprintf(url, sizeof url, "%s/api/records/%s", mirror, record);
    transfer.take = take;
    transfer.user = &text;
    amos_status status = amos_http_get(url, NULL, &transfer, &err);
    cJSON *json = status || !text.bytes ? NULL : cJSON_ParseWithLength(text.bytes, text.count);
    bool good = !status && take_files(site, cJSON_GetObjectItem(json, "files"));
    if (status)
        cli_error_of(&err);
    else if (!good)
        cli_error("%s: this is no record of files as Zenodo has them; give the archive itself by --url.", url);
    cJSON_Delete(json);
    free(text.bytes);
    return good;
}

void site_free(struct site *site)
{
    free(site->files);
    *site = (struct site){NULL, 0};
}
