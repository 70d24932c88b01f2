/* SPDX-License-Identifier: BSD-3-Clause */
/* A table for people: columns as wide as their widest cell, the last one cut to fit a terminal.
 *
 *   static const struct table_column columns[] = {{"id", 0, false}, {"ml", 0, true}};
 *   struct table *table = table_new(columns, 2);
 *   table_add(table, "%s", id);
 *   table_add(table, "%.1f", millilitres);
 *   table_print(table);
 */
#ifndef CLI_KIT_TABLE_H
#define CLI_KIT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/message.h"

struct table_column {
    const char *title;
    int gap;    /* spaces before the column; 0 for the first */
    bool right; /* numbers: aligned on the right */
};

struct table;

/* `columns` must stay valid. NULL if memory ran out, which the functions below accept. */
struct table *table_new(const struct table_column *columns, size_t count);

/* Adds the next cell; rows fill from left to right. */
void table_add(struct table *table, const char *format, ...) CLI_PRINTF(2, 3);

/* Prints the titles and all rows on stdout and releases the table. False if memory ran out, which is reported. */
bool table_print(struct table *table);

/* The same to another stream, such as a text in memory. */
bool table_print_to(FILE *out, struct table *table);

#endif
