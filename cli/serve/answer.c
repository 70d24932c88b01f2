/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/json.h"
#include "review/findings.h"
#include "review/json.h"
#include "review/page.h"
#include "serve/journal.h"
#include "serve/layer.h"
#include "serve/service.h"
#include "viewer/files.h"

enum { SAMPLES = 200000, LONGEST_REMARK = 10000 };

/* ---- the answer ---- */

static void take_text(struct answer *out, int status, const char *type, char *text, size_t count)
{
    if (!text) {
        static const char sentence[] = "Memory ran out.\n";
        *out = (struct answer){500, ANSWER_TEXT, (const unsigned char *)sentence, sizeof sentence - 1, .text = NULL};
        return;
    }
    *out = (struct answer){status, type, (const unsigned char *)text, count, .text = text};
}

void answer_say(struct answer *out, int status, const char *format, ...)
{
    char *text = NULL;
    size_t count = 0;
    va_list values;
    FILE *stream = open_memstream(&text, &count);
    va_start(values, format);
    if (stream) {
        vfprintf(stream, format, values);
        fputc('\n', stream);
        fclose(stream);
    }
    va_end(values);
    take_text(out, status, ANSWER_TEXT, text, count);
}

void answer_free(struct answer *answer)
{
    free(answer->text);
    if (answer->shelf)
        shelf_release(answer->shelf, &answer->plane);
    *answer = (struct answer){.status = 0};
}

/* A text that is written to a stream. */
static bool write_text(void (*write)(void *user, FILE *out), void *user, struct answer *out, const char *type)
{
    char *text = NULL;
    size_t count = 0;
    FILE *stream = open_memstream(&text, &count);
    if (stream) {
        write(user, stream);
        bool failed = ferror(stream) != 0;
        if (fclose(stream) != 0 || failed) {
            free(text);
            text = NULL;
        }
    }
    take_text(out, 200, type, text, count);
    return text != NULL;
}

static void answer_json(struct answer *out, cJSON *value)
{
    char *text = json_script(value);
    take_text(out, 200, ANSWER_JSON, text, text ? strlen(text) : 0);
}

/* The library's sentence; what it says of memory or of the request is no fault of the server. */
static void answer_error(struct answer *out, const amos_error *err)
{
    int status = err->status == AMOS_E_ARG ? 404 : err->status == AMOS_E_LIMIT ? 503 : 500;
    answer_say(out, status, "%s (%s)", err->message, amos_status_name(err->status));
}

/* ---- files ---- */

static void answer_file(struct answer *out, const char *name)
{
    for (const struct viewer_file *file = viewer_files; file->name; file++)
        if (strcmp(file->name, name) == 0) {
            *out = (struct answer){200, file->type, file->bytes, file->count, .text = NULL};
            return;
        }
    answer_say(out, 404, "There is no %s.", name);
}

static void write_tables(void *user, FILE *out)
{
    struct service *service = user;
    cJSON *set = review_set_json(&service->set, "serve");
    review_table_begin(out, REVIEW_TABLE_CASES, set);
    pthread_mutex_lock(&service->lock);
    for (size_t i = 0; i < service->set.count; i++) {
        cJSON *row = review_row_json(&service->set, service->cases[i].item, &service->cases[i].facts);
        review_table_row(out, REVIEW_TABLE_CASES, row);
        cJSON_Delete(row);
    }
    pthread_mutex_unlock(&service->lock);
    review_table_end(out);
    cJSON_Delete(set);
}

static void write_page(void *user, FILE *out)
{
    struct service *service = user;
    const struct review_page page = {amos_dataset_get_info(service->set.dataset)->name, write_tables, service};
    review_page_write(out, &page);
}

/* ---- the set ---- */

static cJSON *row_of(struct service *service, const struct service_case *c)
{
    pthread_mutex_lock(&service->lock);
    cJSON *row = review_row_json(&service->set, c->item, &c->facts);
    pthread_mutex_unlock(&service->lock);
    json_put_null(row, "file");
    return row; /* without findings, which are asked for */
}

