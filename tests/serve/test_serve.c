/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: who may ask, what is answered, what becomes of verdicts, and how it ends. */
#define _DEFAULT_SOURCE
#include <amos/amos.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/client.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_MICROHTTPD

enum { WIDTH = 40, HEIGHT = 32, DEPTH = 12 };

static char *root, *predictions, *journal;
static struct served served;

static void make_set(void)
{
    root = tmp_path("set");
    predictions = tmp_path("set/predictions");
    journal = tmp_path("verdicts.jsonl");
    struct outcome made = run_amos("phantom %s --cases 3 --size 40x32x12 --predictions", root);
    ck_assert_msg(made.code == 0, "%s", made.err);
    outcome_free(&made);
}

/* What an earlier test left. */
static void remove_all(const char *path)
{
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c): words of its own
}

static void begin(const char *seconds)
{
    const char *const arguments[] = {root, "-p", predictions, "--verdicts", journal, "--timeout", seconds, NULL};
    served_begin(&served, arguments);
}

static void setup(void)
{
    make_set();
    remove_all(journal);
    begin("60");
}

static void teardown(void)
{
    if (served.pid)
        (void)served_end(&served, SIGKILL);
}

static void assert_reply(struct reply reply, int status, const char *words, const char *what)
{
    ck_assert_msg(reply.status == status, "%s: %d %s", what, reply.status, reply.body ? reply.body : "");
    ck_assert_msg(!words || strstr(reply.body, words), "%s: %s", what, reply.body);
    reply_free(&reply);
}

/* ---- who may ask ---- */

START_TEST(the_token_opens_the_page_and_the_cookie_the_rest)
{
    char target[200], header[300], cookie[200];
    snprintf(target, sizeof target, "/?token=%s", served.token);
    snprintf(header, sizeof header, "Host: 127.0.0.1:%d\r\n", served.port);
    struct reply page = ask_with(&served, "GET", target, header, "");
    ck_assert_int_eq(page.status, 200);
    snprintf(cookie, sizeof cookie, "Set-Cookie: amos_%d=%s; Path=/; HttpOnly; SameSite=Strict", served.port,
             served.token);
    ck_assert_msg(strstr(page.headers, cookie) != NULL, "%s", page.headers);
    static const char *const expected[] = {"Content-Security-Policy: default-src 'none'; script-src 'self';",
                                           "X-Content-Type-Options: nosniff",
                                           "Referrer-Policy: no-referrer",
                                           "Cache-Control: no-store",
                                           "Cross-Origin-Resource-Policy: same-origin",
                                           "X-Frame-Options: DENY",
                                           "Content-Type: text/html; charset=utf-8"};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_msg(strstr(page.headers, expected[i]) != NULL, "%s", expected[i]);
    ck_assert_ptr_nonnull(strstr(page.body, "amos_0001"));
    reply_free(&page);
    assert_reply(ask(&served, "/set.js"), 200, "amosViewer.set({", "set.js");
    assert_reply(ask(&served, "/viewer.js"), 200, "SPDX", "viewer.js");
    assert_reply(ask(&served, "/viewer.css"), 200, NULL, "viewer.css");
    snprintf(target, sizeof target, "/set.js?token=%s", served.token);
    assert_reply(ask_with(&served, "GET", target, header, ""), 200, NULL, "the token alone");
}
END_TEST

START_TEST(S01_nothing_is_answered_without_the_token)
{
    static const char *const targets[] = {
        "/",         "/set.js", "/viewer.js", "/case/amos_0001", "/slice/amos_0001/image/axial/1", "/scores/amos_0001",
        "/verdicts", "/nothing"};
    char wrong[64], header[300], target[200];
    snprintf(header, sizeof header, "Host: localhost:%d\r\n", served.port);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        assert_reply(ask_with(&served, "GET", targets[i], header, ""), 403, "token", targets[i]);
    memcpy(wrong, served.token, sizeof wrong);
    wrong[31] = wrong[31] == '0' ? '1' : '0';
    const char *const tokens[] = {
        wrong, "",   "0",
        "%00", "..", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        snprintf(target, sizeof target, "/?token=%s", tokens[i]);
        assert_reply(ask_with(&served, "GET", target, header, ""), 403, "token", target);
        snprintf(header, sizeof header, "Host: localhost:%d\r\nCookie: amos_%d=%s\r\n", served.port, served.port,
                 tokens[i]);
        assert_reply(ask_with(&served, "GET", "/set.js", header, ""), 403, "token", header);
    }
}
END_TEST

