#include "publish.h"

#include "todo.h"

/* Names agencies and a rule, and nothing that the record says. */
static const char *sentence_of(struct arena *a, const struct routing *routing)
{
    enum { NAMED_MAX = 8 };
    const char *names = "";
    size_t named = 0;

    for (size_t i = 0; i < routing->count && named < NAMED_MAX; i++) {
        if (!routing->at[i].withheld)
            continue;
        names =
            desk_text(a, names, named++ == 0 ? "" : ", ", routing->at[i].agency.text, NULL);
    }
    return named == 0 ? NULL
                      : desk_text(a, "withheld from ", names,
                                  " until its crime identifier code is right (R7)", NULL);
}

status publish_withheld(struct desk *d, const struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    const char *const sentence = sentence_of(a, work->routing);

    /* What the correction replaces waits no more; it may itself have to wait. */
    if (work->has_previous) {
        TRY(desk_todo_close(d, TODO_CODE, &work->previous));
        TRY(desk_todo_close(d, TODO_REFUSED, &work->previous));
    }
    return sentence == NULL ? OK : desk_todo_open(d, TODO_CODE, &work->id, sentence);
}
