#include "nodes.h"

#include "text.h"

/*
 * What routing decides is what then arrives: over rules and records drawn by chance, each
 * agency of the cast holds a record exactly when routing said yes, and whoever stands alone
 * is seen by no other recipient.
 */

enum { SETS = 20, RECORDS = 20, PUBLISHERS = 3, CAST = 6 };

struct drawn {
    size_t publisher;
    record_id id;
    struct routing routing;
};

static uint64_t state = 0x9e3779b97f4a7c15u;
static struct lists lists;
static struct drawn drawn[RECORDS];

static uint32_t below(uint32_t sides)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 32) % sides;
}

static const char *one_of(const char *const *words, size_t count)
{
    return words[below((uint32_t)count)];
}

/* Two bureaux of two forces and two units, the cell, and an agency with immigration
 * enforcement access; one may have little. */
static void appoint(struct nodes *n, struct roster *r)
{
    static const enum agency_kind kinds[CAST] = {
        AGENCY_FIB, AGENCY_FIB, AGENCY_ROCU, AGENCY_ROCU, AGENCY_FUSION, AGENCY_PARTNER};

    (void)n;
    for (size_t i = 0; i < CAST; i++) {
        r->agencies[i].kind = kinds[i];
        memcpy(r->agencies[i].region, i % 2 == 0 ? "EAST" : "WEST", 5);
    }
    memcpy(r->agencies[0].force, "55", 3);
    memcpy(r->agencies[1].force, "44", 3);
    r->agencies[5].immigration_access = true;
    r->agencies[3].ceiling = MARKING_OFFICIAL;
    r->agencies[4].flag_count = 1;
    memcpy(r->agencies[4].flags[0], "OIMCR", 6);
}

static void draw_rule(struct writer *w, uint32_t number)
{
    static const char *const effects[] = {"send", "send", "send", "confidential", "deny"};
    static const char *const to[] = {"own-rocu",     "neighbouring-rocus", "kind:fusion",
                                     "region:EAST",  "role:DESK",          "FOXTROT",
                                     "BRAVO,CHARLIE"};
    static const char *const when[] = {"flag=OIMCR",        "flag!=OTHER",   "code=C-1",
                                       "owner=fib",         "force=55",      "region=WEST",
                                       "handling=C",        "action=A1",     "role=victim",
                                       "marking<=OFFICIAL", "priority!=low", "purpose=duty",
                                       "sanitisation!=S2",  "priority=high"};
    const char *const effect = one_of(effects, COUNT_OF(effects));

    write_text(w, "route r");
    write_decimal(w, number);
    write_text(w, " ");
    write_text(w, effect);
    write_text(w, " to ");
    write_text(w, one_of(to, COUNT_OF(to)));
    const uint32_t conditions = below(3);
    for (uint32_t i = 0; i < conditions; i++) {
        write_text(w, i == 0 ? " when " : " ");
        write_text(w, one_of(when, COUNT_OF(when)));
    }
    if (effect[0] != 'd' && below(5) == 0)
        write_text(w, " needs code");
    write_text(w, "\n");
}

static void draw_lists(struct nodes *n)
{
    char *const body = arena_take(&n->paper, 4096);
    struct writer w = writer_over(body, 4096);
    const struct lists_head head = {.version = 1};
    struct bytes text = {0};

    CHECK(body != NULL);
    write_text(&w, "flag OIMCR\nflag OTHER\ncode C-1 OIMCR 2026-01-01T00:00:00Z - One\n"
                   "serves CHARLIE 55\nserves DELTA 44\nneighbour CHARLIE DELTA\n"
                   "role DESK ECHO FOXTROT\n");
    for (uint32_t i = 1 + below(6); i > 0; i--)
        draw_rule(&w, i);
    CHECK(!w.bad);
    CHECK_OK(lists_compose(writer_bytes(&w), &head, &n->paper, &text));
    CHECK_OK(lists_read(text, &head.realm, &lists));
    for (size_t i = 0; i < CAST; i++)
        n->at[i].exchange->lists = &lists;
}

static struct label draw_label(void)
{
    struct label l = {.marking = (enum marking)(1 + below(2)),
                      .handling = (enum handling)(1 + below(2)),
                      .priority = (enum priority)(1 + below(3))};

    if (l.handling == HANDLING_C) {
        l.action = (enum action_code)(1 + below(3));
        l.sanitisation = (enum sanitisation_code)(1 + below(2));
    }
    l.route.flags.at[l.route.flags.count++] = bytes_of_text("OIMCR");
    if (below(3) == 0)
        l.route.flags.at[l.route.flags.count++] = bytes_of_text("OTHER");
    if (below(2) == 0)
        l.route.code = bytes_of_text("C-1");
    l.route.roles = 1u << (1 + below(6));
    l.route.purpose = 1 + below(5);
    if (below(2) == 0)
        l.route.immigration = IMMIGRATION_BLOCKED;
    return l;
}

