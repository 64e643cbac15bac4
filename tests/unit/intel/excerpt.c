#include "excerpt.h"
#include "check.h"

/* Which items a person means by position or by name. */

static uint8_t memory[1 << 20];

struct made {
    struct arena arena;
    size_t count;
    struct salted_item items[8];
};

static void add(struct made *m, const struct item *item)
{
    CHECK_OK(item_encode(item, &m->arena, &m->items[m->count].item));
    m->count++;
}

/* 0 facts, 1 report, 2 provenance, 3 its grade, 4 text, 5 its grade, 6 text, 7 person. */
static struct made *make(void)
{
    static struct made m;

    m.count = 0;
    arena_init(&m.arena, memory, sizeof memory);
    add(&m, &(struct item){.kind = ITEM_FACTS, .facts = {.urn = bytes_of_text("u")}});
    add(&m, &(struct item){.kind = ITEM_REPORT, .report = {.title = bytes_of_text("t")}});
    add(&m, &(struct item){.kind = ITEM_PROVENANCE,
                           .provenance = {.text = bytes_of_text("p")}});
    add(&m, &(struct item){.kind = ITEM_GRADE,
                           .grade = {.of_item = 2, .source = 1, .assessment = 1}});
    add(&m, &(struct item){.kind = ITEM_TEXT, .text = {.text = bytes_of_text("a")}});
    add(&m, &(struct item){.kind = ITEM_GRADE,
                           .grade = {.of_item = 4, .source = 1, .assessment = 2}});
    add(&m, &(struct item){.kind = ITEM_TEXT, .text = {.text = bytes_of_text("b")}});
    add(&m, &(struct item){.kind = ITEM_PERSON, .person = {.surname = bytes_of_text("s")}});
    return &m;
}

static void check_choice(const char *words, const char *wanted)
{
    struct made *const m = make();
    struct excerpt e;
    struct bytes wrong = {0};
    char text[64];

    CHECK_OK(
        excerpt_choose(bytes_of_text(words), m->items, m->count, &m->arena, &e, &wrong));
    CHECK_BYTES(excerpt_write(&e, text, sizeof text), bytes_of_text(wanted));
}

static void check_refused(const char *words, status why, const char *part)
{
    struct made *const m = make();
    struct excerpt e = {.count = 77};
    struct bytes wrong = {0};

    CHECK_STATUS(
        excerpt_choose(bytes_of_text(words), m->items, m->count, &m->arena, &e, &wrong),
        why);
    CHECK_BYTES(wrong, bytes_of_text(part));
    CHECK_INT(e.count, 77);
}

static void takes_positions_ranges_and_names(void)
{
    check_choice("0", "0");
    check_choice("5,0, 3", "0, 3, 5");
    check_choice("0-7", "0-7");
    check_choice("3-3", "3");
    check_choice("facts,person", "0, 7");
    check_choice("persons", "7");
}

static void a_named_text_brings_its_grade_and_a_position_does_not(void)
{
    check_choice("text 1", "4-5");
    check_choice("provenance", "2-3");
    check_choice("text 2", "6");
    check_choice("texts", "4-6");
    check_choice("4", "4");
}

static void says_which_part_is_not_understood_or_not_there(void)
{
    check_refused("8", E_UNKNOWN, "8");
    check_refused("0,4-8", E_UNKNOWN, "4-8");
    check_refused("facts, text 3", E_UNKNOWN, "text 3");
    check_refused("vessels", E_UNKNOWN, "vessels");
    check_refused("", E_FORM, "");
    check_refused("0,,1", E_FORM, "");
    check_refused("5-4", E_FORM, "5-4");
    check_refused("texts 1", E_FORM, "texts 1");
    check_refused("text 0", E_FORM, "text 0");
    check_refused("text -1", E_FORM, "text -1");
    check_refused("everything", E_FORM, "everything");
    check_refused("99999999999999999999", E_FORM, "99999999999999999999");
    check_refused("1 2", E_FORM, "1 2");
}

static void refuses_more_words_than_anybody_needs(void)
{
    static char words[EXCERPT_WORDS_MAX + 2];
    struct made *const m = make();
    struct excerpt e;
    struct bytes wrong = {0};

    memset(words, '0', sizeof words - 1);
    CHECK_STATUS(
        excerpt_choose(bytes_of_text(words), m->items, m->count, &m->arena, &e, &wrong),
        E_LIMIT);
}

static void writes_what_fits_and_says_that_there_is_more(void)
{
    struct excerpt e = {0};
    char text[40];

    for (uint32_t i = 0; i < 20; i++)
        e.positions[e.count++] = 2 * i;
    const struct bytes b = excerpt_write(&e, text, sizeof text);
    CHECK_BYTES(b, bytes_of_text("0, 2, 4, 6, 8, 10..."));
    e.count = 0;
    CHECK_INT(excerpt_write(&e, text, sizeof text).size, 0);
}

static void has_a_word_for_kinds_of_later_versions(void)
{
    CHECK_TEXT(item_kind_word(ITEM_FACTS), "facts");
    CHECK_TEXT(item_kind_word((enum item_kind)999), "other");
}

CASES(CASE(takes_positions_ranges_and_names),
      CASE(a_named_text_brings_its_grade_and_a_position_does_not),
      CASE(says_which_part_is_not_understood_or_not_there),
      CASE(refuses_more_words_than_anybody_needs),
      CASE(writes_what_fits_and_says_that_there_is_more),
      CASE(has_a_word_for_kinds_of_later_versions))
