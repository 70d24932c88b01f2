/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "http/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "http/fail.h"

#define LIBRARY "libcurl.so.4"

static const struct {
    const char *name;
    size_t at; /* in struct amosi_curl */
} functions[] = {
    {"curl_easy_init", offsetof(struct amosi_curl, easy_init)},
    {"curl_easy_setopt", offsetof(struct amosi_curl, easy_setopt)},
    {"curl_easy_perform", offsetof(struct amosi_curl, easy_perform)},
    {"curl_easy_getinfo", offsetof(struct amosi_curl, easy_getinfo)},
    {"curl_easy_cleanup", offsetof(struct amosi_curl, easy_cleanup)},
    {"curl_easy_reset", offsetof(struct amosi_curl, easy_reset)},
    {"curl_easy_strerror", offsetof(struct amosi_curl, easy_strerror)},
    {"curl_slist_append", offsetof(struct amosi_curl, slist_append)},
    {"curl_slist_free_all", offsetof(struct amosi_curl, slist_free_all)},
    {"curl_getdate", offsetof(struct amosi_curl, getdate)},
};

static struct amosi_curl curl;
static bool loaded;
static char reason[256];

/* A pointer to a function, from dlsym()'s pointer to an object. */
static bool find(void *library, const char *name, void *place)
{
    void *symbol = dlsym(library, name);
    memcpy(place, &symbol, sizeof symbol);
    return symbol != NULL;
}

static void load(void)
{
    CURLcode (*global_init)(long flags) = NULL;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool there = library && find(library, "curl_global_init", &global_init);
    for (size_t i = 0; there && i < sizeof functions / sizeof functions[0]; i++)
        there = find(library, functions[i].name, (char *)&curl + functions[i].at);
    if (!there) {
        const char *said = dlerror();
        snprintf(reason, sizeof reason, "%s", said ? said : LIBRARY " is incomplete");
    } else if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        snprintf(reason, sizeof reason, LIBRARY " cannot be used");
    } else {
        loaded = true;
    }
}

amos_status amosi_http_load_curl(const struct amosi_curl **out, const char *url, amos_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    *out = &curl;
    if (loaded)
        return AMOS_OK;
    return amosi_http_fail(err, AMOS_E_UNSUPPORTED, 0, url,
                           "URLs need libcurl, which cannot be loaded (%s); install it (Debian: libcurl4).", reason);
}
