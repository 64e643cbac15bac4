#include "source.h"

#include "draft.h"
#include "reading.h"
#include "text.h"
#include "words.h"

#include <string.h>

/* The body of its row: u8 version = 1, then reference, type, officer and raw, each as u32
 * size and bytes, then u8 count of those who know, each likewise. */
enum { SOURCE_VERSION = 1, SOURCE_STATE = 1, TELLING_MIN = 4 };

/* --- handed in --- */

static const struct field_row {
    const char *name;
    size_t offset;
    size_t most;
} fields[SOURCE_FIELDS] = {
    {"reference", offsetof(struct source, reference), SHORT_TEXT_MAX},
    {"source_type", offsetof(struct source, type), SHORT_TEXT_MAX},
    {"officer", offsetof(struct source, officer), SHORT_TEXT_MAX},
    {"raw", offsetof(struct source, raw), TEXT_BYTES_MAX},
};

static struct bytes *field_of(struct source *s, size_t i)
{
    return (struct bytes *)(void *)((uint8_t *)s + fields[i].offset);
}

static status check_field(struct call *c, struct bytes b, size_t most)
{
    if (b.size <= most && utf8_is_valid(b))
        return OK;
    c->sentence = "a field of the source is too long, or is not text";
    return E_VALUE;
}

status source_of_call(struct call *c, struct source *ret)
{
    struct source s = {0};

    for (size_t i = 0; i < SOURCE_FIELDS; i++) {
        *field_of(&s, i) = control_argument(&c->parsed, fields[i].name);
        TRY(check_field(c, *field_of(&s, i), fields[i].most));
    }
    for (size_t i = 0; i < c->parsed.argument_count; i++) {
        if (!text_is(c->parsed.arguments[i].name, "known_to"))
            continue;
        if (s.known_count == SOURCE_KNOWN_MAX) {
            c->sentence = "more than 16 are said to know of it: name those who matter";
            return E_LIMIT;
        }
        TRY(check_field(c, c->parsed.arguments[i].value, SHORT_TEXT_MAX));
        s.known_to[s.known_count++] = c->parsed.arguments[i].value;
    }
    *ret = s;
    return OK;
}

/* --- kept --- */

static void write_part(struct writer *w, struct bytes b)
{
    write_u32(w, (uint32_t)b.size);
    write_bytes(w, b);
}

static status put(struct desk *d, const record_id *draft, const record_id *record,
                  struct bytes body)
{
    const struct shelf_row row = {.kind = SHELF_SOURCE,
                                  .id = *draft,
                                  .about = *record,
                                  .state = SOURCE_STATE,
                                  .changed = d->exchange->now,
                                  .body = body};

    return journal_shelf_put(d->journal, &row);
}

status source_put(struct desk *d, const record_id *draft, const struct source *s)
{
    struct arena *const a = d->exchange->arena;
    struct source source = *s;
    const size_t mark = arena_mark(a);
    void *const room = arena_take(a, SHELF_BODY_MAX);
    const record_id none = {{0}};

    ENSURE(room != NULL, E_MEMORY);
    struct writer w = writer_over(room, SHELF_BODY_MAX);
    write_u8(&w, SOURCE_VERSION);
    for (size_t i = 0; i < SOURCE_FIELDS; i++)
        write_part(&w, *field_of(&source, i));
    write_u8(&w, (uint8_t)s->known_count);
    for (size_t i = 0; i < s->known_count; i++)
        write_part(&w, s->known_to[i]);
    ENSURE(!w.bad, E_LIMIT);
    const status done = put(d, draft, &none, writer_bytes(&w));
    arena_rewind(a, mark);
    return done;
}

status source_bind(struct desk *d, const record_id *draft, const record_id *record)
{
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_SOURCE, draft, d->exchange->arena, &row));
    return put(d, draft, record, row.body);
}

status source_find(struct desk *d, const record_id *draft, struct arena *a,
                   struct source *ret)
{
    struct shelf_row row = {0};
    struct source s = {0};

    TRY(journal_shelf_find(d->journal, SHELF_SOURCE, draft, a, &row));
    struct reader r = {.rest = row.body};
    ENSURE(read_u8(&r) == SOURCE_VERSION, E_DAMAGED);
    for (size_t i = 0; i < SOURCE_FIELDS; i++)
        *field_of(&s, i) = read_bytes(&r, read_u32(&r));
    s.known_count = read_u8(&r);
    ENSURE(s.known_count <= SOURCE_KNOWN_MAX, E_DAMAGED);
    for (size_t i = 0; i < s.known_count; i++)
        s.known_to[i] = read_bytes(&r, read_u32(&r));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = s;
    return OK;
}

/* --- whether it is in the record --- */

/* `text` is in capitals already.  Too short a word is in every text and tells nothing. */
static bool has_capitals(struct bytes text, struct bytes words, struct arena *a)
{
    const size_t mark = arena_mark(a);
    struct bytes capitals = {0};

    if (words.size < TELLING_MIN || word_capitals(words, a, &capitals) != OK)
        return false;
    const bool found = memmem(text.at, text.size, capitals.at, capitals.size) != NULL;
    arena_rewind(a, mark);
    return found;
}