START_TEST(S02_other_hosts_and_pages_are_refused)
{
    static const char *const hosts[] = {"evil.com", "localhost.evil.com", "127.0.0.1.nip.io:80",
                                        "0.0.0.0",  "10.0.0.1:80",        ""};
    static const char *const origins[] = {"http://evil.com", "null", "https://localhost", "http://localhost:1",
                                          "file://"};
    char header[400];
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        snprintf(header, sizeof header, "Host: %s\r\nCookie: amos_%d=%s\r\n", hosts[i], served.port, served.token);
        struct reply reply = ask_with(&served, "GET", "/set.js", header, "");
        ck_assert_msg(reply.status == 403 || reply.status == 400, "%s: %d", hosts[i], reply.status);
        reply_free(&reply);
    }
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        snprintf(header, sizeof header, "Host: localhost:%d\r\nOrigin: %s\r\nCookie: amos_%d=%s\r\n", served.port,
                 origins[i], served.port, served.token);
        assert_reply(ask_with(&served, "GET", "/set.js", header, ""), 403, "other places", origins[i]);
        snprintf(header, sizeof header,
                 "Host: localhost:%d\r\nOrigin: %s\r\nCookie: amos_%d=%s\r\nContent-Type: application/json\r\n"
                 "Content-Length: 2\r\n",
                 served.port, origins[i], served.port, served.token);
        assert_reply(ask_with(&served, "POST", "/verdicts", header, "{}"), 403, "other places", origins[i]);
    }
    /* ssh -L gives the port another number. */
    snprintf(header, sizeof header, "Host: localhost:1234\r\nOrigin: http://localhost:1234\r\nCookie: amos_%d=%s\r\n",
             served.port, served.token);
    assert_reply(ask_with(&served, "GET", "/set.js", header, ""), 200, NULL, "another port");
}
END_TEST

