#include "publish.h"

/* Rows of an answer about a record: what is wrong with it, and who gets it. */

void publish_give_finding(struct rows *r, const struct finding *f)
{
    rows_text(r, "rule", f->rule);
    rows_text(r, "field", f->field);
    rows_text(r, "severity", severity_word(f->severity));
    rows_text(r, "sentence", f->sentence);
    rows_text(r, "mend", f->mend);
    if (f->edit.what == EDIT_NONE)
        return;
    rows_bytes(r, "value", f->edit.value);
    rows_text(r, "sure", f->edit.sure ? "yes" : "no");
}

void publish_give_findings(struct rows *r, const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        rows_next(r, 1 + PUBLISH_FINDING_FIELDS);
        rows_text(r, "row", "finding");
        publish_give_finding(r, &f->at[i]);
    }
}

void publish_give_routing(struct rows *r, const struct routing *routing)
{
    for (size_t i = 0; i < routing->count; i++) {
        const struct route_decision *const one = &routing->at[i];
        rows_next(r, 6);
        rows_text(r, "row", "recipient");
        rows_text(r, "agency", one->agency.text);
        rows_text(r, "sent", one->yes ? "yes" : "no");
        rows_text(r, "alone", one->alone ? "yes" : "no");
        rows_bytes(r, "rule", one->rule);
        rows_text(r, "reason", one->reason);
    }
}
