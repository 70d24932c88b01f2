#define _GNU_SOURCE
#include "io/index_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/fail.h"
#include "io/index_file.h"

/* An open folder, and what the index is called in it. */
struct place {
    char *path; /* of the folder */
    int fd;
    char name[64];
    char *full; /* path/name, for messages */
};

/* ---- the folder ---- */

static char *join(const char *folder, const char *name)
{
    size_t a = strlen(folder), b = strlen(name);
    char *path = amosi_alloc(a + b + 2);
    if (path)
        snprintf(path, a + b + 2, "%s/%s", folder, name);
    return path;
}

/* The variables of a program with the rights of another user are not believed. */
static const char *absolute_variable(const char *name)
{
    const char *value = secure_getenv(name);
    return value && value[0] == '/' ? value : NULL;
}

/* The user's folder, and the one that it lies in; false without memory, NULL where the environment names none. */
static bool user_folder(char **parent, char **path)
{
    const char *cache = absolute_variable("XDG_CACHE_HOME"), *home = absolute_variable("HOME");
    *path = NULL;
    *parent = cache ? amosi_strdup(cache) : home ? join(home, ".cache") : NULL;
    if (*parent)
        *path = join(*parent, "amos");
    return *path || !(cache || home);
}

static amos_status open_folder(struct place *place, amos_error *err)
{
    place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (place->fd < 0)
        return amosi_fail_errno(err, AMOS_E_OPEN, place->path, errno, "the folder for indexes cannot be opened");
    struct stat state;
    if (fstat(place->fd, &state) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, place->path, errno, "the folder's state cannot be read");
    if (state.st_uid != geteuid() || (state.st_mode & S_IWOTH))
        return amosi_fail(err, AMOS_E_OPEN, place->path,
                          "the folder for indexes belongs to somebody else, or everybody may write to it; use one of "
                          "your own.");
    return AMOS_OK;
}

static void leave(struct place *place)
{
    if (place->fd >= 0)
        close(place->fd);
    amosi_free(place->path);
    amosi_free(place->full);
}

static amos_status find_folder(struct place *place, const char *folder, bool make, amos_error *err)
{
    char *parent = NULL;
    bool good = true;
    if (folder)
        good = (place->path = amosi_strdup(folder)) != NULL;
    else
        good = user_folder(&parent, &place->path);
    amos_status status = good ? AMOS_OK : amosi_fail_nomem(err, NULL);
    if (!status && !place->path)
        status = amosi_fail(err, AMOS_E_OPEN, NULL,
                            "There is no folder for indexes: neither XDG_CACHE_HOME nor HOME is an absolute path.");
    if (!status && make) { /* what cannot be made cannot be opened either */
        if (parent)
            (void)mkdir(parent, 0700);
        (void)mkdir(place->path, 0700);
    }
    amosi_free(parent);
    return status ? status : open_folder(place, err);
}

/* Opens the folder. Whatever happens, the place is to be left. */
static amos_status enter(struct place *place, const char *folder, const struct amosi_index_key *key, bool make,
                         amos_error *err)
{
    memset(place, 0, sizeof *place);
    place->fd = -1;
    amos_status status = find_folder(place, folder, make, err);
    if (status)
        return status;
    snprintf(place->name, sizeof place->name, "%016llx-%08lx.amosidx", (unsigned long long)key->inode,
             (unsigned long)amosi_get32(key->trailer, false));
    place->full = join(place->path, place->name);
    return place->full ? AMOS_OK : amosi_fail_nomem(err, place->path);
}

/* ---- reading ---- */

static amos_status read_bytes(int fd, unsigned char *bytes, size_t size, const char *path, amos_error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return amosi_fail_errno(err, AMOS_E_IO, path, errno, "the index cannot be read");
        if (n == 0)
            return amosi_fail(err, AMOS_E_INDEX, path, "the index ends too early; it has to be built again.");
        done += (size_t)n;
    }
    return AMOS_OK;
}

