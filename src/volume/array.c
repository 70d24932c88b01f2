#include "volume/array.h"

#include "base/alloc.h"

amos_array *amosi_array_new(const amos_layout *layout, amos_pool *pool)
{
    amos_array *array = amosi_zalloc(sizeof *array);
    if (!array)
        return NULL;
    array->layout = *layout;
    if (!amosi_buffer_take(&array->buffer, pool, layout->bytes)) {
        amosi_free(array);
        return NULL;
    }
    return array;
}

void *amos_array_data(const amos_array *array)
{
    return array ? array->buffer.data : NULL;
}

const amos_layout *amos_array_layout(const amos_array *array)
{
    return array ? &array->layout : NULL;
}

void amos_array_free(amos_array *array)
{
    if (array)
        amosi_buffer_release(&array->buffer);
    amosi_free(array);
}
