#include "recover.h"

#include "text.h"
#include "verify.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * `verify` finds what is damaged.  A stream of others the node follows again from the last
 * place that is proved; rows of its own it mends.
 */

enum {
    BAD_MAX = 64,
    LOOK_NS = 500 * 1000 * 1000,
    LOOKS_MAX = 120, /* a minute and more; the node goes on all the same */
    NUMBER_ROOM = 24,
};

struct damage {
    size_t streams; /* that do not agree */
    size_t own;     /* of them, our own */
    size_t count;   /* of the others, that can be followed again */
    struct verify_stream at[BAD_MAX];
    struct verify_totals totals;
};

static void each_stream(void *context, const struct verify_stream *s)
{
    struct damage *const d = context;

    if (s->finding.why == OK)
        return;
    d->streams++;
    d->own += s->own;
    if (!s->own && s->finding.proved < s->size && d->count < BAD_MAX)
        d->at[d->count++] = *s;
}

static int look(struct cli *c, struct damage *ret)
{
    const size_t mark = arena_mark(&c->arena);
    struct verify_setup setup = {.context = ret, .stream = each_stream};

    memset(ret, 0, sizeof *ret);
    const int code = verify_home(c, &setup, &ret->totals);
    arena_rewind(&c->arena, mark);
    return code;
}

static void tell(const struct cli *c, const struct damage *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct verify_stream *const s = &d->at[i];
        (void)printf(
            c->json ? "{\"row\":\"damaged\",\"agency\":\"%s\",\"stream\":\"%s\","
                      "\"index\":%llu,\"from\":%llu}\n"
                    : "%s %s is damaged at %llu; followed again from %llu, where it "
                      "is proved\n",
            s->id.agency.text, lane_word(s->id.lane), (unsigned long long)s->finding.index,
            (unsigned long long)s->finding.proved);
    }
    if (c->json)
        return;
    if (d->own > 0)
        (void)printf("%zu streams of this node's own are damaged: rows are mended from "
                     "what is left of them, and from their recipients\n",
                     d->own);
    if (d->streams > d->count + d->own)
        (void)printf(
            "%zu damaged streams cannot be followed again: `flagpost verify` names "
            "them\n",
            d->streams - d->count - d->own);
}

/* One request; what is not OK has been told. */
static int ask(struct cli *c, const char *verb, const struct control_field *arguments,
               size_t count)
{
    struct control_answer a = {0};

    if (!cli_ask(c, verb, arguments, count, &a))
        return EXIT_UNREACHABLE;
    return a.status == OK ? EXIT_DONE : cli_print(c, &a, NULL, 0);
}

static int follow_again(struct cli *c, const struct verify_stream *s)
{
    char from[NUMBER_ROOM];

    (void)snprintf(from, sizeof from, "%llu", (unsigned long long)s->finding.proved);
    const struct control_field arguments[] = {
        cli_argument("agency", s->id.agency.text),
        cli_argument("lane", lane_word(s->id.lane)), cli_argument("from", from),
        cli_argument("person", cli_text(c, "person")),
        cli_argument("reason", cli_text(c, "reason"))};
    return ask(c, "follow-again", arguments, COUNT_OF(arguments));
}

/* Until no stream is damaged that can be mended, and each is as long as it was. */
static int await(struct cli *c, const struct damage *before, struct damage *now)
{
    const struct timespec wait = {.tv_nsec = LOOK_NS};
    int code = EXIT_DONE;

    for (int i = 0; i < LOOKS_MAX; i++) {
        (void)nanosleep(&wait, NULL); /* a shorter wait does no harm */
        code = look(c, now);
        if (code != EXIT_DONE ||
            (now->count == 0 && now->totals.entries >= before->totals.entries))
            return code;
    }
    return cli_fail(
        c, EXIT_DAMAGED, "recover",
        "the streams are not whole yet: is their publisher there?  Run it again "
        "later");
}

/* What no log proves is another hand's as well, perhaps: that is for a person to say. */
static int settle_tables(struct cli *c, const struct damage *d)
{
    const struct control_field arguments[] = {
        cli_argument("person", cli_text(c, "person")),
        cli_argument("reason", cli_text(c, "reason"))};

    if (d->streams > 0 || d->totals.parts[VERIFY_TABLES].finding.why == OK)
        return EXIT_DONE;
    if (cli_value(c, "tables") != NULL)
        return ask(c, "recount", arguments, COUNT_OF(arguments));
    return cli_fail(
        c, EXIT_DAMAGED, "tables",
        "every stream agrees, and rows were changed by another hand.  Those that "
        "no log proves (the inbox, to-dos, drafts, who was sent what) cannot be "
        "told from those that were mended: look at them, then run it again with "
        "--tables, which takes them as they are");
}

int recover_streams(struct cli *c, bool only_look, bool *ret_own)
{
    struct damage *const found = arena_take(&c->arena, sizeof *found);
    struct damage *const now = arena_take(&c->arena, sizeof *now);

    if (found == NULL || now == NULL)
        return cli_fail(c, EXIT_REFUSED, "recover", status_sentence(E_MEMORY));
    int code = look(c, found);
    if (code != EXIT_DONE)
        return code;
    tell(c, found);
    *ret_own = found->own > 0;
    if (only_look)
        return EXIT_DONE;
    for (size_t i = 0; i < found->count; i++) {
        code = follow_again(c, &found->at[i]);
        if (code != EXIT_DONE)
            return code;
    }
    return found->count > 0 ? await(c, found, now) : EXIT_DONE;
}

int recover_settle(struct cli *c)
{
    struct damage *const now = arena_take(&c->arena, sizeof *now);

    if (now == NULL)
        return cli_fail(c, EXIT_REFUSED, "recover", status_sentence(E_MEMORY));
    const int code = look(c, now);
    return code == EXIT_DONE ? settle_tables(c, now) : code;
}
