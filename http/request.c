/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "http/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "http/fail.h"

#define MOST_REDIRECTS 5
#define MOST_DISCARDED ((size_t)64 << 10) /* of an answer that is no file; more, and the connection is closed */

/* One transfer. */
struct transfer {
    struct amosi_http_request *r;
    uint64_t first, left; /* the bytes that it asks for */
    struct amosi_http_answer answer;
    bool begun;    /* the first byte of the answer's body has come */
    bool taking;   /* the body is what was asked for */
    bool too_long; /* the body goes on after it */
    bool ended;    /* by the sink */
    uint64_t taken;
    size_t discarded;
    CURLcode result;
    long code;
    long tunnel; /* what a proxy answered to CONNECT */
    char said[CURL_ERROR_SIZE];
};

/* What becomes of a transfer. */
enum fate { FATE_DONE, FATE_REDIRECT, FATE_AGAIN, FATE_FAILED };

/* ---- callbacks of curl ---- */

static size_t on_header(char *line, size_t one, size_t bytes, void *user)
{
    struct transfer *t = user;
    (void)one;
    amosi_http_answer_line(&t->answer, line, bytes);
    return bytes;
}

static bool is_same(const struct transfer *t)
{
    return !t->r->known || amosi_http_same_state(&t->r->state, &t->answer.state);
}

/* Whether the body is a part of what was asked for, from its beginning. */
static bool is_wanted(struct transfer *t)
{
    struct amosi_http_answer *a = &t->answer;
    if (t->code == 200 && t->r->whole && t->first == 0 && is_same(t)) {
        curl_off_t length = -1;
        t->r->curl->easy_getinfo(t->r->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        a->state.size = length < 0 ? UINT64_MAX : (uint64_t)length;
        a->last = a->state.size - 1;
        return true;
    }
    return t->code == 206 && a->has_range && a->first == t->first && a->last - a->first < t->left && is_same(t) &&
           (t->r->known || a->state.size != UINT64_MAX);
}

/* Keeps what an answer says of the file. */
static void learn(const struct transfer *t)
{
    struct amosi_http_request *r = t->r;
    if (!t->taking || r->known)
        return;
    r->state = t->answer.state;
    r->known = true;
    if (r->state.size != UINT64_MAX && r->count > r->state.size - r->first)
        r->count = r->state.size - r->first;
}

static size_t on_body(char *data, size_t one, size_t bytes, void *user)
{
    struct transfer *t = user;
    (void)one;
    if (!t->begun) {
        t->begun = true;
        t->r->curl->easy_getinfo(t->r->easy, CURLINFO_RESPONSE_CODE, &t->code);
        t->taking = is_wanted(t);
        learn(t);
    }
    if (!t->taking) {
        t->discarded += bytes;
        return t->code == 200 || t->code == 206 || t->discarded > MOST_DISCARDED ? 0 : bytes;
    }
    uint64_t room = t->answer.last - t->answer.first + 1 - t->taken;
    t->too_long = bytes > room;
    if (t->too_long)
        return 0;
    t->taken += bytes;
    t->ended = !t->r->sink(t->r->user, data, bytes);
    return t->ended ? 0 : bytes;
}

/* ---- one transfer ---- */

/* A strong ETag, else the date: with these the server itself refuses if the file has changed. */
static bool add_conditions(const struct amosi_http_request *r, struct curl_slist **list)
{
    char line[300];
    if (!r->known)
        return true;
    if (r->state.etag[0] == '"')
        snprintf(line, sizeof line, "If-Match: %s", r->state.etag);
    else if (r->state.modified[0] && !r->state.etag[0])
        snprintf(line, sizeof line, "If-Unmodified-Since: %s", r->state.modified);
    else
        return true;
    struct curl_slist *more = r->curl->slist_append(*list, line);
    if (more)
        *list = more;
    return more != NULL;
}

static const char *ca_file(const amos_http_options *options)
{
    const char *file = options->ca_file;
    if (!file || !*file)
        file = getenv("CURL_CA_BUNDLE");
    if (!file || !*file)
        file = getenv("SSL_CERT_FILE");
    return file && *file ? file : NULL;
}

static bool is_secure(const char *url)
{
    return strncasecmp(url, "https:", 6) == 0;
}

static const char *url_now(const struct amosi_http_request *r)
{
    return r->place ? r->place : r->url;
}

static void set_options(struct transfer *t, struct curl_slist *headers)
{
    const struct amosi_http_request *r = t->r;
    const struct amosi_curl *curl = r->curl;
    CURL *easy = r->easy;
    char range[64];
    if (t->left == UINT64_MAX - t->first)
        snprintf(range, sizeof range, "%" PRIu64 "-", t->first);
    else
        snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, t->first, t->first + t->left - 1);
    curl->easy_reset(easy); /* the connection stays */
    curl->easy_setopt(easy, CURLOPT_URL, url_now(r));
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (t->first || !r->whole)
        curl->easy_setopt(easy, CURLOPT_RANGE, range);
    if (r->per_second)
        curl->easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)r->per_second);
    curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl->easy_setopt(easy, CURLOPT_USERAGENT, "libamos/" AMOS_VERSION_STRING);
    curl->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)r->options->connect_seconds);
    curl->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)r->options->stall_seconds);
    curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->said);
    if (ca_file(r->options))
        curl->easy_setopt(easy, CURLOPT_CAINFO, ca_file(r->options));
    if (getenv("SSL_CERT_DIR"))
        curl->easy_setopt(easy, CURLOPT_CAPATH, getenv("SSL_CERT_DIR"));
}