START_TEST(S03_only_verdicts_are_posted)
{
    static const char *const methods[] = {"HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "GETS"};
    char header[400];
    snprintf(header, sizeof header, "Host: localhost:%d\r\nCookie: amos_%d=%s\r\n", served.port, served.port,
             served.token);
    for (size_t i = 1; i < sizeof methods / sizeof methods[0]; i++)
        assert_reply(ask_with(&served, methods[i], "/set.js", header, ""), 405, "GET", methods[i]);
    snprintf(header, sizeof header,
             "Host: localhost:%d\r\nCookie: amos_%d=%s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n",
             served.port, served.port, served.token);
    assert_reply(ask_with(&served, "POST", "/set.js", header, "{}"), 405, "GET", "POST of set.js");
    static const char *const types[] = {"text/plain", "application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=x", "application/jsonx"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) { /* what a form of another page could send */
        snprintf(header, sizeof header,
                 "Host: localhost:%d\r\nCookie: amos_%d=%s\r\nContent-Type: %s\r\nContent-Length: 2\r\n", served.port,
                 served.port, served.token, types[i]);
        assert_reply(ask_with(&served, "POST", "/verdicts", header, "{}"), 415, "application/json", types[i]);
    }
    ck_assert_int_ne(access(journal, F_OK), 0);
}
END_TEST

START_TEST(S04_nothing_but_the_data_set_is_reached)
{
    static const char *const targets[] = {"/../etc/passwd",
                                          "/case/../../etc/passwd",
                                          "/case/..%2f..%2fetc%2fpasswd",
                                          "/case/%2e%2e",
                                          "/case/amos_9999",
                                          "/case/amos_0001.nii.gz",
                                          "/slice/..%2fset%2fimagesTr%2famos_0001/image/axial/1",
                                          "/slice/amos_0001/image/axial/99",
                                          "/slice/amos_0001/image/../axial/1",
                                          "/dataset.json",
                                          "/imagesTr/amos_0001.nii.gz",
                                          "/verdicts.jsonl",
                                          "/set.js/..",
                                          "/%00",
                                          "/case/amos_0001%00",
                                          "/?/../x"};
    for (size_t i = 0; i + 1 < sizeof targets / sizeof targets[0]; i++)
        assert_reply(ask(&served, targets[i]), 404, NULL, targets[i]);
    assert_reply(ask(&served, targets[15]), 200, "<!DOCTYPE html>", targets[15]);
}
END_TEST

/* ---- what is answered ---- */

static void *read_layer(const char *path, amos_type type, size_t *bytes)
{
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    amos_read_options options = AMOS_READ_OPTIONS_INIT;
    options.type = type;
    options.orientation = "RAS";
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    assert_ok(amos_volume_load(volume, &options, &array, &err), &err);
    *bytes = amos_array_layout(array)->bytes;
    void *voxels = must_alloc(*bytes);
    memcpy(voxels, amos_array_data(array), *bytes);
    amos_array_free(array);
    amos_volume_free(volume);
    return voxels;
}

START_TEST(slices_are_those_of_the_files)
{
    static const struct {
        const char *folder, *layer;
        amos_type type;
    } layers[] = {{"imagesTr", "image", AMOS_TYPE_INT16},
                  {"labelsTr", "reference", AMOS_TYPE_UINT8},
                  {"predictions", "prediction", AMOS_TYPE_UINT8}};
    for (size_t i = 0; i < 3; i++) {
        char name[100], target[100];
        snprintf(name, sizeof name, "set/%s/amos_0001.nii.gz", layers[i].folder);
        size_t bytes, item = amos_type_bytes(layers[i].type), plane = WIDTH * HEIGHT * item;
        char *path = tmp_path(name);
        unsigned char *voxels = read_layer(path, layers[i].type, &bytes);
        for (int z = 0; z < DEPTH; z++) {
            snprintf(target, sizeof target, "/slice/amos_0001/%s/axial/%d", layers[i].layer, z);
            struct reply reply = ask(&served, target);
            ck_assert_int_eq(reply.status, 200);
            ck_assert_uint_eq(reply.count, plane);
            ck_assert_msg(memcmp(reply.body, voxels + (size_t)z * plane, plane) == 0, "%s", target);
            reply_free(&reply);
        }
        snprintf(target, sizeof target, "/slice/amos_0001/%s/sagittal/%d", layers[i].layer, WIDTH / 2);
        struct reply reply = ask(&served, target);
        ck_assert_uint_eq(reply.count, HEIGHT * DEPTH * item);
        for (size_t n = 0; n < HEIGHT * DEPTH; n++)
            ck_assert(memcmp(reply.body + n * item, voxels + (n * WIDTH + WIDTH / 2) * item, item) == 0);
        reply_free(&reply);
        free(voxels);
        free(path);
    }
}
END_TEST

START_TEST(a_case_and_its_scores_are_objects)
{
    struct reply reply = ask(&served, "/case/amos_0001");
    ck_assert_int_eq(reply.status, 200);
    cJSON *object = parse_json(reply.body);
    ck_assert_str_eq(member_text(object, "id"), "amos_0001");
    ck_assert_str_eq(member_text(member(object, "image"), "type"), "int16");
    ck_assert_str_eq(member_text(member(object, "reference"), "type"), "uint8");
    ck_assert_int_eq(cJSON_GetArraySize(member(object, "windows")), 4);
    ck_assert(cJSON_IsNull(member(object, "scores")));
    cJSON_Delete(object);
    reply_free(&reply);
    reply = ask(&served, "/scores/amos_0001");
    ck_assert_int_eq(reply.status, 200);
    object = parse_json(reply.body);
    ck_assert_int_eq(cJSON_GetArraySize(member(object, "scores")), 4);
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetArrayItem(member(object, "scores"), 0)), 15);
    ck_assert_int_eq(cJSON_GetArraySize(member(object, "volumes")), 15);
    cJSON_Delete(object);
    reply_free(&reply);
    reply = ask(&served, "/findings/amos_0001");
    ck_assert_int_eq(reply.status, 200);
    object = parse_json(reply.body);
    ck_assert(cJSON_IsArray(member(object, "findings")));
    ck_assert_int_eq(cJSON_GetArraySize(member(object, "volumes")), 15);
    cJSON_Delete(object);
    reply_free(&reply);
    /* What is known now is in the set. */
    assert_reply(ask(&served, "/set.js"), 200, "\"scores\":[[", "set.js");
}
END_TEST

