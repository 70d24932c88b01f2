/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: the secret in the printed URL. */
#ifndef CLI_SERVE_TOKEN_H
#define CLI_SERVE_TOKEN_H

#include <stdbool.h>

#define TOKEN_BYTES 33 /* 128 bits as hexadecimal digits, and a NUL */

/* Fills it with random digits of the system. False if it gives none, which is reported. */
bool token_make(char token[TOKEN_BYTES]);

/* Compares a text of anybody with the token, in a time that does not depend on where they differ. */
bool token_equal(const char token[TOKEN_BYTES], const char *text);

#endif