static amos_status perform(struct transfer *t, amos_error *err)
{
    struct curl_slist *headers = NULL;
    amosi_http_answer_begin(&t->answer);
    if (!add_conditions(t->r, &headers))
        return amosi_http_nomem(err, t->r->url);
    set_options(t, headers);
    t->result = t->r->curl->easy_perform(t->r->easy);
    t->r->curl->easy_getinfo(t->r->easy, CURLINFO_RESPONSE_CODE, &t->code);
    t->r->curl->easy_getinfo(t->r->easy, CURLINFO_HTTP_CONNECTCODE, &t->tunnel);
    t->r->curl->easy_setopt(t->r->easy, CURLOPT_HTTPHEADER, NULL);
    t->r->curl->slist_free_all(headers);
    return AMOS_OK;
}

/* ---- what became of it ---- */

static enum fate changed(const struct transfer *t, amos_error *err)
{
    amosi_http_fail(err, AMOS_E_CHANGED, 0, t->r->url,
                    "the file at this URL was changed after it was opened; open it again.");
    return FATE_FAILED;
}

static enum fate judge_proxy(const struct transfer *t, long code, amos_error *err)
{
    if (code == 407)
        amosi_http_fail(err, AMOS_E_OPEN, EACCES, t->r->url,
                        "the proxy asks for a name and a password (407); those stand in the variable of the proxy, "
                        "http://NAME:PASSWORD@HOST:PORT.");
    else
        amosi_http_fail(err, AMOS_E_OPEN, EACCES, t->r->url,
                        "the proxy does not connect to the server (%ld); no_proxy names servers that are reached "
                        "without it.",
                        code);
    return FATE_FAILED;
}

/* Failures of curl before there was an answer. */
static enum fate judge_failure(const struct transfer *t, amos_error *err)
{
    const char *said = t->said[0] ? t->said : t->r->curl->easy_strerror(t->result), *url = t->r->url;
    switch (t->result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        amosi_http_fail(err, AMOS_E_OPEN, EHOSTUNREACH, url,
                        "the server cannot be reached (%s); check the name and the network.", said);
        return t->r->known ? FATE_AGAIN : FATE_FAILED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        amosi_http_fail(err, AMOS_E_OPEN, EACCES, url,
                        "the server's certificate is not trusted (%s); CURL_CA_BUNDLE names a file of certificates to "
                        "trust.",
                        said);
        return FATE_FAILED;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        amosi_http_fail(err, AMOS_E_ARG, 0, url, "this is no URL that can be opened (%s).", said);
        return FATE_FAILED;
    case CURLE_OUT_OF_MEMORY:
        amosi_http_nomem(err, url);
        return FATE_FAILED;
    case CURLE_OPERATION_TIMEDOUT:
        amosi_http_fail(err, AMOS_E_IO, ETIMEDOUT, url,
                        "the server does not answer, or too slowly (%s); try again later.", said);
        return FATE_AGAIN;
    default:
        amosi_http_fail(err, AMOS_E_IO, EIO, url, "the connection failed at byte %" PRIu64 " (%s); try again later.",
                        t->first + t->taken, said);
        return FATE_AGAIN;
    }
}

