#include "node.h"

#include "clock.h"
#include "log.h"

/* What the transport goes by: our own keys and the roster in force. */

enum { APPLY_MS = 60000 };

void node_take_keys(struct node *n)
{
    const status s = succession_is_new(n->home, &n->succession)
                         ? succession_load(n->home, n->keyring)
                         : OK;
    const struct log_field why = {.name = "why", .text = status_word(s)};

    if (s != OK)
        log_event(LOG_WARN, "keys.not_taken", &why, 1);
}

/* Keys whose time is over, unless the clock may be wrong about it. */
static void drop_keys(struct node *n)
{
    const struct roster_agency *const self =
        roster_find(&n->exchange->roster, &n->exchange->self);
    size_t gone = 0;

    if (self == NULL || !n->exchange->clock_is_good)
        return;
    const status s = succession_prune(n->home, n->keyring, self, clock_wall(), &gone);
    const struct log_field fields[] = {{.name = "keys", .number = gone},
                                       {.name = "why", .text = status_word(s)}};
    if (gone > 0 || s != OK)
        log_event(s == OK ? LOG_INFO : LOG_WARN, "keys.destroyed", fields,
                  COUNT_OF(fields) - (s == OK));
}

void node_apply_roster(struct node *n)
{
    const millis now = clock_steady();

    if (n->applied_roster == n->exchange->roster.version &&
        now - n->applied_at < APPLY_MS && net_is_keyed(n->net))
        return;
    n->applied_roster = n->exchange->roster.version;
    n->applied_at = now;
    drop_keys(n);
    if (!net_is_keyed(n->net))
        log_event(LOG_INFO, "net.rekeyed", NULL, 0);
    if (net_apply(n->net, &n->exchange->roster, clock_wall()) != OK)
        log_event(LOG_WARN, "net.not_all_dialled", NULL, 0);
}
