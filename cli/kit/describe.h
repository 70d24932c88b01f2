/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts for numbers and codes of the library. */
#ifndef CLI_KIT_DESCRIBE_H
#define CLI_KIT_DESCRIBE_H

#include <amos/amos.h>

/* "33.0 MB"; units of 1000. */
#define DESCRIBE_BYTES 16
const char *describe_bytes(uint64_t bytes, char text[DESCRIBE_BYTES]);

/* "512 x 512 x 63" */
#define DESCRIBE_SHAPE 72
const char *describe_shape(const int64_t shape[3], char text[DESCRIBE_SHAPE]);

/* The organ of a label value for people: "Right kidney"; the data set's own name if it gives the value another
 * meaning, "label 7" if it has none for it. Without a data set the names are AMOS's. */
const char *describe_label(const amos_dataset *dataset, int label);

/* The same for programs: AMOS's short name, "right_kidney", or the data set's own. */
const char *describe_label_name(const amos_dataset *dataset, int label);

/* The colour of a label value: that of the organ which its name means, also if the data set numbers organs otherwise; for
 * other names one that no organ of AMOS has, and that for the first 16 of them is far from all organs' and each other's. */
void describe_label_color(const amos_dataset *dataset, int label, unsigned char rgb[3]);

/* "x to the left, y to the front, z to the head" */
#define DESCRIBE_AXES 80
const char *describe_axes(const char orientation[4], char text[DESCRIBE_AXES]);

/* NIfTI's names of unit and form codes; "unknown" for other codes. Units are abbreviated: "mm", "s". */
const char *describe_space_unit(int code);
const char *describe_time_unit(int code);
const char *describe_form(int code);

#endif
