#include "publish_print.h"

#include "desk.h"
#include "publish.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* --- the question --- */

size_t publish_arguments(const struct cli *c, struct bytes packed,
                         struct control_field ret[static PUBLISH_ARGUMENTS_MAX])
{
    /* An option and the node's name for it. */
    static const char *const names[][2] = {{"key", "key"},
                                           {"hold-until", "hold_until"},
                                           {"released", "released"},
                                           {"to", "to"},
                                           {"made-of", "made_of"},
                                           {"person", "person"},
                                           {"reason", "reason"},
                                           {"override-person", "override_person"},
                                           {"override-reason", "override_reason"},
                                           {"basis", "basis"},
                                           {"description", "description"},
                                           {"confidential", "confidential"},
                                           {"again", "again"}};
    size_t n = 0;

    _Static_assert(COUNT_OF(names) < PUBLISH_ARGUMENTS_MAX, "room for the record too");
    ret[n++] = (struct control_field){.name = bytes_of_text("record"), .value = packed};
    for (size_t i = 0; i < c->command->option_count; i++) {
        for (size_t k = 0; c->values[i] != NULL && k < COUNT_OF(names); k++) {
            const struct option_row *const option = &c->command->options[i];
            const char *const value = option->argument == NULL ? "yes" : c->values[i];
            if (strcmp(option->name, names[k][0]) == 0)
                ret[n++] = (struct control_field){.name = bytes_of_text(names[k][1]),
                                                  .value = bytes_of_text(value)};
        }
    }
    return n;
}

/* --- the answer --- */

const char *publish_urn(struct cli *c, const struct record *r)
{
    const char *const urn = arena_text(&c->arena, r->facts.urn);

    return urn == NULL || urn[0] == '\0' ? "(no URN)" : urn;
}

void publish_unread(struct cli *c, const struct input_record *in,
                    struct control_answer *ret)
{
    const size_t count = in->unread->count;
    char *const sentence = arena_take(&c->arena, 96);
    struct rows r;

    *ret = (struct control_answer){.status = E_VALUE};
    rows_init(&r, &c->arena, FINDINGS_MAX);
    publish_give_findings(&r, in->unread);
    rows_give(&r, ret);
    if (sentence == NULL)
        return;
    (void)snprintf(sentence, 96,
                   "refused: %zu %s of record %zu could not be read; nothing was sent",
                   count, count == 1 ? "value" : "values", in->number);
    ret->sentence = bytes_of_text(sentence);
}

static bool row_is(const struct control_row *row, const char *what)
{
    return bytes_equal(control_value(row, "row"), bytes_of_text(what));
}

static void print_value(const struct control_row *row, const char *name)
{
    cli_put(stdout, control_value(row, name));
}

void publish_print_finding(const struct control_row *row)
{
    (void)printf("    ");
    print_value(row, "rule");
    (void)printf(" ");
    print_value(row, "severity");
    (void)printf(" ");
    print_value(row, "field");
    (void)printf(": ");
    print_value(row, "sentence");
    (void)printf("\n        mend: ");
    print_value(row, "mend");
    (void)printf("\n");
}

static bool value_is(const struct control_row *row, const char *name, const char *text)
{
    return text_is(control_value(row, name), text);
}

static void print_place(const struct control_row *row, const char *urn)
{
    cli_put(stdout, bytes_of_text(urn));
    if (row_is(row, "held")) {
        (void)printf(" held  id ");
        print_value(row, "id");
        (void)printf("  until ");
        print_value(row, "until");
        (void)printf("\n");
        return;
    }
    (void)printf(value_is(row, "again", "yes") ? " already published under this key  id "
                                               : " published  id ");
    print_value(row, "id");
    (void)printf("  stream ");
    print_value(row, "stream");
    (void)printf("  index ");
    print_value(row, "index");
    (void)printf("\n");
}

/* The node's sentence begins with the word itself when the rules refuse. */
static void print_refusal(const struct control_answer *a, const char *urn)
{
    static const char refused[] = "refused: ";
    const size_t size = sizeof refused - 1;
    const struct bytes s = a->sentence;
    const bool has = s.size >= size && memcmp(s.at, refused, size) == 0;

    cli_put(stdout, bytes_of_text(urn));
    (void)printf(" %s", refused);
    cli_put(stdout, has ? bytes_from(s, size) : s);
    (void)printf("\n");
}

/* Who gets it, and who was to get it and does not. */
static void print_legs(const struct control_answer *a)
{
    (void)printf("    to:");
    for (size_t i = 0; i < a->row_count; i++) {
        if (!row_is(&a->rows[i], "recipient") || !value_is(&a->rows[i], "sent", "yes"))
            continue;
        (void)printf(" ");
        print_value(&a->rows[i], "agency");
    }
    (void)printf("\n");
    for (size_t i = 0; i < a->row_count; i++) {
        const struct bytes reason = control_value(&a->rows[i], "reason");
        if (!row_is(&a->rows[i], "recipient") || value_is(&a->rows[i], "sent", "yes") ||
            reason.size < 8 || memcmp(reason.at, "no rule ", 8) == 0)
            continue;
        (void)printf("    ");
        print_value(&a->rows[i], "agency");
        (void)printf(": ");
        cli_put(stdout, reason);
        (void)printf("\n");
    }
}

void publish_print_answer(const struct control_answer *a, const char *urn)
{
    if (a->status == OK && a->row_count > 0) {
        print_place(&a->rows[0], urn);
        print_legs(a);
    } else {
        print_refusal(a, urn);
    }
    for (size_t k = 0; k < a->row_count; k++) {
        if (row_is(&a->rows[k], "finding"))
            publish_print_finding(&a->rows[k]);
    }
}

void publish_print_json(const struct control_answer *a, const char *urn)
{
    (void)printf("{\"urn\":");
    cli_print_json_text(bytes_of_text(urn));
    (void)printf(",\"status\":\"%s\",\"sentence\":", status_word(a->status));
    cli_print_json_text(a->sentence);
    (void)printf(",\"rows\":[");
    for (size_t i = 0; i < a->row_count; i++) {
        if (i > 0)
            (void)putchar(',');
        cli_print_json_row(&a->rows[i]);
    }
    (void)printf("]}\n");
}
