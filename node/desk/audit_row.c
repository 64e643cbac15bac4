#include "audit.h"

#include "text.h"

/*
 * DPA 2018 s.62(4): the log may be used only to verify the lawfulness of processing, for
 * self-monitoring with internal disciplinary proceedings, for the integrity and security of
 * personal data, and for criminal proceedings.  So who reads it says for which, and that is
 * a row of the log.  (To the Commissioner, s.62(5), it goes for the first.)
 */
static const struct use {
    const char *word, *told;
} uses[] = {
    {"lawfulness", "lawfulness (DPA 2018 s.62(4)(a))"},
    {"self-monitoring", "self-monitoring (DPA 2018 s.62(4)(b))"},
    {"integrity", "integrity (DPA 2018 s.62(4)(c))"},
    {"criminal-proceedings", "criminal-proceedings (DPA 2018 s.62(4)(d))"},
};

status audit_use(struct desk *d, struct call *c, const char **ret)
{
    const struct bytes word = control_argument(&c->parsed, "use");

    for (size_t i = 0; i < COUNT_OF(uses); i++) {
        if (text_is(word, uses[i].word)) {
            *ret = uses[i].told;
            return OK;
        }
    }
    c->sentence = desk_text(d->exchange->arena,
                            word.size == 0 ? "say what the log is used for"
                                           : "the log has no such use",
                            ": --use takes lawfulness, self-monitoring (internal "
                            "proceedings too), integrity or "
                            "criminal-proceedings, and the law no other (DPA 2018 s.62(4))",
                            NULL);
    return E_DENIED;
}

const char *audit_operation_word(enum audit_operation o)
{
    switch (o) {
    case AUDIT_COLLECT:
        return "collect";
    case AUDIT_ALTER:
        return "alter";
    case AUDIT_CONSULT:
        return "consult";
    case AUDIT_DISCLOSE:
        return "disclose";
    case AUDIT_COMBINE:
        return "combine";
    case AUDIT_ERASE:
        return "erase";
    case AUDIT_REFUSE:
        return "refuse";
    case AUDIT_INSTALL:
        return "install";
    case AUDIT_DECIDE:
        return "decide";
    case AUDIT_DENY:
        return "deny";
    }
    return "";
}

/* The list's texts with a space between them. */
static struct bytes joined(struct arena *a, const struct text_list *list)
{
    size_t size = 0;

    for (size_t i = 0; i < list->count; i++)
        size += list->at[i].size + 1;
    char *const text = arena_take(a, size);
    if (text == NULL)
        return (struct bytes){0};
    struct writer w = writer_over(text, size);
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            write_text(&w, " ");
        write_bytes(&w, list->at[i]);
    }
    return writer_bytes(&w);
}

status audit_give_row(struct rows *r, const struct item_audit *row, sequence index)
{
    static const record_id none;
    struct bytes copy = {0};
    char hex[2 * HASH_SIZE + 1] = "";

    rows_next(r, 12);
    rows_number(r, "index", index);
    rows_time(r, "at", row->at);
    rows_text(r, "operation", audit_operation_word(row->operation));
    TRY(arena_copy(r->arena, row->actor, &copy));
    rows_bytes(r, "actor", copy);
    TRY(arena_copy(r->arena, row->channel, &copy));
    rows_bytes(r, "channel", copy);
    if (!record_id_equal(&row->object, &none))
        rows_id(r, "object", &row->object);
    else
        rows_text(r, "object", "");
    rows_agency(r, "stream", &row->object_stream.agency);
    TRY(arena_copy(r->arena, row->justification, &copy));
    rows_bytes(r, "purpose", copy);
    rows_bytes(r, "with", joined(r->arena, &row->recipients));
    rows_bytes(r, "rules", joined(r->arena, &row->rules));
    TRY(arena_copy(r->arena, row->outcome, &copy));
    rows_bytes(r, "outcome", copy);
    /* Under a key of this node: it tells that two are one, and not of what. */
    if (row->digest.size <= HASH_SIZE)
        hex_encode(row->digest, hex);
    TRY(arena_copy(r->arena, bytes_of_text(hex), &copy));
    rows_bytes(r, "digest", copy);
    return OK;
}
