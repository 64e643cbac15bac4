#include "job.h"

#include "row_files.h"

#include <string.h>

/* One reading of the file. */
struct pass {
    struct job *job;
    struct sender sender;
    bool publish;
    bool send;   /* rows go to the node; else they are only counted */
    bool silent; /* nothing is told but that the file is refused */
    struct row_files files;
    int code; /* why files cannot be looked at or sent any more */
};

/* The record is out before its files: what fails here can be sent later. */
static void send_files(struct pass *p, struct outcome *o)
{
    const bool in_log = o->state == OUTCOME_PUBLISHED || o->state == OUTCOME_BEFORE;

    if (!p->publish || !in_log || p->job->attachments == NULL || p->code != EXIT_DONE)
        return;
    const int code = row_files_send(&p->files, o);
    if (code == EXIT_REFUSED)
        p->job->unsent++;
    else
        p->code = code;
}

static void tell(void *context, const struct outcome *o)
{
    struct pass *const p = context;
    struct job *const j = p->job;
    struct outcome with_files = *o;

    send_files(p, &with_files);
    j->rows++;
    j->right += o->state == OUTCOME_RIGHT;
    j->published += o->state == OUTCOME_PUBLISHED;
    j->before += o->state == OUTCOME_BEFORE;
    j->held += o->state == OUTCOME_HELD || o->state == OUTCOME_TO_HOLD;
    j->refused += o->state == OUTCOME_BAD;
    if (!p->silent)
        j->tell(j->context, &with_files);
}

/* Rows that are right wait in the sender; what is told comes in the file's order. */
static bool each_parcel(void *context, const struct parcel *parcel)
{
    struct pass *const p = context;
    struct parcel filled;
    struct outcome o;

    if (parcel->kind == PARCEL_ROW && p->send && p->job->attachments != NULL) {
        if (row_files_fill(&p->files, parcel, &filled) != OK)
            p->code =
                cli_fail(p->job->cli, EXIT_REFUSED, "import", status_sentence(E_MEMORY));
        parcel = &filled;
    }
    if (p->code != EXIT_DONE)
        return false;
    if (parcel->kind == PARCEL_ROW)
        return !p->send || sender_put(&p->sender, parcel);
    if (p->send && !sender_flush(&p->sender))
        return false;
    outcome_of_parcel(parcel, &o);
    tell(p, &o);
    return p->code == EXIT_DONE;
}

static void refuse_file(struct job *j, const struct intake_end *end)
{
    struct outcome o;

    j->file_refused = true;
    outcome_of_parcel(&end->fault, &o);
    j->tell(j->context, &o);
}

static int read_through(struct pass *p)
{
    struct job *const j = p->job;
    struct intake_end *const end = arena_take(&j->cli->arena, sizeof *end);

    j->rows = j->right = j->published = j->before = j->held = j->refused = j->unsent = 0;
    if (end == NULL)
        return cli_fail(j->cli, EXIT_REFUSED, "import", status_sentence(E_MEMORY));
    sender_init(&p->sender, j->cli, j->mapping);
    p->sender.publish = p->publish;
    p->sender.released = j->released;
    p->sender.tell = tell;
    p->sender.context = p;
    const status s = intake_read(j->mapping, j->file, each_parcel, p, end);
    if (s != OK && s != E_BUSY)
        return cli_fail(j->cli, EXIT_UNREACHABLE, "import", status_sentence(s));
    if (p->code == EXIT_DONE && (s == E_BUSY || (p->send && !sender_flush(&p->sender))))
        return p->sender.code;
    if (p->code != EXIT_DONE)
        return p->code;
    if (!end->whole)
        refuse_file(j, end);
    return end->whole ? EXIT_DONE : EXIT_REFUSED;
}

static int pass_run(struct job *j, bool send, bool publish, bool silent)
{
    const size_t mark = arena_mark(&j->cli->arena);
    struct pass *const p = arena_take(&j->cli->arena, sizeof *p);

    if (p == NULL)
        return cli_fail(j->cli, EXIT_REFUSED, "import", status_sentence(E_MEMORY));
    p->job = j;
    p->send = send;
    p->silent = silent;
    p->publish = publish;
    p->code = EXIT_DONE;
    int code = EXIT_DONE;
    if (j->attachments != NULL &&
        row_files_open(&p->files, j->cli, j->mapping, j->attachments) != OK)
        code = cli_fail(j->cli, EXIT_REFUSED, "import", status_sentence(E_MEMORY));
    if (code == EXIT_DONE)
        code = read_through(p);
    if (j->attachments != NULL)
        row_files_done(&p->files);
    arena_rewind(&j->cli->arena, mark);
    return code;
}

int job_run(struct job *j)
{
    const bool all = j->mapping->publish == MAPPING_ALL_OR_NOTHING;
    const bool ask_first = all || j->dry;
    int code = pass_run(j, ask_first, false, !ask_first);

    if (code != EXIT_DONE)
        return code;
    if (j->dry || (all && j->refused > 0)) {
        j->held_back = !j->dry && j->right > 0;
        return j->refused > 0 ? EXIT_REFUSED : EXIT_DONE;
    }
    if (ask_first)
        j->again(j->context);
    code = pass_run(j, true, true, false);
    return code == EXIT_DONE && j->refused + j->unsent > 0 ? EXIT_REFUSED : code;
}
