/* SPDX-License-Identifier: BSD-3-Clause */
/* NIfTI header bytes -> header and geometry. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "nifti/geometry.h"
#include "nifti/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_header header;
    amos_error err;
    if (size < 4)
        return 0;
    void *copy = fuzz_copy(data, size);
    amos_status status = amosi_header_parse(copy, size, "fuzz", &header, &err);
    FUZZ_REQUIRE(status == AMOS_OK || (err.status == status && strlen(err.message) > 10));
    for (int lenient = 0; lenient < 2 && !status; lenient++) {
        amos_geometry geometry, back;
        amos_warnings warnings = 0;
        if (amosi_geometry_from_header(&header, lenient, "fuzz", &geometry, &warnings, &err) != AMOS_OK)
            continue;
        FUZZ_REQUIRE(amos_geometry_reorient(&geometry, "RAS", &back, &err) == AMOS_OK);
        FUZZ_REQUIRE(strcmp(back.orientation, "RAS") == 0);
        FUZZ_REQUIRE(amos_geometry_reorient(&back, geometry.orientation, &back, &err) == AMOS_OK);
        FUZZ_REQUIRE(memcmp(back.shape, geometry.shape, sizeof back.shape) == 0);
    }
    free(copy);
    return 0;
}
