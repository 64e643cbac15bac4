#include "config_value.h"

#include "content.h"
#include "text.h"
#include "words.h"

#include <string.h>

/* What each key of the configuration may say. */

enum {
    HELLO_MS_DEFAULT = 1000,
    CASE_OFFICER_HOURS = 24, /* these three are ours, not law */
    CASE_BUREAU_HOURS = 48,
    CASE_REMIND_HOURS = 4,
    CASE_HOURS_MAX = 8760, /* a year */
    HELLO_MS_MIN = 100,
    ACKNOWLEDGE_MINUTES = 15,
    DISPOSE_UNDO_HOURS = 72,
    DISPOSE_UNDO_HOURS_MAX = 720,
    ACKNOWLEDGE_MINUTES_MAX = 1440,
    HANDLING_MINUTES = 60,
    READING_MAX = 60,
    READING_HOUR_MAX = 10000,
    DAY_HOURS = 24,
    HANDLING_MINUTES_MAX = 10080, /* a week */
    HELLO_MS_MAX =
        10000,          /* a silence of 15 s counts as a broken connection (net_peers.c) */
    DISK_LOW_MIB = 256, /* over what a turn and both write-ahead logs may take */
    DISK_LOW_MIB_MAX = 1048576,
};

/* The outcomes by which an owner is told. */
#define HANDLING_ALL                                                                       \
    (UINT32_C(1) << OUTCOME_OPENED | UINT32_C(1) << OUTCOME_COPIED |                       \
     UINT32_C(1) << OUTCOME_SHARED)

static status read_agency(struct bytes value, struct config *c)
{
    return agency_id_read(value, &c->agency);
}

/* Free text that is shown on terminals; `room` with its NUL. */
static status read_line_of_text(struct bytes value, size_t room, char *ret)
{
    ENSURE(value.size >= 1 && value.size < room, E_LIMIT);
    for (size_t i = 0; i < value.size; i++)
        ENSURE(value.at[i] >= ' ' && value.at[i] != 0x7f, E_VALUE);
    memcpy(ret, value.at, value.size);
    ret[value.size] = '\0';
    return OK;
}

static status read_name(struct bytes value, struct config *c)
{
    return read_line_of_text(value, sizeof c->name, c->name);
}

static status read_alternates(struct bytes value, struct config *c)
{
    return read_line_of_text(value, sizeof c->alternates, c->alternates);
}

static status read_realm(struct bytes value, struct config *c)
{
    return hex_decode(value, c->realm.bytes, sizeof c->realm.bytes);
}

/* A name, an IPv4 address, an IPv6 address in brackets, or "*" for all. */
static bool host_is_valid(struct bytes host)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-[]:*";

    for (size_t i = 0; i < host.size; i++) {
        if (memchr(allowed, host.at[i], sizeof allowed - 1) == NULL)
            return false;
    }
    return host.size > 0;
}

static status read_listen(struct bytes value, struct config *c)
{
    static const char scheme[] = "tcp://";
    const size_t scheme_size = sizeof scheme - 1;
    uint64_t port = 0;

    ENSURE(value.size > scheme_size && value.size < sizeof c->listen, E_LIMIT);
    ENSURE(memcmp(value.at, scheme, scheme_size) == 0, E_FORM);
    const uint8_t *const colon = memrchr(value.at, ':', value.size);
    const size_t host_end = (size_t)(colon - value.at); /* the scheme has a colon */
    ENSURE(host_end > scheme_size, E_FORM);
    ENSURE(host_is_valid(bytes_of(value.at + scheme_size, host_end - scheme_size)), E_FORM);
    TRY(decimal_decode(bytes_from(value, host_end + 1), &port));
    ENSURE(port >= 1 && port <= 65535, E_VALUE);
    memcpy(c->listen, value.at, value.size);
    c->listen[value.size] = '\0';
    return OK;
}

static status read_number(struct bytes value, uint64_t least, uint64_t most, uint32_t *ret)
{
    uint64_t v = 0;

    TRY(decimal_decode(value, &v));
    ENSURE(v >= least && v <= most, E_VALUE);
    *ret = (uint32_t)v;
    return OK;
}

static status read_hello(struct bytes value, struct config *c)
{
    return read_number(value, HELLO_MS_MIN, HELLO_MS_MAX, &c->hello_ms);
}

static status read_switch(struct bytes value, uint32_t *ret)
{
    uint64_t v = 0;

    TRY(decimal_decode(value, &v));
    ENSURE(v <= 1, E_VALUE);
    *ret = (uint32_t)v;
    return OK;
}

static status read_purpose(struct bytes value, struct config *c)
{
    return read_switch(value, &c->require_purpose);
}

static status read_second_person(struct bytes value, struct config *c)
{
    return read_switch(value, &c->second_person);
}

/* A name of the machine's own user or group database. */
static status read_account(struct bytes value, char ret[CONFIG_ACCOUNT_MAX + 1])
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    ENSURE(value.size <= CONFIG_ACCOUNT_MAX, E_LIMIT);
    for (size_t i = 0; i < value.size; i++)
        ENSURE(memchr(allowed, value.at[i], sizeof allowed - 1) != NULL, E_VALUE);
    memcpy(ret, value.at, value.size);
    ret[value.size] = '\0';
    return OK;
}

static status read_desk_group(struct bytes value, struct config *c)
{
    return read_account(value, c->desk_group);
}

static status read_acknowledge(struct bytes value, struct config *c)
{
    return read_number(value, 0, ACKNOWLEDGE_MINUTES_MAX, &c->acknowledge_minutes);
}

