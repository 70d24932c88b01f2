/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/verdicts/entries.h"

#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"

static bool keep_text(amos_verdicts *verdicts, const char **text)
{
    if (*text)
        *text = amosi_arena_text(&verdicts->texts, *text, strlen(*text));
    return *text != NULL;
}

bool amosi_verdicts_add(amos_verdicts *verdicts, const amos_verdict_entry *entry)
{
    void *entries = verdicts->entries;
    if (!amosi_grow(&entries, &verdicts->capacity, verdicts->info.count + 1, sizeof *verdicts->entries))
        return false;
    verdicts->entries = entries;
    amos_verdict_entry *to = &verdicts->entries[verdicts->info.count];
    *to = *entry;
    if (!keep_text(verdicts, &to->case_id) || (to->organ && !keep_text(verdicts, &to->organ)) ||
        !keep_text(verdicts, &to->text) || !keep_text(verdicts, &to->time))
        return false;
    verdicts->info.count++;
    return true;
}

/* ---- what they come to ---- */

struct subject {
    const char *id, *organ; /* "": the whole case */
    size_t order;
    amos_verdict verdict;
};

static int compare_subjects(const void *first, const void *second)
{
    const struct subject *a = first, *b = second;
    int order = strcmp(a->id, b->id);
    if (order == 0)
        order = strcmp(a->organ, b->organ);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* The worse one: FAIL, then UNSURE, then PASS. */
static amos_verdict worse(amos_verdict a, amos_verdict b)
{
    static const int rank[] = {
        [AMOS_VERDICT_NONE] = 0, [AMOS_VERDICT_PASS] = 1, [AMOS_VERDICT_UNSURE] = 2, [AMOS_VERDICT_FAIL] = 3};
    return rank[a] >= rank[b] ? a : b;
}

/* The last of each subject counts for its case. */
static void judge_sorted(amos_verdicts *verdicts, const struct subject *subjects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct subject *s = &subjects[i], *next = i + 1 < count ? &subjects[i + 1] : NULL;
        struct amosi_judged *last = verdicts->case_count ? &verdicts->cases[verdicts->case_count - 1] : NULL;
        if (next && strcmp(s->id, next->id) == 0 && strcmp(s->organ, next->organ) == 0)
            continue;
        if (last && strcmp(last->id, s->id) == 0)
            last->verdict = worse(last->verdict, s->verdict);
        else
            verdicts->cases[verdicts->case_count++] = (struct amosi_judged){s->id, s->verdict};
    }
}

bool amosi_verdicts_judge(amos_verdicts *verdicts)
{
    size_t count = verdicts->info.count;
    struct subject *subjects = amosi_alloc_array(count, sizeof *subjects);
    verdicts->cases = amosi_alloc_array(count, sizeof *verdicts->cases);
    for (size_t i = 0; i < count && subjects; i++) {
        const amos_verdict_entry *entry = &verdicts->entries[i];
        subjects[i] = (struct subject){entry->case_id, entry->organ ? entry->organ : "", i, entry->verdict};
    }
    bool good = subjects && verdicts->cases;
    if (good) {
        amosi_sort(subjects, count, sizeof *subjects, compare_subjects);
        judge_sorted(verdicts, subjects, count);
    }
    amosi_free(subjects);
    for (size_t i = 0; good && i < verdicts->case_count; i++) {
        verdicts->info.passed += verdicts->cases[i].verdict == AMOS_VERDICT_PASS;
        verdicts->info.failed += verdicts->cases[i].verdict == AMOS_VERDICT_FAIL;
        verdicts->info.unsure += verdicts->cases[i].verdict == AMOS_VERDICT_UNSURE;
    }
    return good;
}
