/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs a fuzz target on files and folders of files, without a fuzzer, and reports the inputs that crash it.
 * The last line is "N passed, N failed". */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/kit/fuzz.h"

static char **paths;
static size_t count;

static void add_path(char *path)
{
    char **more = realloc(paths, (count + 1) * sizeof *paths);
    FUZZ_REQUIRE(more != NULL && path != NULL);
    paths = more;
    paths[count++] = path;
}

static void add_folder(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    FUZZ_REQUIRE(n >= 0);
    for (int i = 0; i < n; i++) {
        char *file;
        FUZZ_REQUIRE(asprintf(&file, "%s/%s", path, entries[i]->d_name) > 0);
        if (entries[i]->d_name[0] != '.')
            add_path(file);
        else
            free(file);
        free(entries[i]);
    }
    free(entries);
}

static void run_file(const char *path)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    FUZZ_REQUIRE(file != NULL && fstat(fileno(file), &info) == 0);
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size ? size : 1);
    FUZZ_REQUIRE(data != NULL && fread(data, 1, size, file) == size);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Runs all inputs from *next on in a child, which dies at the first that fails; *next is then that one. */
static int run_rest(size_t *next)
{
    fflush(stdout);
    pid_t child = fork();
    FUZZ_REQUIRE(child >= 0);
    if (child == 0) {
        for (; *next < count; (*next)++)
            run_file(paths[*next]);
        exit(0);
    }
    int status;
    FUZZ_REQUIRE(waitpid(child, &status, 0) == child);
    return status;
}

int main(int argc, char **argv)
{
    struct stat info;
    for (int i = 1; i < argc; i++)
        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
            add_folder(argv[i]);
        else
            add_path(strdup(argv[i]));
    size_t *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), failed = 0;
    FUZZ_REQUIRE(next != MAP_FAILED);
    do {
        int status = run_rest(next);
        if (status == 0)
            break;
        printf("FAIL: %s (wait status 0x%x)\n", *next < count ? paths[*next] : "leaks, seen at the end",
               (unsigned)status);
        failed++;
    } while (++*next < count);
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    printf("%zu passed, %zu failed\n", count > failed ? count - failed : 0, failed);
    free(paths);
    munmap(next, sizeof *next);
    return failed == 0 && count ? 0 : 1;
}