static bool has(struct bytes text, struct bytes words, struct arena *a)
{
    const size_t mark = arena_mark(a);
    struct bytes capitals = {0};
    const bool found =
        word_capitals(text, a, &capitals) == OK && has_capitals(capitals, words, a);

    arena_rewind(a, mark);
    return found;
}

/* The field a person would look in first; the rest is one. */
static const char *place_of(const struct record *r, struct bytes words, struct arena *a)
{
    static const char *const texts[] = {"texts[0].text", "texts[1].text", "texts[2].text"};

    for (size_t i = 0; i < r->text_count; i++) {
        if (has(r->texts[i].text, words, a))
            return i < COUNT_OF(texts) ? texts[i] : "texts";
    }
    if (has(r->provenance.text, words, a))
        return "provenance.text";
    if (has(r->report.title, words, a))
        return "title";
    return has(r->report.contact, words, a) ? "contact" : "record";
}

static void add(struct findings *f, const struct finding *one)
{
    if (f->count == FINDINGS_MAX && one->severity != SEVERITY_REFUSE)
        return;
    if (f->count == FINDINGS_MAX)
        f->count--;
    f->at[f->count++] = *one;
    f->refused = f->refused || one->severity == SEVERITY_REFUSE;
}

struct looking {
    struct bytes capitals; /* of the whole record */
    const struct record *record;
    struct arena *arena;
    struct findings *findings;
};

static void look(const struct looking *l, struct bytes words, const char *sentence)
{
    if (!has_capitals(l->capitals, words, l->arena))
        return;
    const struct finding found = {
        .rule = "R6",
        .field = place_of(l->record, words, l->arena),
        .severity = SEVERITY_REFUSE,
        .sentence = sentence,
        .mend = "Take it out: it stays in the bureau, with the draft.",
    };
    add(l->findings, &found);
}

status source_check(const struct source *s, const struct record *r, struct arena *a,
                    struct findings *f)
{
    static const struct finding as_it_was = {
        .rule = "R6",
        .field = "texts",
        .severity = SEVERITY_ADVISE,
        .sentence = "The text as it was handed in stands in the record word for word.",
        .mend = "Make sure that its wording gives no hint of the source.",
    };
    struct looking l = {.record = r, .arena = a, .findings = f};
    const size_t mark = arena_mark(a);
    struct bytes packed = {0};

    TRY(record_pack(r, a, &packed));
    TRY(word_capitals(packed, a, &l.capitals));
    look(&l, s->reference, "The number in the source register stands in it.");
    look(&l, s->officer, "The officer who handed it in is named in it.");
    for (size_t i = 0; i < s->known_count; i++)
        look(&l, s->known_to[i], "Somebody who is said to know of it is named in it.");
    if (has_capitals(l.capitals, s->raw, a))
        add(f, &as_it_was);
    arena_rewind(a, mark);
    return OK;
}

bool source_is_in(const struct source *s, struct bytes words, struct arena *a)
{
    bool found = has(words, s->reference, a) || has(words, s->officer, a);

    for (size_t i = 0; i < s->known_count; i++)
        found = found || has(words, s->known_to[i], a);
    return found;
}

/* --- shown --- */

struct source_work {
    record_id draft;
};

status source_prepare(struct desk *d, struct call *c)
{
    const struct bytes purpose = control_argument(&c->parsed, "purpose");
    struct source_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct draft *const draft = arena_take(d->exchange->arena, sizeof *draft);

    ENSURE(work != NULL && draft != NULL, E_MEMORY);
    /* Whatever the configuration says of records: a source is never looked up without. */
    if (purpose.size == 0) {
        c->sentence = "say why you look at the source: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(draft_find(d, c, draft));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .object = draft->id,
                             .justification = purpose,
                             .outcome = bytes_of_text(READING_SOURCE)};
    TRY(desk_audit(d, c, &row));
    work->draft = draft->id;
    c->work = work;
    const struct reading reading = {.outcome = row.outcome, .object = row.object};
    return reading_note(d, c, &reading);
}

status source_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct source_work *const work = c->work;
    struct source s;
    struct rows r;

    TRY(source_find(d, &work->draft, d->exchange->arena, &s));
    rows_init(&r, d->exchange->arena, 1 + SOURCE_KNOWN_MAX);
    rows_next(&r, 2 + SOURCE_FIELDS);
    rows_text(&r, "row", "source");
    rows_id(&r, "draft", &work->draft);
    for (size_t i = 0; i < SOURCE_FIELDS; i++)
        rows_bytes(&r, fields[i].name, *field_of(&s, i));
    for (size_t i = 0; i < s.known_count; i++) {
        rows_next(&r, 2);
        rows_text(&r, "row", "known");
        rows_bytes(&r, "known_to", s.known_to[i]);
    }
    rows_give(&r, ret);
    return OK;
}
