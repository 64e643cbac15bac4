#include "publish.h"

#include "case_desk.h"
#include "urn.h"

/* What publishing says beside the rules, said without publishing anything. */

struct desk_citation publish_citation(const struct publish_work *work)
{
    struct desk_citation cited = {.reference = work->record->facts.case_reference,
                                  .station = work->record->facts.station,
                                  .document = work->id};

    if (work->has_previous)
        desk_case_was(&cited, &work->previous);
    if (work->has_draft)
        desk_case_was(&cited, &work->draft);
    return cited;
}

status publish_foresee(struct desk *d, const struct publish_work *work)
{
    const struct desk_citation cited = publish_citation(work);

    TRY(urn_advise(d, work));
    return desk_case_judge(d, &cited, work->findings);
}
