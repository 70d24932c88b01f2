/* SPDX-License-Identifier: BSD-3-Clause */
#define AMOSI_FAIL_C
#include "base/error/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/system/platform.h"
#include "base/text/utf8.h"

const char *amosi_errno_text(int sys_errno, char *buffer, size_t bytes)
{
    const char *text = amosi_errno_description(sys_errno);
    if (text)
        return text;
    snprintf(buffer, bytes, "error %d", sys_errno);
    return buffer;
}

/* Copies text. A text that is too long loses its beginning, because the end of a path says more than its start. */
static void copy_tail(char *out, size_t bytes, const char *text)
{
    size_t length = strlen(text);
    if (length < bytes) {
        memcpy(out, text, length + 1);
        return;
    }
    size_t from = length - (bytes - 4);
    for (int i = 0; i < 3 && amosi_utf8_cut(text, length, from) != from; i++)
        from++;
    memcpy(out, "...", 3);
    memcpy(out + 3, text + from, length - from + 1);
}

/* Copies text. A text that is too long loses its end; no letter is cut in half. */
static void copy_head(char *out, size_t bytes, const char *text)
{
    size_t length = amosi_utf8_cut(text, strlen(text), bytes - 1);
    memcpy(out, text, length);
    out[length] = '\0';
}

/* Copies a path and replaces its control characters by visible ones, so that a message stays on one line. */
static void copy_visible(char *out, size_t bytes, const char *text)
{
    copy_tail(out, bytes, text);
    for (char *c = out; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

/* Capitalises a text that begins the message (no path before it). Names of functions and structs stay as they are. */
static void begin_sentence(char *message)
{
    if (message[0] >= 'a' && message[0] <= 'z' && strncmp(message, "amos_", 5) != 0)
        message[0] = (char)(message[0] - 'a' + 'A');
}

/* Drops a letter at the end of a text of which only the first bytes are there. */
static void drop_half_letter(char *text, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        const unsigned char byte = (unsigned char)text[length - back];
        if (byte >= 0xC0 && !amosi_utf8_length(text + length - back, back))
            text[length - back] = '\0';
        if (byte < 0x80 || byte >= 0xC0)
            return;
    }
}

static amos_status fill(amos_error *err, amos_status status, const char *path, int64_t offset, int sys_errno,
                        const char *format, va_list args)
{
    if (!err)
        return status;
    memset(err, 0, sizeof *err);
    err->status = status;
    err->sys_errno = sys_errno;
    err->offset = offset;
    size_t used = 0;
    if (path && *path) {
        copy_tail(err->path, sizeof err->path, path);
        char shown[512];
        copy_visible(shown, sizeof shown, path);
        used = (size_t)snprintf(err->message, sizeof err->message, "%s: ", shown);
    }
    if (vsnprintf(err->message + used, sizeof err->message - used, format, args) >= (int)(sizeof err->message - used))
        drop_half_letter(err->message, strlen(err->message));
    if (used == 0)
        begin_sentence(err->message);
    if (sys_errno) {
        char buffer[32];
        used = strlen(err->message);
        snprintf(err->message + used, sizeof err->message - used, ": %s.",
                 amosi_errno_text(sys_errno, buffer, sizeof buffer));
    }
    return status;
}

amos_status amosi_fail(amos_error *err, amos_status status, const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, path, -1, 0, format, args);
    va_end(args);
    return status;
}

amos_status amosi_fail_at(amos_error *err, amos_status status, const char *path, int64_t offset, const char *format,
                          ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, path, offset, 0, format, args);
    va_end(args);
    return status;
}

amos_status amosi_fail_errno(amos_error *err, amos_status status, const char *path, int sys_errno, const char *format,
                             ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, path, -1, sys_errno, format, args);
    va_end(args);
    return status;
}

amos_status amosi_fail_nomem(amos_error *err, const char *path)
{
    return amosi_fail(err, AMOS_E_NOMEM, path, "there is not enough memory to go on.");
}

void amosi_fail_case(amos_error *err, const char *case_id)
{
    if (err && case_id)
        copy_head(err->case_id, sizeof err->case_id, case_id);
}
