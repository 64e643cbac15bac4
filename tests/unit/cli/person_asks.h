#ifndef FLAGPOST_PERSON_ASKS_H
#define FLAGPOST_PERSON_ASKS_H

/* What a person asks of BRAVO's desk. */

#include "indexed.h"

struct argued {
    const char *name, *value;
};

/* Of the verb that was asked last. */
static struct control_answer answered;

/* A verb as a person asks it, with its answer where it has one. */
static inline status ask(struct world *w, uint32_t uid, const char *verb,
                         const struct argued *with, size_t count)
{
    static struct control_field fields[8];
    const struct verb *const v = verb_find(bytes_of_text(verb));
    struct call c = {.channel = "control", .person = {.uid = uid}};

    CHECK(v != NULL && count <= COUNT_OF(fields));
    (void)snprintf(c.person.text, sizeof c.person.text, "uid:%u officer", uid);
    for (size_t i = 0; i < count; i++)
        fields[i] = (struct control_field){.name = bytes_of_text(with[i].name),
                                           .value = bytes_of_text(with[i].value)};
    c.parsed.argument_count = count;
    c.parsed.arguments = fields;
    trio_begin(w->t, BRAVO);
    const status s = v->prepare(&w->desks[BRAVO], &c);
    trio_end(w->t, BRAVO);
    answered = (struct control_answer){.status = s};
    if (s == OK && v->answer != NULL)
        CHECK_OK(v->answer(&w->desks[BRAVO], &c, &answered));
    arena_reset(&w->scratch);
    return s;
}

#endif
