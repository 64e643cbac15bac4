#ifndef FLAGPOST_LINKED_H
#define FLAGPOST_LINKED_H

/* Records with a telephone number, which a fusion cell links. */

#include "indexed.h"

#include "link_desk.h"

/* What node `at` takes agency `who` for. */
static inline void set_kind_at(struct world *w, size_t at, size_t who,
                               enum agency_kind kind)
{
    struct roster *const r = &w->t->nodes[at].exchange->roster;

    for (size_t i = 0; i < r->agency_count; i++) {
        if (agency_id_equal(&r->agencies[i].id, &w->t->cast.actors[who].id))
            r->agencies[i].kind = kind;
    }
}

static inline void set_kind(struct world *w, size_t n, enum agency_kind kind)
{
    set_kind_at(w, n, n, kind);
}

static inline struct world *begin(void)
{
    struct world *const w = make();

    settle(w);
    set_kind(w, BRAVO, AGENCY_FUSION);
    index_all(w, BRAVO);
    return w;
}

static uint8_t published_count;

/* The id of the next one. */
static inline record_id published_next(void)
{
    return (record_id){{11, (uint8_t)(published_count + 1)}};
}

/* A record with a person and a telephone number, for BRAVO; made of `parent` unless that is
 * NULL. */
static inline struct parent publish_phone(struct world *w, size_t from, const char *number,
                                          const struct parent *parent)
{
    struct record *const r = arena_take(&w->t->paper, sizeof *r);
    struct trio_batch b;
    struct parent made = {.agency = w->t->cast.actors[from].id, .id = published_next()};

    CHECK(r != NULL);
    published_count++;
    r->text_count = 1;
    r->texts[0] = (struct graded_text){.text = bytes_of_text("seen"),
                                       .basis = BASIS_FACT,
                                       .grade = {.source = 1, .assessment = 1}};
    r->provenance = r->texts[0];
    r->facts.station = bytes_of_text("55AA");
    r->report.title = bytes_of_text("a report");
    r->report.purpose = PURPOSE_PREVENT;
    r->person_count = 1;
    r->persons[0].surname = bytes_of_text("Nemo");
    r->phone_count = 1;
    r->phones[0].raw = bytes_of_text(number);
    r->phones[0].e164 = bytes_of_text(number);
    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, 1u << BRAVO);
    b.submission.id = made.id;
    b.submission.parent_count = parent != NULL;
    b.submission.parents = parent;
    CHECK_OK(record_items(r, &w->t->arena, &b.submission.items, &b.submission.item_count));
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    return made;
}

/* Delivered, indexed and compared. */
static inline void arrive(struct world *w)
{
    settle(w);
    index_all(w, BRAVO);
    settle(w);
}

static inline void erase_at(struct world *w, size_t n, const struct parent *record)
{
    const struct item_audit why = {.at = w->t->now,
                                   .actor = bytes_of_text("node"),
                                   .outcome = bytes_of_text("erased")};

    trio_begin(w->t, n);
    CHECK_OK(recall_erase(&w->desks[n], record, &why));
    trio_end(w->t, n);
}

#endif
