#define _POSIX_C_SOURCE 200809L
#include "dataset/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fail.h"

#define MOST_PER_READ ((size_t)1 << 30)

/* O_NONBLOCK: a pipe in the place of the file must not make us wait for its writer. */
static int open_file(const char *path)
{
    int fd;
    do
        fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Reads until `bytes` bytes are there or the file ends; -1 with errno. */
static ssize_t read_fully(int fd, char *data, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        size_t wanted = bytes - done < MOST_PER_READ ? bytes - done : MOST_PER_READ;
        ssize_t got = read(fd, data + done, wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static amos_status check_file(int fd, const char *path, uint64_t max_bytes, size_t *size, amos_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, path, errno, "asking for the size of the file failed");
    if (!S_ISREG(st.st_mode))
        return amosi_fail(err, AMOS_E_NOTREG, path, "this is not a regular file; a text file is expected here.");
    if ((uint64_t)st.st_size > max_bytes)
        return amosi_fail(err, AMOS_E_LIMIT, path, "the file has %lld bytes; at most %llu are allowed.",
                          (long long)st.st_size, (unsigned long long)max_bytes);
    if ((uint64_t)st.st_size > SIZE_MAX / 2)
        return amosi_fail_nomem(err, path);
    *size = (size_t)st.st_size;
    return AMOS_OK;
}

/* One byte more than the size is asked for, so that a file that has grown is noticed. */
static amos_status read_content(int fd, const char *path, size_t size, char *data, amos_error *err)
{
    ssize_t got = read_fully(fd, data, size + 1);
    if (got < 0)
        return amosi_fail_errno(err, AMOS_E_IO, path, errno, "reading the file failed");
    if ((size_t)got != size)
        return amosi_fail(err, AMOS_E_CHANGED, path, "the file was changed while it was read; try again.");
    data[size] = '\0';
    return AMOS_OK;
}

amos_status amosi_text_read(const char *path, uint64_t max_bytes, char **data, size_t *length, amos_error *err)
{
    int fd = open_file(path);
    /* ENXIO: a socket, or a device without its driver. */
    if (fd < 0 && errno == ENXIO)
        return amosi_fail(err, AMOS_E_NOTREG, path, "this is not a regular file; a text file is expected here.");
    if (fd < 0)
        return amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "the file cannot be opened");
    size_t size = 0;
    char *content = NULL;
    amos_status status = check_file(fd, path, max_bytes, &size, err);
    if (status == AMOS_OK) {
        content = amosi_alloc(size + 1);
        status = content ? read_content(fd, path, size, content, err) : amosi_fail_nomem(err, path);
    }
    close(fd);
    if (status) {
        amosi_free(content);
        return status;
    }
    *data = content;
    *length = size;
    return AMOS_OK;
}

/* How many bytes the character at `s` has, or 0 where it is not UTF-8. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    int overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    int surrogate = s[0] == 0xed && s[1] > 0x9f;
    int too_large = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

size_t amosi_text_utf8_end(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t step = utf8_length((const unsigned char *)text + at, length - at);
        if (step == 0)
            break;
        at += step;
    }
    return at;
}

int amosi_text_has_bom(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
}

const char *amosi_text_show(char *out, size_t bytes, const char *text)
{
    size_t length = strlen(text);
    if (length >= bytes) {
        length = bytes - 4;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
        memcpy(out + length, "...", 4);
    } else {
        out[length] = '\0';
    }
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    return out;
}
