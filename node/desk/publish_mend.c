#include "publish.h"

/*
 * Mends that whoever hands a record in asked for, by class (mend.h).  They are applied
 * where the record is right with them, and told; else it is judged as it came, and they are
 * proposed like any other.
 */

status publish_mend_read(struct call *c, struct publish_work *work)
{
    if (mend_classes_read(control_argument(&c->parsed, "mend"), &work->mend_classes) == OK)
        return OK;
    c->sentence = "the classes of mends are flags, missing-flags, crime-code and "
                  "offence-codes, with a blank between them";
    return E_USAGE;
}

static bool has_mend(const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->at[i].edit.what != EDIT_NONE && f->at[i].edit.sure)
            return true;
    }
    return false;
}

status publish_mend(struct desk *d, struct arena *a, struct publish_work *work)
{
    struct exchange *const x = d->exchange;

    if (work->mend_classes == 0 || !has_mend(work->findings))
        return OK;
    const size_t mark = arena_mark(a);
    struct record *const record = arena_take(a, sizeof *record);
    struct findings *const findings = arena_take(a, sizeof *findings);
    struct mends *const mends = arena_take(a, sizeof *mends);
    ENSURE(record != NULL && findings != NULL && mends != NULL, E_MEMORY);
    TRY(record_unpack(work->packed, a, record));
    TRY(mends_apply(record, work->mend_classes, d->lists, x->now, a, mends));
    rules_check(record, d->lists, x->now, x->arena, findings);
    if (mends->count == 0 || (findings->refused && !findings->ungraded)) {
        arena_rewind(a, mark);
        return OK;
    }
    work->record = record;
    work->findings = findings;
    work->mends = mends;
    return OK;
}

void publish_give_mends(struct rows *r, const struct publish_work *work)
{
    for (size_t i = 0; work->mends != NULL && i < work->mends->count; i++) {
        rows_next(r, 1 + PUBLISH_MENDED_FIELDS);
        rows_text(r, "row", "mended");
        publish_give_mended(r, &work->mends->at[i]);
    }
}

void publish_give_mended(struct rows *r, const struct mended *m)
{
    rows_text(r, "rule", m->rule);
    rows_text(r, "field", m->field);
    rows_bytes(r, "was", m->before);
    rows_bytes(r, "now", m->after);
}