static amos_status read_index(int fd, const struct amosi_index_key *key, const char *path, struct amosi_index **out,
                              amos_error *err)
{
    struct stat state;
    unsigned char header[AMOSI_INDEX_HEADER];
    if (fstat(fd, &state) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, path, errno, "the index's state cannot be read");
    if (!S_ISREG(state.st_mode) || state.st_uid != geteuid())
        return amosi_fail(err, AMOS_E_INDEX, path, "the index is not a file of this user; it has to be built again.");
    uint64_t size = (uint64_t)state.st_size;
    amos_status status = read_bytes(fd, header, sizeof header, path, err);
    if (!status)
        status = amosi_index_file_check(header, size, key, path, err);
    if (status)
        return status;
    unsigned char *bytes = size <= SIZE_MAX ? amosi_alloc((size_t)size) : NULL;
    if (!bytes)
        return amosi_fail_nomem(err, path);
    memcpy(bytes, header, sizeof header);
    status = read_bytes(fd, bytes + sizeof header, (size_t)size - sizeof header, path, err);
    if (!status)
        status = amosi_index_file_parse(bytes, (size_t)size, key, path, out, err);
    amosi_free(bytes);
    return status;
}

amos_status amosi_index_cache_load(const char *folder, const struct amosi_index_key *key, struct amosi_index **out,
                                   amos_error *err)
{
    struct place place;
    *out = NULL;
    amos_status status = enter(&place, folder, key, false, err);
    if (!status) {
        int fd = openat(place.fd, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            status = amosi_fail_errno(err, AMOS_E_OPEN, place.full, errno, "the index cannot be opened");
        else
            status = read_index(fd, key, place.full, out, err);
        if (fd >= 0)
            close(fd);
    }
    leave(&place);
    return status;
}

/* ---- writing ---- */

static amos_status write_bytes(int fd, const unsigned char *bytes, size_t size, const char *path, amos_error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return amosi_fail_errno(err, AMOS_E_IO, path, errno, "the index cannot be written");
        done += (size_t)n;
    }
    if (fsync(fd) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, path, errno, "the index cannot be written");
    return AMOS_OK;
}

/* A name that no other thread or process uses, and a file of that name. */
static int create_temporary(const struct place *place, char *name, size_t bytes)
{
    static atomic_uint counter;
    int fd;
    do {
        snprintf(name, bytes, "%s.%ld-%u.tmp", place->name, (long)getpid(), atomic_fetch_add(&counter, 1));
        fd = openat(place->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    } while (fd < 0 && errno == EEXIST); /* left behind by a process that was killed */
    return fd;
}

static amos_status replace(const struct place *place, const unsigned char *bytes, size_t size, amos_error *err)
{
    char name[128];
    int fd = create_temporary(place, name, sizeof name);
    if (fd < 0)
        return amosi_fail_errno(err, AMOS_E_IO, place->full, errno, "the index cannot be made");
    amos_status status = write_bytes(fd, bytes, size, place->full, err);
    if (close(fd) != 0 && !status)
        status = amosi_fail_errno(err, AMOS_E_IO, place->full, errno, "the index cannot be written");
    if (!status && renameat(place->fd, name, place->fd, place->name) != 0)
        status = amosi_fail_errno(err, AMOS_E_IO, place->full, errno, "the index cannot be put in its place");
    if (status)
        (void)unlinkat(place->fd, name, 0);
    return status;
}

amos_status amosi_index_cache_save(const char *folder, const struct amosi_index *index, amos_error *err)
{
    struct place place;
    uint64_t size = amosi_index_file_bytes(index->count, index->windows_bytes);
    unsigned char *bytes = size <= SIZE_MAX ? amosi_alloc((size_t)size) : NULL;
    if (!bytes)
        return amosi_fail_nomem(err, folder);
    amosi_index_file_write(index, bytes);
    amos_status status = enter(&place, folder, &index->key, true, err);
    if (!status)
        status = replace(&place, bytes, (size_t)size, err);
    leave(&place);
    amosi_free(bytes);
    return status;
}

void amosi_index_cache_remove(const char *folder, const struct amosi_index_key *key)
{
    struct place place;
    if (enter(&place, folder, key, false, NULL) == AMOS_OK)
        (void)unlinkat(place.fd, place.name, 0);
    leave(&place);
}
