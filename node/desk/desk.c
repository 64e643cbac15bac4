#include "account.h"
#include "again.h"
#include "draft.h"
#include "source.h"

#include "case_desk.h"
#include "dispose.h"
#include "held.h"
#include "operator.h"
#include "recall.h"
#include "record.h"
#include "text.h"
#include "todo.h"
#include "words.h"

#include <stdarg.h>
#include <string.h>

enum {
    REQUEST_BYTES_MAX = 512 * 1024,
    /* Of the turn's arena, before a call is begun: what the largest one takes, and what
     * closing the turn needs after it. */
    CALL_ROOM = 8 * 1024 * 1024 + CLOSE_RESERVE,
};
enum { ROWS_PER_CALL = 4, PURPOSE_BYTES_MAX = 200 };

/* Before a transaction is begun that the disk could cut short.  Reading a record needs room
 * as well, for the row that says who read it (P12). */
static status check_room(struct desk *d, struct call *c)
{
    if (d->space == NULL || verb_is_silent(c->verb) ||
        !(verb_is_bulk(c->verb) ? d->space->is_tight : d->space->is_low))
        return OK;
    c->sentence = desk_no_room(d);
    return E_SPACE;
}

/* What goes into the log's row as it was typed.  The row is the last thing that a verb
 * makes: what it cannot hold must be known before the first thing is submitted. */
static status check_logged(struct call *c)
{
    static const char *const names[] = {"purpose", "released"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct bytes b = control_argument(&c->parsed, names[i]);
        if (b.size == 0)
            continue;
        if (b.size <= PURPOSE_BYTES_MAX && utf8_is_valid(b) && word_trim(b).size > 0)
            continue;
        c->sentence = i == 0 ? "the purpose must be plain text of at most 200 characters, "
                               "and say something"
                             : "who released it must be plain text of at most 200 "
                               "characters, and say something";
        return E_VALUE;
    }
    return OK;
}

void desk_prepare(struct desk *d, struct call *c)
{
    c->sentence = NULL;
    c->note = NULL;
    c->answered_by_place = false;
    c->work = NULL;
    c->verb = NULL;
    /* A call that waited a turn is asked by the gateway again, and not by its person. */
    if (c->is_prepared)
        c->person = c->asker;
    c->asker = c->person;
    c->is_prepared = true;
    if (d->exchange->arena->room - d->exchange->arena->used < CALL_ROOM) {
        c->prepared = E_BUSY;
        return;
    }
    c->prepared = c->request.size > REQUEST_BYTES_MAX
                      ? E_LIMIT
                      : control_request_decode(c->request, d->exchange->arena, &c->parsed);
    if (c->prepared != OK) {
        c->sentence =
            "the request could not be read: command and node are of different versions";
        return;
    }
    c->verb = verb_find(c->parsed.verb);
    if (c->verb == NULL) {
        c->sentence = "this node does not know that command: is it of an older version?";
        c->prepared = E_USAGE;
        return;
    }
    c->prepared = check_room(d, c);
    if (c->prepared == OK)
        c->prepared = account_admit(d, c);
    if (c->prepared == OK)
        c->prepared = operator_admit(d, c);
    if (c->prepared == OK)
        c->prepared = again_admit(d, c);
    if (c->prepared != OK) {
        /* Nothing is asked of a verb that may not be used, its answer included. */
        c->verb = NULL;
        return;
    }
    c->prepared = check_logged(c);
    if (c->prepared != OK)
        return;
    /* Whatever a verb submits it also logs: without room for the rows it waits a turn. */
    c->prepared = AUDIT_ROWS_MAX - d->exchange->audit_count < ROWS_PER_CALL
                      ? E_BUSY
                      : c->verb->prepare(d, c);
}

