#include "node.h"

#include "case_desk.h"
#include "clock.h"
#include "dispose.h"
#include "entropy.h"
#include "handling.h"
#include "held.h"
#include "indexing.h"
#include "log.h"
#include "staged.h"
#include "traces.h"
#include "urgent.h"

#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* The whole loop: turn() at the end reads top-down as receive, decide, commit, send. */

enum { IDLE_CHECKPOINT_MS = 2000, CUTS_TOLD_MS = 5000 };

static enum net_end net_end_of(enum end end)
{
    return end == END_PUBLISHING ? NET_PUBLISHING : NET_FOLLOWING;
}

/* Half of the arena stays for what the turn decides. */
static bool may_take_more(const struct node *n, size_t taken)
{
    return taken < TURN_FRAMES_MAX && n->arena.used < n->arena.room / 2;
}

static status receive(struct node *n, bool *ret_more)
{
    struct net_message m;
    size_t taken = 0;

    while (may_take_more(n, taken) && net_receive(n->net, &m) == OK) {
        TRY(exchange_receive(n->exchange, &m.peer,
                             m.end == NET_PUBLISHING ? END_PUBLISHING : END_FOLLOWING,
                             m.lane, m.frame));
        taken++;
    }
    *ret_more = !may_take_more(n, taken);
    return OK;
}

/* New requests, and those that had to wait for another turn. */
static void take_calls(struct node *n)
{
    struct call fresh = {.open = true};

    server_poll(n->server);
    while (server_next(n->server, &fresh.client, &fresh.person, &fresh.request) == OK)
        n->calls[fresh.client] = fresh;
    for (size_t i = 0; i < COUNT_OF(n->calls); i++) {
        if (n->calls[i].open)
            desk_prepare(&n->desk, &n->calls[i]);
    }
}

static status publish_held(struct node *n, millis now)
{
    struct held_told told = {0};

    TRY(held_tick(&n->desk, now, &told));
    const struct log_field fields[] = {{.name = "published", .number = told.published},
                                       {.name = "refused", .number = told.refused},
                                       {.name = "delayed", .number = told.delayed}};
    if (told.published + told.refused + told.delayed > 0)
        log_event(told.refused + told.delayed > 0 ? LOG_WARN : LOG_INFO, "held.due", fields,
                  COUNT_OF(fields));
    return OK;
}

static status remind(struct node *n, millis now)
{
    struct case_reminders told = {0};
    struct urgent_told urgent = {0};

    TRY(handling_tick(&n->desk, now));
    TRY(urgent_tick(&n->desk, now, &urgent));
    const struct log_field ours = {.name = "records", .number = urgent.ours};
    const struct log_field arrived = {.name = "records", .number = urgent.arrived};
    if (urgent.ours > 0)
        log_event(LOG_WARN, "urgent.unacknowledged", &ours, 1);
    if (urgent.arrived > 0)
        log_event(LOG_WARN, "urgent.escalated", &arrived, 1);
    TRY(desk_case_tick(&n->desk, now, &told));
    const struct log_field fields[] = {{.name = "due", .number = told.due},
                                       {.name = "overdue", .number = told.overdue}};
    if (told.due + told.overdue > 0)
        log_event(LOG_INFO, "case.reminded", fields, COUNT_OF(fields));
    return OK;
}

/* One line a reason, and not one for each connection: their number is the attacker's. */
static void tell_cuts(struct node *n, millis now)
{
    const struct net_counts c = net_counts(n->net);
    const struct {
        const char *why, *what;
        uint64_t before, after;
    } cuts[] = {
        {"slow", "connections", n->told.cut_slow, c.cut_slow},
        {"bytes", "connections", n->told.cut_bytes, c.cut_bytes},
        {"crowd", "connections", n->told.cut_crowd, c.cut_crowd},
        {"revoked", "connections", n->told.cut_revoked, c.cut_revoked},
        {"barred", "addresses", n->told.barred, c.barred},
    };

    if (n->cuts_told_at != 0 && now - n->cuts_told_at < CUTS_TOLD_MS)
        return;
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        const struct log_field fields[] = {
            {.name = "why", .text = cuts[i].why},
            {.name = cuts[i].what, .number = cuts[i].after - cuts[i].before},
            {.name = "open", .number = c.connections},
            {.name = "held_bytes", .number = c.held_bytes},
        };
        if (cuts[i].after == cuts[i].before)
            continue;
        log_event(LOG_WARN, "net.cut", fields, COUNT_OF(fields));
        n->cuts_told_at = now;
    }
    n->told = c;
}