START_TEST(S05_a_damaged_case_is_a_row_with_its_reason)
{
    (void)served_end(&served, SIGTERM);
    struct stat about;
    struct outcome list = run_amos("list %s --json", root);
    cJSON *cases = parse_json(list.out);
    const char *second = member_text(cJSON_GetArrayItem(cases, 1), "image"),
               *third = member_text(cJSON_GetArrayItem(cases, 2), "label");
    ck_assert_int_eq(truncate(second, 9), 0);
    ck_assert_int_eq(stat(third, &about), 0);
    ck_assert_int_eq(truncate(third, about.st_size / 2), 0);
    begin("60");
    struct reply set = ask(&served, "/set.js");
    ck_assert_ptr_nonnull(strstr(set.body, "E_GZ_TRUNC"));
    reply_free(&set);
    char target[200];
    snprintf(target, sizeof target, "/case/%s", member_text(cJSON_GetArrayItem(cases, 1), "id"));
    assert_reply(ask(&served, target), 500, "E_GZ_TRUNC", target);
    snprintf(target, sizeof target, "/slice/%s/image/axial/1", member_text(cJSON_GetArrayItem(cases, 1), "id"));
    assert_reply(ask(&served, target), 500, "E_GZ_TRUNC", target);
    snprintf(target, sizeof target, "/slice/%s/reference/axial/1", member_text(cJSON_GetArrayItem(cases, 2), "id"));
    assert_reply(ask(&served, target), 500, "(E_GZ_", target);
    snprintf(target, sizeof target, "/slice/%s/image/axial/1", member_text(cJSON_GetArrayItem(cases, 2), "id"));
    assert_reply(ask(&served, target), 200, NULL, target);
    snprintf(target, sizeof target, "/scores/%s", member_text(cJSON_GetArrayItem(cases, 2), "id"));
    assert_reply(ask(&served, target), 200, "\"fault\":\"", target);
    cJSON_Delete(cases);
    outcome_free(&list);
}
END_TEST

START_TEST(S06_names_of_the_data_set_are_no_html)
{
    static const char id[] = "<img src=x onerror=alert(1)>&\"' \xf0\x9f\xab\x80\n";
    char *folder = tmp_path("hostile"), *inside = tmp_path("hostile/imagesTr"), *from, name[300];
    (void)served_end(&served, SIGTERM);
    mkdir(folder, 0777);
    mkdir(inside, 0777);
    snprintf(name, sizeof name, "hostile/imagesTr/%s.nii.gz", id);
    char *to = tmp_path(name);
    struct outcome list = run_amos("list %s --json", root);
    cJSON *cases = parse_json(list.out);
    from = strdup(member_text(cJSON_GetArrayItem(cases, 0), "image"));
    ck_assert_int_eq(link(from, to), 0);
    const char *const arguments[] = {folder, "--verdicts", journal, NULL};
    served_begin(&served, arguments);
    static const char *const targets[] = {"/", "/set.js"};
    for (int i = 0; i < 2; i++) {
        struct reply reply = ask(&served, targets[i]);
        ck_assert_int_eq(reply.status, 200);
        ck_assert_msg(strstr(reply.body, "<img") == NULL, "%s", reply.body);
        ck_assert_ptr_nonnull(strstr(reply.body, "onerror=alert"));
        reply_free(&reply);
    }
    assert_reply(ask(&served, "/case/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E%26%22%27%20%F0%9F%AB%80%0A"), 200,
                 NULL, "case");
    cJSON_Delete(cases);
    outcome_free(&list);
    free(from);
    free(to);
    free(inside);
    free(folder);
}
END_TEST

/* ---- verdicts ---- */

static size_t count_kept(void)
{
    amos_verdicts *verdicts;
    amos_error err;
    assert_ok(amos_verdicts_open(journal, &verdicts, &err), &err);
    size_t count = amos_verdicts_get_info(verdicts)->count;
    ck_assert_int_eq(amos_verdicts_get_info(verdicts)->lines, 1);
    amos_verdicts_free(verdicts);
    return count;
}

