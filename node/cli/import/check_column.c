#include "check.h"

#include "csv_source.h"
#include "flag.h"
#include "input.h"
#include "terms.h"
#include "text.h"

#include <stdio.h>

/*
 * How the texts of a force's export stand, before anybody has written a mapping for it.
 * Cells are counted and forgotten; nothing of them is printed.
 */

enum { STATE_RIGHT, STATE_REPAIRED, STATE_WRONG, STATE_MISSING, STATE_NONE, STATES };

static const char *const state_words[STATES] = {"right", "repaired", "wrong", "missing",
                                                "none"};

struct columns {
    const struct lists *lists;
    struct flag_set set;
    struct term_search terms;
    const char *name;
    bool header; /* has been read */
    bool there;  /* the column is one of it */
    size_t column;
    size_t texts, states[STATES], misses[MISS_KINDS];
    /* Of the cell that is being read. */
    size_t right, sure, unsure;
};

static bool each_find(void *context, const struct flag_find *f)
{
    struct columns *const k = context;

    k->right += f->misses == 0;
    k->sure += f->misses != 0 && f->sure;
    k->unsure += f->misses != 0 && !f->sure;
    for (size_t i = 0; i < MISS_KINDS; i++)
        k->misses[i] += f->misses >> i & 1;
    return true;
}

/* No flag stands in it: whether its words ask for one. */
static size_t without_flag(struct columns *k, struct bytes text)
{
    terms_init(&k->terms, k->lists);
    terms_read(&k->terms, text);
    for (size_t i = 0; i < k->lists->flag_count; i++) {
        if (terms_weight(&k->terms, i) >= LISTS_WEIGHT_ENOUGH)
            return STATE_MISSING;
    }
    return STATE_NONE;
}

static void count_text(struct columns *k, struct bytes text)
{
    k->right = k->sure = k->unsure = 0;
    flag_scan(&k->set, text, each_find, k);
    k->texts++;
    k->states[k->unsure > 0  ? STATE_WRONG
              : k->sure > 0  ? STATE_REPAIRED
              : k->right > 0 ? STATE_RIGHT
                             : without_flag(k, text)]++;
}

static bool each_row(void *context, const struct csv_row *row)
{
    struct columns *const k = context;

    if (k->header) {
        if (k->column < row->count)
            count_text(k, row->cells[k->column]);
        return true;
    }
    k->header = true;
    for (size_t i = 0; i < row->count && !k->there; i++) {
        k->there = bytes_equal(row->cells[i], bytes_of_text(k->name));
        k->column = i;
    }
    return k->there;
}

static void print_json(const struct columns *k)
{
    (void)printf("{\"status\":\"ok\",\"texts\":%zu,\"flags\":{", k->texts);
    for (size_t i = 0; i < STATES; i++)
        (void)printf("%s\"%s\":%zu", i == 0 ? "" : ",", state_words[i], k->states[i]);
    (void)printf("},\"misses\":{");
    for (uint32_t i = 0; i < MISS_KINDS; i++)
        (void)printf("%s\"%s\":%zu", i == 0 ? "" : ",", flag_miss_word(1U << i),
                     k->misses[i]);
    (void)printf("}}\n");
}

static void print_table(const struct columns *k)
{
    for (size_t i = 0; i < STATES; i++)
        (void)printf("%-9s %9zu\n", state_words[i], k->states[i]);
    (void)printf("\n%zu texts\n", k->texts);
    for (uint32_t i = 0; i < MISS_KINDS; i++) {
        if (k->misses[i] > 0)
            (void)printf("  %-14s %9zu\n", flag_miss_word(1U << i), k->misses[i]);
    }
}

int check_column(struct cli *c, const struct lists *lists, const char *path)
{
    struct columns *const k = arena_take(&c->arena, sizeof *k);
    struct bytes text = {0};
    struct csv_fault fault = {0};
    struct arena row = {0}; /* of its own: reading gives back all of it after each row */
    const size_t room = 2 * (size_t)CSV_ROW_BYTES_MAX;
    void *const memory = arena_take(&c->arena, room);
    const int read = input_read(c, path, &text);
    char why[256];
    char where[96];

    if (read != EXIT_DONE)
        return read;
    if (k == NULL || memory == NULL)
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    if (text_foreign(text) != NULL)
        return cli_fail(c, EXIT_REFUSED, "line 1, column 1 (I1)", text_foreign(text));
    k->lists = lists;
    k->name = cli_value(c, "column");
    flag_set_init(&k->set, lists);
    arena_init(&row, memory, room);
    const status s = csv_source_read(text, ',', &row, each_row, k, &fault);
    if (s == OK && !k->there)
        return cli_fail(c, EXIT_REFUSED, k->name, "the header has no such column");
    if (s != OK) {
        (void)snprintf(where, sizeof where, "line %u, column %zu (%s)", fault.line,
                       fault.column + 1, import_rule_word(fault.rule));
        (void)snprintf(why, sizeof why, "%s %s", fault.sentence, fault.mend);
        return cli_fail(c, EXIT_REFUSED, s == E_FORM ? where : path,
                        s == E_FORM ? why : status_sentence(s));
    }
    if (c->json)
        print_json(k);
    else
        print_table(k);
    return EXIT_DONE;
}
