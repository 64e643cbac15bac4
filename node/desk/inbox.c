#include "recall.h"

#include "text.h"

/* What has arrived: from headers alone, no content and so no consultation. */

enum { INBOX_ROWS = 500 };

static const char *marking_text(enum marking m)
{
    return m == MARKING_OFFICIAL ? "OFFICIAL" : "OFFICIAL-SENSITIVE";
}

static const char *priority_text(enum priority p)
{
    switch (p) {
    case PRIORITY_HIGH:
        return "high";
    case PRIORITY_MEDIUM:
        return "medium";
    case PRIORITY_LOW:
        return "low";
    }
    return "";
}

static const char *disposition_text(const struct entry_row *e)
{
    switch (e->disposition) {
    case DISPOSITION_HELD:
        return "held";
    case DISPOSITION_UNOPENABLE:
        return "cannot be opened";
    case DISPOSITION_REFUSED:
        return "refused";
    case DISPOSITION_WITHHELD:
        return "withheld";
    case DISPOSITION_ERASED:
        return "erased";
    }
    return "";
}

struct inbox {
    struct desk *desk;
    struct rows rows;
};

static status each(void *context, const struct entry_row *e)
{
    struct inbox *const in = context;
    struct rows *const r = &in->rows;
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    const char *marks = "";
    struct header h = {0};
    const bool readable =
        e->header.size > 0 && header_decode(e->header, r->arena, &h) == OK;

    TRY(recall_marks(in->desk, &record, &marks));
    rows_next(r, 10);
    rows_id(r, "id", &e->id);
    rows_agency(r, "from", &e->stream.agency);
    rows_text(r, "priority", readable ? priority_text(h.label.priority) : "");
    rows_text(r, "marking", readable ? marking_text(h.label.marking) : "");
    rows_text(r, "handling", !readable ? "" : h.label.handling == HANDLING_P ? "P" : "C");
    rows_time(r, "stored", e->at);
    rows_text(r, "state", e->duplicate ? "held (again)" : disposition_text(e));
    rows_text(r, "note", marks);
    rows_text(r, "stream", lane_word(e->stream.lane));
    rows_number(r, "index", e->index);
    return OK;
}

status inbox_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status inbox_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct inbox in = {.desk = d};
    struct rows *const r = &in.rows;

    (void)c;
    rows_init(r, d->exchange->arena, INBOX_ROWS);
    TRY(journal_inbox(d->journal, KIND_INTELLIGENCE, INBOX_ROWS, d->scratch, each, &in));
    ret->sentence = bytes_of_text(r->count == 0 ? "nothing has arrived yet"
                                  : r->full || r->count == INBOX_ROWS
                                      ? "these are the newest; there are more"
                                      : "");
    rows_give(r, ret);
    return OK;
}
