#include <amos/dataset.h>

#include "base/fail.h"
#include "base/words.h"
#include "dataset/text.h"

struct word {
    const char *text;
    int value;
};

/* The first word of each value is its name. */
static const struct word split_words[] = {
    {"any", AMOS_SPLIT_ANY},
    {"training", AMOS_SPLIT_TRAINING},
    {"train", AMOS_SPLIT_TRAINING},
    {"tr", AMOS_SPLIT_TRAINING},
    {"validation", AMOS_SPLIT_VALIDATION},
    {"valid", AMOS_SPLIT_VALIDATION},
    {"val", AMOS_SPLIT_VALIDATION},
    {"va", AMOS_SPLIT_VALIDATION},
    {"test", AMOS_SPLIT_TEST},
    {"testing", AMOS_SPLIT_TEST},
    {"ts", AMOS_SPLIT_TEST},
    {NULL, 0},
};

static const struct word modality_words[] = {
    {"any", AMOS_MODALITY_ANY},
    {"CT", AMOS_MODALITY_CT},
    {"MRI", AMOS_MODALITY_MRI},
    {"MR", AMOS_MODALITY_MRI},
    {NULL, 0},
};

static const char *find_name(const struct word *words, int value)
{
    for (; words->text; words++)
        if (words->value == value)
            return words->text;
    return "?";
}

static const struct word *find_word(const struct word *words, const char *text)
{
    for (; text && words->text; words++)
        if (amosi_words_equal(words->text, text))
            return words;
    return NULL;
}

const char *amos_split_name(amos_split split)
{
    return find_name(split_words, (int)split);
}

const char *amos_modality_name(amos_modality modality)
{
    return find_name(modality_words, (int)modality);
}

amos_status amos_split_parse(const char *name, amos_split *out, amos_error *err)
{
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_split_parse() needs a place for its result.");
    const struct word *word = find_word(split_words, name);
    *out = word ? (amos_split)word->value : AMOS_SPLIT_ANY;
    char shown[64];
    if (!word)
        return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is no split; use training, validation or test.",
                          amosi_text_show(shown, sizeof shown, name ? name : ""));
    return AMOS_OK;
}

amos_status amos_modality_parse(const char *name, amos_modality *out, amos_error *err)
{
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_modality_parse() needs a place for its result.");
    const struct word *word = find_word(modality_words, name);
    *out = word ? (amos_modality)word->value : AMOS_MODALITY_ANY;
    char shown[64];
    if (!word)
        return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is no modality; use CT or MRI.",
                          amosi_text_show(shown, sizeof shown, name ? name : ""));
    return AMOS_OK;
}
