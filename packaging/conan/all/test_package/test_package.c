/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints the version and the features of the library that it was linked with. */
#include <amos/amos.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    printf("libamos %s\n%s", amos_version(), amos_features());
    return strcmp(amos_version(), AMOS_VERSION_STRING) != 0;
}
