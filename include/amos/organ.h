/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the 15 organs of AMOS. */
#ifndef AMOS_ORGAN_H
#define AMOS_ORGAN_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An organ: the value of its voxels in a label map. */
typedef enum amos_organ {
    AMOS_ORGAN_BACKGROUND = 0,
    AMOS_ORGAN_SPLEEN = 1,
    AMOS_ORGAN_RIGHT_KIDNEY = 2,
    AMOS_ORGAN_LEFT_KIDNEY = 3,
    AMOS_ORGAN_GALL_BLADDER = 4,
    AMOS_ORGAN_ESOPHAGUS = 5,
    AMOS_ORGAN_LIVER = 6,
    AMOS_ORGAN_STOMACH = 7,
    AMOS_ORGAN_AORTA = 8,
    AMOS_ORGAN_POSTCAVA = 9,
    AMOS_ORGAN_PANCREAS = 10,
    AMOS_ORGAN_RIGHT_ADRENAL_GLAND = 11,
    AMOS_ORGAN_LEFT_ADRENAL_GLAND = 12,
    AMOS_ORGAN_DUODENUM = 13,
    AMOS_ORGAN_BLADDER = 14,
    AMOS_ORGAN_PROSTATE_UTERUS = 15
} amos_organ;

#define AMOS_ORGAN_COUNT 16 /* background and 15 organs */

/* The names and the colour of an organ. Static storage. */
typedef struct amos_organ_info {
    amos_organ organ;
    const char *dataset_name;   /* as spelled in dataset.json: "right kidney", "arota" */
    const char *name;           /* short, for programs: "right_kidney", "aorta" */
    const char *title;          /* for people: "Right kidney", "Aorta" */
    const char *const *aliases; /* other accepted names; the last entry is NULL */
    uint8_t rgb[3];             /* display colour: red, green, blue */
} amos_organ_info;

/* The names and the colour of an organ; NULL if `organ` is not 0..15. Static storage; any thread. */
AMOS_API const amos_organ_info *amos_organ_get(int organ);

/* A display colour for a label of any data set: red, green, blue. 1..15 get the colours of amos_organ_info, all others a
 * colour that depends on the number alone and is in no other way about an organ; 0 is black. A data set that gives a
 * number to another organ than AMOS does should be shown in the colours of that organ, or for an organ that AMOS does not
 * have in that of AMOS_ORGAN_COUNT + label. Any thread.
 *
 * The colours of AMOS's organs are chosen such that two organs which touch differ by at least 20 in CIEDE2000, and by at
 * least 11 for a reader without red or green cones (simulated by the matrices of Machado et al. 2009). The 32 numbers from
 * AMOS_ORGAN_COUNT on have colours that differ from these and from each other by at least 8. The others are generated in
 * CIELAB: the hue advances by the golden angle from number to number, and lightness takes 3 steps in turn, which move a
 * little every 48 numbers. */
AMOS_API void amos_organ_color(int label, uint8_t rgb[3]);

/* The organ with a given number ("6"), name or alias. Case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK; or AMOS_E_ARG (NULL or unknown organ), and *out is AMOS_ORGAN_BACKGROUND. The message lists the
 * names and suggests a similar one, if any. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_organ_parse(const char *name, amos_organ *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
