/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/service.h"

#include <stdlib.h>
#include <string.h>

#include "kit/interrupt.h"
#include "kit/message.h"
#include "kit/progress.h"
#include "serve/journal.h"

/* ---- opening ---- */

static int out_of_memory(void)
{
    cli_error("serve: Memory ran out.");
    return CLI_FAILED;
}

/* NAME.verdicts.jsonl in the present folder, for a data set whose folder is called NAME. */
static char *default_journal(const struct service *service)
{
    static const char ending[] = ".verdicts.jsonl";
    const char *root = amos_dataset_get_info(service->set.dataset)->root, *slash = strrchr(root, '/');
    const char *name = slash && slash[1] ? slash + 1 : "amos";
    char *path = malloc(strlen(name) + sizeof ending);
    if (path)
        strcpy(stpcpy(path, name), ending);
    return path;
}

static int compare_ids(const void *first, const void *second)
{
    const struct service_case *const *a = first, *const *b = second;
    return strcmp((*a)->item->id, (*b)->item->id);
}

static int list_cases(struct service *service)
{
    size_t count = service->set.count;
    service->cases = calloc(count + 1, sizeof *service->cases);
    service->by_id = calloc(count + 1, sizeof *service->by_id);
    service->files = calloc(count + 1, sizeof *service->files);
    if (!service->cases || !service->by_id || !service->files)
        return out_of_memory();
    for (size_t i = 0; i < count; i++) {
        const struct review_item *item = &service->set.items[i];
        service->cases[i].item = item;
        service->by_id[i] = &service->cases[i];
        service->files[i] = (struct shelf_case){
            {item->info->has_image ? item->info->image_path : NULL, item->reference, item->prediction}};
    }
    qsort(service->by_id, count, sizeof *service->by_id, compare_ids);
    return CLI_OK;
}

static amos_status read_header(void *user, size_t index, amos_error *err)
{
    struct service *service = user;
    const struct review_loading loading = {.set = &service->set, .parts = 0, .threads = 1};
    struct review_case c;
    amos_status status = review_case_load(&loading, service->cases[index].item, &c, err);
    if (!status && !review_facts_take(&service->set, &c, &service->cases[index].facts)) {
        *err = (amos_error){.status = AMOS_E_NOMEM, .message = "Memory ran out."};
        status = AMOS_E_NOMEM;
    }
    review_case_free(&c);
    return status;
}

static int read_headers(struct service *service)
{
    amos_workers_options options = AMOS_WORKERS_OPTIONS_INIT;
    amos_error err;
    options.threads = service->threads;
    progress_start("opening", PROGRESS_CASES);
    options.progress.function = progress_show;
    amos_status status = amos_workers_run(service->set.count, &options, read_header, NULL, service, &err);
    progress_stop();
    if (status)
        cli_error_of(&err);
    return status ? CLI_FAILED : CLI_OK;
}

static int open_shelf(struct service *service, const struct service_options *options)
{
    service->accept = accepting_for(&service->set.accepting, service->set.dataset);
    struct shelf_options shelf = {.memory = options->memory, .threads = options->threads, .index = options->index};
    shelf.volume = service->set.accepting.volume;
    shelf.volume.temporaries.function = interrupt_temporaries;
    shelf.volume.index = options->index ? AMOS_INDEX_USE : AMOS_INDEX_NEVER;
    for (int i = 0; i < REQUEST_LAYERS; i++)
        shelf.accept[i] = &service->accept;
    service->shelf = shelf_open(service->files, service->set.count, &shelf);
    return service->shelf ? CLI_OK : CLI_FAILED;
}

int service_open(struct service *service, const struct service_options *options)
{
    *service = (struct service){.threads = options->threads};
    pthread_mutex_init(&service->lock, NULL);
    pthread_mutex_init(&service->heavy, NULL);
    pthread_mutex_init(&service->writing, NULL);
    int code = review_set_open(&options->question, &service->set);
    if (code == CLI_OK)
        code = list_cases(service);
    if (code == CLI_OK) {
        service->journal = options->journal ? strdup(options->journal) : default_journal(service);
        code = !service->journal ? out_of_memory() : journal_check(service->journal) < 0 ? CLI_FAILED : CLI_OK;
    }
    if (code == CLI_OK)
        code = read_headers(service);
    if (code == CLI_OK)
        code = open_shelf(service, options);
    return code;
}

void service_close(struct service *service)
{
    shelf_close(service->shelf);
    for (size_t i = 0; service->cases && i < service->set.count; i++) {
        amos_quality_free(service->cases[i].quality);
        review_facts_free(&service->cases[i].facts);
    }
    free(service->cases);
    free(service->by_id);
    free(service->files);
    free(service->journal);
    review_set_close(&service->set);
    pthread_mutex_destroy(&service->lock);
    pthread_mutex_destroy(&service->heavy);
    pthread_mutex_destroy(&service->writing);
}