static status tick(struct node *n)
{
    const millis now = clock_steady();

    if (now - n->ticked_at < n->exchange->hello_ms / 4)
        return OK;
    n->ticked_at = now;
    staged_tidy(n->home);
    tell_cuts(n, now);
    TRY(exchange_tick(n->exchange));
    TRY(publish_held(n, now));
    TRY(dispose_tick(&n->desk, now));
    return remind(n, now);
}

static const char *notice_event(enum notice what)
{
    switch (what) {
    case NOTICE_REJECTED:
        return "peer.rejected";
    case NOTICE_ENTRY:
        return "entry.stored";
    case NOTICE_RECEIPT:
        return "receipt.received";
    case NOTICE_FORK:
        return "stream.forked";
    case NOTICE_FENCED:
        return "node.fenced";
    case NOTICE_ROSTER:
        return "roster.installed";
    case NOTICE_PUBLISHED:
        return "entry.published";
    case NOTICE_EPOCH:
        return "stream.epoch";
    case NOTICE_DAMAGED:
        return "journal.row_damaged";
    }
    return "";
}

static enum log_level notice_level(const struct effect *e)
{
    if (e->notice.what == NOTICE_FORK || e->notice.what == NOTICE_FENCED)
        return LOG_ERROR;
    return e->notice.why == OK ? LOG_INFO : LOG_WARN;
}

/* A hint for the agency's own systems: which index of which stream; no content. */
static void feed(struct node *n, const struct effect *e)
{
    char text[64];

    if (e->notice.what != NOTICE_ENTRY && e->notice.what != NOTICE_PUBLISHED)
        return;
    (void)snprintf(text, sizeof text, "%s %s %llu", e->notice.peer.text,
                   lane_word(e->notice.lane), (unsigned long long)e->notice.index);
    net_feed(n->net, text);
}

static void tell(struct node *n, const struct effect *e)
{
    const struct log_field fields[] = {
        {.name = "peer", .text = e->notice.peer.text},
        {.name = "lane", .text = lane_word(e->notice.lane)},
        {.name = "index", .number = e->notice.index},
        {.name = "why", .text = status_word(e->notice.why)},
    };

    log_event(notice_level(e), notice_event(e->notice.what), fields,
              COUNT_OF(fields) - (e->notice.why == OK));
    feed(n, e);
}

static void settle_call(struct node *n, const struct effect *e)
{
    struct call *const c = &n->calls[e->answer.ticket - 1];

    c->answered_by_place = true;
    c->id = e->answer.id;
    c->place = e->answer.place;
    c->again = e->answer.again;
}

/* What the turn decided, now that it is durable. */
static void send(struct node *n)
{
    for (size_t i = 0; i < n->effects->count; i++) {
        const struct effect *const e = &n->effects->at[i];
        switch (e->kind) {
        case EFFECT_SEND:
            /* What cannot go now is asked for again by whoever misses it. */
            status_ignore(net_send(n->net, &e->send.peer, net_end_of(e->send.end),
                                   e->send.lane, e->send.frame));
            break;
        case EFFECT_ANSWER:
            settle_call(n, e);
            break;
        case EFFECT_NOTICE:
            tell(n, e);
            break;
        }
    }
}

static status answer_calls(struct node *n)
{
    for (size_t i = 0; i < COUNT_OF(n->calls); i++) {
        struct call *const c = &n->calls[i];
        const size_t mark = arena_mark(&n->arena);
        struct bytes bytes = {0};
        if (!c->open || c->prepared == E_BUSY)
            continue;
        TRY(desk_answer(&n->desk, c, &bytes));
        c->open = false;
        /* A client that went away has its answer in the journal. */
        status_ignore(server_answer(n->server, c->client, bytes));
        arena_rewind(&n->arena, mark);
    }
    return OK;
}

/* Durable means journal and guard.  A new epoch is what ends a fence: then the guard, which
 * saw more than the journal has, takes the journal for the truth. */
static status commit(struct node *n, bool was_fenced)
{
    if (!journal_is_dirty(n->journal))
        return OK;
    TRY(journal_commit(n->journal));
    if (was_fenced && n->exchange->fence == OK) {
        TRY(journal_guard_reset(n->journal));
        node_forget_origin(n);
    }
    n->idle_since = clock_steady();
    (void)journal_checkpoint(n->journal, false); /* what cannot run now runs when idle */
    return OK;
}

/* Before anything else of a turn: what a full disk would cut short is not begun. */
static void look_for_space(struct node *n)
{
    if (!space_look(&n->space))
        return;
    const struct log_field fields[] = {
        {.name = "free_bytes", .number = n->space.free},
        {.name = "low_bytes", .number = n->space.low},
        {.name = "free_files", .number = n->space.files},
    };
    log_event(n->space.is_low     ? LOG_ERROR
              : n->space.is_tight ? LOG_WARN
                                  : LOG_INFO,
              n->space.is_low     ? "disk.low"
              : n->space.is_tight ? "disk.tight"
                                  : "disk.room",
              fields, COUNT_OF(fields));
    space_settle(&n->space, n->journal);
}

