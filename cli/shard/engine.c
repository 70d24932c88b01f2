/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "shard/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order of trying. An array of tasks that is started again names only some of its tasks, so its number is taken
 * as it is, from 1, and its total only where the array is whole. */
struct engine {
    const char *name, *title;
    const char *index;              /* the variable with the number of this process */
    const char *total;              /* with the number of processes; NULL: there is none */
    size_t first;                   /* the number of the first process */
    const char *first_of, *last_of; /* of an array: the variables with the numbers of the first and last task */
    const char *needs;              /* a variable without which this engine says nothing */
};

static const struct engine engines[] = {
    {"slurm-array", "the Slurm array", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", 1, "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_MAX", NULL},
    {"srun", "srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", 0, NULL, NULL, "SLURM_STEP_NUM_TASKS"},
    {"openmpi", "Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", 0, NULL, NULL, NULL},
    {"pmix", "PMIx", "PMIX_RANK", NULL, 0, NULL, NULL, NULL},
    {"pmi", "PMI", "PMI_RANK", "PMI_SIZE", 0, NULL, NULL, NULL},
    {"torchrun", "torchrun", "RANK", "WORLD_SIZE", 0, NULL, NULL, NULL},
    {"sge", "the Grid Engine array", "SGE_TASK_ID", NULL, 1, NULL, NULL, NULL},
    {"pbs", "the PBS array", "PBS_ARRAY_INDEX", NULL, 1, NULL, NULL, NULL},
    {"lsf", "the LSF array", "LSB_JOBINDEX", NULL, 1, NULL, NULL, NULL},
    {"kubernetes", "the Kubernetes job", "JOB_COMPLETION_INDEX", NULL, 0, NULL, NULL, NULL},
    {"aws-batch", "the AWS Batch array", "AWS_BATCH_JOB_ARRAY_INDEX", NULL, 0, NULL, NULL, NULL},
};
enum { ENGINES = sizeof engines / sizeof engines[0] };

/* What one engine says; `total` 0: it does not say how many. */
struct said {
    const struct engine *engine;
    size_t index, total;
};

bool shard_number_read(const char *text, size_t length, size_t *out)
{
    size_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || value > SHARD_MOST)
            return false;
        value = 10 * value + (size_t)(text[i] - '0');
    }
    *out = value;
    return length > 0 && value <= SHARD_MOST;
}

const char *shard_engine_name(size_t n)
{
    return n < ENGINES ? engines[n].name : NULL;
}

bool shard_refuse(char **why, const char *format, ...)
{
    char text[1200];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    *why = strdup(text);
    return false;
}

/* Whether the engine has numbered this process. Grid Engine says "undefined", and LSF 0, outside of an array. */
static bool says_something(const struct engine *engine)
{
    const char *text = getenv(engine->index);
    if (!text || (engine->needs && !getenv(engine->needs)))
        return false;
    return !(strcmp(engine->name, "sge") == 0 && strcmp(text, "undefined") == 0) &&
           !(strcmp(engine->name, "lsf") == 0 && strcmp(text, "0") == 0);
}

static bool read_variable(const char *name, size_t *out, char **why)
{
    const char *text = getenv(name);
    if (text && shard_number_read(text, strlen(text), out))
        return true;
    return shard_refuse(why, "%s is \"%.80s\"; a whole number was expected", name, text ? text : "");
}

/* The total of an array counts only if its tasks are 1 to that: an array that is started again is a part of the first. */
static bool read_array(const struct engine *engine, struct said *said, char **why)
{
    size_t first = 0, last = 0;
    if (!read_variable(engine->first_of, &first, why) || !read_variable(engine->last_of, &last, why))
        return false;
    if (first != 1 || last != said->total)
        return shard_refuse(
            why,
            "%s has %zu tasks from %zu to %zu, which are not all from 1 on; submit it with --array=1-N, and "
            "give the total in --shard auto/N, as for tasks that are started again",
            engine->title, said->total, first, last);
    return true;
}

