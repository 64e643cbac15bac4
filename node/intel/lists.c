#include "lists_lines.h"

#include "draw.h"

static const char first_line[] = "flagpost/lists/v1";

enum { CODE_MAX = 32 };

static bool is_token(struct bytes b, size_t max)
{
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        const bool good =
            (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (i > 0 && c == '-');
        if (!good)
            return false;
    }
    return b.size >= 1 && b.size <= max;
}

static status read_flag(struct lines *in, struct lists *l)
{
    const struct bytes flag = lines_word(in);

    ENSURE(!in->bad, E_FORM);
    ENSURE(is_token(flag, FLAG_MAX) && !lists_has_flag(l, flag), E_VALUE);
    ENSURE(l->flag_count < LISTS_FLAGS_MAX, E_LIMIT);
    l->flags[l->flag_count++] = flag;
    return OK;
}

static status read_code(struct lines *in, struct lists *l)
{
    struct list_code c = {0};

    c.code = lines_word(in);
    c.flag = lines_word(in);
    c.from = lines_time(in);
    const struct bytes until = lines_word(in);
    c.title = lines_tail(in);
    ENSURE(!in->bad && c.title.size <= SHORT_TEXT_MAX, E_FORM);
    ENSURE(is_token(c.code, CODE_MAX) && lists_code(l, c.code) == NULL, E_VALUE);
    ENSURE(lists_has_flag(l, c.flag), E_VALUE);
    if (!text_is(until, "-")) {
        TRY(time_read(until, &c.until));
        ENSURE(c.until > c.from, E_VALUE);
    }
    ENSURE(l->code_count < LISTS_CODES_MAX, E_LIMIT);
    l->codes[l->code_count++] = c;
    return OK;
}

static status read_offence(struct lines *in, struct lists *l)
{
    struct list_offence o = {0};

    o.code = lines_word(in);
    o.group = lines_word(in);
    o.title = lines_tail(in);
    ENSURE(!in->bad && o.title.size <= SHORT_TEXT_MAX, E_FORM);
    ENSURE(is_token(o.code, CODE_MAX) && !lists_has_offence(l, o.code), E_VALUE);
    ENSURE(l->offence_count < LISTS_OFFENCES_MAX, E_LIMIT);
    l->offences[l->offence_count++] = o;
    return OK;
}

static status read_head(struct lines *in, const struct hash *realm, struct lists *l)
{
    struct hash named = {0};

    lines_key(in, first_line);
    lines_key(in, "realm");
    lines_hex(in, named.bytes, sizeof named.bytes);
    lines_key(in, "version");
    l->version = (uint32_t)lines_decimal(in, 1, UINT32_MAX);
    lines_key(in, "previous");
    lines_hex(in, l->previous.bytes, sizeof l->previous.bytes);
    lines_key(in, "issued");
    l->issued = lines_time(in);
    ENSURE(!in->bad, E_FORM);
    ENSURE(realm == NULL || hash_equal(&named, realm), E_REALM);
    return OK;
}

/* Kinds of line stand in this order, so that what a code or a route names is already known.
 */
static status read_body(struct lines *in, struct lists *l)
{
    static const struct {
        const char *key;
        status (*read)(struct lines *, struct lists *);
    } kinds[] = {{"flag", read_flag},
                 {"code", read_code},
                 {"offence", read_offence},
                 {"successor", lists_read_successor},
                 {"require", lists_read_require},
                 {"exclude", lists_read_exclude},
                 {"suggest", lists_read_suggest},
                 {"term", lists_read_term},
                 {"retention", lists_read_retention},
                 {"serves", routes_read_serves},
                 {"neighbour", routes_read_neighbour},
                 {"role", routes_read_role},
                 {"route", routes_read_route}};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        while (lines_has(in, kinds[i].key)) {
            lines_key(in, kinds[i].key);
            TRY(kinds[i].read(in, l));
        }
    }
    return OK;
}

