/* SPDX-License-Identifier: BSD-3-Clause */
/* The voxel types: NIfTI's codes and ours. */
#ifndef AMOSI_NIFTI_TYPE_H
#define AMOSI_NIFTI_TYPE_H

#include <stdbool.h>

#include <amos/type.h>

/* Our type for a NIfTI datatype code; AMOS_TYPE_STORED where there is none. */
amos_type amosi_type_from_nifti(int code);

/* And the code of a type. */
int amosi_type_to_nifti(amos_type type);

/* Bytes of the parts that byte swapping turns round: 8 for complex128, 1 for RGB and for a number that is no type. */
size_t amosi_type_swap_bytes(amos_type type);

/* One of those that can be converted into each other. */
bool amosi_type_is_numeric(amos_type type);

amos_type_kind amosi_type_kind(amos_type type);

/* A whole number, signed or unsigned. */
bool amosi_type_is_integer(amos_type type);

#endif
