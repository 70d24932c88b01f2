/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/http.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "kit/message.h"

#define LIBRARY "libmicrohttpd.so.12"

static const struct {
    const char *name;
    size_t at; /* in struct http */
} functions[] = {
    {"MHD_start_daemon", offsetof(struct http, start_daemon)},
    {"MHD_stop_daemon", offsetof(struct http, stop_daemon)},
    {"MHD_create_response_from_callback", offsetof(struct http, create_response_from_callback)},
    {"MHD_add_response_header", offsetof(struct http, add_response_header)},
    {"MHD_queue_response", offsetof(struct http, queue_response)},
    {"MHD_destroy_response", offsetof(struct http, destroy_response)},
    {"MHD_lookup_connection_value", offsetof(struct http, lookup_connection_value)},
    {"MHD_get_connection_info", offsetof(struct http, get_connection_info)},
};

bool http_load(struct http *out)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool there = library != NULL;
    for (size_t i = 0; there && i < sizeof functions / sizeof functions[0]; i++) {
        void *symbol = dlsym(library, functions[i].name);
        memcpy((char *)out + functions[i].at, &symbol, sizeof symbol);
        there = symbol != NULL;
    }
    if (!there) {
        const char *said = dlerror();
        cli_error("serve: libmicrohttpd cannot be loaded (%s); install it (Debian: libmicrohttpd12).",
                  said ? said : LIBRARY " is incomplete");
    }
    return there;
}
