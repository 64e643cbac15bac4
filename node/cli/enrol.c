#include "enrol.h"

#include <string.h>

/* The listed key, the one that is asked for, and what the request says goes out. */
struct change {
    const uint8_t *listed, *asked;
    const struct outgoing_key *before;
    struct outgoing_key *outgoing;
};

static bool is_same(const uint8_t a[32], const uint8_t b[32])
{
    return memcmp(a, b, 32) == 0;
}

/* A key that stays keeps what it took over from: something that the one before has signed
 * may still be under way. */
static const char *settle(const struct enrolment *e, const struct change *c)
{
    if (is_same(c->listed, c->asked)) {
        *c->outgoing = *c->before;
        return NULL;
    }
    if (c->outgoing->until == 0)
        return NULL;
    if (!is_same(c->outgoing->key, c->listed))
        return "the key that it says goes out is not the one that the roster lists";
    if (outgoing_is_taken(c->before, e->now))
        return "its last change of that key is not over: the one before it is still taken";
    c->outgoing->until = e->until;
    return NULL;
}

const char *enrol_keys(const struct enrolment *e, struct roster_agency *asked)
{
    const struct roster_agency *const listed = e->listed;
    const struct change sign = {listed->sign_key, asked->sign_key, &listed->sign_out,
                                &asked->sign_out};
    const struct change curve = {listed->curve_key, asked->curve_key, &listed->curve_out,
                                 &asked->curve_out};

    /* The key that goes out has signed the request (request_verify). */
    if (!e->anew && !is_same(sign.listed, sign.asked) && sign.outgoing->until == 0)
        return "the agency is listed with another signing key, which has not signed this: "
               "make sure by other means whose request it is, then give --anew with its id";
    const char *const why = settle(e, &sign);
    return why != NULL ? why : settle(e, &curve);
}
