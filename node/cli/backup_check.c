#include "backup_steps.h"

#include "ceremony.h"
#include "verify.h"

#include <stdio.h>
#include <string.h>

/* A copy counts once it was opened again and everything in it agrees. */

struct check_finding {
    bool found;
    struct tail_place *places;
    char sentence[VERIFY_SENTENCE_ROOM + 128];
};

static void each_stream(void *context, const struct verify_stream *s)
{
    struct check_finding *const f = context;
    struct tail_place *const own = &f->places[lane_rank(s->id.lane)];

    if (s->own && s->id.epoch.counter >= own->epoch.counter)
        *own = (struct tail_place){.epoch = s->id.epoch, .size = s->size};
    if (s->finding.why == OK || f->found)
        return;
    f->found = true;
    (void)snprintf(f->sentence, sizeof f->sentence, "%s %s, index %llu: %s",
                   s->id.agency.text, lane_word(s->id.lane),
                   (unsigned long long)s->finding.index, s->finding.sentence);
}

static void take_parts(struct check_finding *f, const struct verify_totals *t)
{
    for (size_t i = 0; !f->found && i < VERIFY_PARTS; i++) {
        if (t->parts[i].finding.why == OK)
            continue;
        f->found = true;
        (void)snprintf(f->sentence, sizeof f->sentence, "%s", t->parts[i].finding.sentence);
    }
}

static int does_not_count(const struct cli *c, const char *why)
{
    char sentence[2 * VERIFY_SENTENCE_ROOM + 256];

    (void)snprintf(sentence, sizeof sentence,
                   "it opens and does not agree with itself, so it does not count: %s. "
                   "Take another; of a running node `flagpost verify` tells more",
                   why);
    return cli_fail(c, EXIT_DAMAGED, "the copy", sentence);
}

static int check_journal(struct cli *c, struct journal *j, const struct root *root,
                         struct backup_checked *ret)
{
    struct check_finding finding = {.places = ret->places};
    struct verify_totals totals = {0};
    const struct verify_setup setup = {.journal = j,
                                       .self = ret->config.agency,
                                       .realm = ret->config.realm,
                                       .root = root,
                                       .arena = &c->arena,
                                       .context = &finding,
                                       .stream = each_stream};

    memset(ret->places, 0, sizeof ret->places);
    status s = verify_journal(&setup, &totals);
    if (s == OK)
        s = journal_marks(j, ret->marks);
    if (s != OK)
        return does_not_count(c, status_sentence(s));
    take_parts(&finding, &totals);
    if (!verify_agrees(&totals))
        return does_not_count(c, finding.sentence);
    ret->streams = totals.streams;
    ret->entries = totals.entries;
    return EXIT_DONE;
}

static int check_home(struct cli *c, struct backup_checked *ret)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct journal_version version = {0};
    struct journal *j = NULL;
    char room[JOURNAL_SENTENCE_ROOM];

    if (root == NULL || !cli_config(c, &ret->config) ||
        !ceremony_root(c, cli_path(c, "root"), root))
        return EXIT_DAMAGED;
    if (!hash_equal(&root->realm, &ret->config.realm))
        return does_not_count(c, "root document and configuration are of two deployments");
    const struct journal_setup setup = {.folder = c->home,
                                        .mode = JOURNAL_READ,
                                        .self = ret->config.agency,
                                        .version = &version};
    const status s = journal_open(&setup, &j);
    if (s != OK)
        return does_not_count(c, journal_open_sentence(s, &version, room));
    const int code = check_journal(c, j, &root->root, ret);
    j = journal_free(j);
    return code;
}

int backup_check(struct cli *c, const char *folder, struct backup_checked *ret)
{
    const char *const home = c->home;
    const size_t mark = arena_mark(&c->arena);

    c->home = folder;
    const int code = check_home(c, ret);
    c->home = home;
    arena_rewind(&c->arena, mark);
    return code;
}

int backup_stage_failed(const struct cli *c, const char *folder, status s)
{
    if (s == E_BUSY)
        return cli_fail(c, EXIT_UNREACHABLE, folder,
                        "another backup or restore is at work here: let it end");
    return cli_fail(c, EXIT_REFUSED, folder,
                    s == E_DENIED ? "there is something of this name that is not ours to "
                                    "work in: move it away"
                                  : "no folder for the copy can be made here");
}