/* First, because it says what the rest is about. */
static status add_note(struct desk *d, const struct call *c, struct control_answer *ret)
{
    struct arena *const a = d->exchange->arena;
    const char *const said = arena_text(a, ret->sentence);
    const size_t size = strlen(c->note);
    const bool asks = size > 0 && c->note[size - 1] == '?';

    ENSURE(said != NULL, E_MEMORY);
    const char *const between = said[0] == '\0' ? "" : asks ? "  " : ".  ";
    ret->sentence = bytes_of_text(desk_text(a, c->note, between, said, NULL));
    return OK;
}

static status answer_of(struct desk *d, struct call *c, struct bytes *ret)
{
    struct control_answer a = {.status = c->prepared};
    const bool failed = c->prepared != OK;

    /* A refusal may have rows too: publish lists its findings. */
    if (c->verb != NULL && c->verb->answer != NULL && (!failed || c->work != NULL))
        TRY(c->verb->answer(d, c, &a));
    if (a.sentence.size == 0 && (c->note == NULL || failed))
        a.sentence =
            bytes_of_text(c->sentence != NULL ? c->sentence : status_sentence(a.status));
    if (c->note != NULL && !failed)
        TRY(add_note(d, c, &a));
    return control_answer_encode(&a, d->exchange->arena, ret);
}

status desk_answer(struct desk *d, struct call *c, struct bytes *ret)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    const status s = answer_of(d, c, ret);

    arena_reset(d->scratch);
    if (s == OK || s == E_STORAGE || s == E_DAMAGED)
        return s;
    /* Whatever a person asks for, too much of it must not stop the node. */
    arena_rewind(a, mark);
    const struct control_answer bare = {.status = s,
                                        .sentence = bytes_of_text(status_sentence(s))};
    return control_answer_encode(&bare, a, ret);
}

const char *desk_text(struct arena *a, ...)
{
    size_t size = 1;
    va_list list;

    va_start(list, a);
    for (const char *part = va_arg(list, const char *); part != NULL;
         part = va_arg(list, const char *))
        size += strlen(part);
    va_end(list);
    char *const text = arena_take(a, size);
    if (text == NULL)
        return "";
    struct writer w = writer_over(text, size);
    va_start(list, a);
    for (const char *part = va_arg(list, const char *); part != NULL;
         part = va_arg(list, const char *))
        write_text(&w, part);
    va_end(list);
    return text;
}

const char *desk_number(struct arena *a, uint64_t value)
{
    enum { ROOM = 21 };
    char *const text = arena_take(a, ROOM);

    if (text == NULL)
        return "";
    struct writer w = writer_over(text, ROOM - 1);
    write_decimal(&w, value);
    return text;
}

const char *desk_id_text(struct arena *a, const record_id *id)
{
    char *const text = arena_take(a, RECORD_ID_TEXT_ROOM);

    if (text == NULL)
        return "";
    record_id_write(id, text);
    return text;
}