START_TEST(verdicts_are_kept_and_given_back)
{
    assert_reply(ask(&served, "/verdicts"), 200, "\"verdicts\":[]", "none yet");
    assert_reply(post_verdict(&served,
                              "{\"case\": \"amos_0001\",\n \"verdict\": \"fail\", \"organ\": \"liver\", \"text\": "
                              "\"two\\nlines <b>\", \"voxel\": [1, 2, 3], \"mm\": [0.5, -2, 1]}"),
                 200, "true", "the first");
    assert_reply(post_verdict(&served, "{\"case\": \"amos_0001\", \"verdict\": \"pass\", \"time\": \"2020\"}"), 200,
                 "true", "the second");
    struct reply reply = ask(&served, "/verdicts");
    cJSON *object = parse_json(reply.body);
    const cJSON *list = member(object, "verdicts"), *first = cJSON_GetArrayItem(list, 0);
    ck_assert_int_eq(cJSON_GetArraySize(list), 2);
    ck_assert_str_eq(member_text(first, "text"), "two\nlines <b>");
    ck_assert_str_eq(member_text(first, "organ"), "liver");
    ck_assert_int_eq(cJSON_GetArrayItem(member(first, "voxel"), 2)->valueint, 3);
    ck_assert_uint_eq(strlen(member_text(first, "time")), strlen("2026-11-29T20:40:42Z"));
    ck_assert_str_eq(member_text(cJSON_GetArrayItem(list, 1), "time"), "2020");
    cJSON_Delete(object);
    reply_free(&reply);
    ck_assert_uint_eq(count_kept(), 2);
}
END_TEST

START_TEST(S07_what_is_no_verdict_is_not_kept)
{
    static const struct {
        const char *body;
        int status;
    } rows[] = {
        {"", 400},
        {"{}", 400},
        {"[]", 400},
        {"{\"case\": \"amos_0001\"}", 400},
        {"{\"case\": \"amos_0001\", \"verdict\": \"good\"}", 400},
        {"{\"case\": \"amos_9999\", \"verdict\": \"pass\"}", 404},
        {"{\"case\": \"amos_0001\", \"verdict\": \"pass\"", 400},
        {"{\"case\": \"amos_0001\", \"verdict\": \"pass\"}\n{\"case\": \"amos_0001\", \"verdict\": \"pass\"}", 400},
        {"case,verdict\namos_0001,pass\namos_0001,fail\n", 400},
        {"\xff", 400}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_reply(post_verdict(&served, rows[i].body), rows[i].status, NULL, rows[i].body);
    /* A remark that is too long, a body that is, one whose length is a lie, one in pieces without a length. */
    static char body[100000];
    int begun = snprintf(body, sizeof body, "{\"case\": \"amos_0001\", \"verdict\": \"pass\", \"text\": \"");
    memset(body + begun, 'a', 20000);
    memcpy(body + begun + 20000, "\"}", 3);
    assert_reply(post_verdict(&served, body), 400, "too long", "a long remark");
    memset(body + begun, 'a', sizeof body - (size_t)begun - 1);
    struct reply reply = post_verdict(&served, body);
    ck_assert_msg(reply.status == 413 || reply.status == 0, "%d",
                  reply.status); /* it may be cut off before it is told */
    reply_free(&reply);
    char header[500];
    snprintf(
        header, sizeof header,
        "Host: localhost:%d\r\nCookie: amos_%d=%s\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n",
        served.port, served.port, served.token);
    assert_reply(ask_with(&served, "POST", "/verdicts", header, "{"), 413, "too long", "a length");
    snprintf(
        header, sizeof header,
        "Host: localhost:%d\r\nCookie: amos_%d=%s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
        served.port, served.port, served.token);
    static char chunks[90000];
    int used = 0;
    for (int i = 0; i < 80; i++) {
        used += snprintf(chunks + used, sizeof chunks - (size_t)used, "400\r\n");
        memset(chunks + used, 'a', 1024);
        used += 1024;
        used += snprintf(chunks + used, sizeof chunks - (size_t)used, "\r\n");
    }
    snprintf(chunks + used, sizeof chunks - (size_t)used, "0\r\n\r\n");
    assert_reply(ask_with(&served, "POST", "/verdicts", header, chunks), 413, "too long", "pieces");
    ck_assert_int_ne(access(journal, F_OK), 0);
    assert_reply(ask(&served, "/set.js"), 200, NULL, "afterwards");
}
END_TEST

static void *post_until_it_dies(void *user)
{
    atomic_uint *kept = user;
    for (;;) {
        char headers[400], text[600];
        static const char body[] =
            "{\"case\": \"amos_0001\", \"verdict\": \"unsure\", \"text\": \"a verdict among many\"}";
        int fd = client_try(&served);
        if (fd < 0)
            return NULL;
        snprintf(
            headers, sizeof headers,
            "Host: localhost:%d\r\nCookie: amos_%d=%s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n",
            served.port, served.port, served.token, sizeof body - 1);
        int count = snprintf(text, sizeof text, "POST /verdicts HTTP/1.1\r\n%s\r\n%s", headers, body);
        struct reply reply = {0, NULL, NULL, 0};
        if (client_send(fd, text, (size_t)count))
            reply = client_read(fd);
        close(fd);
        if (reply.status != 200) {
            reply_free(&reply);
            return NULL;
        }
        atomic_fetch_add(kept, 1);
        reply_free(&reply);
    }
}

START_TEST(S08_what_was_answered_survives_kill)
{
    size_t before = 0;
    for (int round = 0; round < 5; round++) {
        pthread_t threads[4];
        atomic_uint kept = 0;
        for (int i = 0; i < 4; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, post_until_it_dies, &kept), 0);
        while (atomic_load(&kept) < 5 + (unsigned)round)
            usleep(1000);
        ck_assert(WIFSIGNALED(served_end(&served, SIGKILL)));
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        size_t now = count_kept();
        ck_assert_msg(now >= before + kept && now <= before + kept + 4, "%zu kept, %zu before, %u answered", now,
                      before, kept);
        before = now;
        begin("60");
    }
}
END_TEST

