/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export csv: the list as CSV, one line for each case. */
#include <inttypes.h>
#include <stdlib.h>

#include "export/list.h"
#include "kit/message.h"
#include "score/csv.h"

static void put_text(FILE *out, const char *text)
{
    fputc(',', out);
    csv_put_text(out, text);
}

static void put_number(FILE *out, double value)
{
    fputc(',', out);
    csv_put_number(out, value);
}

/* Fields that are not known are empty. */
static void put_metadata(FILE *out, const amos_metadata *about)
{
    static const amos_metadata none = {.age_years = -1, .sex = '?', .model = "", .maker = "", .date = "", .site = ""};
    const amos_metadata *known = about ? about : &none;
    const char sex[] = {known->sex == '?' ? '\0' : known->sex, '\0'};
    if (known->age_years >= 0)
        fprintf(out, ",%d", known->age_years);
    else
        fputc(',', out);
    put_text(out, sex);
    put_text(out, known->site);
    put_text(out, known->maker);
    put_text(out, known->model);
    put_text(out, known->date);
}

static bool put_case(FILE *out, const struct list_content *content, size_t index)
{
    const struct export_case *c = &content->cases->items[index];
    char *image = list_path(content, c->info->image_path);
    char *label = list_path(content, c->labelled ? c->info->label_path : NULL);
    bool good = image && label;
    csv_put_text(out, c->info->id);
    put_text(out, amos_split_name(c->info->split));
    put_text(out, amos_modality_name(c->info->modality));
    put_text(out, good ? image : "");
    put_text(out, good ? label : "");
    fputc(',', out);
    if (c->labelled && content->folds->count)
        fprintf(out, "%d", folds_of(content->folds, index));
    for (int i = 0; i < 3; i++)
        fprintf(out, ",%" PRId64, c->shape[i]);
    for (int i = 0; i < 3; i++)
        put_number(out, c->spacing[i]);
    put_metadata(out, c->info->metadata);
    fputc('\n', out);
    free(label);
    free(image);
    return good;
}

bool list_write_csv(FILE *out, const struct list_content *content)
{
    bool good = true;
    fputs("id,split,modality,image,label,fold,size_x,size_y,size_z,spacing_x,spacing_y,spacing_z,age,sex,site,maker,"
          "model,"
          "date\n",
          out);
    for (size_t i = 0; good && i < content->cases->count; i++)
        good = put_case(out, content, i);
    return good;
}
