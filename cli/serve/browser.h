/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve --open: the page in the user's browser. */
#ifndef CLI_SERVE_BROWSER_H
#define CLI_SERVE_BROWSER_H

#include <stdbool.h>

struct browser {
    char
        *file; /* a page of the user alone that leads to the URL: the arguments of a program can be read by everybody */
};

/* Starts xdg-open and does not wait for it. A failure is reported. */
bool browser_open(struct browser *browser, const char *url);

/* Removes the page. */
void browser_close(struct browser *browser);

#endif
