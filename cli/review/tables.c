/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables for a browser without JavaScript. */
#include <string.h>

#include "base/text/number.h"
#include "review/page.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
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
    const cJSON *item;
    fputs("<td>", out);
    cJSON_ArrayForEach(item, list)
    {
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
    const cJSON *label;
    fprintf(out, "<table>\n<caption>%s</caption>\n<thead><tr>", titles[table]);
    put_heading(out, "Case");
    for (int i = 0; table == REVIEW_TABLE_CASES && i < COLUMNS; i++)
        put_heading(out, headings[i]);
    if (table != REVIEW_TABLE_CASES)
        cJSON_ArrayForEach(label, member(set, "labels")) put_heading(out, cJSON_GetStringValue(member(label, "name")));
    fputs("</tr></thead>\n<tbody>\n", out);
}

void review_table_row(FILE *out, enum review_table table, const cJSON *row)
{
    const cJSON *list =
        table == REVIEW_TABLE_VOLUMES ? member(row, "volumes") : cJSON_GetArrayItem(member(row, "scores"), 0);
    const cJSON *item;
    fputs("<tr><th scope=\"row\">", out);
    review_put_html(out, cJSON_GetStringValue(member(row, "id")));
    fputs("</th>", out);
    for (int i = 0; table == REVIEW_TABLE_CASES && i < COLUMNS; i++)
        put_cell(out, member(row, columns[i]));
    if (table != REVIEW_TABLE_CASES)
        cJSON_ArrayForEach(item, list) put_number(out, item);
    fputs("</tr>\n", out);
}

void review_table_end(FILE *out)
{
    fputs("</tbody>\n</table>\n", out);
}
