/* SPDX-License-Identifier: BSD-3-Clause */
/* libcurl, loaded when it is needed first: it and the libraries that it needs take longer to load than most commands
 * run. */
#ifndef AMOSI_HTTP_CURL_H
#define AMOSI_HTTP_CURL_H

#include <curl/curl.h>

#include <amos/error.h>

struct amosi_curl {
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *easy);
    CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
    void (*easy_cleanup)(CURL *easy);
    void (*easy_reset)(CURL *easy);
    const char *(*easy_strerror)(CURLcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
    time_t (*getdate)(const char *text, const time_t *unused);
};

/* AMOS_E_UNSUPPORTED if libcurl is not there. Any thread. */
amos_status amosi_http_load_curl(const struct amosi_curl **out, const char *url, amos_error *err);

#endif
