#include "backups.h"
#include "urgent.h"

/* How the node is: for its operator, and for whoever asks why a peer is silent. */

status status_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

static const char *commits_text(struct desk *d)
{
    struct arena *const a = d->exchange->arena;

    return d->guard.commits == 0
               ? ""
               : desk_text(a, desk_number(a, d->guard.commits), " commits", NULL);
}

/* What the head guard saw and the journal lacks; empty when it lacks nothing. */
static const char *missing_text(struct desk *d)
{
    struct arena *const a = d->exchange->arena;
    const char *counts[LANES];
    uint64_t all = 0;

    for (size_t l = 0; l < LANES; l++) {
        counts[l] = desk_number(a, d->guard.missing[l]);
        all += d->guard.missing[l];
    }
    if (d->exchange->fence == OK)
        return "";
    if (all == 0)
        return commits_text(d);
    return desk_text(a, counts[0], " immediate, ", counts[1], " routine, ", counts[2],
                     " local entries", NULL);
}

static const char *mib_text(struct arena *a, uint64_t bytes)
{
    char count[21] = "";
    struct writer w = writer_over(count, sizeof count - 1);

    write_decimal(&w, bytes >> 20);
    return desk_text(a, count, " MiB", NULL);
}

static const char *room_text(const struct desk *d, uint64_t bytes, uint64_t files)
{
    struct arena *const a = d->exchange->arena;

    if (!space_lacks_files(d->space))
        return mib_text(a, bytes);
    return desk_text(a, desk_number(a, files), " files that can still be made", NULL);
}

const char *desk_no_room(const struct desk *d)
{
    const uint64_t enough = space_enough(d->space);
    const char *const has = room_text(d, d->space->free, d->space->files);
    const char *const wanted = room_text(d, enough, enough);

    if (d->space->is_low)
        return desk_text(
            d->exchange->arena, "the disk of this node has ", has,
            " free, which is too little to write safely: nothing is taken, sent or "
            "shown, and nothing is lost.  Free room on the disk of the home folder "
            "until there are ",
            wanted, "; the node then goes on by itself", NULL);
    return desk_text(d->exchange->arena, "the disk of this node has ", has,
                     " free: imports and attachments wait, so that single records still "
                     "go out.  Free room on the disk of the home folder until there are ",
                     wanted, ", and run it again: what was taken is not taken twice", NULL);
}

static const char *disk_text(const struct desk *d)
{
    return d->space == NULL || !d->space->is_tight ? "room" : desk_no_room(d);
}

uint32_t desk_epoch_elsewhere(const struct desk *d)
{
    const bool is_whole = d->guard.state == GUARD_AGREES || d->guard.state == GUARD_BEHIND;

    return is_whole && d->restored[0] == '\0' ? exchange_epoch_elsewhere(d->exchange) : 0;
}

static const char *fence_text(const struct desk *d)
{
    const uint32_t elsewhere = desk_epoch_elsewhere(d);

    if (d->restored[0] != '\0')
        return desk_text(d->exchange->arena, "no: restored from ", d->restored,
                         ": `flagpost new-epoch`, once the old node surely stands still",
                         NULL);
    if (elsewhere != 0)
        return desk_text(
            d->exchange->arena, "no: another home of this node has begun epoch ",
            desk_number(d->exchange->arena, elsewhere),
            ": it has taken over, and this one must be stopped for good", NULL);
    switch (d->guard.state) {
    case GUARD_AHEAD:
        return "no: the journal must be recovered: its end is lost, or an older copy of "
               "it was put back";
    case GUARD_MISSING:
        return "no: the journal must be recovered: its head guard is gone";
    case GUARD_FOREIGN:
        return "no: the journal must be recovered: its head guard is of another machine "
               "or folder: this home was copied or moved";
    case GUARD_CHANGED:
        return "no: the journal must be recovered: its rows were changed by another hand";
    case GUARD_AGREES:
    case GUARD_BEHIND:
        break;
    }
    return "no: the journal must be recovered: peers hold what it has not";
}

static void give_node(struct desk *d, size_t urgent, const struct backup_standing *backup,
                      struct rows *r)
{
    const struct exchange *const x = d->exchange;
    const enum roster_age age = roster_age(&x->roster, x->now);

