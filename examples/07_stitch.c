/* SPDX-License-Identifier: BSD-3-Clause */
/* Inference with overlapping tiles: cuts a CT into tiles, lets a "network" judge each of them, joins what it gives, and
 * writes the labels plane by plane as they are finished. Neither the sum of all tiles nor the labels are in memory.
 * usage: 07_stitch IMAGE LABELS.nii.gz */
#include <amos/amos.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 3, SIDE = 32, TILE = SIDE * SIDE * SIDE };

/* Stands for a network: air, soft tissue, bone. A network would get the tile and give logits of this shape. */
static void infer(const float *tile, float *logits)
{
    static const float middle[CLASSES] = {-1000, 40, 700};
    for (int c = 0; c < CLASSES; c++)
        for (int i = 0; i < TILE; i++)
            logits[c * TILE + i] = -(tile[i] - middle[c]) * (tile[i] - middle[c]) / 1e4f;
}

/* The values of a box; beyond the volume those of air. */
static void cut(const amos_array *image, const amos_box *box, float *tile)
{
    const int64_t *shape = amos_array_layout(image)->shape;
    const float *values = amos_array_data(image);
    for (int64_t z = box->start[2]; z < box->stop[2]; z++)
        for (int64_t y = box->start[1]; y < box->stop[1]; y++)
            for (int64_t x = box->start[0]; x < box->stop[0]; x++, tile++) {
                int inside = x >= 0 && y >= 0 && z >= 0 && x < shape[0] && y < shape[1] && z < shape[2];
                *tile = inside ? values[(z * shape[1] + y) * shape[0] + x] : -1000.0f;
            }
}

/* Where finished planes go. */
struct output {
    amos_writer *writer;
    int64_t plane;
};

static amos_status write_planes(void *user, const uint8_t *labels, int64_t start, int64_t stop, amos_error *err)
{
    const struct output *output = user;
    return amos_writer_add(output->writer, labels, (uint64_t)((stop - start) * output->plane), err);
}

static amos_status add_tiles(amos_stitcher *stitcher, const amos_tiling *tiling, const amos_array *image,
                             amos_error *err)
{
    static float tile[TILE], logits[CLASSES * TILE];
    amos_status status = AMOS_OK;
    for (int64_t i = 0; i < amos_tiling_count(tiling) && status == AMOS_OK; i++) {
        amos_box box;
        status = amos_tiling_get_box(tiling, i, &box, err);
        if (status != AMOS_OK)
            break;
        cut(image, &box, tile);
        infer(tile, logits);
        status = amos_stitcher_add(stitcher, i, 0, logits, AMOS_TILE_TYPE_FLOAT32, sizeof logits, err);
    }
    return status;
}

static amos_status stitch(const amos_array *image, struct output *output, amos_error *err)
{
    amos_tiling_options tiles = AMOS_TILING_OPTIONS_INIT;
    amos_stitcher_options options = AMOS_STITCHER_OPTIONS_INIT;
    amos_tiling *tiling = NULL;
    amos_stitcher *stitcher = NULL;
    tiles.patch[0] = tiles.patch[1] = tiles.patch[2] = SIDE;
    options.channels = CLASSES;
    options.planes = write_planes;
    options.user = output;
    amos_status status = amos_tiling_make(amos_array_layout(image)->shape, &tiles, &tiling, err);
    if (status == AMOS_OK)
        status = amos_stitcher_make(tiling, &options, &stitcher, err);
    if (status == AMOS_OK) {
        const amos_stitcher_info *info = amos_stitcher_get_info(stitcher);
        printf("%lld tiles; %.1f MB in memory instead of %.1f MB\n", (long long)amos_tiling_count(tiling),
               (double)info->bytes / 1e6, (double)info->sum_bytes / 1e6);
        status = add_tiles(stitcher, tiling, image, err);
    }
    amos_stitcher_free(stitcher);
    amos_tiling_free(tiling);
    return status;
}

static amos_status run(const char *path, const char *to, amos_error *err)
{
    amos_read_options options = AMOS_READ_OPTIONS_INIT;
    amos_volume *volume = NULL;
    amos_array *image = NULL;
    struct output output = {NULL, 0};
    options.type = AMOS_TYPE_FLOAT32;
    amos_status status = amos_volume_open(path, NULL, &volume, err);
    if (status == AMOS_OK)
        status = amos_volume_load(volume, &options, &image, err);
    if (status == AMOS_OK) {
        amos_layout layout = *amos_array_layout(image);
        layout.type = AMOS_TYPE_UINT8;
        output.plane = layout.shape[0] * layout.shape[1];
        status = amos_writer_open(to, &layout, NULL, &output.writer, err);
    }
    if (status == AMOS_OK)
        status = stitch(image, &output, err);
    if (status == AMOS_OK)
        status = amos_writer_finish(output.writer, err);
    amos_writer_free(output.writer);
    amos_array_free(image);
    amos_volume_free(volume);
    return status;
}

int main(int argc, char **argv)
{
    amos_error err;
    if (argc != 3) {
        fprintf(stderr, "usage: %s IMAGE LABELS.nii.gz\n", argv[0]);
        return 2;
    }
    if (run(argv[1], argv[2], &err) == AMOS_OK)
        return 0;
    fprintf(stderr, "%s\n", err.message);
    return 1;
}
