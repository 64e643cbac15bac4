#include "rule.h"

/* Whoever claims that an identifier is valid is not believed: only a check says so (R15).
 */
static void forget(struct bytes *canonical, bool *valid)
{
    *canonical = (struct bytes){0};
    *valid = false;
}

void things_check(struct check *c)
{
    struct record *const r = c->record;

    for (size_t i = 0; i < r->address_count; i++)
        forget(&r->addresses[i].position_canonical, &r->addresses[i].position_valid);
    for (size_t i = 0; i < r->document_count; i++)
        forget(&r->documents[i].canonical, &r->documents[i].valid);
    for (size_t i = 0; i < r->account_count; i++)
        forget(&r->accounts[i].canonical, &r->accounts[i].valid);
    for (size_t i = 0; i < r->email_count; i++)
        forget(&r->emails[i].canonical, &r->emails[i].valid);
    for (size_t i = 0; i < r->social_count; i++)
        forget(&r->socials[i].canonical, &r->socials[i].valid);
    for (size_t i = 0; i < r->container_count; i++)
        forget(&r->containers[i].canonical, &r->containers[i].valid);
    for (size_t i = 0; i < r->identifier_count; i++)
        forget(&r->identifiers[i].canonical, &r->identifiers[i].valid);
}
