/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables for a browser without JavaScript. */
#include <string.h>

#include "base/text/number.h"
#include "review/page.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const cJSON *first_of(const cJSON *list)
{
    return list ? list->child : NULL;
}

/* ---- cells ---- */

static void put_text(FILE *out, const char *text)
{
    fputs("<td>", out);
    review_put_html(out, text ? text : "");
    fputs("</td>", out);
}

/* Of a set that was not read back, numbers are raw texts. */
static void write_number(FILE *out, const cJSON *item)
{
    char text[AMOSI_NUMBER_BYTES];
    if (cJSON_IsNumber(item))
        fputs(amosi_number_write(text, item->valuedouble), out);
    else if (cJSON_IsRaw(item))
        review_put_html(out, item->valuestring);
}

static void put_number(FILE *out, const cJSON *item)
{
    fputs("<td class=\"number\">", out);
    write_number(out, item);
    fputs("</td>", out);
}

/* "512 x 512 x 100" */
static void put_list(FILE *out, const cJSON *list)
{
    fputs("<td>", out);
    for (const cJSON *item = first_of(list); item; item = item->next) {
        fputs(item == list->child ? "" : " x ", out);
        write_number(out, item);
    }
    fputs("</td>", out);
}

static void put_cell(FILE *out, const cJSON *item)
{
    if (cJSON_IsArray(item))
        put_list(out, item);
    else if (cJSON_IsNumber(item) || cJSON_IsRaw(item))
        put_number(out, item);
    else
        put_text(out, cJSON_GetStringValue(item));
}

/* ---- tables ---- */

static const char *const columns[] = {"split",   "modality", "sex",     "age",  "site",
                                      "scanner", "shape",    "spacing", "fault"};
static const char *const headings[] = {"Split",   "Modality", "Sex",        "Age",          "Site",
                                       "Scanner", "Voxels",   "Spacing mm", "What is wrong"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *const titles[REVIEW_TABLES] = {"Cases", "Volumes in millilitres", "Dice"};

bool review_table_wanted(enum review_table table, const cJSON *set)
{
    return table != REVIEW_TABLE_DICE || cJSON_IsTrue(member(set, "prediction"));
}

static void put_heading(FILE *out, const char *text)
{
    fputs("<th scope=\"col\">", out);
    review_put_html(out, text);
    fputs("</th>", out);
}

void review_table_begin(FILE *out, enum review_table table, const cJSON *set)
{
    const cJSON *label = table == REVIEW_TABLE_CASES ? NULL : first_of(member(set, "labels"));
    fprintf(out, "<table>\n<caption>%s</caption>\n<thead><tr>", titles[table]);
    put_heading(out, "Case");
    for (int i = 0; table == REVIEW_TABLE_CASES && i < COLUMNS; i++)
        put_heading(out, headings[i]);
    for (; label; label = label->next)
        put_heading(out, cJSON_GetStringValue(member(label, "name")));
    fputs("</tr></thead>\n<tbody>\n", out);
}

static const cJSON *numbers_of(enum review_table table, const cJSON *row)
{
    return table == REVIEW_TABLE_CASES     ? NULL
           : table == REVIEW_TABLE_VOLUMES ? member(row, "volumes")
                                           : first_of(member(row, "scores"));
}

void review_table_row(FILE *out, enum review_table table, const cJSON *row)
{
    const cJSON *number = first_of(numbers_of(table, row));
    fputs("<tr><th scope=\"row\">", out);
    review_put_html(out, cJSON_GetStringValue(member(row, "id")));
    fputs("</th>", out);
    for (int i = 0; table == REVIEW_TABLE_CASES && i < COLUMNS; i++)
        put_cell(out, member(row, columns[i]));
    for (; number; number = number->next)
        put_number(out, number);
    fputs("</tr>\n", out);
}

void review_table_end(FILE *out)
{
    fputs("</tbody>\n</table>\n", out);
}