START_TEST(S09_a_line_that_is_cut_off_is_replaced)
{
    static const char whole[] = "{\"case\": \"amos_0001\", \"verdict\": \"pass\"}";
    static const struct {
        const char *content;
        size_t count; /* with the one that is added */
    } rows[] = {{"%s\n{\"case\": \"amos_0001\", \"verd", 2}, {"%s", 2}, {"%s\n", 2}, {"{\"case\"", 1}, {"", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];
        int count = snprintf(text, sizeof text, rows[i].content, whole);
        free(tmp_write("verdicts.jsonl", text, (size_t)count));
        assert_reply(post_verdict(&served, whole), 200, "true", text);
        ck_assert_msg(count_kept() == rows[i].count, "%s: %zu", text, count_kept());
        struct bytes all = read_file(journal);
        ck_assert_int_eq(all.data[all.size - 1], '\n');
        bytes_free(&all);
    }
}
END_TEST

START_TEST(S10_another_file_is_no_file_of_verdicts)
{
    static const char *const contents[] = {"case,verdict\namos_0001,pass\n", "{\"verdicts\": []}\n", "hello\n"};
    (void)served_end(&served, SIGTERM);
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        free(tmp_write("other", contents[i], strlen(contents[i])));
        char *path = tmp_path("other");
        struct outcome outcome = run_amos("serve %s --verdicts %s", root, path);
        assert_exit(&outcome, 1);
        ck_assert_msg(strstr(outcome.err, "other") != NULL, "%s", outcome.err);
        outcome_free(&outcome);
        struct bytes now = read_file(path);
        ck_assert(now.size == strlen(contents[i]) && memcmp(now.data, contents[i], now.size) == 0);
        bytes_free(&now);
        free(path);
    }
}
END_TEST

START_TEST(a_verdict_that_cannot_be_written_is_not_promised)
{
    ck_assert_int_eq(mkdir(journal, 0777), 0);
    assert_reply(post_verdict(&served, "{\"case\": \"amos_0001\", \"verdict\": \"pass\"}"), 500, "verdict cannot be",
                 "a folder");
    assert_reply(ask(&served, "/set.js"), 200, NULL, "afterwards");
}
END_TEST

/* ---- how it begins and ends ---- */

