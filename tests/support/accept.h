/* SPDX-License-Identifier: BSD-3-Clause */
/* What a test accepts: the defaults, except for the fields that are named. For a tolerance or a frame start from
 * AMOS_ACCEPT_INIT.
 *
 *   amos_labelmap_options o = {.size = sizeof o, .accept = ACCEPT(.max_label = 20)};
 * */
#ifndef SUPPORT_ACCEPT_H
#define SUPPORT_ACCEPT_H

#include <amos/accept.h>

#define ACCEPT(...) \
    (&(const amos_accept){.size = sizeof(amos_accept), \
                          .tolerance_voxels = AMOS_TOLERANCE_VOXELS, \
                          .frame = AMOS_FRAME_ONLY, \
                          __VA_ARGS__})

#endif