/* "opened, copied, shared", or some of them; "nothing". */
static status read_handling(struct bytes value, struct config *c)
{
    static const struct {
        const char *word;
        enum outcome_what what;
    } words[] = {
        {"opened", OUTCOME_OPENED}, {"copied", OUTCOME_COPIED}, {"shared", OUTCOME_SHARED}};
    struct bytes rest = value;
    struct bytes word = {0};
    uint32_t told = 0;

    for (bool more = !text_is(value, "nothing"); more;) {
        more = text_cut(&rest, ',', &word);
        word = word_trim(more ? word : rest);
        size_t i = 0;
        while (i < COUNT_OF(words) && !text_is(word, words[i].word))
            i++;
        ENSURE(i < COUNT_OF(words), E_VALUE);
        told |= UINT32_C(1) << words[i].what;
    }
    c->handling_told = told;
    return OK;
}

static status read_handling_minutes(struct bytes value, struct config *c)
{
    return read_number(value, 0, HANDLING_MINUTES_MAX, &c->handling_minutes);
}

static status read_reading_max(struct bytes value, struct config *c)
{
    return read_number(value, 0, READING_HOUR_MAX, &c->reading_hour_max);
}

/* "07-19" */
static status read_reading_hours(struct bytes value, struct config *c)
{
    enum { DIGITS = 2, SIZE = 5 };
    uint32_t hours[2] = {0};

    ENSURE(value.size == SIZE && value.at[DIGITS] == '-', E_FORM);
    for (size_t i = 0; i < COUNT_OF(hours); i++) {
        const uint8_t *const at = value.at + i * (DIGITS + 1);
        ENSURE(at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9', E_FORM);
        hours[i] = (uint32_t)(10 * (at[0] - '0') + at[1] - '0');
    }
    ENSURE(hours[0] < DAY_HOURS && hours[1] <= DAY_HOURS && hours[0] != hours[1], E_VALUE);
    c->reading_from = hours[0];
    c->reading_until = hours[1];
    return OK;
}

static status read_case_officer(struct bytes value, struct config *c)
{
    return read_number(value, 1, CASE_HOURS_MAX, &c->case_officer_hours);
}

static status read_case_bureau(struct bytes value, struct config *c)
{
    return read_number(value, 1, CASE_HOURS_MAX, &c->case_bureau_hours);
}

static status read_case_remind(struct bytes value, struct config *c)
{
    return read_number(value, 0, CASE_HOURS_MAX, &c->case_remind_hours);
}

static status read_disk_low(struct bytes value, struct config *c)
{
    return read_number(value, 1, DISK_LOW_MIB_MAX, &c->disk_low_mib);
}

static status read_dispose_undo(struct bytes value, struct config *c)
{
    return read_number(value, 1, DISPOSE_UNDO_HOURS_MAX, &c->dispose_undo_hours);
}

static status read_gateway(struct bytes value, struct config *c)
{
    return read_account(value, c->gateway);
}

const struct config_key config_keys[CONFIG_KEYS] = {
    {"agency", read_agency, true,
     "an agency id: capital letters, digits and hyphens, at most 16"},
    {"name", read_name, true, "a name of 1 to 64 bytes without control characters"},
    {"realm", read_realm, true, "64 hexadecimal digits in lower case"},
    {"listen", read_listen, true, "tcp://host:port, at most 128 characters"},
    {"hello_ms", read_hello, false, "a number of milliseconds from 100 to 10000"},
    {"require_purpose", read_purpose, false, "1 (yes) or 0 (no)"},
    {"second_person", read_second_person, false, "1 (yes) or 0 (no)"},
    {"gateway", read_gateway, false, "a user of this machine, at most 32 characters"},
    {"desk_group", read_desk_group, false,
     "a group of this machine, at most 32 characters"},
    {"acknowledge_minutes", read_acknowledge, false, "a number of minutes from 0 to 1440"},
    {"alternates", read_alternates, false,
     "a text of 1 to 200 bytes without control characters"},
    {"handling_told", read_handling, false,
     "a list of: opened, copied, shared; or the word nothing"},
    {"handling_minutes", read_handling_minutes, false,
     "a number of minutes from 0 to 10080"},
    {"reading_hour_max", read_reading_max, false, "a number of records from 0 to 10000"},
    {"reading_hours", read_reading_hours, false, "hours of the day, for example 07-19"},
    {"case_officer_hours", read_case_officer, false, "a number of hours from 1 to 8760"},
    {"case_bureau_hours", read_case_bureau, false, "a number of hours from 1 to 8760"},
    {"case_remind_hours", read_case_remind, false, "a number of hours from 0 to 8760"},
    {"disk_low_mib", read_disk_low, false, "a number of MiB from 1 to 1048576"},
    {"dispose_undo_hours", read_dispose_undo, false, "a number of hours from 1 to 720"},
};

const struct config config_default = {.hello_ms = HELLO_MS_DEFAULT,
                                      .require_purpose = 1,
                                      .acknowledge_minutes = ACKNOWLEDGE_MINUTES,
                                      .dispose_undo_hours = DISPOSE_UNDO_HOURS,
                                      .handling_told = HANDLING_ALL,
                                      .handling_minutes = HANDLING_MINUTES,
                                      .reading_hour_max = READING_MAX,
                                      .reading_until = DAY_HOURS,
                                      .case_officer_hours = CASE_OFFICER_HOURS,
                                      .case_bureau_hours = CASE_BUREAU_HOURS,
                                      .case_remind_hours = CASE_REMIND_HOURS,
                                      .disk_low_mib = DISK_LOW_MIB};
