/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/page.h"

#include <string.h>

#include "base/text/utf8.h"
#include "viewer/files.h"

/* ---- texts ---- */

void review_put_html(FILE *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    char letter[AMOSI_LETTER_BYTES];
    while (*text) {
        const char *found = strchr(special, *text);
        if (found) {
            fputs(entities[found - special], out);
            text++;
        } else {
            (void)amosi_utf8_escape(letter, &text);
            fputs(letter, out);
        }
    }
}

/* ---- places ---- */

static void put_title(FILE *out, const struct review_page *page)
{
    review_put_html(out, page->title);
}

static void put_tables(FILE *out, const struct review_page *page)
{
    if (page->tables)
        page->tables(page->user, out);
}

static void put_scripts(FILE *out, const struct review_page *page)
{
    (void)page;
    fputs("<script src=\"viewer.js\" defer></script>\n<script src=\"set.js\" defer></script>", out);
}

static const struct place {
    const char *name;
    void (*put)(FILE *out, const struct review_page *page);
} places[] = {
    {"<!--amos:title-->", put_title}, {"<!--amos:tables-->", put_tables}, {"<!--amos:scripts-->", put_scripts}};

static const struct place *place_at(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (length >= strlen(places[i].name) && memcmp(text, places[i].name, strlen(places[i].name)) == 0)
            return &places[i];
    return NULL;
}

static const struct viewer_file *page_file(void)
{
    const struct viewer_file *file = viewer_files;
    while (strcmp(file->name, "index.html") != 0)
        file++;
    return file;
}

void review_page_write(FILE *out, const struct review_page *page)
{
    const struct viewer_file *file = page_file();
    const char *text = (const char *)file->bytes;
    for (size_t at = 0; at < file->count;) {
        const struct place *place = place_at(text + at, file->count - at);
        if (place)
            place->put(out, page);
        else
            fputc(text[at], out);
        at += place ? strlen(place->name) : 1;
    }
}
