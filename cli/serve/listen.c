/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text/number.h"
#include "kit/message.h"

enum { BACKLOG = 256 };

static struct addrinfo *find_address(const char *address, int port)
{
    char service[16];
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(address, service, &hints, &found) == 0)
        return found;
    cli_error("serve: --address: \"%s\" is no numeric address, such as 127.0.0.1 or ::1.", address);
    return NULL;
}

/* Whether it stands for all addresses of the machine, of which none could be told from a foreign name. */
static bool is_any(const struct addrinfo *found)
{
    static const unsigned char zeros[16] = {0};
    const struct sockaddr_in6 *six = (const void *)found->ai_addr;
    const struct sockaddr_in *four = (const void *)found->ai_addr;
    return found->ai_family == AF_INET6 ? memcmp(&six->sin6_addr, zeros, 16) == 0
                                        : memcmp(&four->sin_addr, zeros, 4) == 0;
}

static bool name_socket(int fd, int *port, char name[LISTEN_NAME_BYTES])
{
    char host[LISTEN_NAME_BYTES - 2], service[16];
    struct sockaddr_storage place;
    socklen_t length = sizeof place;
    if (getsockname(fd, (struct sockaddr *)&place, &length) != 0 ||
        getnameinfo((struct sockaddr *)&place, length, host, sizeof host, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return false;
    const char *digits = service;
    uint64_t number = 0;
    const bool good = amosi_number_take(&digits, 10, &number);
    *port = (int)number;
    snprintf(name, LISTEN_NAME_BYTES, strchr(host, ':') ? "[%s]" : "%s", host);
    return good;
}

int listen_at(const char *address, int *port, char name[LISTEN_NAME_BYTES])
{
    const int on = 1;
    struct addrinfo *found = find_address(address, *port);
    if (!found)
        return -1;
    if (is_any(found)) {
        cli_error(
            "serve: --address: %s stands for every address of this machine; name one of them, or stay at 127.0.0.1 "
            "and come by ssh -L.",
            address);
        freeaddrinfo(found);
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0 &&
                name_socket(fd, port, name);
    if (!good)
        cli_error("serve: %s port %d cannot be used: %s; choose another --port, or none.", address, *port,
                  strerror(errno));
    freeaddrinfo(found);
    if (!good && fd >= 0)
        close(fd);
    return good ? fd : -1;
}
