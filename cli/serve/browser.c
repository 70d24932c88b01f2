/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "serve/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/message.h"

extern char **environ;

static bool write_page(struct browser *browser, const char *url)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    if (!folder || access(folder, W_OK) != 0)
        folder = getenv("TMPDIR");
    if (!folder)
        folder = "/tmp";
    static const char name[] = "/amos-serve-XXXXXX.html";
    browser->file = malloc(strlen(folder) + sizeof name);
    if (!browser->file)
        return false;
    memcpy(browser->file, folder, strlen(folder));
    memcpy(browser->file + strlen(folder), name, sizeof name);
    int fd = mkstemps(browser->file, 5);
    if (fd < 0) {
        free(browser->file);
        browser->file = NULL;
        return false;
    }
    bool good = dprintf(fd,
                        "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>amos serve</title>\n"
                        "<meta name=\"referrer\" content=\"no-referrer\">\n"
                        "<meta http-equiv=\"refresh\" content=\"0; url=%s\">\n<a href=\"%s\">amos serve</a>\n",
                        url, url) > 0;
    return close(fd) == 0 && good;
}

/* With the signals that this program has blocked. */
static int start(const char *file)
{
    pid_t child;
    char *arguments[] = {(char *)(uintptr_t) "xdg-open", (char *)(uintptr_t)file, NULL};
    posix_spawn_file_actions_t streams;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&streams);
    posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&child, arguments[0], &streams, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&streams);
    posix_spawnattr_destroy(&attributes);
    return error;
}

bool browser_open(struct browser *browser, const char *url)
{
    *browser = (struct browser){NULL};
    int error = write_page(browser, url) ? start(browser->file) : errno;
    if (error)
        cli_error("serve: --open: xdg-open cannot be started (%s); open the address yourself.", strerror(error));
    return error == 0;
}

void browser_close(struct browser *browser)
{
    if (browser->file)
        unlink(browser->file);
    free(browser->file);
    browser->file = NULL;
}