static enum fate judge_range(struct transfer *t, amos_error *err)
{
    const struct amosi_http_answer *a = &t->answer;
    if (!is_same(t))
        return changed(t, err);
    if (t->too_long || (!t->taking && t->begun) || !a->has_range || a->first != t->first ||
        (!t->r->known && a->state.size == UINT64_MAX)) {
        amosi_http_fail(err, AMOS_E_IO, EPROTO, t->r->url,
                        "the server sent other bytes than those it was asked for (%" PRIu64 " to %" PRIu64
                        "); download the whole file and read that.",
                        t->first, t->first + t->left - 1);
        return FATE_FAILED;
    }
    return t->result == CURLE_OK && t->taken == a->last - a->first + 1 ? FATE_DONE : judge_failure(t, err);
}

/* 416: nothing is there from that byte on. */
static enum fate judge_no_range(struct transfer *t, amos_error *err)
{
    if (t->r->known)
        return changed(t, err);
    if (t->answer.state.size == 0) {
        t->r->state = t->answer.state;
        t->r->known = true;
        return FATE_DONE;
    }
    amosi_http_fail(err, AMOS_E_IO, EPROTO, t->r->url, "the server refuses the first bytes of the file (416).");
    return FATE_FAILED;
}

static enum fate judge_refusal(const struct transfer *t, amos_error *err)
{
    const char *url = t->r->url;
    if (t->code == 407)
        return judge_proxy(t, 407, err);
    if (t->code == 404 || t->code == 410)
        amosi_http_fail(err, AMOS_E_OPEN, ENOENT, url, "there is nothing at this URL (%ld).", t->code);
    else if (t->code == 401 || t->code == 403)
        amosi_http_fail(err, AMOS_E_OPEN, EACCES, url,
                        "the server does not allow it (%ld); a name and a password for it belong into ~/.netrc.",
                        t->code);
    else
        amosi_http_fail(err, AMOS_E_IO, EPROTO, url, "the server answered %ld, which is no file.", t->code);
    return FATE_FAILED;
}

static bool may_pass(long code)
{
    return code == 408 || code == 429 || code == 500 || code == 502 || code == 503 || code == 504;
}

static enum fate judge_code(struct transfer *t, amos_error *err)
{
    if (t->code == 200 && !is_same(t))
        return changed(t, err);
    if (t->code == 200) {
        amosi_http_fail(
            err, AMOS_E_UNSUPPORTED, 0, t->r->url,
            "the server sends whole files only, and no parts of them; download the file (curl -O) and give its "
            "path.");
        return FATE_FAILED;
    }
    if (t->code == 412)
        return changed(t, err);
    if (t->code == 416)
        return judge_no_range(t, err);
    if (t->code >= 300 && t->code < 400 && t->code != 304)
        return FATE_REDIRECT;
    if (!may_pass(t->code))
        return judge_refusal(t, err);
    amosi_http_fail(err, AMOS_E_IO, EAGAIN, t->r->url, "the server is busy (%ld); try again later.", t->code);
    return FATE_AGAIN;
}

/* The whole file has come, or its beginning. */
static enum fate judge_whole(const struct transfer *t, amos_error *err)
{
    if (t->result == CURLE_OK && (t->answer.state.size == UINT64_MAX || t->taken == t->answer.state.size))
        return FATE_DONE;
    return judge_failure(t, err);
}