status lists_read(struct bytes text, const struct hash *realm, struct lists *ret)
{
    struct lists l = {.text_hash = sha256(text)};
    struct lines in = lines_over(text);

    ENSURE(text.size <= NOTE_BYTES_MAX, E_LIMIT);
    ENSURE(utf8_is_valid(text), E_FORM);
    TRY(read_head(&in, realm, &l));
    TRY(read_body(&in, &l));
    ENSURE(lines_is_done(&in), E_FORM);
    ENSURE(l.flag_count > 0, E_VALUE);
    *ret = l;
    return OK;
}

static status check_successor(const struct lists *l, const struct lists *installed)
{
    if (installed == NULL)
        return OK;
    if (l->version == installed->version)
        return hash_equal(&l->text_hash, &installed->text_hash) ? E_DUPLICATE : E_HASH;
    ENSURE(l->version > installed->version, E_ROLLBACK);
    ENSURE(l->version - installed->version == 1, E_ORDER);
    ENSURE(hash_equal(&l->previous, &installed->text_hash), E_HASH);
    return OK;
}

status lists_verify(struct bytes note, const struct root *root, const struct hash *realm,
                    const struct lists *installed, struct arena *a, struct lists *ret)
{
    struct note *const n = arena_take(a, sizeof *n);
    struct lists *const l = arena_take(a, sizeof *l);

    ENSURE(n != NULL && l != NULL, E_MEMORY);
    TRY(note_parse(note, a, n));
    TRY(installed == NULL ? root_has_ever_signed(root, n) : root_has_signed(root, n));
    TRY(lists_read(n->text, realm, l));
    TRY(check_successor(l, installed));
    *ret = *l;
    return OK;
}

/* Drops comments and empty lines of a body that a person keeps. */
static void write_body(struct bytes body, struct writer *w)
{
    struct bytes rest = body;

    while (rest.size > 0) {
        struct bytes line = {0};
        if (!text_cut(&rest, '\n', &line)) {
            line = rest;
            rest = (struct bytes){0};
        }
        if (line.size == 0 || line.at[0] == '#')
            continue;
        write_bytes(w, line);
        write_text(w, "\n");
    }
}

status lists_compose(struct bytes body, const struct lists_head *head, struct arena *a,
                     struct bytes *ret_text)
{
    const size_t room = body.size + 512;
    uint8_t *const memory = arena_take(a, room);
    struct lists *const check = arena_take(a, sizeof *check);

    ENSURE(memory != NULL && check != NULL, E_MEMORY);
    struct writer w = writer_over(memory, room);
    write_text(&w, first_line);
    write_text(&w, "\nrealm ");
    lines_put_hex(&w, bytes_of(head->realm.bytes, HASH_SIZE));
    write_text(&w, "\nversion ");
    write_decimal(&w, head->version);
    write_text(&w, "\nprevious ");
    lines_put_hex(&w, bytes_of(head->previous.bytes, HASH_SIZE));
    write_text(&w, "\nissued ");
    lines_put_time(&w, head->issued);
    write_text(&w, "\n");
    write_body(body, &w);
    MUST(!w.bad);
    TRY(lists_read(writer_bytes(&w), &head->realm, check));
    *ret_text = writer_bytes(&w);
    return OK;
}

bool lists_has_flag(const struct lists *l, struct bytes flag)
{
    for (size_t i = 0; i < l->flag_count; i++) {
        if (bytes_equal(l->flags[i], flag))
            return true;
    }
    return false;
}

const struct list_code *lists_code(const struct lists *l, struct bytes code)
{
    for (size_t i = 0; i < l->code_count; i++) {
        if (bytes_equal(l->codes[i].code, code))
            return &l->codes[i];
    }
    return NULL;
}

bool lists_has_offence(const struct lists *l, struct bytes code)
{
    for (size_t i = 0; i < l->offence_count; i++) {
        if (bytes_equal(l->offences[i].code, code))
            return true;
    }
    return false;
}
