/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos-http and amos fetch through a proxy on loopback: which requests go through it, and which do not. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>
#ifdef AMOS_HAVE_CURL
#include <amos/http.h>
#endif

#include "support/command.h"
#include "support/main.h"
#include "support/serve.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_CURL

static const char content[] = "not a volume, but the bytes of a file";

static void begin(void)
{
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                            "all_proxy",  "ALL_PROXY",   "NO_PROXY"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    free(tmp_write("file", content, sizeof content - 1));
    serve_begin();
    unsetenv("no_proxy");
}

static void use(const char *variable, const char *login)
{
    char *proxy = serve_proxy(login);
    ck_assert_int_eq(setenv(variable, proxy, 1), 0);
    free(proxy);
}

/* Asserts what the proxy was asked for: how often, and how each request began. */
static void assert_proxied(int times, const char *begins)
{
    cJSON *count = serve_count(), *proxied = cJSON_GetObjectItem(count, "proxied"), *line;
    ck_assert_int_eq(cJSON_GetArraySize(proxied), times);
    cJSON_ArrayForEach(line, proxied)
        ck_assert_msg(strncmp(line->valuestring, begins, strlen(begins)) == 0, "%s", line->valuestring);
    cJSON_Delete(count);
}

static amos_status read_file_at(const char *url, amos_error *err)
{
    char *certificate = serve_certificate(), bytes[100];
    amos_http_options o = AMOS_HTTP_OPTIONS_INIT;
    amos_byte_source source;
    o.ca_file = certificate;
    o.wait_ms = 1;
    amos_status status = amos_http_open(url, &o, &source, err);
    if (!status) {
        ck_assert_uint_eq(source.bytes, sizeof content - 1);
        ck_assert_int_eq(source.read_at(source.user, 0, bytes, sizeof bytes), (int64_t)(sizeof content - 1));
        ck_assert_int_eq(memcmp(bytes, content, sizeof content - 1), 0);
        source.close(source.user);
    }
    free(certificate);
    return status;
}

static void assert_reads(char *url)
{
    amos_error err;
    assert_status_at(__FILE__, __LINE__, url, read_file_at(url, &err), AMOS_OK, &err);
    free(url);
}

static void assert_refused(char *url, const char *words)
{
    amos_error err;
    assert_status_at(__FILE__, __LINE__, url, read_file_at(url, &err), AMOS_E_OPEN, &err);
    assert_sentence(&err, AMOS_E_OPEN, url);
    ck_assert_msg(strstr(err.message, words) && !strstr(err.message, "secret"), "%s", err.message);
    free(url);
}

START_TEST(requests_go_through_the_proxy_of_their_scheme)
{
    (void)serve_requests();
    use("http_proxy", "");
    assert_reads(serve_url("plain", "file"));
    assert_proxied(1, "GET http://127.0.0.1:");
    assert_reads(serve_secure_url("plain", "file"));
    assert_proxied(0, "");
    use("https_proxy", "");
    assert_reads(serve_secure_url("plain", "file"));
    assert_proxied(1, "CONNECT 127.0.0.1:");
}
END_TEST

/* No resolver knows this name, and the proxy asks for a password. */
START_TEST(the_proxy_resolves_names)
{
    (void)serve_requests();
    use("all_proxy", "user:secret@");
    assert_reads(serve_secure_url_of("guarded.invalid", "plain", "file"));
    assert_proxied(1, "CONNECT guarded.invalid:");
}
END_TEST

START_TEST(no_proxy_holds)
{
    static const char *const names[] = {"127.0.0.1", "example.org,127.0.0.1", "*"};
    (void)serve_requests();
    use("http_proxy", "");
    use("https_proxy", "");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(setenv("no_proxy", names[i], 1), 0);
        assert_reads(serve_url("plain", "file"));
        assert_reads(serve_secure_url("plain", "file"));
        assert_proxied(0, "");
    }
    ck_assert_int_eq(setenv("no_proxy", "example.org", 1), 0);
    assert_reads(serve_url("plain", "file"));
    assert_proxied(1, "GET ");
}
END_TEST

START_TEST(U16_what_a_proxy_refuses)
{
    use("http_proxy", "");
    use("https_proxy", "");
    assert_refused(serve_url("guarded", "file"), "asks for a name and a password (407)");
    assert_refused(serve_secure_url_of("guarded.invalid", "plain", "file"), "asks for a name and a password (407)");
    assert_refused(serve_secure_url_of("closed.invalid", "plain", "file"), "does not connect to the server (403)");
    use("http_proxy", "user:wrong@");
    assert_refused(serve_url("guarded", "file"), "asks for a name and a password (407)");
    use("http_proxy", "user:secret@");
    assert_reads(serve_url("guarded", "file"));
}
END_TEST

START_TEST(U16_a_proxy_that_is_not_there)
{
    ck_assert_int_eq(setenv("http_proxy", "http://user:secret@127.0.0.1:9", 1), 0);
    assert_refused(serve_url("plain", "file"), "cannot be reached");
    ck_assert_int_eq(setenv("http_proxy", "http://nowhere.invalid:80", 1), 0);
    assert_refused(serve_url("plain", "file"), "cannot be reached");
}
END_TEST

START_TEST(the_command_uses_the_proxy)
{
    char *url = serve_url("plain", "file"), *secure = serve_secure_url("plain", "file"),
         *certificate = serve_certificate();
    char *folder = tmp_path("fetched"), *path = tmp_path("fetched/file");
    const char *const asked[] = {"GET http://127.0.0.1:", "CONNECT 127.0.0.1:"};
    ck_assert_int_eq(setenv("CURL_CA_BUNDLE", certificate, 1), 0);
    use("http_proxy", "");
    use("https_proxy", "");
    (void)serve_requests();
    for (int i = 0; i < 4; i++) {
        const bool around = i >= 2;
        ck_assert_int_eq(around ? setenv("no_proxy", "127.0.0.1", 1) : unsetenv("no_proxy"), 0);
        struct outcome o = run_amos("fetch -o %s --zip-only --url %s", folder, i % 2 ? secure : url);
        assert_exit(&o, 0);
        outcome_free(&o);
        assert_proxied(around ? 0 : 1, asked[i % 2]);
        struct bytes found = read_file(path);
        ck_assert_uint_eq(found.size, sizeof content - 1);
        bytes_free(&found);
        ck_assert_int_eq(remove(path), 0);
    }
    free(path);
    free(folder);
    free(certificate);
    free(secure);
    free(url);
}
END_TEST

static void add_cases(Suite *suite)
{
    TCase *proxy = add_case(suite, "proxy", 20);
    tcase_add_unchecked_fixture(proxy, begin, serve_end);
    tcase_add_test(proxy, requests_go_through_the_proxy_of_their_scheme);
    tcase_add_test(proxy, the_proxy_resolves_names);
    tcase_add_test(proxy, no_proxy_holds);
    tcase_add_test(proxy, U16_what_a_proxy_refuses);
    tcase_add_test(proxy, U16_a_proxy_that_is_not_there);
    tcase_add_test(proxy, the_command_uses_the_proxy);
}

#endif

int main(void)
{
    Suite *suite = suite_create("proxy");
    serve_add(add_cases, suite);
    return run_suite(suite);
}
