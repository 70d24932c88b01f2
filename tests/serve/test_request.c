/* SPDX-License-Identifier: BSD-3-Clause */
/* What `amos serve` makes of targets, cookies and headers, and its token. */
#include <string.h>

#include "serve/request.h"
#include "serve/token.h"
#include "support/main.h"

static const struct {
    const char *target;
    enum request_kind kind;
    const char *id;
    const char *token;
} targets[] = {
    {"/", REQUEST_PAGE, "", ""},
    {"/?token=abc", REQUEST_PAGE, "", "abc"},
    {"/?a=b&token=abc&token=d", REQUEST_PAGE, "", "abc"},
    {"/?tokens=abc", REQUEST_PAGE, "", ""},
    {"/?token=", REQUEST_PAGE, "", ""},
    {"/?token=a%62c#token=d", REQUEST_PAGE, "", "a%62c#token=d"},
    {"/index.html", REQUEST_PAGE, "", ""},
    {"/viewer.js", REQUEST_SCRIPT, "", ""},
    {"/viewer.css", REQUEST_STYLE, "", ""},
    {"/set.js?token=x", REQUEST_SET, "", "x"},
    {"/verdicts", REQUEST_VERDICTS, "", ""},
    {"/case/amos_0018", REQUEST_CASE, "amos_0018", ""},
    {"/case/amos%200018%20%28x%29", REQUEST_CASE, "amos 0018 (x)", ""},
    {"/scores/%c3%A4", REQUEST_SCORES, "\xc3\xa4", ""},
    {"/findings/a?b", REQUEST_FINDINGS, "a", ""},
    {"/slice/a/image/axial/0", REQUEST_SLICE, "a", ""},
    {"/slice/a/prediction/coronal/999999999", REQUEST_SLICE, "a", ""},
    {"/slice/a/image/axial/1000000000", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/axial/-1", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/axial/01", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/axial/1x", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/axial/", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/axial", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/axial/1/2", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/images/axial/1", REQUEST_UNKNOWN, "", ""},
    {"/slice/a/image/oblique/1", REQUEST_UNKNOWN, "", ""},
    {"/case/", REQUEST_UNKNOWN, "", ""},
    {"/case", REQUEST_UNKNOWN, "", ""},
    {"/case/a/b", REQUEST_UNKNOWN, "", ""},
    {"/case/a%2fb", REQUEST_UNKNOWN, "", ""},
    {"/case/a%00b", REQUEST_UNKNOWN, "", ""},
    {"/case/a%", REQUEST_UNKNOWN, "", ""},
    {"/case/a%4", REQUEST_UNKNOWN, "", ""},
    {"/case/a%4g", REQUEST_UNKNOWN, "", ""},
    {"/case/..", REQUEST_CASE, "..", ""}, /* an id that no data set has */
    {"/../etc/passwd", REQUEST_UNKNOWN, "", ""},
    {"/case/../../etc/passwd", REQUEST_UNKNOWN, "", ""},
    {"//", REQUEST_UNKNOWN, "", ""},
    {"", REQUEST_UNKNOWN, "", ""},
    {"*", REQUEST_UNKNOWN, "", ""},
    {"http://127.0.0.1/", REQUEST_UNKNOWN, "", ""},
    {"/viewer.js/", REQUEST_UNKNOWN, "", ""},
    {"/VIEWER.JS", REQUEST_UNKNOWN, "", ""},
};

START_TEST(targets_are_read)
{
    struct request request;
    request_read(targets[_i].target, &request);
    ck_assert_msg(request.kind == targets[_i].kind, "%s: %d", targets[_i].target, (int)request.kind);
    ck_assert_str_eq(request.id, targets[_i].id);
    if (!strchr(targets[_i].target, '#'))
        ck_assert_str_eq(request.token, targets[_i].token);
}
END_TEST

START_TEST(a_slice_has_all_its_parts)
{
    struct request request;
    request_read("/slice/amos_0018/reference/coronal/40", &request);
    ck_assert_int_eq(request.layer, REQUEST_REFERENCE);
    ck_assert_int_eq(request.plane, REQUEST_CORONAL);
    ck_assert_int_eq(request.index, 40);
}
END_TEST

START_TEST(what_is_too_long_is_unknown)
{
    static char target[5000];
    struct request request;
    for (size_t length = REQUEST_ID_BYTES - 2; length < REQUEST_ID_BYTES + 2; length++) {
        memcpy(target, "/case/", 6);
        memset(target + 6, 'a', length);
        target[6 + length] = '\0';
        request_read(target, &request);
        ck_assert_int_eq(request.kind, length < REQUEST_ID_BYTES ? REQUEST_CASE : REQUEST_UNKNOWN);
    }
    memset(target + 1, '/', sizeof target - 2);
    request_read(target, &request);
    ck_assert_int_eq(request.kind, REQUEST_UNKNOWN);
    memcpy(target, "/?token=", 8);
    memset(target + 8, 'a', sizeof target - 9);
    request_read(target, &request);
    ck_assert_str_eq(request.token, "");
}
END_TEST

START_TEST(cookies_are_found_by_name)
{
    char value[8];
    ck_assert(request_cookie("amos_1=abc", "amos_1", value, sizeof value));
    ck_assert_str_eq(value, "abc");
    ck_assert(request_cookie("a=b;  amos_1=abc \t; amos_1=d", "amos_1", value, sizeof value));
    ck_assert_str_eq(value, "abc");
    ck_assert(!request_cookie("xamos_1=abc", "amos_1", value, sizeof value));
    ck_assert(!request_cookie("amos_12=abc", "amos_1", value, sizeof value));
    ck_assert(!request_cookie("amos_1", "amos_1", value, sizeof value));
    ck_assert(!request_cookie("amos_1=", "amos_1", value, sizeof value));
    ck_assert(!request_cookie("amos_1=12345678", "amos_1", value, sizeof value));
    ck_assert(!request_cookie("", "amos_1", value, sizeof value));
}
END_TEST

START_TEST(hosts_and_origins_are_our_own)
{
    static const char *const good[] = {"localhost", "LocalHost:1", "127.0.0.1:65535",
                                       "[::1]:80",  "[::1]",       "10.0.0.7:80"};
    static const char *const bad[] = {"",
                                      "evil.com",
                                      "localhost.evil.com",
                                      "localhost:",
                                      "localhost:x",
                                      "127.0.0.1.nip.io",
                                      "127.0.0.1:123456",
                                      "127.0.0.2",
                                      "::1",
                                      "[::1]x",
                                      "evil.com:80@localhost",
                                      "localhost:80/",
                                      "10.0.0.70:80",
                                      " localhost"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ck_assert_msg(request_host_fits(good[i], "10.0.0.7"), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!request_host_fits(bad[i], "10.0.0.7"), "%s", bad[i]);
    ck_assert(!request_host_fits("10.0.0.7", NULL));
    ck_assert(!request_host_fits(NULL, NULL));
    ck_assert(request_origin_fits("http://localhost:80", "localhost:80"));
    ck_assert(!request_origin_fits("http://localhost:81", "localhost:80"));
    ck_assert(!request_origin_fits("https://localhost:80", "localhost:80"));
    ck_assert(!request_origin_fits("http://localhost:80.evil.com", "localhost:80"));
    ck_assert(!request_origin_fits("null", "localhost:80"));
    ck_assert(!request_origin_fits("", "localhost:80"));
    ck_assert(!request_origin_fits("http://", NULL));
}
END_TEST

START_TEST(tokens_differ_and_are_compared_whole)
{
    char first[TOKEN_BYTES], second[TOKEN_BYTES], changed[TOKEN_BYTES + 1];
    ck_assert(token_make(first) && token_make(second));
    ck_assert_uint_eq(strlen(first), TOKEN_BYTES - 1);
    ck_assert(strcmp(first, second) != 0);
    ck_assert(token_equal(first, first));
    ck_assert(!token_equal(first, second));
    ck_assert(!token_equal(first, ""));
    for (size_t i = 0; i < TOKEN_BYTES - 1; i++) {
        memcpy(changed, first, TOKEN_BYTES);
        changed[i] ^= 1;
        ck_assert(!token_equal(first, changed));
        changed[i] = '\0';
        ck_assert(!token_equal(first, changed));
    }
    memcpy(changed, first, TOKEN_BYTES - 1);
    memcpy(changed + TOKEN_BYTES - 1, "0", 2);
    ck_assert(!token_equal(first, changed));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("request");
    TCase *requests = add_case(suite, "requests", 10);
    tcase_add_loop_test(requests, targets_are_read, 0, sizeof targets / sizeof targets[0]);
    tcase_add_test(requests, a_slice_has_all_its_parts);
    tcase_add_test(requests, what_is_too_long_is_unknown);
    tcase_add_test(requests, cookies_are_found_by_name);
    tcase_add_test(requests, hosts_and_origins_are_our_own);
    tcase_add_test(requests, tokens_differ_and_are_compared_whole);
    return run_suite(suite);
}
