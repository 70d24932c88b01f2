/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "dataset/record.h"

const amos_case_info *amos_case_get_info(const amos_case *c)
{
    return c ? &c->info : NULL;
}
