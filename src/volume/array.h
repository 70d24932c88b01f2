/* Voxels that the library allocated, seen from inside. */
#ifndef AMOSI_ARRAY_H
#define AMOSI_ARRAY_H

#include <amos/array.h>

struct amos_array {
    amos_layout layout;
    void *data;
};

/* An array of this layout, contents undefined; NULL when memory ran out. */
amos_array *amosi_array_new(const amos_layout *layout);

#endif
