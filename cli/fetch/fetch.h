/* SPDX-License-Identifier: BSD-3-Clause */
/* amos fetch: what its parts share. */
#ifndef CLI_FETCH_FETCH_H
#define CLI_FETCH_FETCH_H

#include <amos/amos.h>
#include <amos/http.h>

#include <stdbool.h>
#include <stdint.h>

/* ---- one file ---- */

struct download {
    const char *url;
    const char *path;    /* of the whole file; PATH.part and PATH.part.state lie beside it until it is whole */
    uint64_t bytes;      /* that it must have; UINT64_MAX: not known */
    const char *md5;     /* in hexadecimal; "": not known */
    const char *sha256;  /* the same */
    uint64_t per_second; /* 0: no limit */
};

/* Downloads a file, from where an earlier attempt has come to. It has its name only when all of it is there, is on the disk,
 * and has the checksums. *was_there: it was whole before. Reports what fails. */
bool download_file(const struct download *download, bool *was_there);

/* Whether a folder's disk has room for so many bytes; else it is reported. */
bool disk_has_room(const char *folder, uint64_t bytes);

/* ---- the site ---- */

struct site_file {
    char name[256];
    uint64_t bytes;
    char md5[33];
};
struct site {
    struct site_file *files;
    size_t count;
};

/* Asks for the list of the files of a record. Reports what fails. */
bool site_read(struct site *site, const char *mirror, const char *record);
void site_free(struct site *site);

/* ---- members of the archive ---- */

struct member {
    char *name;
    uint64_t bytes, first, stop;
    uint32_t crc;
    bool wanted; /* and not there yet */
};
struct members {
    struct member *all;
    size_t count, room;
};

/* Lists the members of an archive, without what macOS adds, and without names that would lead out of a folder. */
bool members_list(struct members *members, const char *archive);
void members_free(struct members *members);

/* Takes back `wanted` from those that are in the folder already. False, reported: another file has the name of one. */
bool members_skip(struct members *members, const char *folder);

/* Unpacks those that are wanted below a folder, each of them checked, dataset.json last. *damaged counts volumes that are
 * damaged in the archive itself. */
bool members_unpack(const struct members *members, const char *archive, const char *folder, size_t *damaged);

/* Notes in FOLDER/.ARCHIVE.fetched which files an archive with this MD5 became, so that it need not be fetched again. */
bool members_note(const struct members *members, const char *folder, const char *archive, const char *md5);

/* Whether such a note is there for this MD5, and every file of it is there and has its size and its CRC-32. */
bool members_noted(const char *folder, const char *archive, const char *md5);

/* Writes a file whole or not at all; its folders are made. */
bool write_whole(const char *folder, const char *name, const void *data, size_t bytes);

/* ---- single cases ---- */

struct wish {
    const char *cases; /* "18,508-510"; NULL: all */
    amos_split split;  /* AMOS_SPLIT_ANY */
    bool labels_only;
};

/* Whether a text is a list of cases; else it is reported. */
bool wish_is_list(const char *cases);

/* Marks the members that a wish names. False, reported: it names a case that is not there. */
bool wish_choose(const struct wish *wish, struct members *members);

/* Fetches those that are wanted, by few requests, and unpacks them; then dataset.json, cut to what is there. */
bool cases_fetch(const char *url, const struct members *members, const char *folder, uint64_t per_second,
                 size_t *damaged);

/* How many requests that takes, and how many bytes. */
size_t cases_count(const struct members *members, uint64_t *bytes);

#endif
