#include "proof_judged.h"

#include "excerpt.h"
#include "file.h"

const char *proof_kind(enum kind kind)
{
    switch (kind) {
    case KIND_INTELLIGENCE:
        return "intelligence";
    case KIND_OUTCOME:
        return "an outcome";
    case KIND_RECALL:
        return "a recall";
    case KIND_AUDIT:
        return "audit rows";
    case KIND_EPOCH:
        return "the statement of a new epoch";
    case KIND_REWRAP:
        return "a rewrap";
    case KIND_ATTACHMENT:
        return "a part of an attachment";
    case KIND_CASE:
        return "a list of calls";
    case KIND_OBLIGATION:
        return "what became of a call";
    case KIND_STATEMENT:
        return "word of what stands in a record's place";
    case KIND_DECISION:
        return "a decision for whom no rule reaches";
    case KIND_RETENTION:
        return "what happened to the records of one nominal";
    case KIND_RECONCILIATION:
        return "a comparison with national ingestion";
    case KIND_REQUEST:
        return "a question to a record's owner, or its answer";
    }
    return "";
}

const char *proof_name(const struct proof_facts *f, const struct agency_id *id)
{
    const struct roster_agency *const g = roster_find(&f->roster, id);

    return g == NULL ? "" : g->name;
}

bool proof_is_witnessed(const struct proof_facts *f)
{
    return f->witness_count >= f->roster.quorum;
}

struct bytes proof_left_out(const struct proof *p, uint32_t of, char *to, size_t room)
{
    struct excerpt e = {0};
    size_t next = 0;

    for (uint32_t i = 0; i < of; i++) {
        if (next < p->item_count && p->items[next].position == i)
            next++;
        else
            e.positions[e.count++] = i;
    }
    return excerpt_write(&e, to, room);
}

static int refuse(const struct cli *c, const struct proof_fault *f)
{
    if (c->json) {
        (void)printf("{\"status\":\"refused\",\"line\":%u,\"field\":\"%s\",\"why\":\"%s\","
                     "\"sentence\":",
                     f->line, f->field, status_word(f->why));
        cli_print_json_text(bytes_of_text(f->sentence));
        (void)printf("}\n");
        return EXIT_DAMAGED;
    }
    if (f->line > 0)
        (void)fprintf(stderr,
                      "flagpost: the proof is refused at line %u (%s): %s\n"
                      "  check: %s\n",
                      f->line, f->field, f->sentence, status_sentence(f->why));
    else
        (void)fprintf(stderr, "flagpost: the proof is refused (%s): %s\n", f->field,
                      f->sentence);
    return EXIT_DAMAGED;
}

static int judge(struct cli *c, struct bytes text, struct bytes root,
                 struct proof_judged *ret)
{
    struct proof_fault fault = {0};

    ret->proof = arena_take(&c->arena, sizeof *ret->proof);
    ret->facts = arena_take(&c->arena, sizeof *ret->facts);
    if (ret->proof == NULL || ret->facts == NULL)
        return cli_fail(c, EXIT_REFUSED, "proof", status_sentence(E_MEMORY));
    status s = proof_read(text, &c->arena, ret->proof, &fault);
    if (s == OK)
        s = proof_check(ret->proof, root, &c->arena, ret->facts, &fault);
    return s == OK ? EXIT_DONE : refuse(c, &fault);
}

int proof_judge(struct cli *c, struct proof_judged *ret)
{
    const char *const path = cli_value(c, "root");

    if (c->argument_count != 1 || path == NULL)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name,
                        "give the proof's file and --root FILE");
    status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &ret->root);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    s = file_read(c->arguments[0], PROOF_BYTES_MAX, &c->arena, &ret->text);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                        cli_file_sentence(c->arguments[0], s));
    return judge(c, ret->text, ret->root, ret);
}