/* As the desk does: one content, an entry for each leg. */
static void publish(struct nodes *n, struct drawn *d)
{
    struct exchange *const x = n->at[d->publisher].exchange;
    struct label label = draw_label();
    const struct routing_decided decided = {.agency = n->cast.actors[5].id,
                                            .overridden = below(2) == 0};
    const struct routing_question q = {.label = &label,
                                       .owner = n->cast.actors[d->publisher].id,
                                       .roster = &x->roster,
                                       .lists = &lists,
                                       .now = n->now,
                                       .decided_count = below(3) == 0,
                                       .decided = &decided};
    struct agency_id to[AGENCIES_MAX];
    struct routing_leg legs[AGENCIES_MAX];
    struct bytes item = {0};
    struct sealed_content content = {0};
    const struct item facts = {.kind = ITEM_FACTS,
                               .facts.case_reference = bytes_of_text("unit")};
    const uint32_t block = label.route.immigration;

    routing_decide(&q, &d->routing);
    const size_t count = routing_legs(&d->routing, to, legs);
    node_begin(n, d->publisher);
    d->id = draw_record_id(&x->draw, n->now);
    CHECK_OK(item_encode(&facts, x->arena, &item));
    CHECK_OK(seal_content(&item, 1, &x->draw, x->arena, &content));
    for (size_t i = 0; i < count; i++) {
        label.route.immigration = block | legs[i].immigration;
        const struct submission s = {.id = d->id,
                                     .kind = KIND_INTELLIGENCE,
                                     .lane = LANE_ROUTINE,
                                     .label = label,
                                     .content = &content,
                                     .recipient_count = legs[i].count,
                                     .recipients = &to[legs[i].first]};
        CHECK_OK(exchange_submit(x, &s));
    }
    node_end(n, d->publisher);
}

static const struct route_decision *decision_for(const struct drawn *d,
                                                 const struct agency_id *id)
{
    for (size_t i = 0; i < d->routing.count; i++) {
        if (agency_id_equal(&d->routing.at[i].agency, id))
            return &d->routing.at[i];
    }
    return NULL;
}

/* Nobody who stands alone is named in an entry of another's. */
static void check_seen(const struct drawn *d, const struct agency_id *reader,
                       const struct header *h)
{
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        const struct agency_id *const seen = &h->recipients[i].agency;
        const struct route_decision *const one = decision_for(d, seen);
        CHECK(one == NULL || !one->alone || agency_id_equal(seen, reader));
    }
}

static bool check_one(struct nodes *n, const struct drawn *d, size_t reader)
{
    const struct store store = node_store(n, reader);
    const struct agency_id *const publisher = &n->cast.actors[d->publisher].id;
    const struct route_decision *const one = decision_for(d, &n->cast.actors[reader].id);
    struct place place = {0};
    struct entry_row row = {0};
    struct header h;
    const size_t mark = arena_mark(&n->paper);

    CHECK(one != NULL);
    const status s = store.ops->record_find(store.self, publisher, &d->id, &place);
    if (one->yes != (s == OK))
        (void)fprintf(stderr, "  node %zu, record of %zu: %d, %s\n", reader, d->publisher,
                      one->yes, one->reason);
    CHECK_INT(s == OK, one->yes);
    if (s == OK) {
        CHECK_OK(
            store.ops->entry_find(store.self, &place.stream, place.index, &n->paper, &row));
        CHECK_INT(row.disposition, DISPOSITION_HELD);
        CHECK_OK(header_decode(row.header, &n->paper, &h));
        check_seen(d, &n->cast.actors[reader].id, &h);
    }
    arena_rewind(&n->paper, mark);
    return one->yes;
}

static void what_is_decided_is_what_arrives(void)
{
    struct nodes *const n DEFER(nodes_done) = nodes_make(CAST);
    size_t sent = 0;
    size_t kept = 0;

    nodes_new_roster(n, 0, appoint);
    nodes_run(n, 4000);
    const size_t mark = arena_mark(&n->paper);
    for (size_t set = 0; set < SETS; set++) {
        n->mail_count = 0; /* a letter may be lost; and the paper is given back */
        arena_rewind(&n->paper, mark);
        draw_lists(n);
        for (size_t i = 0; i < RECORDS; i++) {
            drawn[i].publisher = below(PUBLISHERS);
            publish(n, &drawn[i]);
        }
        nodes_run(n, 4000);
        for (size_t i = 0; i < RECORDS; i++) {
            for (size_t reader = 0; reader < CAST; reader++) {
                if (reader == drawn[i].publisher)
                    continue;
                const bool yes = check_one(n, &drawn[i], reader);
                sent += yes;
                kept += !yes;
            }
        }
    }
    (void)printf("  %zu sent, %zu kept\n", sent, kept);
    CHECK(sent > 200 && kept > 200);
}

/* P7: a rule that denies today stops what was sealed yesterday. */
static void a_rule_of_today_stops_what_was_sealed(void)
{
    static const char deny[] = "flag OIMCR\nroute no deny to BRAVO when priority=low\n";
    struct nodes *const n DEFER(nodes_done) = nodes_make(3);
    const struct lists_head head = {.version = 1};
    struct bytes text = {0};
    struct entry_row row = {0};

    CHECK_OK(lists_compose(bytes_of_text(deny), &head, &n->paper, &text));
    CHECK_OK(lists_read(text, &head.realm, &lists));
    node_publish(n, 0, 6);
    n->at[0].exchange->lists = &lists;
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, 1, 0, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_WITHHELD);
    CHECK_OK(node_entry(n, 2, 0, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
}

CASES(CASE(what_is_decided_is_what_arrives), CASE(a_rule_of_today_stops_what_was_sealed))