static void write_set(void *user, FILE *out)
{
    struct service *service = user;
    cJSON *set = review_set_json(&service->set, "serve");
    cJSON *cases = cJSON_AddArrayToObject(set, "cases");
    for (size_t i = 0; i < service->set.count; i++)
        json_append(cases, row_of(service, &service->cases[i]));
    char *text = json_script(set);
    fprintf(out, "amosViewer.set(%s);\n", text ? text : "");
    free(text);
}

/* ---- a case ---- */

static struct service_case *find_case(struct service *service, const char *id)
{
    size_t low = 0, high = service->set.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(service->by_id[middle]->item->id, id);
        if (order == 0)
            return service->by_id[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* A CT is in Hounsfield units, and its windows do not depend on its voxels. */
static int find_windows(struct service *service, const struct service_case *c, size_t number,
                        struct review_window windows[REVIEW_WINDOWS], amos_status *status, amos_error *err)
{
    struct review_range range = {.hounsfield = true};
    *status = AMOS_OK;
    if (c->item->info->modality == AMOS_MODALITY_CT)
        return review_windows(&range, windows);
    float *samples = malloc(SAMPLES * sizeof *samples);
    size_t count = 0;
    *status = samples ? shelf_sample(service->shelf, number, samples, SAMPLES, &count, err) : AMOS_E_NOMEM;
    bool good = !*status && review_range_find(samples, count, c->item->info->modality, &range);
    free(samples);
    return good ? review_windows(&range, windows) : 0;
}

static void put_layer(cJSON *object, const char *name, const char *path, const char *type)
{
    if (!path) {
        json_put_null(object, name);
        return;
    }
    cJSON *layer = cJSON_AddObjectToObject(object, name);
    json_put_text(layer, "type", type);
}

static void put_image(cJSON *object, const struct layer_form *form)
{
    cJSON *image = cJSON_AddObjectToObject(object, "image");
    json_put_text(image, "type", amos_type_name(form->type));
    json_put_numbers(image, "scale", (const double[]){form->slope, form->inter}, 2);
}

/* Whether the header of the image cannot be read, which is answered. */
static bool say_fault(struct service *service, const struct service_case *c, struct answer *out)
{
    pthread_mutex_lock(&service->lock);
    bool opened = c->facts.has_header;
    if (!opened)
        answer_say(out, 500, "%s", c->facts.fault ? c->facts.fault : "The image of the case cannot be shown.");
    pthread_mutex_unlock(&service->lock);
    return !opened;
}

static void answer_case(struct service *service, struct service_case *c, struct answer *out)
{
    size_t number = (size_t)(c - service->cases);
    struct layer_form form;
    struct review_window windows[REVIEW_WINDOWS];
    amos_status status;
    amos_error err = {.status = AMOS_E_NOMEM, .message = "Memory ran out."};
    if (say_fault(service, c, out))
        return;
    if ((status = shelf_form(service->shelf, number, &form, &err)) != AMOS_OK) {
        answer_error(out, &err);
        return;
    }
    int count = find_windows(service, c, number, windows, &status, &err);
    pthread_mutex_lock(&service->lock);
    cJSON *object = review_case_json(c->item, &c->facts, &c->facts.canonical, windows, count);
    if (!c->complete && cJSON_DetachItemFromObjectCaseSensitive(object, "worst"))
        json_put_null(object, "worst");
    pthread_mutex_unlock(&service->lock);
    put_image(object, &form);
    put_layer(object, "reference", service->files[number].paths[REQUEST_REFERENCE], "uint8");
    put_layer(object, "prediction", service->files[number].paths[REQUEST_PREDICTION], "uint8");
    answer_json(out, object);
}

static void answer_slice(struct service *service, const struct service_case *c, const struct request *request,
                         struct answer *out)
{
    amos_error err;
    struct shelf_plane plane;
    if (shelf_get(service->shelf, (size_t)(c - service->cases), request->layer, request->plane, request->index, &plane,
                  &err)) {
        answer_error(out, &err);
        return;
    }
    *out = (struct answer){
        200, "application/octet-stream", plane.bytes, plane.count, .plane = plane, .shelf = service->shelf};
}

/* ---- volumes and scores ---- */

static bool is_complete(struct service *service, const struct service_case *c)
{
    pthread_mutex_lock(&service->lock);
    bool complete = c->complete;
    pthread_mutex_unlock(&service->lock);
    return complete;
}

/* Two label maps, and the surfaces and distances of an organ at a time. Only the headers' facts are read, which stay as long as
 * the case is not complete. */
static uint64_t scoring_bytes(const struct service_case *c)
{
    const int64_t *shape = c->facts.canonical.shape;
    return 4 * (uint64_t)shape[0] * (uint64_t)shape[1] * (uint64_t)shape[2];
}

/* Reads the labels of a case and compares them. */
static amos_status complete(struct service *service, struct service_case *c, amos_error *err)
{
    const struct review_loading loading = {.set = &service->set,
                                           .parts = REVIEW_REFERENCE | REVIEW_PREDICTION | REVIEW_SCORE,
                                           .threads = service->threads};
    struct review_case loaded = {.item = NULL};
    struct review_facts facts = {.max_label = 0};
    uint64_t bytes = scoring_bytes(c);
    amos_status status = shelf_borrow(service->shelf, bytes, err);
    if (status)
        return status;
    status = review_case_load(&loading, c->item, &loaded, err);
    if (!status && !review_facts_take(&service->set, &loaded, &facts)) {
        *err = (amos_error){.status = AMOS_E_NOMEM, .message = "Memory ran out."};
        status = AMOS_E_NOMEM;
    }
    review_case_free(&loaded);
    shelf_repay(service->shelf, bytes);
    if (status) {
        review_facts_free(&facts);
        return status;
    }
    pthread_mutex_lock(&service->lock);
    review_facts_free(&c->facts);
    c->facts = facts;
    c->complete = true;
    pthread_mutex_unlock(&service->lock);
    return AMOS_OK;
}

/* The facts from which findings are made; with the lock of heavy work. */
static amos_status measure(struct service *service, struct service_case *c, amos_error *err)
{
    const struct review_loading loading = {.set = &service->set, .threads = service->threads};
    uint64_t bytes = scoring_bytes(c);
    amos_status status = c->quality ? AMOS_OK : shelf_borrow(service->shelf, bytes, err);
    if (status || c->quality)
        return status;
    status = review_quality_measure(&loading, c->item, &c->quality, err);
    shelf_repay(service->shelf, bytes);
    return status;
}

/* Judges a case beside those that were measured before. *index is its place among them. */
static amos_status judge(struct service *service, const struct service_case *c, amos_quality_findings **out,
                         size_t *index, amos_error *err)
{
    size_t count = 0;
    const amos_quality **known = calloc(service->set.count + 1, sizeof *known);
    for (size_t i = 0; known && i < service->set.count; i++) {
        if (&service->cases[i] == c)
            *index = count;
        if (service->cases[i].quality)
            known[count++] = service->cases[i].quality;
    }
    amos_status status = known ? amos_quality_judge(known, count, NULL, out, err) : AMOS_E_NOMEM;
    free(known);
    return status;
}

static void put_findings(cJSON *row, const struct service_case *c, const amos_quality_findings *findings, size_t index)
{
    const amos_quality_finding *finding;
    size_t first = 0, count = 0;
    for (size_t i = 0; (finding = amos_quality_findings_get(findings, i)) != NULL; i++) {
        first = finding->index == index && count == 0 ? i : first;
        count += finding->index == index;
    }
    review_put_findings(row, findings, first, count, amos_quality_get_facts(c->quality), 0);
}

static void answer_findings(struct service *service, struct service_case *c, struct answer *out)
{
    amos_quality_findings *findings = NULL;
    size_t index = 0;
    amos_error err = {.status = AMOS_E_NOMEM, .message = "Memory ran out."};
    pthread_mutex_lock(&service->heavy);
    amos_status status = measure(service, c, &err);
    if (!status)
        status = judge(service, c, &findings, &index, &err);
    if (!status) {
        cJSON *row = row_of(service, c);
        put_findings(row, c, findings, index);
        answer_json(out, row);
    } else {
        answer_error(out, &err);
    }
    amos_quality_findings_free(findings);
    pthread_mutex_unlock(&service->heavy);
}

static void answer_facts(struct service *service, struct service_case *c, struct answer *out)
{
    amos_status status = AMOS_OK;
    amos_error err;
    pthread_mutex_lock(&service->heavy);
    if (!is_complete(service, c))
        status = complete(service, c, &err);
    pthread_mutex_unlock(&service->heavy);
    if (status) {
        answer_error(out, &err);
        return;
    }
    cJSON *row = row_of(service, c);
    pthread_mutex_lock(&service->lock);
    json_put(row, "worst", review_worst_json(&c->facts));
    pthread_mutex_unlock(&service->lock);
    answer_json(out, row);
}

/* ---- verdicts ---- */

static void answer_verdicts(struct service *service, struct answer *out)
{
    cJSON *list;
    amos_error err;
    pthread_mutex_lock(&service->writing);
    amos_status status = journal_list(service->journal, &list, &err);
    pthread_mutex_unlock(&service->writing);
    if (status) {
        answer_error(out, &err);
        return;
    }
    cJSON *object = cJSON_CreateObject();
    json_put_integer(object, "amos_verdicts", 1);
    json_put_text(object, "data_set", amos_dataset_get_info(service->set.dataset)->name);
    json_put(object, "verdicts", list);
    answer_json(out, object);
}

/* The one verdict of a body, or a sentence. */
static const amos_verdict_entry *check_verdict(struct service *service, const amos_verdicts *verdicts,
                                               struct answer *out)
{
    const amos_verdict_entry *entry = amos_verdicts_get(verdicts, 0);
    const amos_verdicts_info *info = amos_verdicts_get_info(verdicts);
    if (info->count != 1 || info->cut)
        answer_say(out, 400, "The body has %zu verdicts; one is expected.", info->count);
    else if (!find_case(service, entry->case_id))
        answer_say(out, 404, "The data set has no case of this name.");
    else if (strlen(entry->text) + (entry->organ ? strlen(entry->organ) : 0) + strlen(entry->time) > LONGEST_REMARK)
        answer_say(out, 400, "The remark is too long; at most %d bytes are kept.", LONGEST_REMARK);
    else
        return entry;
    return NULL;
}

static void keep_verdict(struct service *service, const char *body, size_t bytes, struct answer *out)
{
    amos_verdicts *verdicts = NULL;
    amos_error err;
    if (amos_verdicts_open_memory(body, bytes, &verdicts, &err)) {
        answer_say(out, 400, "%s (%s)", err.message, amos_status_name(err.status));
        return;
    }
    const amos_verdict_entry *entry = check_verdict(service, verdicts, out);
    if (entry) {
        pthread_mutex_lock(&service->writing);
        amos_status status = journal_append(service->journal, entry, &err);
        pthread_mutex_unlock(&service->writing);
        if (status) {
            answer_say(out, 500, "%s (%s)", err.message, amos_status_name(err.status));
        } else {
            cJSON *kept = cJSON_CreateObject();
            json_put_bool(kept, "kept", true);
            answer_json(out, kept);
        }
    }
    amos_verdicts_free(verdicts);
}

/* ---- all ---- */

static void answer_of_case(struct service *service, const struct request *request, struct answer *out)
{
    struct service_case *c = find_case(service, request->id);
    if (!c)
        answer_say(out, 404, "The data set has no case of this name.");
    else if (request->kind == REQUEST_CASE)
        answer_case(service, c, out);
    else if (request->kind == REQUEST_SLICE)
        answer_slice(service, c, request, out);
    else if (request->kind == REQUEST_FINDINGS)
        answer_findings(service, c, out);
    else
        answer_facts(service, c, out);
}

void service_answer(struct service *service, const struct request *request, const char *body, size_t bytes,
                    struct answer *out)
{
    switch (request->kind) {
    case REQUEST_PAGE:
        (void)write_text(write_page, service, out, "text/html; charset=utf-8");
        break;
    case REQUEST_SCRIPT:
        answer_file(out, "viewer.js");
        break;
    case REQUEST_STYLE:
        answer_file(out, "viewer.css");
        break;
    case REQUEST_SET:
        (void)write_text(write_set, service, out, "text/javascript; charset=utf-8");
        break;
    case REQUEST_VERDICTS:
        if (body)
            keep_verdict(service, body, bytes, out);
        else
            answer_verdicts(service, out);
        break;
    case REQUEST_UNKNOWN:
        answer_say(out, 404, "There is nothing at this address.");
        break;
    default:
        answer_of_case(service, request, out);
    }
}
