/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of the rows of operations.c, by file, and what else these files share. */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#include "faults/operations.h"

#define ROW(name) amos_status name(struct world *world, uint64_t *digest, amos_error *err)

/* operations_volume.c */
ROW(open_plain);
ROW(open_gzip);
ROW(open_pair);
ROW(open_pairs);
ROW(open_offset);
ROW(open_zipped);
ROW(list_archive);
ROW(open_memory);
ROW(open_source);
ROW(get_geometry);
ROW(get_layout);
ROW(parse_names);
ROW(read_plain);
ROW(read_members);
ROW(read_float);
ROW(read_box);
ROW(read_memory);
ROW(read_source);
ROW(read_damaged);
ROW(read_broken);
ROW(load_stored);
ROW(load_float);
ROW(load_box);
ROW(load_pooled);
ROW(load_damaged);
ROW(verify);
ROW(range);
ROW(read_indexed);
ROW(build_index);

/* operations_label.c */
ROW(map_whole);
ROW(map_stats);
ROW(map_table);
ROW(map_refused);
ROW(map_of_masks);
ROW(map_path);
ROW(map_masks);
ROW(map_make);
ROW(map_renumber);
ROW(map_components);
ROW(map_drop);
ROW(map_resample);
ROW(array_resample);
ROW(score_corners);
ROW(score_voxels);
ROW(score_threads);
ROW(score_paths);
ROW(score_ignored);
ROW(pair_paths);
ROW(pair_case);
ROW(pair_load);

/* operations_quality.c */
ROW(quality_case);
ROW(quality_parse);
ROW(quality_judge);

/* operations_write.c */
ROW(write_plain);
ROW(write_archive);
ROW(write_pieces);
ROW(write_indexed);
ROW(write_smallest);

/* operations_dataset.c */
ROW(dataset_json);
ROW(dataset_beneath);
ROW(dataset_folders);
ROW(dataset_masks);
ROW(dataset_raw);
ROW(dataset_near);
ROW(dataset_zipped);
ROW(dataset_validate);

/* operations_cache.c; with LZ4 only, as is loader_cached() */
ROW(cache_build);
ROW(cache_build_prepared);
ROW(cache_build_all);
ROW(cache_stage);
ROW(cache_keep);
ROW(cache_open_case);
ROW(cache_read);
ROW(cache_list);
ROW(cache_fingerprint);

/* operations_loader.c */
ROW(tiles_stitch);
ROW(loader_open);
ROW(loader_balanced);
ROW(loader_next);
ROW(loader_keeps);
ROW(loader_cached);

/* The library that inflates. */
amos_volume_options volume_options(const struct world *world);

/* The large volume, with its index; world->reported counts its log messages. */
amos_status open_indexed_volume(struct world *world, amos_volume **volume, amos_error *err);

/* Reads into the world's buffer. */
amos_status read_into(struct world *world, const amos_volume *volume, const amos_read_options *options,
                      uint64_t *digest, amos_error *err);
extern const amos_read_options as_stored;

/* A caller's source. */
struct caller {
    const struct bytes *bytes;
    int closed;
};
int64_t caller_read_at(void *user, uint64_t offset, void *buffer, size_t bytes);

/* Creates the world's cache and entry; the data set must be open. Without LZ4 they stay NULL. */
void world_make_cache(struct world *world, const char *name);
void world_free_cache(struct world *world);

#endif
