/* SPDX-License-Identifier: BSD-3-Clause */
/* Batches that are kept. */
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/bytes.h"
#include "support/main.h"
#include "support/make/cache.h"
#include "support/make/loader_set.h"
#include "support/tmp.h"

static amos_error err;

/* ---- batches that are kept ---- */

START_TEST(a_loader_that_may_grow_gives_all_batches_of_an_epoch)
{
    char *set = loader_set_make("kept");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    amos_loader_options o = {.size = sizeof o, .patch = {16, 16, 8}, .batch_size = 2, .flags = AMOS_LOADER_GROW};
    o.threads = _i;
    amos_loader *loader;
    amos_batch *kept[32];
    uint32_t crc[32];
    int n = 0;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (;; n++) {
        assert_ok(amos_loader_next(loader, &kept[n], &err), &err);
        if (!kept[n])
            break;
        crc[n] = loader_batch_crc(kept[n]);
    }
    ck_assert_int_eq(n, 12);
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    ck_assert_uint_eq(stats.copies, 10);
    ck_assert_uint_eq(stats.batches, 12);
    amos_loader_free(loader);
    o.flags = 0;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < n; i++) {
        amos_batch *again;
        assert_ok(amos_loader_next(loader, &again, &err), &err);
        ck_assert_uint_eq(loader_batch_crc(again), crc[i]);
        ck_assert_uint_eq(loader_batch_crc(kept[i]), crc[i]); /* outlives its loader */
        ck_assert_uint_eq(amos_batch_get_info(kept[i])->step, (uint64_t)i);
        ck_assert_str_eq(amos_batch_get_sample(kept[i], 1)->case_id, amos_batch_get_sample(again, 1)->case_id);
        ck_assert_uint_eq((uintptr_t)amos_batch_get_info(kept[i])->image.data % 64, 0);
        amos_batch_free(again);
        amos_batch_free(kept[i]);
    }
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    free(set);
}
END_TEST

/* The last batch of a rank that has nothing left: no values, whatever the types. */
START_TEST(an_empty_batch_can_be_kept_too)
{
    char *set = loader_set_make("empty");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    amos_loader_options o = {.size = sizeof o, .draw = AMOS_SAMPLING_WHOLE, .flags = AMOS_LOADER_GROW, .hold = 1};
    o.rank = 3;
    o.world_size = 4;
    o.label_type = AMOS_LABEL_TYPE_ONEHOT;
    amos_loader *loader;
    amos_batch *kept[2];
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < 2; i++)
        assert_ok(amos_loader_next(loader, &kept[i], &err), &err);
    const amos_batch_info *info = amos_batch_get_info(kept[1]);
    ck_assert_int_eq(info->count, 0);
    ck_assert_int_eq(info->image.shape[0], 0);
    ck_assert_int_eq(info->label.shape[1], 16);
    ck_assert_uint_eq(info->image.bytes, 0);
    ck_assert_ptr_nonnull(info->image.data);
    ck_assert_ptr_nonnull(info->label.data);
    for (int i = 0; i < 2; i++)
        amos_batch_free(kept[i]);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader told");
    TCase *all = add_case(suite, "told", 20);
    tcase_add_loop_test(all, a_loader_that_may_grow_gives_all_batches_of_an_epoch, 1, 3);
    tcase_add_test(all, an_empty_batch_can_be_kept_too);
    return run_suite(suite);
}
