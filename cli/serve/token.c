/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "serve/token.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "kit/message.h"

enum { RANDOM_BYTES = (TOKEN_BYTES - 1) / 2 };

bool token_make(char token[TOKEN_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[RANDOM_BYTES];
    ssize_t got;
    while ((got = getrandom(bytes, sizeof bytes, 0)) < 0 && errno == EINTR) {
    }
    if (got != sizeof bytes) {
        cli_error("serve: The system gives no random numbers (%s), so the token cannot be made.", strerror(errno));
        return false;
    }
    for (int i = 0; i < RANDOM_BYTES; i++) {
        token[2 * i] = digits[bytes[i] >> 4];
        token[2 * i + 1] = digits[bytes[i] & 15];
    }
    token[TOKEN_BYTES - 1] = '\0';
    return true;
}

bool token_equal(const char token[TOKEN_BYTES], const char *text)
{
    size_t length = strlen(text);
    unsigned different = length != TOKEN_BYTES - 1;
    for (size_t i = 0; i < TOKEN_BYTES - 1; i++)
        different |= (unsigned char)token[i] ^ (unsigned char)text[length ? i % length : 0];
    return different == 0;
}
