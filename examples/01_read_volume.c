/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads one volume and prints its geometry and some values.
 * usage: 01_read_volume FILE.nii.gz */
#include <amos/amos.h>
#include <stdio.h>

static void print_geometry(const amos_volume_info *info, const amos_geometry *geometry)
{
    printf("stored     %lld x %lld x %lld voxels of %s\n", (long long)info->shape[0], (long long)info->shape[1],
           (long long)info->shape[2], amos_type_name(info->type));
    printf("spacing    %g x %g x %g mm\n", geometry->spacing[0], geometry->spacing[1], geometry->spacing[2]);
    printf("axes       %s, from the %s\n", geometry->orientation, amos_affine_source_name(geometry->source));
}

/* The voxels are packed, x fastest: voxel (x,y,z) is values[x + shape[0] * (y + shape[1] * z)]. */
static void print_values(const amos_layout *layout, const float *values)
{
    int64_t count = layout->shape[0] * layout->shape[1] * layout->shape[2];
    int64_t x = layout->shape[0] / 2, y = layout->shape[1] / 2, z = layout->shape[2] / 2;
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)values[i];
    printf("mean       %.3f\n", sum / (double)count);
    printf("middle     %g at (%lld, %lld, %lld) of the %s volume\n",
           (double)values[x + layout->shape[0] * (y + layout->shape[1] * z)], (long long)x, (long long)y, (long long)z,
           layout->geometry.orientation);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE.nii.gz\n", argv[0]);
        return 2;
    }
    amos_read_options options = AMOS_READ_OPTIONS_INIT;
    options.type = AMOS_TYPE_FLOAT32;
    options.orientation = "RAS";
    amos_volume *volume = NULL;
    amos_array *array = NULL;
    amos_geometry geometry;
    amos_error err;
    amos_status status = amos_volume_open(argv[1], NULL, &volume, &err);
    if (status == AMOS_OK)
        status = amos_volume_get_geometry(volume, &geometry, &err);
    if (status == AMOS_OK)
        status = amos_volume_load(volume, &options, &array, &err);
    if (status == AMOS_OK) {
        print_geometry(amos_volume_get_info(volume), &geometry);
        print_values(amos_array_layout(array), amos_array_data(array));
    } else {
        fprintf(stderr, "%s\n", err.message);
    }
    amos_array_free(array);
    amos_volume_free(volume);
    return status == AMOS_OK ? 0 : 1;
}