static bool listen(const struct engine *engine, size_t count, struct said *said, char **why)
{
    size_t number = 0;
    *said = (struct said){.engine = engine};
    if (!read_variable(engine->index, &number, why))
        return false;
    if (number < engine->first)
        return shard_refuse(why, "%s is %zu; the tasks are counted from %zu, as in --array=1-N", engine->index, number,
                            engine->first);
    said->index = number - engine->first + 1;
    if (engine->first_of && count)
        return true; /* the user's total is that of the whole array */
    if (engine->total && !read_variable(engine->total, &said->total, why))
        return false;
    if (engine->total && engine->first_of && !read_array(engine, said, why))
        return false;
    if (engine->total && said->index > said->total)
        return shard_refuse(why, "%s is %zu of %zu; a number within the total was expected", engine->index, number,
                            said->total);
    return true;
}

/* " of 4"; "" if the engine does not say it. */
static const char *total_text(size_t total, char text[32])
{
    text[0] = '\0';
    if (total)
        snprintf(text, 32, " of %zu", total);
    return text;
}

static bool refuse_contradiction(const struct said *a, const struct said *b, char **why)
{
    char first[32], second[32];
    return shard_refuse(
        why, "%s says that this is process %zu%s, and %s says %zu%s; name the one that is meant, as in --shard %s",
        a->engine->title, a->index, total_text(a->total, first), b->engine->title, b->index,
        total_text(b->total, second), b->engine->name);
}

/* Adds what an engine says to what is known. One that started a single process does not number it. */
static bool join(struct said *known, const struct said *said, char **why)
{
    if (said->total == 1 && known->engine)
        return true;
    if (!known->engine || known->total == 1) {
        *known = *said;
        return true;
    }
    if (known->index != said->index || (known->total && said->total && known->total != said->total))
        return refuse_contradiction(known, said, why);
    if (!known->total)
        *known = *said;
    return true;
}

static bool ask_all(size_t count, struct said *known, char **why)
{
    struct said said;
    for (size_t i = 0; i < ENGINES; i++)
        if (says_something(&engines[i]) && !(listen(&engines[i], count, &said, why) && join(known, &said, why)))
            return false;
    return true;
}

static bool ask_one(const char *name, size_t count, struct said *known, char **why)
{
    for (size_t i = 0; i < ENGINES; i++)
        if (strcmp(engines[i].name, name) == 0 && says_something(&engines[i]))
            return listen(&engines[i], count, known, why);
    return true;
}

static bool refuse_silence(const char *engine, char **why)
{
    for (size_t i = 0; i < ENGINES; i++)
        if (strcmp(engines[i].name, engine) == 0)
            return shard_refuse(
                why, "%s has not numbered this process (%s is not set); start it by that, or give --shard I/N",
                engines[i].title, engines[i].index);
    return shard_refuse(why,
                        "no engine has numbered this process (amos looks for variables such as SLURM_ARRAY_TASK_ID and "
                        "OMPI_COMM_WORLD_RANK); give --shard I/N");
}

bool shard_engine_ask(const char *engine, size_t count, struct shard_number *out, char **why)
{
    struct said known = {.engine = NULL};
    *why = NULL;
    if (!(strcmp(engine, "auto") == 0 ? ask_all(count, &known, why) : ask_one(engine, count, &known, why)))
        return false;
    if (!known.engine)
        return refuse_silence(engine, why);
    if (!known.total && !count)
        return shard_refuse(why, "%s does not say how many processes there are; give the total, as in --shard %s/8",
                            known.engine->title, engine);
    if (known.total && count && known.total != count)
        return shard_refuse(why, "%s says %zu processes, but --shard says %zu", known.engine->title, known.total,
                            count);
    *out = (struct shard_number){known.index, count ? count : known.total};
    if (out->index > out->count)
        return shard_refuse(why, "%s says that this is process %zu, but there are %zu", known.engine->title, out->index,
                            out->count);
    return true;
}
