#include "excerpt_record.h"
#include "check.h"

/* A record made of some items of another one says what they say, and no more. */

static uint8_t memory[8 << 20] __attribute__((aligned(16)));

struct source {
    struct arena arena;
    struct record record;
    size_t count;
    const struct bytes *items;
};

/* Two texts, two persons with an identifier each, and a link between them. */
static struct source *make(void)
{
    static struct source s;
    struct record *const r = &s.record;

    arena_init(&s.arena, memory, sizeof memory);
    memset(r, 0, sizeof *r);
    r->facts.urn = bytes_of_text("55-IR-1");
    r->report.title = bytes_of_text("title");
    r->provenance = (struct graded_text){.text = bytes_of_text("from the quay"),
                                         .grade = {.source = 1, .assessment = 2}};
    r->text_count = 2;
    r->texts[0] = (struct graded_text){.text = bytes_of_text("one"),
                                       .basis = BASIS_FACT,
                                       .grade = {.source = 1, .assessment = 1}};
    r->texts[1] = (struct graded_text){.text = bytes_of_text("two"),
                                       .basis = BASIS_OPINION,
                                       .grade = {.source = 2, .assessment = 3}};
    r->person_count = 2;
    r->persons[0].surname = bytes_of_text("A");
    r->persons[1].surname = bytes_of_text("B");
    r->identifier_count = 2;
    for (uint32_t i = 0; i < 2; i++)
        r->identifiers[i] = (struct record_identifier){.of = {ITEM_PERSON, i},
                                                       .type = bytes_of_text("cro"),
                                                       .raw = bytes_of_text("x")};
    r->link_count = 1;
    r->links[0] = (struct record_link){.from = {ITEM_PERSON, 0},
                                       .to = {ITEM_PERSON, 1},
                                       .relation = bytes_of_text("knows")};
    CHECK_OK(record_items(r, &s.arena, &s.items, &s.count));
    return &s;
}

/* All items but those of `mask`, by position. */
static size_t choose(struct source *s, uint64_t mask, struct excerpt_item *ret)
{
    size_t count = 0;

    for (uint32_t i = 0; i < s->count; i++) {
        if ((mask >> i & 1) == 0)
            ret[count++] = (struct excerpt_item){.position = i, .value = s->items[i]};
    }
    return count;
}

static size_t position_of(struct source *s, enum item_kind kind, size_t nth)
{
    struct item item;

    for (size_t i = 0; i < s->count; i++) {
        CHECK_OK(item_decode(s->items[i], &s->arena, &item));
        if (item.kind == kind && nth-- == 0)
            return i;
    }
    CHECK(false);
    return 0;
}

static struct record *copy_without(struct source *s, uint64_t mask, bool *ret_holds)
{
    static struct record copy;
    struct excerpt_item items[ITEMS_MAX];
    const struct label label = {.marking = MARKING_OFFICIAL};
    const size_t count = choose(s, mask, items);

    CHECK_OK(excerpt_record(items, count, &label, &s->arena, &copy));
    CHECK_OK(excerpt_holds(items, count, &copy, &s->arena, ret_holds));
    CHECK_INT(copy.label.marking, MARKING_OFFICIAL);
    return &copy;
}

static void all_items_make_the_same_record(void)
{
    struct source *const s = make();
    bool holds = false;
    struct record *const copy = copy_without(s, 0, &holds);
    const struct bytes *again = NULL;
    size_t count = 0;

    CHECK(holds);
    CHECK_OK(record_items(copy, &s->arena, &again, &count));
    CHECK_INT(count, s->count);
    for (size_t i = 0; i < count; i++)
        CHECK_BYTES(again[i], s->items[i]);
}

static void what_is_left_out_takes_what_hangs_on_it_along(void)
{
    struct source *const s = make();
    bool holds = false;
    const size_t person = position_of(s, ITEM_PERSON, 0);
    struct record *const copy = copy_without(s, UINT64_C(1) << person, &holds);

    CHECK(holds);
    CHECK_INT(copy->person_count, 1);
    CHECK_BYTES(copy->persons[0].surname, bytes_of_text("B"));
    CHECK_INT(copy->identifier_count, 1);
    CHECK_INT(copy->identifiers[0].of.index, 0); /* B is the first one now */
    CHECK_INT(copy->link_count, 0);
}

static void a_text_without_its_grade_has_none(void)
{
    struct source *const s = make();
    bool holds = false;
    const size_t text = position_of(s, ITEM_TEXT, 0);
    struct record *const copy = copy_without(s, UINT64_C(1) << (text + 1), &holds);

    CHECK_INT(copy->text_count, 2);
    CHECK_INT(copy->texts[0].grade.source, 0);
    CHECK_INT(copy->texts[1].grade.source, 2);
}

static void a_changed_word_grade_or_thing_does_not_hold(void)
{
    struct source *const s = make();
    struct excerpt_item items[ITEMS_MAX];
    const size_t count = choose(s, 0, items);
    bool holds = true;

#define BREAKS(change)                                                                     \
    do {                                                                                   \
        struct record *const copy = copy_without(s, 0, &holds);                            \
        CHECK(holds);                                                                      \
        change;                                                                            \
        CHECK_OK(excerpt_holds(items, count, copy, &s->arena, &holds));                    \
        CHECK(!holds);                                                                     \
    } while (0)
    BREAKS(copy->texts[1].text = bytes_of_text("too"));
    BREAKS(copy->texts[1].basis = BASIS_FACT);
    BREAKS(copy->texts[0].grade.assessment = 2);
    BREAKS(copy->text_count = 1);
    BREAKS(copy->provenance.text = bytes_of_text("from a friend"));
    BREAKS(copy->provenance.grade.source = 2);
    BREAKS(copy->report.title = bytes_of_text("another"));
    BREAKS(copy->persons[1].surname = bytes_of_text("C"));
    BREAKS(copy->person_count = 1);
    BREAKS(copy->link_count = 0);
#undef BREAKS
}

static void refuses_what_is_no_item(void)
{
    struct source *const s = make();
    const struct label label = {.marking = MARKING_OFFICIAL};
    const struct excerpt_item rubbish = {.value = bytes_of_text("rubbish")};
    static struct record copy;

    CHECK_STATUS(excerpt_record(&rubbish, 1, &label, &s->arena, &copy), E_FORM);
}

CASES(CASE(all_items_make_the_same_record),
      CASE(what_is_left_out_takes_what_hangs_on_it_along),
      CASE(a_text_without_its_grade_has_none),
      CASE(a_changed_word_grade_or_thing_does_not_hold), CASE(refuses_what_is_no_item))
