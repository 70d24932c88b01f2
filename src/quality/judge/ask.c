/* SPDX-License-Identifier: BSD-3-Clause */
/* What several rules ask about an organ. */
#include <math.h>
#include <string.h>

#include "quality/judge/judge.h"

const amos_quality_organ *amosi_organ_of(const amos_quality *quality, int organ)
{
    const amos_quality_organ *found;
    for (int label = 1; (found = amos_quality_get_organ(quality, label)) != NULL; label++)
        if (found->organ == organ && found->voxels)
            return found;
    return NULL;
}

void amosi_organ_center(const amos_quality_facts *facts, const amos_quality_organ *organ, double mm[3])
{
    const double *at = organ->centroid_voxel;
    for (int i = 0; i < 3; i++) {
        const double *row = facts->affine + 4 * i;
        mm[i] = row[0] * at[0] + row[1] * at[1] + row[2] * at[2] + row[3];
    }
}

static char opposite(char direction)
{
    static const char pairs[] = "LRAPSI";
    const char *at = strchr(pairs, direction);
    return at ? pairs[(at - pairs) ^ 1] : '?';
}

/* Axis i ends where its letter says, and begins opposite. */
bool amosi_organ_reaches(const amos_quality_facts *facts, int border, char direction)
{
    for (int i = 0; i < 3; i++)
        if ((border >> 2 * i & 1 && facts->orientation[i] == opposite(direction)) ||
            (border >> (2 * i + 1) & 1 && facts->orientation[i] == direction))
            return true;
    return false;
}

double amosi_voxel_mm3(const amos_quality_facts *facts)
{
    const double *a = facts->affine;
    return fabs(a[0] * (a[5] * a[10] - a[6] * a[9]) - a[1] * (a[4] * a[10] - a[6] * a[8]) +
                a[2] * (a[4] * a[9] - a[5] * a[8]));
}
