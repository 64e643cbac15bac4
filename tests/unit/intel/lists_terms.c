#include "fixture.h"

static struct lists lists;
static struct arena arena;

#define BODY_HEAD                                                                          \
    "flag OIMCR\nflag OTHER\n"                                                             \
    "code A OIMCR 2026-01-01T00:00:00Z - FICTITIOUS a\n"                                   \
    "code B OIMCR 2026-01-01T00:00:00Z - FICTITIOUS b\n"                                   \
    "code C OIMCR 2026-01-01T00:00:00Z - FICTITIOUS c\n"                                   \
    "offence MS15001 slavery Slavery\noffence IM71142 facilitation Facilitation\n"

static status read_list(const char *lines)
{
    const struct lists_head head = {.version = 1, .issued = 1790000000000};
    char body[2048];
    struct bytes text = {0};

    (void)snprintf(body, sizeof body, "%s%s", BODY_HEAD, lines);
    fixture_arena(&arena);
    TRY(lists_compose(b(body), &head, &arena, &text));
    return lists_read(text, &head.realm, &lists);
}

static void each_kind_of_line_reads(void)
{
    CHECK_OK(read_list("successor A B\nsuccessor B C\n"
                       "require B offence slavery\nexclude C flag OTHER\n"
                       "suggest OIMCR offence MS15001\nsuggest OIMCR offence facilitation\n"
                       "term OIMCR act 10 people smuggl*\nterm OIMCR means 5 small boat\n"
                       "term OTHER act 4 smuggl*\n"));
    const struct list_terms *const t = &lists.terms;
    CHECK_BYTES(lists_code_now(&lists, b("A")), b("C"));
    CHECK_BYTES(lists_code_now(&lists, b("C")), b("C"));
    CHECK_BYTES(lists_code_now(&lists, b("X")), b("X"));
    CHECK_INT(t->condition_count, 2);
    CHECK(!t->conditions[0].excludes && !t->conditions[0].of_flag);
    CHECK(t->conditions[1].excludes && t->conditions[1].of_flag);
    CHECK_INT(t->suggest_count, 2);
    CHECK_INT(t->term_count, 3);
    CHECK_INT(t->group_count, 2);
    CHECK_INT(t->terms[2].group, t->terms[0].group);
    CHECK_INT(t->terms[0].word_count, 2);
    CHECK_BYTES(t->terms[0].words[1], b("smuggl"));
    CHECK_INT(t->terms[0].stems, 2);
    CHECK_BYTES(t->terms[0].text, b("people smuggl*"));
    CHECK(lists_offence_is(&lists, b("MS15001"), b("slavery")));
    CHECK(!lists_offence_is(&lists, b("MS15001"), b("facilitation")));
}

static void refuses_what_the_grammar_does_not_know(void)
{
    static const struct {
        const char *lines;
        status wanted;
    } wrong[] = {
        {"successor A\n", E_FORM},
        {"successor A D\n", E_VALUE},
        {"successor D A\n", E_VALUE},
        {"successor A A\n", E_VALUE},
        {"successor A B\nsuccessor A C\n", E_VALUE},
        {"successor A B\nsuccessor B C\nsuccessor C A\n", E_VALUE},
        {"require A offence other\n", E_VALUE},
        {"require A flag NONE\n", E_VALUE},
        {"require A person x\n", E_VALUE},
        {"require D flag OIMCR\n", E_VALUE},
        {"require A flag\n", E_FORM},
        {"exclude A flag OIMCR OTHER\n", E_FORM},
        {"suggest NONE offence slavery\n", E_VALUE},
        {"suggest OIMCR flag OTHER\n", E_FORM},
        {"suggest OIMCR offence piracy\n", E_VALUE},
        {"term OIMCR act 10\n", E_FORM},
        {"term OIMCR act 0 boat\n", E_FORM},
        {"term OIMCR act 11 boat\n", E_FORM},
        {"term OIMCR act ten boat\n", E_FORM},
        {"term NONE act 1 boat\n", E_VALUE},
        {"term OIMCR act 1 Boat\n", E_VALUE},
        {"term OIMCR act 1 boat  boat\n", E_FORM},
        {"term OIMCR act 1 bo*\n", E_VALUE},
        {"term OIMCR act 1 *\n", E_VALUE},
        {"term OIMCR act 1 bo*at\n", E_VALUE},
        {"term OIMCR act 1 caf\xc3\xa9\n", E_VALUE},
        {"term OIMCR act 1 a b c d e f g\n", E_LIMIT},
        {"term OIMCR act 1 boat\nsuggest OIMCR offence slavery\n", E_FORM},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const status got = read_list(wrong[i].lines);
        if (got != wrong[i].wanted)
            (void)fprintf(stderr, "%s", wrong[i].lines);
        CHECK_STATUS(got, wrong[i].wanted);
    }
}

/* Page 1, "Lines that are not crossed". */
static void what_people_are_is_never_a_term(void)
{
    static const char *const barred[] = {
        "albanian",    "albanians", "albania",  "alban*",     "vietnamese", "kurd",
        "kurds",       "kurdish*",  "muslim",   "muslims",    "mosque",     "islam*",
        "romanian",    "roma",      "gypsies",  "travellers", "urdu",       "farsi",
        "speaking",    "accent",    "african",  "asian",      "blacks",     "foreigners",
        "nationality", "ethnic",    "religion", "language",   "erit*",      "christian",
        "a1banian",    "alban1an",  "is1am",    "sikhs",      "jew",        "polish",
    };
    static const char *const fine[] = {"boat",     "smuggl*", "dinghy",  "migrant",
                                       "outboard", "channel", "lorry",   "passport",
                                       "forged",   "slavery", "landing", "cash",
                                       "jackets",  "minibus", "rib"};
    char line[96];

    for (size_t i = 0; i < COUNT_OF(barred); i++) {
        (void)snprintf(line, sizeof line, "term OIMCR who 5 boat of %s\n", barred[i]);
        if (read_list(line) != E_VALUE)
            (void)fprintf(stderr, "%s", line);
        CHECK_STATUS(read_list(line), E_VALUE);
    }
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        (void)snprintf(line, sizeof line, "term OIMCR what 5 %s\n", fine[i]);
        if (read_list(line) != OK)
            (void)fprintf(stderr, "%s", line);
        CHECK_OK(read_list(line));
    }
}

static void the_refusal_names_line_word_and_reason(void)
{
    struct lists_fault fault = {0};

    CHECK(lists_term_fault(b("# by hand\nflag OIMCR\n\nterm OIMCR act 5 small boat\n"
                             "term OIMCR who 5 eritrean* on board"),
                           &fault));
    CHECK_INT(fault.line, 5);
    CHECK_BYTES(fault.word, b("eritrean*"));
    CHECK_TEXT(fault.why, "a nationality or a country");
    CHECK(!lists_term_fault(b("flag POLISH\nterm POLISH polish 5 boat\n# kurd\n"), &fault));
    CHECK(!lists_term_fault(b(""), &fault));
}

CASES(CASE(each_kind_of_line_reads), CASE(refuses_what_the_grammar_does_not_know),
      CASE(what_people_are_is_never_a_term), CASE(the_refusal_names_line_word_and_reason))