/* Without room nothing is put, and so nothing sealed, sent or signed.  Peers are neither
 * heard nor asked: whoever sent us something has it, and sends it again (P10).  People are
 * answered what takes no writing. */
static status turn_without_room(struct node *n)
{
    struct net_message m;
    size_t dropped = 0;

    while (dropped < TURN_FRAMES_MAX && net_receive(n->net, &m) == OK)
        dropped++;
    take_calls(n);
    tell_cuts(n, clock_steady());
    exchange_idle(n->exchange);
    MUST(!journal_is_dirty(n->journal));
    TRY(answer_calls(n));
    server_poll(n->server);
    node_apply_roster(n);
    arena_reset(&n->arena);
    return OK;
}

static status turn(struct node *n, bool *ret_more)
{
    uint8_t seed[DRAW_SEED_SIZE];
    const bool was_fenced = n->exchange->fence != OK;
    bool more = false;

    look_for_space(n);
    /* Before a roster that lists them can be installed: an epoch that is begun under it
     * with the key that was given up is believed by nobody. */
    node_take_keys(n);
    entropy_fill(seed, sizeof seed);
    exchange_begin(n->exchange, clock_wall(), seed, &n->arena, n->effects);
    explicit_bzero(seed, sizeof seed);
    exchange_clock(n->exchange, clock_steady());
    if (n->space.is_low)
        return turn_without_room(n);
    if (n->exchange->fence == OK)
        TRY(exchange_first_epoch(n->exchange));
    TRY(traces_look(&n->desk));
    TRY(receive(n, &more));
    take_calls(n);
    TRY(tick(n));
    TRY(desk_recall_turn(&n->desk));
    TRY(exchange_close(n->exchange));
    TRY(indexing_turn(&n->desk));
    TRY(commit(n, was_fenced));
    send(n);
    TRY(answer_calls(n));
    server_poll(n->server);
    node_apply_roster(n);
    *ret_more = more || n->exchange->more || desk_has_more(&n->desk) ||
                server_has_request(n->server);
    arena_reset(&n->arena); /* opened records were in it */
    return OK;
}

/* Sleeps until there is something to do, and tidies the journal when there is not. */
static void rest(struct node *n, bool more)
{
    int fds[SERVER_CLIENTS_MAX + 2];
    bool ready[SERVER_CLIENTS_MAX + 2] = {false};
    const size_t count = server_fds(n->server, fds);
    struct signalfd_siginfo info;

    fds[count] = n->signal_fd;
    (void)net_wait(n->net, fds, count + 1, ready,
                   more ? 0 : (int)(n->exchange->hello_ms / 4));
    if (ready[count] && read(n->signal_fd, &info, sizeof info) == sizeof info)
        n->stop = true;
    if (!more && n->idle_since != 0 && clock_steady() - n->idle_since > IDLE_CHECKPOINT_MS)
        n->idle_since = journal_checkpoint(n->journal, true) ? 0 : clock_steady();
}

static int stop(struct node *n, status s)
{
    const struct log_field why[] = {{.name = "why", .text = status_word(s)},
                                    {.name = "said", .text = desk_error(&n->desk)}};

    if (s == OK) {
        log_event(LOG_INFO, "node.stopped", NULL, 0);
        return 0;
    }
    log_event(LOG_ERROR, "node.failed", why, COUNT_OF(why));
    return LOOP_UNKNOWN;
}

int node_run(struct node *n)
{
    const struct log_field fields[] = {
        {.name = "agency", .text = n->config.agency.text},
        {.name = "listen", .text = n->config.listen},
        {.name = "roster", .number = n->exchange->roster.version},
        {.name = "lists", .number = n->desk.lists->version},
        {.name = "publishing", .text = n->exchange->fence == OK ? "yes" : "no"},
        {.name = "confined", .text = sandbox_text(&n->desk.sandbox)},
        {.name = "disk", .text = n->space.is_low ? "low" : "room"},
        {.name = "memory", .text = sandbox_memory_text(&n->desk.sandbox)},
    };
    status s = OK;

    n->applied_roster = n->exchange->roster.version;
    n->applied_at = clock_steady();
    n->idle_since = n->applied_at; /* a log from before may have to be emptied */
    log_event(LOG_INFO, "node.started", fields, COUNT_OF(fields));
    while (s == OK && !n->stop) {
        bool more = false;
        s = turn(n, &more);
        if (s == OK)
            rest(n, more);
    }
    return stop(n, s);
}
