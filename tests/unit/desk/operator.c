#include "operator.h"

#include "desk_fixture.h"

/*
 * Every verb by a person of every single role.  What each wants is written down here a
 * second time, on purpose: who adds a verb, or moves one to another role, says so twice.
 */

static const struct {
    const char *role;
    enum duty duty;
    bool shows_records;
    const char *verbs;
} roles[] = {
    {"submit", DUTY_SUBMIT, true,
     " publish held held-cancel explain publish-batch attach supersede republish "
     "case-report case-publish draft draft-discard assess sanitise rework ask "},
    {"release", DUTY_RELEASE, true, " release "},
    {"read", DUTY_READ, true,
     " inbox inbox-new claim close reopen note notes find search watch-add watch-list "
     "watch-end "
     "watch-alerts watch-seen "
     "watch-set links links-often links-show show attachment redact trace subject "
     "case-list case-show "
     "case-rates "
     "case-reconcile drafts drafts-titled draft-show source review-list review-show "
     "ingest-list "
     "ingest-reconciled ingest-differences asked "
     "schedule dispose-preview dispose-list "},
    {"decide", DUTY_DECIDE, true,
     " policy-test decide links-tell links-decide consent recall statement case-decide "
     "case-correct "
     "review-event "
     "ingest-accept ingest-refuse ingest-deleted ingest-gated ingest-extract "
     "ingest-quarantine ingest-batch "
     "ingest-reconcile "
     "ingest-resend ingest-settle answer "},
    {"acknowledge", DUTY_ACKNOWLEDGE, false, " acknowledge "},
    {"audit", DUTY_AUDIT, false, " audit audit-export breach "},
    {"operate", DUTY_OPERATE, false,
     " install new-epoch recover follow-again mend recount case-rebuild token-new tokens "
     "token-revoke operator-set "
     "operator-remove backup backup-tail dispose-clock "},
};

/* Of anyone who reaches the socket: they name nothing that a record says. */
static const char free_verbs[] =
    " status todo operators operator-password session session-end ";

enum { FIRST_UID = 40000, NOBODY = 39999 };

static struct counter c;

/* A verb's name between spaces, so that no other has it in it. */
static bool lists(const char *verbs, const char *name)
{
    char word[40];

    CHECK(snprintf(word, sizeof word, " %s ", name) < (int)sizeof word);
    return strstr(verbs, word) != NULL;
}

static size_t words_in(const char *verbs)
{
    size_t spaces = 0;

    for (const char *p = verbs; *p != '\0'; p++)
        spaces += *p == ' ';
    return spaces - 1;
}

static struct call calling(uint32_t uid)
{
    struct call call = {.person = {.uid = uid}, .channel = "control"};

    (void)snprintf(call.person.text, sizeof call.person.text, "uid:%u", uid);
    return call;
}

static status set(const char *user, const char *given)
{
    struct call call = calling(NOBODY);
    const struct control_field f[] = {
        {.name = bytes_of_text("user"), .value = bytes_of_text(user)},
        {.name = bytes_of_text("roles"), .value = bytes_of_text(given)}};

    call.parsed.arguments = f;
    call.parsed.argument_count = COUNT_OF(f);
    return operator_set_prepare(&c.desk, &call);
}

static void set_up(void)
{
    char user[16];

    counter_open(&c);
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        (void)snprintf(user, sizeof user, "uid:%zu", FIRST_UID + i);
        CHECK_OK(set(user, roles[i].role));
    }
}

/* Admitted, or refused with the role's name and one row of the log. */
static void check_admitted(uint32_t uid, const struct verb *verb, bool wanted)
{
    struct exchange *const x = c.desk.exchange;
    struct call call = calling(uid);

    call.verb = verb;
    x->audit_count = 0;
    const status s = operator_admit(&c.desk, &call);
    if ((s == OK) != wanted) {
        (void)fprintf(stderr, "%s by %s\n", verb->name, call.person.text);
        abort();
    }
    if (wanted) {
        CHECK_INT(x->audit_count, 0);
        return;
    }
    CHECK_STATUS(s, E_DENIED);
    CHECK_INT(x->audit_count, 1);
    CHECK_INT(x->audit[0].operation, AUDIT_DENY);
    CHECK_BYTES(x->audit[0].actor, bytes_of_text(call.person.text));
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        CHECK(verb->duty != roles[i].duty || strstr(call.sentence, roles[i].role) != NULL);
}

static void each_verb_is_written_down_under_one_role(void)
{
    size_t count = 0;
    size_t words = words_in(free_verbs);
    const struct verb *const verbs = desk_verbs(&count);

    for (size_t i = 0; i < COUNT_OF(roles); i++)
        words += words_in(roles[i].verbs);
    for (size_t v = 0; v < count; v++) {
        size_t found = lists(free_verbs, verbs[v].name);
        for (size_t i = 0; i < COUNT_OF(roles); i++)
            found += lists(roles[i].verbs, verbs[v].name);
        if (found != 1)
            (void)fprintf(stderr, "%s belongs under one role in this file\n",
                          verbs[v].name);
        CHECK_INT(found, 1);
    }
    CHECK_INT(words, count);
}

static void the_right_role_alone_passes(void)
{
    size_t count = 0;
    const struct verb *const verbs = desk_verbs(&count);

    set_up();
    for (size_t v = 0; v < count; v++) {
        const bool is_free = lists(free_verbs, verbs[v].name);
        for (size_t i = 0; i < COUNT_OF(roles); i++)
            check_admitted((uint32_t)(FIRST_UID + i), &verbs[v],
                           is_free || lists(roles[i].verbs, verbs[v].name));
        check_admitted(NOBODY, &verbs[v], is_free);
        arena_reset(&c.arena);
    }
    counter_done(&c);
}

static void who_reads_the_log_reads_no_records(void)
{
    char both[64];

    set_up();
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (roles[i].duty == DUTY_AUDIT)
            continue;
        const status wanted = roles[i].shows_records ? E_VALUE : OK;
        (void)snprintf(both, sizeof both, "audit,%s", roles[i].role);
        CHECK_STATUS(set("uid:40100", both), wanted);
        (void)snprintf(both, sizeof both, "%s,audit", roles[i].role);
        CHECK_STATUS(set("uid:40100", both), wanted);
    }
    counter_done(&c);
}

/* The node's own user has the one role that it was not given. */
static void its_own_user_keeps_the_node_and_no_more(void)
{
    size_t count = 0;
    const struct verb *const verbs = desk_verbs(&count);

    set_up();
    for (size_t v = 0; v < count; v++)
        check_admitted(0, &verbs[v],
                       verbs[v].duty == DUTY_OPERATE || verbs[v].duty == DUTY_ANYONE);
    counter_done(&c);
}

CASES(CASE(each_verb_is_written_down_under_one_role), CASE(the_right_role_alone_passes),
      CASE(who_reads_the_log_reads_no_records),
      CASE(its_own_user_keeps_the_node_and_no_more))
