#include "support.h"

#include "verify.h"

/* What `flagpost verify` finds, stream by stream. */

static void put_finding(struct support *s, const struct verify_finding *f)
{
    support_word(s, "found", status_word(f->why));
    if (f->why == OK)
        return;
    support_number(s, "index", f->index);
    support_number(s, "proved", f->proved);
}

static void each_stream(void *context, const struct verify_stream *stream)
{
    struct support *const s = context;

    support_line(s, "stream");
    support_agency(s, "agency", &stream->id.agency);
    support_word(s, "lane", lane_word(stream->id.lane));
    support_number(s, "epoch", stream->id.epoch.counter);
    support_word(s, "own", support_yes_no(stream->own));
    support_word(s, "quarantine", status_word(stream->quarantine));
    support_number(s, "size", stream->size);
    support_number(s, "rows", stream->entries);
    support_number(s, "groups", stream->groups);
    support_number(s, "checkpoints", stream->checkpoints);
    support_number(s, "receipts", stream->receipts);
    support_number(s, "cosignatures", stream->cosignatures);
    put_finding(s, &stream->finding);
    support_end(s);
}

static void put_totals(struct support *s, const struct verify_totals *t)
{
    static const char *const parts[VERIFY_PARTS] = {"rosters", "lists", "evidence",
                                                    "streams", "tables"};

    for (size_t i = 0; i < VERIFY_PARTS; i++) {
        support_line(s, "verified");
        support_word(s, "part", parts[i]);
        support_number(s, "checked", t->parts[i].checked);
        put_finding(s, &t->parts[i].finding);
        support_end(s);
    }
    support_line(s, "journal");
    support_word(s, "agrees", support_yes_no(verify_agrees(t)));
    support_number(s, "streams", t->streams);
    support_number(s, "entries", t->entries);
    support_end(s);
}

void support_journal(struct support *s, struct journal *j, const struct config *config,
                     const struct ceremony_root *root)
{
    struct verify_totals totals = {0};
    const struct verify_setup setup = {.journal = j,
                                       .self = config->agency,
                                       .realm = config->realm,
                                       .root = &root->root,
                                       .arena = &s->cli->arena,
                                       .context = s,
                                       .stream = each_stream};
    const status why = verify_journal(&setup, &totals);

    if (why == OK) {
        put_totals(s, &totals);
        return;
    }
    support_line(s, "journal");
    support_word(s, "agrees", status_word(why));
    support_end(s);
}
