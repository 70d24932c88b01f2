/* SPDX-License-Identifier: BSD-3-Clause */
/* The command `amos`. */
#ifdef AMOS_HAVE_CURL
#include <amos/http.h>
#endif

#include "commands.h"
#include "kit/json.h"
#include "kit/message.h"

int main(int argc, char **argv)
{
    json_begin();
#ifdef AMOS_HAVE_CURL
    (void)!amos_http_enable(NULL, NULL);
#endif
    return cli_finish(command_call(&command_amos, "", argc, argv));
}