    rows_next(r, 16);
    rows_text(r, "row", "node");
    rows_text(r, "agency", x->self.text);
    rows_text(r, "publishing",
              x->fence != OK                         ? fence_text(d)
              : d->space != NULL && d->space->is_low ? "no: the disk has too little room"
              : age == ROSTER_FROZEN                 ? "no: the roster has expired"
                                                     : "yes");
    rows_number(r, "roster", x->roster.version);
    rows_text(r, "roster_age",
              age == ROSTER_FRESH     ? "in force"
              : age == ROSTER_EXPIRED ? "expired: install a newer one"
                                      : "expired too long ago: what arrives is held, "
                                        "unread, until a newer one is installed");
    rows_number(r, "lists", d->lists->version);
    rows_text(r, "missing", missing_text(d));
    rows_time(r, "started", d->started);
    rows_text(r, "confined", sandbox_text(&d->sandbox));
    rows_text(r, "memory", sandbox_memory_text(&d->sandbox));
    rows_text(r, "clock",
              x->clock_jumped ? "jumped by more than a day since the start" : "steady");
    rows_text(r, "disk", disk_text(d));
    rows_number(r, "urgent", urgent);
    rows_text(r, "alternates", d->config->alternates);
    rows_time(r, "backup", backup->made);
    rows_time(r, "backup_keys_until", backup->keys_until);
}

/* What the guard of the connections counts, and what was dropped. */
static void give_net(const struct net *net, struct rows *r)
{
    const struct net_counts c = net_counts(net);

    rows_next(r, 13);
    rows_text(r, "row", "net");
    rows_number(r, "connections", c.connections);
    rows_number(r, "strangers", c.strangers);
    rows_number(r, "held_bytes", c.held_bytes);
    rows_number(r, "cut_slow", c.cut_slow);
    rows_number(r, "cut_bytes", c.cut_bytes);
    rows_number(r, "cut_crowd", c.cut_crowd);
    rows_number(r, "cut_revoked", c.cut_revoked);
    rows_number(r, "barred", c.barred);
    rows_number(r, "refused_keys", c.refused_keys);
    rows_number(r, "dropped_unknown", c.dropped_unknown);
    rows_number(r, "dropped_multipart", c.dropped_multipart);
    rows_number(r, "dropped_short", c.dropped_short);
}

static void give_own(struct desk *d, enum lane lane, struct rows *r)
{
    const struct own_lane *const own = &d->exchange->own[lane_rank(lane)];

    rows_next(r, 4);
    rows_text(r, "row", "stream");
    rows_text(r, "stream", lane_word(lane));
    rows_number(r, "size", own->row.frontier.size);
    rows_number(r, "epoch", own->row.id.epoch.counter);
}

/* A publisher answers each greeting, of which there is one every hello_ms; so many without
 * an answer are no accident. */
enum { GREETINGS_MISSED = 5 };

static const char *follow_text(const struct exchange *x, const struct follow *f)
{
    const millis quiet = x->now > f->heard_at ? x->now - f->heard_at : 0;

    if (f->row.quarantine != OK)
        return status_sentence(f->row.quarantine);
    if (f->heard_at == 0)
        return "not heard yet";
    if (quiet > (millis)GREETINGS_MISSED * x->hello_ms)
        return desk_text(x->arena, "not heard for ",
                         desk_age(x->arena, f->heard_at, x->now), NULL);
    if (!f->answered)
        return "silent";
    if (f->pending)
        return "entries awaited";
    return f->row.complete < f->peer_size ? "catching up" : "level";
}

static void give_follow(const struct exchange *x, const struct peer *p, enum lane lane,
                        struct rows *r)
{
    const struct follow *const f = &p->follows[lane_rank(lane)];
    const struct delivery *const d = &p->deliveries[lane_rank(lane)];

    rows_next(r, 8);
    rows_text(r, "row", "peer");
    rows_text(r, "agency", p->id.text);
    rows_text(r, "stream", lane_word(lane));
    rows_text(r, "following", p->current ? follow_text(x, f) : "not in the roster");
    rows_number(r, "have", f->row.complete);
    rows_number(r, "for_us", f->row.mine.count);
    rows_text(r, "follows_us", d->greeted ? "yes" : "no");
    rows_number(r, "receipted", d->receipted);
}

status status_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct exchange *const x = d->exchange;
    struct rows r;
    struct backup_standing backup = {0};
    size_t urgent = 0;

    (void)c;
    TRY(urgent_count(d, &urgent));
    TRY(backup_standing(d, &backup));
    rows_init(&r, d->exchange->arena, 2 + LANES + x->peer_count * LANES);
    give_node(d, urgent, &backup, &r);
    if (d->net != NULL)
        give_net(d->net, &r);
    for (size_t l = 0; l < LANES; l++)
        give_own(d, lane_of_rank(l), &r);
    for (size_t i = 0; i < x->peer_count; i++) {
        for (size_t l = 0; i != x->self_number && l < LANES; l++)
            give_follow(x, &x->peers[i], lane_of_rank(l), &r);
    }
    rows_give(&r, ret);
    return OK;
}
