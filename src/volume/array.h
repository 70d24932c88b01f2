/* Voxels that the library allocated, seen from inside. */
#ifndef AMOSI_ARRAY_H
#define AMOSI_ARRAY_H

#include <amos/array.h>

#include "base/pool.h"

struct amos_array {
    amos_layout layout;
    struct amosi_buffer buffer;
};

/* An array of this layout, contents undefined; NULL when memory ran out. `pool` may be NULL. */
amos_array *amosi_array_new(const amos_layout *layout, amos_pool *pool);

#endif
