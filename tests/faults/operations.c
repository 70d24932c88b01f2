/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults/operations.h"

#include "faults/digest.h"
#include "faults/rows.h"

/* ---- workers ---- */

static amos_status square(void *user, size_t index, amos_error *err)
{
    (void)err;
    ((uint64_t *)user)[index] = index * index;
    return AMOS_OK;
}

static amos_status run_workers(int threads, uint64_t *digest, amos_error *err)
{
    uint64_t squares[20] = {0};
    amos_workers_options options = {.size = sizeof options, .threads = threads};
    amos_status status = amos_workers_run(20, &options, square, NULL, squares, err);
    digest_add(digest, squares, sizeof squares);
    return status;
}

amos_status workers_one(struct world *world, uint64_t *digest, amos_error *err)
{
    (void)world;
    return run_workers(1, digest, err);
}

amos_status workers_many(struct world *world, uint64_t *digest, amos_error *err)
{
    (void)world;
    return run_workers(4, digest, err);
}

/* ---- the table ---- */

const struct operation operations[] = {
    {"open .nii", open_plain, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"open .nii.gz", open_gzip, AMOS_OK, OPERATION_OPENS},
    {"open .hdr + .img.gz", open_pair, AMOS_OK, OPERATION_OPENS},
    {"open .hdr.gz + .img.gz", open_pairs, AMOS_OK, OPERATION_OPENS},
    {"open with vox_offset 0", open_offset, AMOS_OK, OPERATION_OPENS},
    {"open .nii in a ZIP archive", open_zipped, AMOS_OK, OPERATION_OPENS},
    {"list a ZIP archive", list_archive, AMOS_OK, OPERATION_OPENS},
    {"open from memory", open_memory, AMOS_OK, OPERATION_MEMORY},
    {"open from callbacks", open_source, AMOS_OK, OPERATION_MEMORY},
    {"geometry", get_geometry, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"layout", get_layout, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"names", parse_names, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"read plain", read_plain, AMOS_OK, OPERATION_PLAIN},
    {"read members", read_members, AMOS_OK, 0},
    {"read as float32", read_float, AMOS_OK, 0},
    {"read a box as RAS", read_box, AMOS_OK, 0},
    {"read from memory", read_memory, AMOS_OK, OPERATION_MEMORY},
    {"read from callbacks", read_source, AMOS_OK, OPERATION_MEMORY},
    {"read with a wrong CRC-32", read_damaged, AMOS_E_GZ_CRC, 0},
    {"read damaged deflate data", read_broken, AMOS_E_GZ_DATA, 0},
    {"load as stored", load_stored, AMOS_OK, 0},
    {"load as float32", load_float, AMOS_OK, 0},
    {"load a box", load_box, AMOS_OK, 0},
    {"load into a pool", load_pooled, AMOS_OK, 0},
    {"load with a wrong CRC-32", load_damaged, AMOS_E_GZ_CRC, 0},
    {"verify", verify, AMOS_OK, 0},
    {"range", range, AMOS_OK, 0},
    {"label map", map_whole, AMOS_OK, 0},
    {"label statistics only", map_stats, AMOS_OK, 0},
    {"label map with a table", map_table, AMOS_OK, 0},
    {"label map of no labels", map_refused, AMOS_E_LABEL, 0},
    {"label map by path", map_path, AMOS_OK, OPERATION_OPENS},
    {"masks", map_masks, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"label map of voxels", map_make, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"renumber", map_renumber, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"components", map_components, AMOS_OK, OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
    {"drop components", map_drop, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"resample a label map", map_resample, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"resample an image", array_resample, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"score", score_corners, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"score by voxels", score_voxels, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"score with threads", score_threads, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
    {"score by paths", score_paths, AMOS_OK, OPERATION_SORTS | OPERATION_OPENS},
    {"score without ignored voxels", score_ignored, AMOS_OK, OPERATION_SORTS | OPERATION_OPENS},
    {"pair by paths", pair_paths, AMOS_OK, OPERATION_OPENS},
    {"pair by case", pair_case, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"load a pair", pair_load, AMOS_OK, 0},
    {"quality of a case", quality_case, AMOS_OK, OPERATION_SORTS | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"quality from JSON", quality_parse, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"judge quality", quality_judge, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"write .nii", write_plain, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"write .nii.gz in pieces", write_pieces, AMOS_OK, OPERATION_OPENS},
    {"write a ZIP archive", write_archive, AMOS_OK, OPERATION_OPENS},
    {"write .nii.gz by threads, with its index", write_indexed, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_PLAIN},
    {"write .nii.gz as small as possible", write_smallest, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set with dataset.json", dataset_json, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set kept beneath", dataset_beneath, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set from folders", dataset_folders, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set of nnU-Net", dataset_raw, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set with masks", dataset_masks, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"label map of masks", map_of_masks, AMOS_OK, OPERATION_OPENS},
    {"data set in a ZIP archive", dataset_zipped, AMOS_OK, OPERATION_OPENS},
    {"data set with other names", dataset_near, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"validate", dataset_validate, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"read with an index", read_indexed, AMOS_OK, OPERATION_OPENS | OPERATION_SPARES},
    {"build an index", build_index, AMOS_OK, OPERATION_OPENS | OPERATION_SPARES},
    {"tiles", tiles_stitch, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"open a loader", loader_open, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"open a balanced loader", loader_balanced, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"load a batch", loader_next, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"keep batches", loader_keeps, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
#ifdef AMOS_HAVE_LZ4
    {"load a cached batch", loader_cached, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"cache a case", cache_build, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"cache a case, prepared", cache_build_prepared, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"cache all cases", cache_build_all, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"copy a cached case from upstream", cache_stage, AMOS_OK,
     OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN | OPERATION_SPARES | OPERATION_RETRIES},
    {"keep a cached case", cache_keep, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"open a cached case", cache_open_case, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"read a cached case", cache_read, AMOS_OK, OPERATION_PLAIN},
    {"list cached cases", cache_list, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"fingerprint", cache_fingerprint, AMOS_OK, OPERATION_SORTS | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
#endif
    {"one worker", workers_one, AMOS_OK, OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
    {"four workers", workers_many, AMOS_OK, OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
};

const int operation_count = (int)(sizeof operations / sizeof operations[0]);

amos_status operation_run(const struct operation *operation, struct world *world, uint64_t *digest, amos_error *err)
{
    *digest = 14695981039346656037u;
    world->reported = 0;
    amos_status status = operation->run(world, digest, err);
    if (status)
        *digest = 0;
    return status;
}
