#include "gated.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

static const struct gated_word {
    uint32_t bit;
    const char *word;
} words[] = {
#define GATED_ROW(name, bit, word) {bit, word},
    GATED_MAP(GATED_ROW)
#undef GATED_ROW
};

static bool has(const struct text_list *l, struct bytes text)
{
    for (size_t i = 0; i < l->count; i++) {
        if (bytes_equal(l->at[i], text))
            return true;
    }
    return false;
}

/* In whatever order they stand. */
static bool same_flags(const struct text_list *a, const struct text_list *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!has(b, a->at[i]))
            return false;
    }
    return a->count == b->count;
}

static bool same_grade(const struct graded_text *a, const struct graded_text *b)
{
    return a->grade.source == b->grade.source && a->grade.assessment == b->grade.assessment;
}

static bool same_grades(const struct record *a, const struct record *b)
{
    if (a->text_count != b->text_count || !same_grade(&a->provenance, &b->provenance))
        return false;
    for (size_t i = 0; i < a->text_count; i++) {
        if (!same_grade(&a->texts[i], &b->texts[i]))
            return false;
    }
    return true;
}

static bool same_date(struct partial_date a, struct partial_date b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

uint32_t gated_compare(const struct record *came, const struct record *extract)
{
    const struct item_facts *const a = &came->facts;
    const struct item_facts *const b = &extract->facts;
    uint32_t bits = 0;

    if (!same_flags(&a->flags, &b->flags))
        bits |= GATED_FLAGS;
    if (!bytes_equal(a->crime_code, b->crime_code))
        bits |= GATED_CODE;
    if (!same_grades(came, extract))
        bits |= GATED_GRADE;
    if (came->label.handling != extract->label.handling ||
        came->label.action != extract->label.action ||
        came->label.sanitisation != extract->label.sanitisation)
        bits |= GATED_HANDLING;
    if (!same_date(a->date_of_intelligence, b->date_of_intelligence) ||
        !same_date(a->date_created, b->date_created))
        bits |= GATED_DATES;
    return bits;
}

void gated_words(uint32_t differences, char ret[GATED_WORDS_ROOM])
{
    struct writer w = writer_over(ret, GATED_WORDS_ROOM - 1);

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if ((differences & words[i].bit) == 0)
            continue;
        write_text(&w, w.size == 0 ? "" : ", ");
        write_text(&w, words[i].word);
    }
    MUST(!w.bad);
    ret[w.size] = '\0';
}

status gated_read(struct bytes text, uint32_t *ret)
{
    const uint32_t all = (UINT32_C(1) << COUNT_OF(words)) - 1;
    char room[GATED_WORDS_ROOM];

    /* There are few of them, and one way to write each. */
    for (uint32_t bits = 1; bits <= all; bits++) {
        gated_words(bits, room);
        if (text_is(text, room)) {
            *ret = bits;
            return OK;
        }
    }
    return E_FORM;
}
