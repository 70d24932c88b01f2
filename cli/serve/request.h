/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: what a request asks for. The texts come from anybody who can reach the port; tests/fuzz/fuzz_request.c
 * throws everything at these functions. */
#ifndef CLI_SERVE_REQUEST_H
#define CLI_SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_kind {
    REQUEST_UNKNOWN, /* no such address */
    REQUEST_PAGE,
    REQUEST_SCRIPT,
    REQUEST_STYLE,
    REQUEST_SET,
    REQUEST_CASE,
    REQUEST_SLICE,
    REQUEST_SCORES,
    REQUEST_FINDINGS,
    REQUEST_VERDICTS
};

enum request_layer { REQUEST_IMAGE, REQUEST_REFERENCE, REQUEST_PREDICTION, REQUEST_LAYERS };
enum request_plane { REQUEST_SAGITTAL, REQUEST_CORONAL, REQUEST_AXIAL, REQUEST_PLANES }; /* by the axis that they cut */

#define REQUEST_ID_BYTES 512 /* an id is the name of a file */
#define REQUEST_TOKEN_BYTES 65

struct request {
    enum request_kind kind;
    char id[REQUEST_ID_BYTES]; /* of CASE, SLICE, SCORES and FINDINGS: any text without a NUL and '/' */
    enum request_layer layer;  /* of SLICE, as the next two */
    enum request_plane plane;
    int64_t index;
    char token[REQUEST_TOKEN_BYTES]; /* of ?token=; "" if there is none */
};

/* Reads the target of a request as it was sent: "/slice/amos_0018/image/axial/40?token=...". What is too long, has a wrong
 * %XX or a part too many is REQUEST_UNKNOWN. Nothing is normalised: ".." is an id that no data set has. */
void request_read(const char *target, struct request *out);

/* The value of a cookie in a header "a=1; b=2"; the first one of that name. False if there is none, or if it does not fit. */
bool request_cookie(const char *header, const char *name, char *value, size_t bytes);

/* Whether a Host header is one of this machine's own names, "localhost", "127.0.0.1" or "[::1]", or `also` (NULL: none),
 * each with or without a port. Any port: ssh -L gives another one. */
bool request_host_fits(const char *host, const char *also);

/* Whether an Origin header is that of a page of the host: "http://" and the Host header. */
bool request_origin_fits(const char *origin, const char *host);

#endif
