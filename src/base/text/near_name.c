/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/near_name.h"

#include <stdio.h>
#include <string.h>

#include "base/text/volume_name.h"

/* A name is before + stem + inner + suffix + after, where stem + suffix is the original. '#' in `inner` is a number. */
struct form {
    enum amosi_near near;
    const char *before, *inner, *after;
};

static const struct form forms[] = {
    {AMOSI_NEAR_PARTIAL, "", "", ".part"},       /* Firefox, curl, wget of some scripts, rclone */
    {AMOSI_NEAR_PARTIAL, "", "", ".partial"},    /* Internet Explorer, Edge, rclone */
    {AMOSI_NEAR_PARTIAL, "", "", ".crdownload"}, /* Chrome */
    {AMOSI_NEAR_PARTIAL, "", "", ".download"},   /* Safari */
    {AMOSI_NEAR_PARTIAL, "", "", ".opdownload"}, /* Opera */
    {AMOSI_NEAR_PARTIAL, "", "", ".aria2"},      /* aria2's record; it lies beside the unfinished file */
    {AMOSI_NEAR_PARTIAL, "", "", ".tmp"},
    {AMOSI_NEAR_PARTIAL, "", "", ".temp"},
    {AMOSI_NEAR_PARTIAL, "", "", ".filepart"}, /* WinSCP */
    {AMOSI_NEAR_PARTIAL, "", "", ".incomplete"},
    {AMOSI_NEAR_PARTIAL, "", "", ".!ut"},
    {AMOSI_NEAR_PARTIAL, "", "", ".!qB"},
    {AMOSI_NEAR_COPY, "", " - Copy (#)", ""}, /* Windows; before " (#)", in which it ends too */
    {AMOSI_NEAR_COPY, "", " - Kopie (#)", ""},
    {AMOSI_NEAR_COPY, "", " (#)", ""}, /* browsers, Windows */
    {AMOSI_NEAR_COPY, "", "(#)", ""},
    {AMOSI_NEAR_COPY, "", " - Copy", ""}, /* Windows */
    {AMOSI_NEAR_COPY, "", " - Kopie", ""},
    {AMOSI_NEAR_COPY, "", " - Copie", ""},
    {AMOSI_NEAR_COPY, "", " - copia", ""},
    {AMOSI_NEAR_COPY, "", " copy", ""}, /* macOS */
    {AMOSI_NEAR_COPY, "", " copy #", ""},
    {AMOSI_NEAR_COPY, "", " Kopie", ""},
    {AMOSI_NEAR_COPY, "", " Kopie #", ""},
    {AMOSI_NEAR_COPY, "", " (copy)", ""}, /* GNOME */
    {AMOSI_NEAR_COPY, "", " (Kopie)", ""},
    {AMOSI_NEAR_COPY, "Copy of ", "", ""}, /* Windows, Google Drive */
    {AMOSI_NEAR_COPY, "Kopie von ", "", ""},
    {AMOSI_NEAR_COPY, "Copie de ", "", ""},
    {AMOSI_NEAR_COPY, "Copia de ", "", ""},
};
#define FORMS (sizeof forms / sizeof forms[0])

/* ---- what a name says ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether text[0..length) ends in `inner`; *left gets the length of what is before it. */
static bool ends_in(const char *text, size_t length, const char *inner, size_t *left)
{
    for (size_t i = strlen(inner); i-- > 0;) {
        size_t digits = 0;
        while (inner[i] == '#' && digits < length && is_digit(text[length - 1 - digits]))
            digits++;
        if (inner[i] == '#' ? digits == 0 : length == 0 || text[length - 1] != inner[i])
            return false;
        length -= inner[i] == '#' ? digits : 1;
    }
    *left = length;
    return length > 0;
}

/* Takes `inner` out of name[0..length) where it stands before the character at `place`. */
static bool take_out(const char *name, size_t length, size_t place, const char *inner, char *out, size_t bytes)
{
    size_t stem;
    if (!ends_in(name, place, inner, &stem) || stem + length - place >= bytes)
        return false;
    memcpy(out, name, stem);
    memcpy(out + stem, name + place, length - place);
    out[stem + length - place] = '\0';
    return amosi_volume_name(out).kind != AMOSI_NAME_OTHER;
}

/* Browsers know one suffix only: "x.nii (1).gz". */
static bool follows(const struct form *form, const char *name, char *out, size_t bytes)
{
    size_t before = strlen(form->before), after = strlen(form->after), length = strlen(name);
    if (length <= before + after || strncmp(name, form->before, before) != 0 ||
        strcmp(name + length - after, form->after) != 0)
        return false;
    name += before;
    length -= before + after;
    char whole[256];
    if (length >= sizeof whole)
        return false;
    memcpy(whole, name, length);
    whole[length] = '\0';
    const struct amosi_volume_name parts = amosi_volume_name(whole);
    bool taken = parts.kind != AMOSI_NAME_OTHER && take_out(whole, length, parts.stem, form->inner, out, bytes);
    return taken || (parts.gz && *form->inner && take_out(whole, length, length - 3, form->inner, out, bytes));
}

/* rsync writes ".NAME.Xq3T9a" until it has all of NAME. */
static bool is_of_rsync(const char *name, char *out, size_t bytes)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *dot = strrchr(name, '.');
    size_t length = dot ? (size_t)(dot - name) : 0;
    if (length < 2 || name[0] != '.' || strlen(dot + 1) != 6 || strspn(dot + 1, letters) != 6 || length > bytes)
        return false;
    memcpy(out, name + 1, length - 1);
    out[length - 1] = '\0';
    return amosi_volume_name(out).kind != AMOSI_NAME_OTHER;
}

enum amosi_near amosi_near_name(const char *name, char *original, size_t bytes)
{
    /* Nearly all names of a folder end here. */
    if (amosi_volume_name(name).kind != AMOSI_NAME_OTHER && !strpbrk(name, " ("))
        return AMOSI_NEAR_NONE;
    for (size_t i = 0; i < FORMS; i++)
        if (follows(&forms[i], name, original, bytes))
            return forms[i].near;
    return bytes && is_of_rsync(name, original, bytes) ? AMOSI_NEAR_PARTIAL : AMOSI_NEAR_NONE;
}

/* ---- what names there may be ---- */

bool amosi_near_guess(const char *original, size_t n, char *name, size_t bytes)
{
    const struct amosi_volume_name parts = amosi_volume_name(original);
    size_t split = n < FORMS ? parts.stem : strlen(original) - 3;
    if (n >= FORMS && !(parts.gz && n == FORMS)) /* the last is "x.nii (1).gz" */
        return false;
    const struct form *form = n < FORMS ? &forms[n] : &(const struct form){AMOSI_NEAR_COPY, "", " (#)", ""};
    char inner[32];
    size_t used = 0;
    for (const char *c = form->inner; *c; c++)
        inner[used++] = *c == '#' ? '1' : *c;
    inner[used] = '\0';
    int length =
        snprintf(name, bytes, "%s%.*s%s%s%s", form->before, (int)split, original, inner, original + split, form->after);
    return length >= 0 && (size_t)length < bytes;
}

const char *amosi_near_text(enum amosi_near near)
{
    return near == AMOSI_NEAR_PARTIAL ? "an unfinished download" : "a copy";
}
