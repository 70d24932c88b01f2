/* SPDX-License-Identifier: BSD-3-Clause */
/* Cases with the same image or the same label, by their digests. */
#include <math.h>
#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "base/text/utf8.h"
#include "quality/judge/judge.h"

struct content {
    const char *digest;
    size_t index;
};

static int compare(const void *one, const void *other)
{
    const struct content *a = one, *b = other;
    const int order = strcmp(a->digest, b->digest);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* "" if the case does not have it; labels without an organ are equal without meaning anything. */
static const char *digest_of(const amos_quality *quality, amos_quality_kind kind)
{
    const amos_quality_facts *facts = amos_quality_get_facts(quality);
    const amos_quality_organ *organ;
    if (kind == AMOS_QUALITY_DUPLICATE_IMAGE)
        return facts->image_digest;
    for (int label = 1; (organ = amos_quality_get_organ(quality, label)) != NULL; label++)
        if (organ->voxels)
            return facts->label_digest;
    return "";
}

static void report(struct amosi_judging *j, amos_quality_kind kind, size_t first, size_t index)
{
    const struct amosi_suspicion s = {kind, index, NULL, NULL, 2, NAN, 1, "cases"};
    char name[AMOSI_NAME_BYTES];
    amosi_suspect(j, &s, "The case has the same %s as %s.", kind == AMOS_QUALITY_DUPLICATE_IMAGE ? "image" : "label",
                  amosi_text_show(name, sizeof name, amos_quality_get_facts(j->cases[first])->case_id));
}

static void judge(struct amosi_judging *j, amos_quality_kind kind, struct content *contents)
{
    size_t count = 0, first = 0;
    for (size_t i = 0; i < j->count; i++)
        if (digest_of(j->cases[i], kind)[0])
            contents[count++] = (struct content){digest_of(j->cases[i], kind), i};
    if (count)
        amosi_sort(contents, count, sizeof *contents, compare);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(contents[i].digest, contents[first].digest) != 0)
            first = i;
        else
            report(j, kind, contents[first].index, contents[i].index);
    }
}

void amosi_judge_duplicates(struct amosi_judging *j)
{
    struct content *contents = amosi_alloc_array(j->count, sizeof *contents);
    if (contents) {
        judge(j, AMOS_QUALITY_DUPLICATE_IMAGE, contents);
        judge(j, AMOS_QUALITY_DUPLICATE_LABEL, contents);
    } else {
        j->no_memory = true;
    }
    amosi_free(contents);
}
