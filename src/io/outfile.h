/* An output file that is there whole or not at all: written under a temporary name in the same folder, then renamed. */
#ifndef AMOSI_IO_OUTFILE_H
#define AMOSI_IO_OUTFILE_H

#include <stdbool.h>

#include <amos/writer.h>

struct amosi_outfile {
    int fd;
    char *name;      /* as the caller gave it, for messages */
    char *target;    /* where it goes; symbolic links resolved */
    char *temporary; /* NULL where there is no such file */
    amos_temporary_fn tell; /* may be NULL */
    void *tell_user;
};

/* Opens the temporary file. `out` is zero but for tell and tell_user; whatever happens it is to be closed. */
amos_status amosi_outfile_open(struct amosi_outfile *out, const char *path, amos_error *err);

/* Writes all of it. */
amos_status amosi_outfile_write(struct amosi_outfile *out, const void *data, size_t bytes, amos_error *err);

/* Puts the file in its place when all of it is on the disk. */
amos_status amosi_outfile_keep(struct amosi_outfile *out, amos_error *err);

/* Removes what was not kept. */
void amosi_outfile_close(struct amosi_outfile *out);

#endif