status desk_part_ends(struct desk *d, size_t scratch, status s)
{
    arena_rewind(d->scratch, scratch);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

void desk_write_agency(struct writer *w, const struct agency_id *id)
{
    write_u8(w, (uint8_t)strlen(id->text));
    write_text(w, id->text);
}

status desk_read_agency(struct reader *r, struct agency_id *ret)
{
    return agency_id_read(read_bytes(r, read_u8(r)), ret);
}

status desk_is_erased(struct desk *d, const struct parent *record, bool *ret)
{
    const struct store store = d->exchange->store;
    const size_t mark = arena_mark(d->scratch);
    struct place place = {0};
    struct entry_row e = {0};
    status s = store.ops->record_find(store.self, &record->agency, &record->id, &place);

    if (s == OK)
        s = store.ops->entry_find(store.self, &place.stream, place.index, d->scratch, &e);
    arena_rewind(d->scratch, mark);
    *ret = s == OK && e.disposition == DISPOSITION_ERASED;
    return s == E_UNKNOWN ? OK : s;
}

const char desk_unreleased_sentence[] =
    "it arrived after the roster's grace had ended and waits, unread, until a newer roster "
    "is in force: `flagpost roster install`";

bool desk_is_unreleased(const struct desk *d, const struct entry_row *e)
{
    const struct exchange *const x = d->exchange;

    return (e->kind == KIND_INTELLIGENCE || e->kind == KIND_ATTACHMENT) &&
           !agency_id_equal(&e->stream.agency, &x->self) &&
           roster_age(&x->roster, x->now) == ROSTER_FROZEN &&
           roster_age(&x->roster, e->at) == ROSTER_FROZEN;
}

/* The verbs say so beforehand; no way to the content goes round this. */
static status check_recall(struct desk *d, const struct entry_row *e,
                           const struct header *h)
{
    const bool attached = h->kind == KIND_ATTACHMENT;
    const struct parent record = {.agency = e->stream.agency,
                                  .id = attached ? h->previous : e->id};
    bool blocked = false;

    if (attached || h->kind == KIND_INTELLIGENCE)
        TRY(recall_blocks(d, &record, &blocked));
    return blocked ? E_POLICY : OK;
}

status desk_open(struct desk *d, const struct entry_row *e, struct arena *a,
                 const struct salted_item **ret_items, size_t *ret_count)
{
    const struct exchange *const x = d->exchange;
    struct header h;
    uint8_t storage_key[32];
    uint8_t key[CONTENT_KEY_SIZE];

    ENSURE(e->disposition == DISPOSITION_HELD, E_UNKNOWN);
    TRY(header_decode(e->header, a, &h));
    TRY(check_recall(d, e, &h));
    ENSURE(!desk_is_unreleased(d, e), E_EXPIRED);
    TRY(x->store.ops->key_find(x->store.self, &e->stream, e->index, storage_key));
    status s = open_kept_key(storage_key, &e->id, e->kept, key);
    explicit_bzero(storage_key, sizeof storage_key);
    TRY(s);
    const struct entry_parts parts = {
        .header = e->header, .h = &h, .ciphertext = e->ciphertext};
    s = open_content(key, &parts, a, ret_items, ret_count);
    explicit_bzero(key, sizeof key);
    return s;
}

status desk_open_record(struct desk *d, const struct entry_row *e, struct arena *a,
                        struct header *ret_header, struct record *ret)
{
    const struct salted_item *items = NULL;
    size_t count = 0;

    TRY(header_decode(e->header, a, ret_header));
    TRY(desk_open(d, e, a, &items, &count));
    return record_of_items(items, count, &ret_header->label, a, ret);
}

status desk_answer_owner(struct desk *d, const struct entry_row *e, const struct item *item,
                         uint64_t ticket)
{
    struct exchange *const x = d->exchange;
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    struct agency_id *const owner = arena_take(x->arena, sizeof *owner);
    struct header h;

    ENSURE(encoded != NULL && owner != NULL, E_MEMORY);
    TRY(header_decode(e->header, x->arena, &h));
    TRY(item_encode(item, x->arena, encoded));
    *owner = e->stream.agency;
    const struct submission s = {.kind = KIND_OUTCOME,
                                 .label = h.label,
                                 .lane = routing_lane(&h.label),
                                 .has_previous = true,
                                 .previous = e->id,
                                 .item_count = 1,
                                 .items = encoded,
                                 .recipient_count = 1,
                                 .recipients = owner,
                                 .ticket = ticket};
    return exchange_submit(x, &s);
}

status desk_audit(struct desk *d, struct call *c, struct item_audit *row)
{
    /* A reason is as long as what it is a reason for allows. */
    if (row->justification.size > SHORT_TEXT_MAX || !utf8_is_valid(row->justification)) {
        c->sentence = "the purpose must be plain text of at most 200 characters";
        return E_VALUE;
    }
    row->at = d->exchange->now;
    row->actor = bytes_of_text(c->person.text);
    row->channel = bytes_of_text(c->channel);
    const status s = exchange_audit(d->exchange, row);
    if (s == E_FENCED)
        c->sentence = "this node may not write to its log now, and does nothing that has "
                      "to be in it: see `flagpost status`";
    return s;
}
