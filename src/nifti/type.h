/* The voxel types: NIfTI's codes and ours. */
#ifndef AMOSI_NIFTI_TYPE_H
#define AMOSI_NIFTI_TYPE_H

#include <stdbool.h>

#include <amos/type.h>

/* Our type for a NIfTI datatype code; AMOS_TYPE_STORED where there is none. */
amos_type amosi_type_from_nifti(int code);

/* And the code of a type. */
int amosi_type_to_nifti(amos_type type);

/* Bytes of the parts that byte swapping turns round: 8 for complex128, 1 for RGB. */
size_t amosi_type_swap_bytes(amos_type type);

/* One of the ten that can be converted into each other. */
bool amosi_type_is_numeric(amos_type type);

#endif
