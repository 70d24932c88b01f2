/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/organ.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/text/words.h"

static const char *const none[] = {NULL};
static const char *const right_kidney[] = {"kidney right", "r kidney", "kidney r", "rkid", NULL};
static const char *const left_kidney[] = {"kidney left", "l kidney", "kidney l", "lkid", NULL};
static const char *const gall_bladder[] = {"gallbladder", "gb", NULL};
static const char *const esophagus[] = {"oesophagus", NULL};
static const char *const stomach[] = {"gaster", NULL};
static const char *const aorta[] = {"abdominal aorta", NULL};
static const char *const postcava[] = {"inferior vena cava", "ivc", "vena cava inferior", "vena cava", NULL};
static const char *const right_adrenal[] = {"right adrenal", "adrenal gland right", "adrenal right", "rag", NULL};
static const char *const left_adrenal[] = {"left adrenal", "adrenal gland left", "adrenal left", "lag", NULL};
static const char *const bladder[] = {"urinary bladder", NULL};
static const char *const prostate[] = {"prostate", "uterus", "prostate or uterus", NULL};

/* The colours were found by simulated annealing under the conditions of amos_organ_color(), near to the hues that people
 * know: tests/unit/label/test_colors.c holds them to the conditions.
 *
 * The data set spells organ 8 "arota"; this name stays, because files contain it. */
static const amos_organ_info organs[AMOS_ORGAN_COUNT] = {
    {AMOS_ORGAN_BACKGROUND, "background", "background", "Background", none, {0, 0, 0}},
    {AMOS_ORGAN_SPLEEN, "spleen", "spleen", "Spleen", none, {216, 31, 211}},
    {AMOS_ORGAN_RIGHT_KIDNEY, "right kidney", "right_kidney", "Right kidney", right_kidney, {255, 139, 152}},
    {AMOS_ORGAN_LEFT_KIDNEY, "left kidney", "left_kidney", "Left kidney", left_kidney, {184, 91, 71}},
    {AMOS_ORGAN_GALL_BLADDER, "gall bladder", "gall_bladder", "Gall bladder", gall_bladder, {91, 153, 12}},
    {AMOS_ORGAN_ESOPHAGUS, "esophagus", "esophagus", "Esophagus", esophagus, {246, 218, 146}},
    {AMOS_ORGAN_LIVER, "liver", "liver", "Liver", none, {161, 93, 108}},
    {AMOS_ORGAN_STOMACH, "stomach", "stomach", "Stomach", stomach, {250, 182, 255}},
    {AMOS_ORGAN_AORTA, "arota", "aorta", "Aorta", aorta, {255, 79, 23}},
    {AMOS_ORGAN_POSTCAVA, "postcava", "postcava", "Postcava", postcava, {37, 114, 249}},
    {AMOS_ORGAN_PANCREAS, "pancreas", "pancreas", "Pancreas", none, {238, 170, 112}},
    {AMOS_ORGAN_RIGHT_ADRENAL_GLAND,
     "right adrenal gland",
     "right_adrenal_gland",
     "Right adrenal gland",
     right_adrenal,
     {65, 242, 219}},
    {AMOS_ORGAN_LEFT_ADRENAL_GLAND,
     "left adrenal gland",
     "left_adrenal_gland",
     "Left adrenal gland",
     left_adrenal,
     {23, 187, 192}},
    {AMOS_ORGAN_DUODENUM, "duodenum", "duodenum", "Duodenum", none, {177, 241, 0}},
    {AMOS_ORGAN_BLADDER, "bladder", "bladder", "Bladder", bladder, {139, 154, 255}},
    {AMOS_ORGAN_PROSTATE_UTERUS, "prostate/uterus", "prostate_uterus", "Prostate/uterus", prostate, {255, 63, 155}},
};

const amos_organ_info *amos_organ_get(int organ)
{
    return organ >= 0 && organ < AMOS_ORGAN_COUNT ? &organs[organ] : NULL;
}

static bool is_called(const amos_organ_info *info, const char *name)
{
    if (amosi_words_equal(name, info->name) || amosi_words_equal(name, info->dataset_name))
        return true;
    for (const char *const *alias = info->aliases; *alias; alias++)
        if (amosi_words_equal(name, *alias))
            return true;
    return false;
}

/* Parses "6" or "06": at most two digits and nothing else; -1 otherwise. */
static int number_of(const char *name)
{
    int value = 0;
    size_t digits = 0;
    for (; name[digits] >= '0' && name[digits] <= '9'; digits++) {
        if (digits == 2)
            return -1;
        value = value * 10 + (name[digits] - '0');
    }
    return digits && !name[digits] ? value : -1;
}

static const char *name_at(const void *table, size_t i)
{
    (void)table;
    return organs[i].name;
}

amos_status amos_organ_parse(const char *name, amos_organ *out, amos_error *err)
{
    if (out)
        *out = AMOS_ORGAN_BACKGROUND;
    if (!name || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_organ_parse needs a name and a place for the answer.");
    int number = number_of(name);
    for (int i = 0; i < AMOS_ORGAN_COUNT; i++)
        if (i == number || is_called(&organs[i], name)) {
            *out = organs[i].organ;
            return AMOS_OK;
        }
    return amosi_name_refuse("organ of AMOS", name, name_at, NULL, AMOS_ORGAN_COUNT, err);
}
