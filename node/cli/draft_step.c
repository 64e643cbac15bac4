#include "draft_input.h"
#include "draft_print.h"
#include "publish_print.h"
#include "text.h"

#include <stdio.h>

/* The steps of a report through the bureau: assess, sanitise, send back, release. */

bool draft_check_id(struct cli *c)
{
    if (c->argument_count != 1) {
        (void)cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one draft's id or URN");
        return false;
    }
    return cli_record(c);
}

int draft_print_step(struct cli *c, const struct control_answer *a)
{
    if (c->json)
        return cli_print(c, a, NULL, 0);
    for (size_t i = 0; i < a->row_count; i++) {
        const struct control_row *const row = &a->rows[i];
        if (text_is(control_value(row, "row"), "finding")) {
            publish_print_finding(row);
            continue;
        }
        (void)printf("draft ");
        cli_put(stdout, control_value(row, "id"));
        (void)printf("  ");
        cli_put(stdout, control_value(row, "state"));
        (void)printf("  next: ");
        cli_put(stdout, control_value(row, "next"));
        (void)printf("\n");
    }
    const struct control_answer bare = {.status = a->status, .sentence = a->sentence};
    return cli_print(c, &bare, NULL, 0);
}

/* Options become arguments of the same name, with "_" for "-". */
static size_t option_arguments(struct cli *c, struct control_field *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < c->command->option_count; i++) {
        const struct option_row *const row = &c->command->options[i];
        char *const name = arena_text(&c->arena, bytes_of_text(row->name));
        if (c->values[i] == NULL || name == NULL)
            continue;
        for (char *at = name; *at != '\0'; at++) {
            if (*at == '-')
                *at = '_';
        }
        ret[n++] = (struct control_field){
            .name = bytes_of_text(name),
            .value = bytes_of_text(row->argument == NULL ? "yes" : c->values[i])};
    }
    return n;
}

/* The step's verb is its command's name.  `packed` empty: the record stays as it is. */
static int step(struct cli *c, struct bytes packed, struct control_answer *ret)
{
    struct control_field arguments[CLI_OPTIONS_MAX + 2];
    size_t n = option_arguments(c, arguments);

    arguments[n++] = (struct control_field){.name = bytes_of_text("id"),
                                            .value = bytes_of_text(c->arguments[0])};
    if (packed.size > 0)
        arguments[n++] =
            (struct control_field){.name = bytes_of_text("record"), .value = packed};
    return cli_ask(c, c->command->name, arguments, n, ret) ? EXIT_DONE : EXIT_UNREACHABLE;
}

static int step_and_print(struct cli *c, struct bytes packed)
{
    struct control_answer a = {0};
    const int code = step(c, packed, &a);

    return code == EXIT_DONE ? draft_print_step(c, &a) : code;
}

/* With a file, its record takes the place of the draft's. */
static int run_with_file(struct cli *c)
{
    struct record *record = NULL;
    struct bytes packed = {0};

    if (c->argument_count < 1 || c->argument_count > 2)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name,
                        "give one draft's id or URN, and a file with the record if it "
                        "changes");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    if (c->argument_count == 1)
        return step_and_print(c, packed);
    const int read = record_input_read(c, c->arguments[1], &record);
    if (read != EXIT_DONE)
        return read;
    if (record_pack(record, &c->arena, &packed) != OK)
        return cli_fail(c, EXIT_REFUSED, c->arguments[1],
                        "a field is too long to be handed in");
    return step_and_print(c, packed);
}

static const struct option_row assess_options[] = {
    {"grade", "2B", "for provenance and each text that has none"},
    {"grade-reason", "TEXT", "why, for source 3 or assessment E"},
    {"handling", "P|C", "lawful sharing permitted, or with conditions"},
    {"action", "A1|A2|A3", "under C: what may be done with it"},
    {"sanitisation", "S1|S2", "under C: whether recipients may sanitise it"},
    {"conditions", "TEXT", "under C: the conditions"},
    {"condition-reason", "TEXT", "under C: their reason"},
    {"a3-usage", "TEXT", "under A3: the permitted use"},
    {"risk", "TEXT", "the risk assessment"},
    {"pii-decision", "TEXT", "what was decided on public interest immunity"},
    {"no-intercept", NULL, "attest that there is no intercept product in it"},
    {"person", "TEXT", "who decided that its marking falls"},
    {"reason", "TEXT", "why its marking falls"},
};

const struct command command_assess = {
    .name = "assess",
    .arguments = "ID|URN [FILE]",
    .summary = "Grades a draft and decides its handling",
    .details =
        "Rules R1 to R5 have to be met.  FILE is the whole record as JSON where more "
        "has to be\nchanged: `flagpost draft show ID --json` makes one.",
    .options = assess_options,
    .option_count = COUNT_OF(assess_options),
    .run = run_with_file,
};

static const struct option_row sanitise_options[] = {
    {"person", "TEXT", "who decided that its marking falls"},
    {"reason", "TEXT", "why its marking falls"},
};

const struct command command_sanitise = {
    .name = "sanitise",
    .arguments = "ID|URN [FILE]",
    .summary = "Puts the sanitised record in a draft's place, ready for release",
    .details = "Every rule has to be met, and nothing of the source may stand in it.  "
               "Without FILE the\ndraft's own record is taken as sanitised.",
    .options = sanitise_options,
    .option_count = COUNT_OF(sanitise_options),
    .run = run_with_file,
};

static const struct option_row rework_options[] = {
    {"reason", "TEXT", "what has to be done again"},
};

static int run_rework(struct cli *c)
{
    if (!draft_check_id(c))
        return EXIT_WRONG_USE;
    if (cli_text(c, "reason") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "rework",
                        "say what has to be done again: give --reason");
    return step_and_print(c, (struct bytes){0});
}

const struct command command_rework = {
    .name = "rework",
    .arguments = "ID|URN",
    .summary = "Sends a draft back to be assessed and sanitised again",
    .options = rework_options,
    .option_count = COUNT_OF(rework_options),
    .run = run_rework,
};

static const struct option_row release_options[] = {
    {"person", "TEXT", "who releases it; goes into the log"},
};

static int run_release(struct cli *c)
{
    struct control_answer a = {0};

    if (!draft_check_id(c))
        return EXIT_WRONG_USE;
    if (cli_text(c, "person") == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "release",
                        "a release names a person: give --person");
    const int code = step(c, (struct bytes){0}, &a);
    if (code != EXIT_DONE)
        return code;
    if (c->json || (a.status != OK && a.row_count == 0))
        return cli_print(c, &a, NULL, 0);
    publish_print_answer(&a, "the draft");
    return (int)cli_exit_code(a.status);
}

const struct command command_release = {
    .name = "release",
    .arguments = "ID|URN",
    .summary = "Releases a sanitised draft: only what is released leaves this node",
    .details = "Where the agency asks for a second person (second_person in its "
               "configuration), it is\nsomebody else than who drafted or sanitised it.",
    .options = release_options,
    .option_count = COUNT_OF(release_options),
    .run = run_release,
};
