/* SPDX-License-Identifier: BSD-3-Clause */
/* The page of the viewer: cli/viewer/index.html with its places filled. */
#ifndef CLI_REVIEW_PAGE_H
#define CLI_REVIEW_PAGE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

struct review_page {
    const char *title;
    /* Writes the tables for a browser without JavaScript; NULL: there are none. */
    void (*tables)(void *user, FILE *out);
    void *user;
};

/* Writes the page. Failures show in the stream. */
void review_page_write(FILE *out, const struct review_page *page);

/* Writes a text from outside so that it is a text in HTML, in an attribute too; bytes of letters that amosi_utf8_unsafe()
 * finds become \xNN. */
void review_put_html(FILE *out, const char *text);

/* The tables: of the cases, of the volumes of their organs, and of the Dice of those. Each is begun with the set (of
 * review_set_json()), gets its rows (of review_row_json(), or read back from such a text) one after the other, and is
 * ended. */
enum review_table { REVIEW_TABLE_CASES, REVIEW_TABLE_VOLUMES, REVIEW_TABLE_DICE, REVIEW_TABLES };

/* Whether a set has the table. */
bool review_table_wanted(enum review_table table, const cJSON *set);

void review_table_begin(FILE *out, enum review_table table, const cJSON *set);
void review_table_row(FILE *out, enum review_table table, const cJSON *row);
void review_table_end(FILE *out);

#endif
