/* SPDX-License-Identifier: BSD-3-Clause */
/* The voxel types: conversion between NIfTI's codes and ours, and properties. */
#ifndef AMOSI_NIFTI_TYPE_H
#define AMOSI_NIFTI_TYPE_H

#include <stdbool.h>

#include <amos/type.h>

/* Our type for a NIfTI datatype code; AMOS_TYPE_STORED if there is none. */
amos_type amosi_type_from_nifti(int code);

/* The NIfTI code of a type. */
int amosi_type_to_nifti(amos_type type);

/* Bytes of the units that byte swapping reverses: 8 for complex128, 1 for RGB and for an invalid type. */
size_t amosi_type_swap_bytes(amos_type type);

/* Whether the type can be converted to every other numeric type. */
bool amosi_type_is_numeric(amos_type type);

amos_type_kind amosi_type_kind(amos_type type);

/* Whether the type is a signed or unsigned integer. */
bool amosi_type_is_integer(amos_type type);

#endif
