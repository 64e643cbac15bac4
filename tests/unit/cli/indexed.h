#ifndef FLAGPOST_INDEXED_H
#define FLAGPOST_INDEXED_H

/* Three real nodes that index what they hold, and records of one word. */

#include "recalled.h"

#include "indexing.h"
#include "record.h"

/* A record whose text is one word, for BRAVO. */
static inline struct parent word_from(struct world *w, size_t from, const char *word)
{
    static uint8_t number;
    struct record *const r = arena_take(&w->t->paper, sizeof *r);
    struct trio_batch b;
    struct parent made = {.agency = w->t->cast.actors[from].id, .id = {{9, ++number}}};

    CHECK(r != NULL);
    r->text_count = 1;
    r->texts[0] = (struct graded_text){.text = bytes_of_text(word),
                                       .basis = BASIS_FACT,
                                       .grade = {.source = 1, .assessment = 1}};
    r->provenance = r->texts[0];
    r->facts.station = bytes_of_text("55AA");
    r->report.title = bytes_of_text("a report");
    r->report.purpose = PURPOSE_PREVENT;
    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, 1u << BRAVO);
    b.submission.id = made.id;
    CHECK_OK(record_items(r, &w->t->arena, &b.submission.items, &b.submission.item_count));
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    return made;
}

static inline struct parent publish_word(struct world *w, const char *word)
{
    return word_from(w, ALFA, word);
}

/* As the loop does it, until nothing is left to be done. */
static inline void index_all(struct world *w, size_t n)
{
    for (size_t i = 0; i < 100; i++) {
        trio_begin(w->t, n);
        CHECK_OK(indexing_turn(&w->desks[n]));
        trio_end(w->t, n);
        arena_reset(&w->scratch);
        if (!indexing_has_more(&w->desks[n]))
            return;
    }
    CHECK(false);
}

#endif
