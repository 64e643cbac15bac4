#include "correction.h"

#include "text.h"
#include "urn.h"

/* `supersede`: the way of `publish`, for a record that stands in another one's place. */

static status read_words(struct call *c, struct publish_work *work)
{
    work->reason = control_argument(&c->parsed, "reason");
    work->person = control_argument(&c->parsed, "person");
    if (work->reason.size == 0 || work->reason.size > SHORT_TEXT_MAX ||
        !utf8_is_valid(work->reason)) {
        c->sentence = "say why it is corrected, in at most 256 bytes: --reason; whoever "
                      "gets the new version reads it";
        return E_USAGE;
    }
    if (work->person.size > SHORT_TEXT_MAX || !utf8_is_valid(work->person)) {
        c->sentence = "--person takes plain text of at most 256 bytes";
        return E_USAGE;
    }
    return OK;
}

status supersede_prepare(struct desk *d, struct call *c)
{
    struct publish_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct place place = {0};

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    TRY(publish_check_released(d, c));
    TRY(read_words(c, work));
    TRY(desk_find_record(d, c, &place, &work->previous));
    if (!agency_id_equal(&place.stream.agency, &d->exchange->self)) {
        c->sentence = "only the agency that published a record can correct it: tell its "
                      "owner";
        return E_DENIED;
    }
    work->has_previous = true;
    work->packed = control_argument(&c->parsed, "record");
    work->key = control_argument(&c->parsed, "key");
    TRY(publish_judge(d, c, d->exchange->arena, work));
    if (control_argument(&c->parsed, "new_urn").size == 0)
        TRY(urn_refuse_other(d, work));
    c->work = work;
    if (work->findings->refused) {
        c->sentence = "refused: mend what is listed and hand it in again; the version "
                      "before stands";
        TRY(publish_refusal(d, c, work));
        return E_VALUE;
    }
    return publish_submit_told(d, c, work);
}
