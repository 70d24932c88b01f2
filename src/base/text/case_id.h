/* SPDX-License-Identifier: BSD-3-Clause */
/* The number in a case's name, and the modality that follows from it. Only names of the form that AMOS gives its cases
 * say either: the number in word_0001 or FLARE22_Tr_0600 is another data set's. */
#ifndef AMOSI_CASE_ID_H
#define AMOSI_CASE_ID_H

#include <stddef.h>
#include <stdint.h>

#include <amos/dataset.h>

/* The metadata of AMOS: this file of the data set's folder, else of the folder above. */
#define AMOSI_METADATA_NAME "labeled_data_meta_0000_0599.csv"

/* The number of an AMOS case: 18 for "amos_0018", "AMOS_18", and for the names that programs make from it by adding
 * known words: "amos_0018_0000" (nnU-Net's channel), "amos_0018_pred", "amos_0018_trans". A volume's suffix is left
 * out: "amos_0018.nii.gz". -1 for every other name, such as "amos_0018_T1". */
int64_t amosi_amos_number(const char *name);

/* The same for predictions, whose names may end in anything: also 18 for "amos_0018_T1" and "amos_0018-2". */
int64_t amosi_amos_number_before(const char *name);

/* What a person or a table may call an AMOS case in short: 18 for "18" and "0018"; -1 for anything else. */
int64_t amosi_amos_number_alone(const char *text);

/* The modality of an AMOS case, as the data set's read-me states it: CT below 500, MRI from 500 on. amos_0500 and the
 * unlabelled scans 5000 to 6899 are CT all the same. ..._UNKNOWN for -1. */
amos_modality amosi_modality_of_number(int64_t number);

/* The modality of a file outside of a data set, from its name. */
amos_modality amosi_modality_of_name(const char *name);

/* The length of a name without an ending as nnU-Net gives to the channels of an image, "_0000": `length` itself if it has
 * none. *channel is the number, -1 without one. */
size_t amosi_channel_cut(const char *name, size_t length, int *channel);

#endif
