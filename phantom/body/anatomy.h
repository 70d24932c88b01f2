/* SPDX-License-Identifier: BSD-3-Clause */
/* The anatomy of a body: functions that add its parts. */
#ifndef PHANTOM_BODY_ANATOMY_H
#define PHANTOM_BODY_ANATOMY_H

#include "phantom/body/parts.h"

/* The centres of the vertebral bodies: 0 is L5, 5 is T12. */
#define PHANTOM_VERTEBRAE 11
extern const struct phantom_point phantom_spine[PHANTOM_VERTEBRAE];

/* Each adds its parts to the body. */
void phantom_add_skeleton(struct phantom_body *body);
void phantom_add_surroundings(struct phantom_body *body); /* muscles, lungs, heart, bowel */
void phantom_add_organs(struct phantom_body *body);       /* the 15 organs and their vessels */
void phantom_add_arcades(struct phantom_body *body);      /* fine vessels of the bowel */
void phantom_add_findings(struct phantom_body *body);     /* what some patients have: stones, cysts, calcium, ... */

#endif
