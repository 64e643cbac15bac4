#include "lists_lines.h"
#include "words.h"

static const struct list_successor *successor_of(const struct lists *l, struct bytes code)
{
    for (size_t i = 0; i < l->terms.successor_count; i++) {
        if (bytes_equal(l->terms.successors[i].old, code))
            return &l->terms.successors[i];
    }
    return NULL;
}

struct bytes lists_code_now(const struct lists *l, struct bytes code)
{
    /* Reading has refused circles; the bound is what keeps a bug from being endless. */
    for (size_t steps = 0; steps < LISTS_SUCCESSORS_MAX; steps++) {
        const struct list_successor *const s = successor_of(l, code);
        if (s == NULL)
            break;
        code = s->now;
    }
    return code;
}

bool lists_offence_is(const struct lists *l, struct bytes code, struct bytes code_or_group)
{
    if (bytes_equal(code, code_or_group))
        return true;
    for (size_t i = 0; i < l->offence_count; i++) {
        if (bytes_equal(l->offences[i].code, code))
            return bytes_equal(l->offences[i].group, code_or_group);
    }
    return false;
}

/* On the list as an offence or as the group of one. */
static bool is_offence(const struct lists *l, struct bytes code_or_group)
{
    for (size_t i = 0; i < l->offence_count; i++) {
        if (bytes_equal(l->offences[i].code, code_or_group) ||
            bytes_equal(l->offences[i].group, code_or_group))
            return true;
    }
    return false;
}

status lists_read_successor(struct lines *in, struct lists *l)
{
    struct list_terms *const t = &l->terms;
    struct list_successor s = {.old = lines_word(in)};

    s.now = lines_word(in);
    ENSURE(!in->bad, E_FORM);
    ENSURE(lists_code(l, s.old) != NULL && lists_code(l, s.now) != NULL, E_VALUE);
    ENSURE(successor_of(l, s.old) == NULL, E_VALUE);
    ENSURE(!bytes_equal(lists_code_now(l, s.now), s.old), E_VALUE); /* no circle */
    ENSURE(t->successor_count < LISTS_SUCCESSORS_MAX, E_LIMIT);
    t->successors[t->successor_count++] = s;
    return OK;
}

static status read_condition(struct lines *in, struct lists *l, bool excludes)
{
    struct list_terms *const t = &l->terms;
    struct list_condition c = {.code = lines_word(in), .excludes = excludes};
    const struct bytes kind = lines_word(in);

    c.what = lines_word(in);
    ENSURE(!in->bad, E_FORM);
    ENSURE(lists_code(l, c.code) != NULL, E_VALUE);
    c.of_flag = text_is(kind, "flag");
    ENSURE(c.of_flag || text_is(kind, "offence"), E_VALUE);
    ENSURE(c.of_flag ? lists_has_flag(l, c.what) : is_offence(l, c.what), E_VALUE);
    ENSURE(t->condition_count < LISTS_CONDITIONS_MAX, E_LIMIT);
    t->conditions[t->condition_count++] = c;
    return OK;
}

status lists_read_require(struct lines *in, struct lists *l)
{
    return read_condition(in, l, false);
}

status lists_read_exclude(struct lines *in, struct lists *l)
{
    return read_condition(in, l, true);
}

status lists_read_suggest(struct lines *in, struct lists *l)
{
    struct list_terms *const t = &l->terms;
    struct list_suggest s = {.flag = lines_word(in)};

    lines_expect(in, "offence");
    s.offence = lines_word(in);
    ENSURE(!in->bad, E_FORM);
    ENSURE(lists_has_flag(l, s.flag) && is_offence(l, s.offence), E_VALUE);
    ENSURE(t->suggest_count < LISTS_SUGGESTS_MAX, E_LIMIT);
    t->suggests[t->suggest_count++] = s;
    return OK;
}

/* Index of the group, new or known. */
static status group_of(struct list_terms *t, struct bytes name, uint32_t *ret)
{
    for (size_t i = 0; i < t->group_count; i++) {
        if (bytes_equal(t->groups[i], name)) {
            *ret = (uint32_t)i;
            return OK;
        }
    }
    ENSURE(t->group_count < LISTS_GROUPS_MAX, E_LIMIT);
    *ret = (uint32_t)t->group_count;
    t->groups[t->group_count++] = name;
    return OK;
}

static bool is_small_word(struct bytes w)
{
    for (size_t i = 0; i < w.size; i++) {
        if (!word_is_digit(w.at[i]) && (w.at[i] < 'a' || w.at[i] > 'z'))
            return false;
    }
    return w.size > 0;
}

static status read_words(struct lines *in, struct list_term *t)
{
    enum { STEM_MIN = 4 };

    while (lines_has_word(in)) {
        struct bytes w = lines_word(in);
        const bool stem = w.size > 0 && w.at[w.size - 1] == '*';

        ENSURE(!in->bad, E_FORM);
        if (stem)
            w.size--;
        ENSURE(is_small_word(w) && (!stem || w.size >= STEM_MIN), E_VALUE);
        ENSURE(lists_barred(w, stem) == NULL, E_VALUE);
        ENSURE(t->word_count < LISTS_TERM_WORDS_MAX, E_LIMIT);
        t->stems |= (uint8_t)((stem ? 1U : 0U) << t->word_count);
        t->words[t->word_count++] = w;
    }
    ENSURE(t->word_count > 0, E_FORM);
    return OK;
}

status lists_read_term(struct lines *in, struct lists *l)
{
    struct list_terms *const t = &l->terms;
    struct list_term term = {.flag = lines_word(in)};
    const struct bytes group = lines_word(in);

    term.weight = (uint32_t)lines_decimal(in, 1, LISTS_WEIGHT_ENOUGH);
    ENSURE(!in->bad && in->line.size > 1, E_FORM);
    term.text = bytes_from(in->line, 1);
    ENSURE(lists_has_flag(l, term.flag), E_VALUE);
    TRY(group_of(t, group, &term.group));
    TRY(read_words(in, &term));
    ENSURE(t->term_count < LISTS_TERMS_MAX, E_LIMIT);
    t->terms[t->term_count++] = term;
    return OK;
}

/* The words of one `term` line, behind flag, group and weight. */
static bool line_fault(struct bytes line, struct lists_fault *ret)
{
    struct bytes rest = line;
    struct bytes word = {0};

    for (size_t i = 0; rest.size > 0; i++) {
        if (!text_cut(&rest, ' ', &word)) {
            word = rest;
            rest = (struct bytes){0};
        }
        if (i == 0 && !text_is(word, "term"))
            return false;
        if (i < 4)
            continue;
        ret->word = word;
        const bool stem = word.size > 0 && word.at[word.size - 1] == '*';
        ret->why = lists_barred(bytes_of(word.at, word.size - (stem ? 1 : 0)), stem);
        if (ret->why != NULL)
            return true;
    }
    return false;
}

bool lists_term_fault(struct bytes text, struct lists_fault *ret)
{
    struct bytes rest = text;
    struct lists_fault fault = {0};

    while (rest.size > 0) {
        struct bytes line = {0};
        if (!text_cut(&rest, '\n', &line)) {
            line = rest;
            rest = (struct bytes){0};
        }
        fault.line++;
        if (!line_fault(line, &fault))
            continue;
        *ret = fault;
        return true;
    }
    return false;
}
