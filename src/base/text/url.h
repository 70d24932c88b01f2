/* SPDX-License-Identifier: BSD-3-Clause */
/* Paths that are URLs. */
#ifndef AMOSI_BASE_TEXT_URL_H
#define AMOSI_BASE_TEXT_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a path begins with http:// or https://. */
bool amosi_is_url(const char *path);

/* The length of the part of a URL that names a ZIP archive, if another part follows it; else 0, also for other paths. */
size_t amosi_url_archive_length(const char *url);

#endif
