/* SPDX-License-Identifier: BSD-3-Clause */
/* libmicrohttpd, loaded when `amos serve` runs: it and the libraries that it needs take longer to load than most commands
 * run. */
#ifndef CLI_SERVE_HTTP_H
#define CLI_SERVE_HTTP_H

#include <microhttpd.h>
#include <stdbool.h>

struct http {
    struct MHD_Daemon *(*start_daemon)(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback policy,
                                       void *policy_user, MHD_AccessHandlerCallback handler, void *handler_user, ...);
    void (*stop_daemon)(struct MHD_Daemon *daemon);
    struct MHD_Response *(*create_response_from_callback)(uint64_t size, size_t block, MHD_ContentReaderCallback reader,
                                                          void *user, MHD_ContentReaderFreeCallback release);
    enum MHD_Result (*add_response_header)(struct MHD_Response *response, const char *name, const char *value);
    enum MHD_Result (*queue_response)(struct MHD_Connection *connection, unsigned status,
                                      struct MHD_Response *response);
    void (*destroy_response)(struct MHD_Response *response);
    const char *(*lookup_connection_value)(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *key);
    const union MHD_ConnectionInfo *(*get_connection_info)(struct MHD_Connection *connection,
                                                           enum MHD_ConnectionInfoType type, ...);
};

/* False if it is not there, which is reported. */
bool http_load(struct http *out);

#endif
