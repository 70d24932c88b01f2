/* What draws and scaling must know of a case's voxels: where its organs are, and how bright its body is. */
#ifndef AMOSI_FACTS_H
#define AMOSI_FACTS_H

#include <amos/labelmap.h>

#include "loader/voxels.h"

#define AMOSI_FACTS_BYTES ((uint64_t)4 << 20) /* never more, with what it takes to find them */

struct amosi_facts {
    struct amosi_body body;
    int32_t (*places)[3]; /* of all organs */
    uint32_t first[256];  /* of each organ */
    uint32_t count[256];
};

/* Finds those that the settings need. `image` is packed as amosi_voxels_type() says; `label` may be NULL. */
amos_status amosi_facts_find(struct amosi_facts *facts, const struct amosi_loader_settings *settings,
                             const struct amosi_loader_case *c, const void *image, const amos_labelmap *label,
                             amos_error *err);
void amosi_facts_free(struct amosi_facts *facts);

/* As amosi_organ_places.get; `user` is the facts. */
const int32_t (*amosi_facts_places(const void *user, int organ, size_t *count))[3];

#endif
