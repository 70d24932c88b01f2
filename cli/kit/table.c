/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "kit/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text/utf8.h"

#define CELL_BYTES 256

struct table {
    const struct table_column *columns;
    size_t column_count;
    char **cells;
    size_t cell_count, room;
    bool failed;
};

struct table *table_new(const struct table_column *columns, size_t count)
{
    struct table *table = calloc(1, sizeof *table);
    if (table) {
        table->columns = columns;
        table->column_count = count;
    }
    return table;
}

static bool grow_cells(struct table *table)
{
    if (table->cell_count < table->room)
        return true;
    size_t room = table->room ? 2 * table->room : 64;
    char **cells = realloc(table->cells, room * sizeof *cells);
    if (!cells)
        return false;
    table->cells = cells;
    table->room = room;
    return true;
}

/* Escapes a text before its width is measured. It is cut after a whole letter. */
static void escape_cell(char cell[CELL_BYTES], const char *text)
{
    char letter[AMOSI_LETTER_BYTES];
    size_t used = 0;
    while (*text) {
        size_t length = amosi_utf8_escape(letter, &text);
        if (used + length >= CELL_BYTES)
            break;
        memcpy(cell + used, letter, length);
        used += length;
    }
    cell[used] = '\0';
}

void table_add(struct table *table, const char *format, ...)
{
    char text[CELL_BYTES + 4], escaped[CELL_BYTES]; /* a letter that the first one cuts does not reach the second */
    va_list values;
    if (!table)
        return;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    escape_cell(escaped, text);
    char *cell = grow_cells(table) ? strdup(escaped) : NULL;
    if (cell)
        table->cells[table->cell_count++] = cell;
    table->failed = table->failed || !cell;
}

static int output_width(FILE *out)
{
    struct winsize size;
    if (out == stdout && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return -1;
}

static int column_width(const struct table *table, size_t column)
{
    int widest = (int)amosi_utf8_letters(table->columns[column].title);
    for (size_t i = column; i < table->cell_count; i += table->column_count) {
        int width = (int)amosi_utf8_letters(table->cells[i]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* The last cell of a row is not padded, and is cut at the terminal's width if limit >= 0. */
static void print_row(FILE *out, const struct table *table, char *const *cells, const int *widths)
{
    int column = 0, limit = output_width(out);
    for (size_t i = 0; i < table->column_count; i++) {
        const char *text = cells ? cells[i] : table->columns[i].title;
        bool last = i + 1 == table->column_count;
        if (last && text[0] == '\0')
            break; /* no spaces at the end of a line */
        int gap = i ? table->columns[i].gap : 0;
        int fill = widths[i] - (int)amosi_utf8_letters(text);
        int room = last && limit >= 0 ? limit - column - gap : widths[i];
        bool right = table->columns[i].right;
        cli_print_to(out, "%*s%.*s%*s", gap + (right ? fill : 0), "",
                     (int)amosi_utf8_bytes(text, room > 0 ? (size_t)room : 0), text, right || last ? 0 : fill, "");
        column += gap + widths[i];
    }
    cli_print_to(out, "\n");
}

static void release_table(struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

bool table_print_to(FILE *out, struct table *table)
{
    int *widths = table ? calloc(table->column_count, sizeof *widths) : NULL;
    bool good = widths && !table->failed;
    if (!good)
        cli_error("Memory ran out.");
    for (size_t i = 0; good && i < table->column_count; i++)
        widths[i] = column_width(table, i);
    if (good)
        print_row(out, table, NULL, widths);
    for (size_t i = 0; good && i + table->column_count <= table->cell_count; i += table->column_count)
        print_row(out, table, table->cells + i, widths);
    free(widths);
    if (table)
        release_table(table);
    return good;
}

bool table_print(struct table *table)
{
    return table_print_to(stdout, table);
}
