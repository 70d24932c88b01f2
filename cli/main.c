/* SPDX-License-Identifier: BSD-3-Clause */
/* The command `amos`. */
#include "commands.h"
#include "kit/json.h"
#include "kit/message.h"

int main(int argc, char **argv)
{
    json_begin();
    return cli_finish(command_call(&command_amos, "", argc, argv));
}
