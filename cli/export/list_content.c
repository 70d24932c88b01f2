/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: what the formats of lists share. */
#include "export/list.h"

/* With folds all labelled cases are one list, and their folds say which of them validate. */
amos_split list_split(const struct list_content *content, size_t index)
{
    const struct export_case *c = &content->cases->items[index];
    return !c->labelled ? AMOS_SPLIT_TEST : content->folds->count ? AMOS_SPLIT_TRAINING : c->info->split;
}

char *list_path(const struct list_content *content, const char *file)
{
    return export_path_from(content->folder, file ? file : "", file ? content->given->paths : EXPORT_ABSOLUTE);
}