static enum fate judge(struct transfer *t, amos_error *err)
{
    if (t->ended) {
        amosi_http_fail(err, AMOS_E_CANCEL, 0, t->r->url, "the download was ended.");
        return FATE_FAILED;
    }
    if (t->code == 200 && (t->taking || (!t->begun && t->r->whole && t->first == 0 && t->result == CURLE_OK)))
        return judge_whole(t, err);
    if (t->code == 0 && t->tunnel >= 400 && !may_pass(t->tunnel))
        return judge_proxy(t, t->tunnel, err);
    if (t->code == 0)
        return judge_failure(t, err);
    return t->code == 206 ? judge_range(t, err) : judge_code(t, err);
}

/* ---- the next transfer ---- */

static enum fate follow(struct transfer *t, int *redirects, amos_error *err)
{
    struct amosi_http_request *r = t->r;
    char *to = NULL;
    r->curl->easy_getinfo(r->easy, CURLINFO_REDIRECT_URL, &to);
    if (!to || !*to || ++*redirects > MOST_REDIRECTS) {
        amosi_http_fail(err, AMOS_E_IO, ELOOP, r->url,
                        to && *to ? "more than %d redirects follow each other."
                                  : "a redirect leads nowhere (after %d at most).",
                        MOST_REDIRECTS);
        return FATE_FAILED;
    }
    if (is_secure(url_now(r)) && !is_secure(to)) {
        amosi_http_fail(err, AMOS_E_OPEN, EACCES, r->url,
                        "the server redirects from https to %.200s, which is not encrypted; that is not followed.", to);
        return FATE_FAILED;
    }
    char *place = malloc(strlen(to) + 1);
    if (!place) {
        amosi_http_nomem(err, r->url);
        return FATE_FAILED;
    }
    strcpy(place, to);
    free(r->place);
    r->place = place;
    return FATE_REDIRECT;
}

static int64_t asked_wait(const struct transfer *t)
{
    return t->code == 0 ? -1 : amosi_http_asked_wait(&t->answer, time(NULL), t->r->curl->getdate);
}

static void sleep_ms(int64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

/* Waits before the attempt of that number, unless that is too many or too long. */
static bool wait_for(const struct transfer *t, int attempt, amos_error *err)
{
    const amos_http_options *o = t->r->options;
    int64_t ms = (int64_t)o->wait_ms << (attempt < 16 ? attempt - 1 : 15), asked = asked_wait(t);
    if (attempt >= o->attempts)
        return false;
    if (asked > o->longest_wait_ms) {
        amosi_http_fail(err, AMOS_E_IO, EAGAIN, t->r->url,
                        "the server is busy (%ld), and asks to wait %lld seconds; try again then.", t->code,
                        (long long)asked / 1000);
        return false;
    }
    if (asked >= 0 && asked > ms)
        ms = asked;
    sleep_ms(ms < o->longest_wait_ms ? ms : o->longest_wait_ms);
    return true;
}

/* A place that a redirect has led to earlier may be of use for a short time only. */
static bool forget_place(struct amosi_http_request *r, bool *fresh)
{
    if (*fresh || !r->place)
        return false;
    free(r->place);
    r->place = NULL;
    *fresh = true;
    return true;
}

amos_status amosi_http_request(struct amosi_http_request *r, amos_error *err)
{
    uint64_t done = 0;
    int attempt = 0, redirects = 0;
    bool fresh = false;
    amos_error own = {.status = AMOS_OK};
    for (err = err ? err : &own; done < r->count;) {
        struct transfer t = {.r = r, .first = r->first + done, .left = r->count - done};
        amos_status status = perform(&t, err);
        if (status)
            return status;
        done += t.taken;
        attempt = t.taken ? 0 : attempt;
        enum fate fate = judge(&t, err);
        if (fate == FATE_REDIRECT)
            fate = follow(&t, &redirects, err);
        else if (fate == FATE_FAILED && t.code >= 400 && t.code != 412 && t.code != 416 && forget_place(r, &fresh))
            fate = FATE_REDIRECT;
        if (fate == FATE_FAILED || (fate == FATE_AGAIN && !wait_for(&t, ++attempt, err)))
            return err->status;
        if (fate == FATE_DONE && t.taken == 0)
            break; /* empty */
        if (fate == FATE_DONE && r->state.size == UINT64_MAX)
            break; /* it never said how long it would be */
        fresh = true;
    }
    return AMOS_OK;
}