START_TEST(a_signal_ends_it_with_success)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++) {
        if (!served.pid)
            begin("60");
        int half = client_open(&served), idle = client_open(&served);
        ck_assert(client_send(half, "GET / HT", 8));
        struct reply reply = client_get(&served, idle, "/set.js");
        ck_assert_int_eq(reply.status, 200);
        reply_free(&reply);
        int status = served_end(&served, signals[i]);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", (unsigned)status);
        close(half);
        close(idle);
    }
}
END_TEST

START_TEST(places_that_cannot_be_listened_at_are_said)
{
    char port[16];
    snprintf(port, sizeof port, "%d", served.port);
    struct outcome outcome = run_amos("serve %s --port %s", root, port);
    assert_exit(&outcome, 1);
    ck_assert_msg(strstr(outcome.err, "cannot be used") != NULL, "%s", outcome.err);
    outcome_free(&outcome);
    static const char *const addresses[] = {"0.0.0.0", "::", "localhost", "1.2.3.4.5", ""};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        outcome = run_amos("serve %s --address %s", root, addresses[i]);
        ck_assert_msg(outcome.code == 1 || outcome.code == 2, "%s: %d", addresses[i], outcome.code);
        ck_assert_msg(strstr(outcome.err, "address") != NULL, "%s", outcome.err);
        outcome_free(&outcome);
    }
    outcome = run_amos("serve %s --memory 1M", root);
    assert_exit(&outcome, 2);
    outcome_free(&outcome);
}
END_TEST

START_TEST(indexes_are_kept_unless_told_otherwise)
{
    (void)served_end(&served, SIGTERM);
    char *cache = tmp_path("cache/amos");
    remove_all(cache);
    for (int with = 0; with < 2; with++) {
        const char *const arguments[] = {root, "--verdicts", journal, with ? NULL : "--no-index", NULL};
        served_begin(&served, arguments);
        assert_reply(ask(&served, "/slice/amos_0001/image/axial/3"), 200, NULL, "a slice");
        for (int i = 0; with && i < 10000 && access(cache, F_OK) != 0; i++)
            usleep(1000);
        ck_assert_int_eq(served_end(&served, SIGTERM), 0);
        ck_assert_int_eq(access(cache, F_OK) == 0, with);
    }
    free(cache);
}
END_TEST

#else

START_TEST(without_the_library_it_says_what_is_missing)
{
    struct outcome outcome = run_amos("serve .");
    assert_exit(&outcome, 1);
    ck_assert_ptr_nonnull(strstr(outcome.err, "libmicrohttpd-dev"));
    outcome_free(&outcome);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("serve");
    TCase *all = add_case(suite, "serve", 60);
#ifdef AMOS_HAVE_MICROHTTPD
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, the_token_opens_the_page_and_the_cookie_the_rest);
    tcase_add_test(all, S01_nothing_is_answered_without_the_token);
    tcase_add_test(all, S02_other_hosts_and_pages_are_refused);
    tcase_add_test(all, S03_only_verdicts_are_posted);
    tcase_add_test(all, S04_nothing_but_the_data_set_is_reached);
    tcase_add_test(all, slices_are_those_of_the_files);
    tcase_add_test(all, a_case_and_its_scores_are_objects);
    tcase_add_test(all, S05_a_damaged_case_is_a_row_with_its_reason);
    tcase_add_test(all, S06_names_of_the_data_set_are_no_html);
    tcase_add_test(all, verdicts_are_kept_and_given_back);
    tcase_add_test(all, S07_what_is_no_verdict_is_not_kept);
    tcase_add_test(all, S08_what_was_answered_survives_kill);
    tcase_add_test(all, S09_a_line_that_is_cut_off_is_replaced);
    tcase_add_test(all, S10_another_file_is_no_file_of_verdicts);
    tcase_add_test(all, a_verdict_that_cannot_be_written_is_not_promised);
    tcase_add_test(all, a_signal_ends_it_with_success);
    tcase_add_test(all, places_that_cannot_be_listened_at_are_said);
    tcase_add_test(all, indexes_are_kept_unless_told_otherwise);
#else
    tcase_add_test(all, without_the_library_it_says_what_is_missing);
#endif
    return run_suite(suite);
}
