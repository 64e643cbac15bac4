#include "gate_keys.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

void gate_keys_done(struct gate_keys *k)
{
    for (size_t i = 0; i < k->count; i++)
        free(k->at[i].urn);
    free(k->at);
    *k = (struct gate_keys){.count = 0};
}

static void copy(char *ret, size_t room, struct bytes b)
{
    (void)snprintf(ret, room, "%.*s", (int)b.size, (const char *)b.at);
}

static enum gate_standing standing_of(const struct control_row *row)
{
    const struct bytes state = control_value(row, "state");

    if (text_is(control_value(row, "standing"), "recalled") || text_is(state, "delete") ||
        text_is(state, "deleting") || text_is(state, "deleted") ||
        text_is(state, "undeleted"))
        return GATE_TAKEN_BACK;
    if (text_is(state, "accepted") || text_is(state, "replaced"))
        return GATE_ACCEPTED;
    return text_is(state, "refused") ? GATE_REFUSED : GATE_WAITS;
}

static status grow(struct gate_keys *k)
{
    const size_t room = k->room == 0 ? 256 : 2 * k->room;

    if (k->count < k->room)
        return OK;
    ENSURE(k->count < GATE_KEYS_MAX, E_LIMIT);
    struct gate_key *const at = realloc(k->at, room * sizeof *at);
    ENSURE(at != NULL, E_MEMORY);
    k->at = at;
    k->room = room;
    return OK;
}

/* Without a version it is none that `ingest load` has given to the force's own loads: it
 * waits, or came to nothing before. */
static status take(struct gate_keys *k, const struct control_row *row)
{
    const struct bytes urn = control_value(row, "urn");
    const struct bytes reference = control_value(row, "reference");
    uint64_t version = 0;

    ENSURE(decimal_decode(control_value(row, "version"), &version) == OK, E_FORM);
    if (version == 0 || version > UINT32_MAX) {
        k->unread += text_is(control_value(row, "state"), "waiting") &&
                     control_value(row, "standing").size == 0;
        return OK;
    }
    TRY(grow(k));
    struct gate_key key = {.version = (uint32_t)version, .standing = standing_of(row)};
    key.urn = calloc(1, urn.size + 1);
    ENSURE(key.urn != NULL, E_MEMORY);
    if (urn.size > 0)
        memcpy(key.urn, urn.at, urn.size);
    copy(key.id, sizeof key.id, control_value(row, "id"));
    (void)snprintf(key.name, sizeof key.name, "%.*s/%s",
                   (int)control_value(row, "from").size,
                   (const char *)control_value(row, "from").at, key.id);
    copy(key.by, sizeof key.by,
         reference.size > 0 ? reference : control_value(row, "rule"));
    key.todo = control_value(row, "todo").size > 0;
    k->at[k->count++] = key;
    return OK;
}

/* By URN, and the newest first. */
static int by_key(const void *a, const void *b)
{
    const struct gate_key *const x = a;
    const struct gate_key *const y = b;
    const int urn = strcmp(x->urn, y->urn);

    return urn != 0 ? urn : (x->version < y->version) - (x->version > y->version);
}

static int failed(const struct cli *c, status s)
{
    return cli_fail(c, cli_exit_code(s), "ingest gate", status_sentence(s));
}

int gate_keys_read(struct cli *c, const char *force, const char *purpose,
                   struct gate_keys *ret)
{
    char skip[24] = "0";
    bool more = true;

    while (more) {
        const size_t page = arena_mark(&c->arena);
        const struct control_field arguments[] = {
            cli_argument("force", force), cli_argument("keys", "1"),
            cli_argument("purpose", purpose), cli_argument("page", "1"),
            cli_argument("skip", skip)};
        struct control_answer a = {0};
        if (!cli_ask(c, "ingest-list", arguments, COUNT_OF(arguments), &a))
            return EXIT_UNREACHABLE;
        if (a.status != OK)
            return cli_print(c, &a, NULL, 0);
        more = false;
        for (size_t i = 0; i < a.row_count; i++) {
            const bool last = text_is(control_value(&a.rows[i], "row"), "more");
            const status s = last ? OK : take(ret, &a.rows[i]);
            if (s != OK)
                return failed(c, s);
            more = more || last;
            if (last)
                copy(skip, sizeof skip, control_value(&a.rows[i], "skip"));
        }
        arena_rewind(&c->arena, page);
    }
    if (ret->count > 0)
        qsort(ret->at, ret->count, sizeof *ret->at, by_key);
    return EXIT_DONE;
}

struct gate_key *gate_keys_find(struct gate_keys *k, struct bytes urn, uint32_t version)
{
    char *const text = calloc(1, urn.size + 1);
    struct gate_key wanted = {.urn = text, .version = UINT32_MAX};
    size_t from = 0;
    size_t to = k->count;

    if (text == NULL)
        return NULL;
    if (urn.size > 0)
        memcpy(text, urn.at, urn.size);
    /* The first that does not stand before its newest possible version. */
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (by_key(&k->at[middle], &wanted) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    struct gate_key *found = NULL;
    for (; found == NULL && from < k->count && strcmp(k->at[from].urn, text) == 0; from++) {
        if (version == 0 || k->at[from].version == version)
            found = &k->at[from];
    }
    free(text);
    return found;
}

/* --- a row that could not be read --- */

/* What a row's name (assemble_key) has of a column; empty: nothing. */
static struct bytes part_of(const struct mapping *m, struct bytes name, const char *column)
{
    static const char between[] = " / ";
    enum { BETWEEN = sizeof between - 1 };

    for (unsigned i = 0; i < m->key_count; i++) {
        const uint8_t *const end =
            i + 1 < m->key_count ? memmem(name.at, name.size, between, BETWEEN) : NULL;
        const size_t size = end == NULL ? name.size : (size_t)(end - name.at);
        if (column != NULL && strcmp(m->key[i], column) == 0)
            return bytes_of(name.at, size);
        name = bytes_from(name, end == NULL ? size : size + BETWEEN);
    }
    return bytes_of(NULL, 0);
}

/* The column that is the URN as it stands. */
static const char *urn_column(const struct mapping *m)
{
    for (unsigned i = 0; i < m->field_count; i++) {
        const struct mapping_field *const f = &m->fields[i];
        if (strcmp(f->to, "urn") == 0 && f->before == NULL && f->after == NULL)
            return f->column;
    }
    return NULL;
}

void gate_keys_name(struct gate_keys *k, const struct mapping *m, struct bytes name)
{
    const struct bytes urn = part_of(m, name, urn_column(m));
    const struct bytes text = part_of(m, name, m->gate == NULL ? NULL : m->gate->version);
    uint64_t version = 0;

    if (urn.size == 0) {
        k->unnamed++;
        return;
    }
    const bool any = decimal_decode(text, &version) != OK || version > UINT32_MAX;
    struct gate_key *one = gate_keys_find(k, urn, any ? 0 : (uint32_t)version);
    const struct gate_key *const end = k->at + k->count;
    for (size_t i = 0; one != NULL && (any || i == 0); i++) {
        one->seen = true;
        one = one + 1 < end && text_is(urn, one[1].urn) ? one + 1 : NULL;
    }
}
