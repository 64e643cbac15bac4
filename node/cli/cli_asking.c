#include "cli_asking.h"

void asking_add(struct asking *a, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    MUST(a->count < ASKING_MAX);
    a->arguments[a->count++] = cli_argument(name, value);
}

void asking_options(struct asking *a)
{
    for (size_t i = 0; i < a->cli->command->option_count; i++) {
        const struct option_row *const o = &a->cli->command->options[i];
        if (o->argument != NULL)
            asking_add(a, o->name, cli_text(a->cli, o->name));
        else if (cli_value(a->cli, o->name) != NULL)
            asking_add(a, o->name, "1");
    }
}

void asking_named(struct asking *a, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        asking_add(a, names[i], cli_text(a->cli, names[i]));
}

int asking_ask(const struct asking *a, const char *verb, const char *const *columns,
               size_t column_count)
{
    struct control_answer answer = {0};

    if (!cli_ask(a->cli, verb, a->arguments, a->count, &answer))
        return EXIT_UNREACHABLE;
    return cli_print(a->cli, &answer, columns, column_count);
}
