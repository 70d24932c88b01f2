/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of splits and modalities. */
#include <amos/dataset.h>

#include "base/error/names.h"

static const struct amosi_name split_items[] = {
    {AMOS_SPLIT_ANY, "any", {NULL}},
    {AMOS_SPLIT_TRAINING, "training", {"train", "tr"}},
    {AMOS_SPLIT_VALIDATION, "validation", {"valid", "val", "va"}},
    {AMOS_SPLIT_TEST, "test", {"testing", "ts"}},
};
static const struct amosi_names splits = AMOSI_NAMES("amos_split_parse", "split", split_items);

const char *amos_split_name(amos_split split)
{
    return amosi_name_of(&splits, (int)split);
}

amos_status amos_split_parse(const char *name, amos_split *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&splits, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_split)value;
    return status;
}

static const struct amosi_name modality_items[] = {
    {AMOS_MODALITY_ANY, "any", {NULL}},
    {AMOS_MODALITY_CT, "CT", {NULL}},
    {AMOS_MODALITY_MRI, "MRI", {"MR"}},
};
static const struct amosi_names modalities = AMOSI_NAMES("amos_modality_parse", "modality", modality_items);

const char *amos_modality_name(amos_modality modality)
{
    return amosi_name_of(&modalities, (int)modality);
}

amos_status amos_modality_parse(const char *name, amos_modality *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&modalities, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_modality)value;
    return status;
}
