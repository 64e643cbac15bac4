#include "journal_parts.h"

#include "file.h"
#include "journal_home.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- opening --- */

static status find_file(const struct journal_setup *s, const char *folder,
                        const struct schema *schema, char ret[PATH_MAX])
{
    TRY(file_path(folder, schema->file, ret, PATH_MAX));
    if (s->vfs != NULL)
        return OK;
    return s->mode == JOURNAL_READ ? home_inspect(ret) : home_prepare(ret);
}

static status open_main(struct journal *j, const struct journal_setup *s,
                        const char *folder)
{
    char path[PATH_MAX];

    TRY(find_file(s, folder, &schema_journal, path));
    const struct database_setup setup = {.schema = &schema_journal,
                                         .path = path,
                                         .vfs = s->vfs,
                                         .read_only = s->mode == JOURNAL_READ,
                                         .keyring = s->keyring,
                                         .failure = &j->failure,
                                         .version = s->version};
    return database_open(&j->main, &setup);
}

static status open_keys(struct journal *j, const struct journal_setup *s,
                        const char *folder)
{
    char path[PATH_MAX];

    TRY(find_file(s, folder, &schema_keys, path));
    const struct database_setup setup = {
        .path = path, .vfs = s->vfs, .failure = &j->failure, .version = s->version};
    return keys_open(&j->keys, setup, s->keyring);
}

static status check_agency(struct journal *j)
{
    QUERY(q, &j->main, META_FIND);
    bind_text(&q, "agency");
    TRY(query_row(&q));
    const struct bytes kept = column_bytes(&q);
    TRY(columns_end(&q));
    return bytes_equal(kept, bytes_of_text(j->self.text)) ? OK : E_CONFIG;
}

static status put_agency(struct journal *j)
{
    TRY(database_begin(&j->main));
    QUERY(q, &j->main, META_PUT);
    bind_text(&q, "agency");
    bind_bytes(&q, bytes_of_text(j->self.text));
    TRY(query_put(&q));
    return database_commit(&j->main);
}

/* A journal belongs to one agency for ever. */
static status settle_agency(struct journal *j)
{
    const status s = check_agency(j);

    ENSURE(s == E_UNKNOWN, s);
    return j->mode == JOURNAL_READ ? E_CONFIG : put_agency(j);
}

static status open_all(struct journal *j, const struct journal_setup *s)
{
    char *const folder = j->folder;
    void *const memory = malloc(JOURNAL_SCRATCH);

    ENSURE(memory != NULL, E_MEMORY);
    arena_init(&j->scratch, memory, JOURNAL_SCRATCH);
    (void)snprintf(folder, sizeof j->folder, "%s", s->folder);
    /* Another VFS keeps its files elsewhere: there is no folder to look at. */
    if (s->vfs == NULL) {
        TRY(home_find(s->folder, folder));
        if (s->mode != JOURNAL_READ)
            TRY(home_lock(folder, &j->lock_fd));
    }
    TRY(open_main(j, s, folder));
    TRY(settle_agency(j));
    if (s->mode != JOURNAL_READ)
        TRY(open_keys(j, s, folder));
    if (s->mode != JOURNAL_READ)
        TRY(erase_start(j));
    TRY(guard_start(j, folder));
    j->opened = true;
    return OK;
}

status journal_open(const struct journal_setup *s, struct journal **ret)
{
    MUST(s->mode == JOURNAL_READ || s->keyring != NULL);
    struct journal *j = calloc(1, sizeof *j);

    ENSURE(j != NULL, E_MEMORY);
    j->mode = s->mode;
    j->self = s->self;
    j->lock_fd = -1;
    j->guard.fd = -1;
    j->guard.folder_fd = -1;
    j->has_guard = !s->guard_off && s->mode != JOURNAL_READ;
    const status result = open_all(j, s);
    if (result != OK) {
        (void)journal_free(j);
        return result;
    }
    *ret = j;
    return OK;
}

const char *journal_open_sentence(status s, const struct journal_version *v,
                                  char room[JOURNAL_SENTENCE_ROOM])
{
    if (s != E_VERSION)
        return status_sentence(s);
    (void)snprintf(
        room, JOURNAL_SENTENCE_ROOM,
        v->found > v->known
            ? "%s has version %" PRIu64 " of its tables and this flagpost knows %" PRIu64
              ": a newer one has run on this home.  Nothing was changed; install "
              "that one again"
            : "%s has version %" PRIu64 " of its tables and this flagpost wants %" PRIu64
              ": start the node once, which brings it up to date",
        v->file, v->found, v->known);
    return room;
}

struct journal *journal_free(struct journal *j)
{
    if (j == NULL)
        return NULL;
    if (j->opened)
        (void)journal_checkpoint(j, true); /* the next start does what could not be done */
    guard_done(&j->guard);
    keys_done(&j->keys);
    database_done(&j->main);
    if (j->lock_fd >= 0)
        (void)close(j->lock_fd); /* nothing was written to it */
    free(j->scratch.at);
    free(j);
    return NULL;
}

/* --- turns --- */

struct store journal_store(struct journal *j)
{
    static const struct store_ops ops = {
        .stream_find = find_stream_current,
        .stream_get = find_stream,
        .stream_after = find_stream_after,
        .group_find = find_group,
        .entry_find = find_entry,
        .record_find = find_record,
        .record_after = find_record_after,
        .recalled = find_recalled,
        .part_after = find_part_after,
        .receipt_size = find_receipt_size,
        .own_receipt_find = find_own_receipt,
        .idempotency_find = find_idempotency,
        .document_find = find_document,
        .kx_find = find_kx,
        .key_find = find_key,
        .kx_secrets_load = load_kx_secrets,
        .stream_put = put_stream,
        .group_put = put_group,
        .entry_put = put_entry,
        .receipt_put = put_receipt,
        .own_receipt_put = put_own_receipt,
        .sent_put = put_sent,
        .evidence_put = put_evidence,
        .idempotency_put = put_idempotency,
        .document_put = put_document,
        .kx_put = put_kx,
        .key_put = put_key,
        .kx_secret_put = put_kx_secret,
        .kx_secret_destroy = erase_kx_secret,
        .entry_erase = erase_entry,
        .entry_drop = drop_entry,
        .groups_drop = drop_groups,
    };

    return (struct store){.self = j, .ops = &ops};
}

status journal_begin(struct journal *j)
{
    return database_begin(&j->main);
}

bool journal_is_dirty(const struct journal *j)
{
    return j->main.in_turn || j->keys.database.in_turn;
}

status journal_commit(struct journal *j)
{
    /* A key without its entry is harmless; an entry without its key could not be opened. */
    TRY(database_commit(&j->keys.database));
    TRY(database_commit(&j->main));
    TRY(guard_follow(j));
    TRY(erase_keys(j));
    return guard_follow(j);
}

bool journal_checkpoint(struct journal *j, bool idle)
{
    const bool truncate = idle || j->wal_to_empty;
    const bool keys = database_checkpoint(&j->keys.database, truncate);
    const bool main = database_checkpoint(&j->main, truncate);

    j->wal_to_empty = j->wal_to_empty && !(keys && main);
    return !j->wal_to_empty;
}

bool journal_erased_is_gone(const struct journal *j)
{
    return !j->erasing && !j->tokens_to_clean && !j->wal_to_empty;
}

const char *journal_error(const struct journal *j)
{
    return j->failure.sentence;
}
