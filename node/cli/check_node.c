#include "check.h"

#include "text.h"

#include <stdio.h>

/*
 * The rules alone do not know whether a record was published already, whom its force's
 * calls concern or who would get it.  The node does: it answers as it would on `publish`,
 * and sends and keeps nothing (`explain`).
 */

static bool severity_read(struct bytes word, enum severity *ret)
{
    static const enum severity all[] = {SEVERITY_REFUSE, SEVERITY_WITHHOLD,
                                        SEVERITY_ADVISE};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (text_is(word, severity_word(all[i]))) {
            *ret = all[i];
            return true;
        }
    }
    return false;
}

/* The node's rows have no edits, which are the same as here. */
static struct edit edit_of(const struct finding *f, const struct findings *here)
{
    for (size_t i = 0; i < here->count; i++) {
        if (bytes_equal(bytes_of_text(here->at[i].rule), bytes_of_text(f->rule)) &&
            bytes_equal(bytes_of_text(here->at[i].field), bytes_of_text(f->field)) &&
            bytes_equal(bytes_of_text(here->at[i].sentence), bytes_of_text(f->sentence)))
            return here->at[i].edit;
    }
    return (struct edit){0};
}

static bool take_finding(struct cli *c, const struct control_row *row, struct finding *ret)
{
    *ret = (struct finding){
        .rule = arena_text(&c->arena, control_value(row, "rule")),
        .field = arena_text(&c->arena, control_value(row, "field")),
        .sentence = arena_text(&c->arena, control_value(row, "sentence")),
        .mend = arena_text(&c->arena, control_value(row, "mend")),
    };
    return ret->rule != NULL && ret->field != NULL && ret->sentence != NULL &&
           ret->mend != NULL &&
           severity_read(control_value(row, "severity"), &ret->severity);
}

static bool take(struct cli *c, const struct control_answer *a, struct findings *found)
{
    struct findings *const here = arena_take(&c->arena, sizeof *here);

    if (here == NULL)
        return false;
    *here = *found;
    *found = (struct findings){.code_is_right = true};
    for (size_t i = 0; i < a->row_count && found->count < FINDINGS_MAX; i++) {
        struct finding *const one = &found->at[found->count];
        if (!text_is(control_value(&a->rows[i], "row"), "finding"))
            continue;
        if (!take_finding(c, &a->rows[i], one))
            return false;
        one->edit = edit_of(one, here);
        found->refused = found->refused || one->severity == SEVERITY_REFUSE;
        found->code_is_right = found->code_is_right && one->severity != SEVERITY_WITHHOLD;
        found->count++;
    }
    return true;
}

/* Once is enough: a node that does not answer is not asked about each record. */
static void give_up(struct check_node *n, const char *why)
{
    n->asks = n->asked = false;
    n->why_not = why;
}

void check_ask_node(struct cli *c, struct check_node *n, struct bytes packed,
                    struct findings *found)
{
    const struct control_field record = {.name = bytes_of_text("record"), .value = packed};
    struct control_answer a = {0};

    if (!n->asks || packed.size == 0)
        return;
    n->asked = true;
    const status s = cli_try(c, "explain", &record, 1, &a);
    if (s == E_BUSY)
        give_up(n, "it is not running");
    else if (s != OK)
        give_up(n, status_sentence(s));
    else if (a.status != OK)
        give_up(n, arena_text(&c->arena, a.sentence));
    else if (!take(c, &a, found))
        give_up(n, status_sentence(E_FORM));
}

void check_tell_node(const struct check_node *n)
{
    if (n->why_not == NULL)
        return;
    (void)printf("the node was not asked: ");
    cli_put(stdout, bytes_of_text(n->why_not));
    (void)printf("; so whether a record was published already, and whether anybody would "
                 "get it, is not told here\n");
}
