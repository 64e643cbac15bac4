#include "case_check.h"

#include "force.h"
#include "rule.h"
#include "text.h"
#include "words.h"

#include <string.h>

enum {
    REFERENCE_MIN = 4,
    AHEAD_MS = 5 * 60 * 1000, /* two clocks may differ by that */
};

static const millis past_ms = UINT64_C(5) * 365 * 86400000;

/* --- text forms --- */

status case_reference_read(struct bytes raw, struct arena *a, struct bytes *ret)
{
    const struct bytes b = word_trim(raw);
    uint8_t *const out = arena_take(a, CASE_REFERENCE_MAX);
    size_t size = 0;
    bool digit = false;

    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = word_upper(b.at[i]);
        if (c == ' ')
            continue;
        ENSURE(word_is_letter(c) || word_is_digit(c) || c == '-' || c == '/', E_VALUE);
        ENSURE(size < CASE_REFERENCE_MAX, E_VALUE);
        digit = digit || word_is_digit(c);
        out[size++] = c;
    }
    ENSURE(size >= REFERENCE_MIN && digit, E_VALUE);
    *ret = bytes_of(out, size);
    return OK;
}

/* "+hh:mm" or "-hh:mm", in milliseconds to take away. */
static status offset_read(struct bytes zone, int64_t *ret)
{
    static const char shape[] = "sdd:dd";
    int64_t v[6] = {0};

    ENSURE(zone.size == sizeof shape - 1, E_FORM);
    for (size_t i = 1; i < zone.size; i++) {
        ENSURE(shape[i] == 'd' ? word_is_digit(zone.at[i]) : zone.at[i] == ':', E_FORM);
        v[i] = zone.at[i] - '0';
    }
    const int64_t hours = v[1] * 10 + v[2];
    const int64_t minutes = v[4] * 10 + v[5];
    ENSURE(hours <= 14 && minutes <= 59, E_FORM);
    *ret = (zone.at[0] == '-' ? -1 : 1) * (hours * 60 + minutes) * 60000;
    return OK;
}

status case_time_read(struct bytes text, millis *ret)
{
    enum { TO_MINUTES = 16, TO_SECONDS = 19 };
    const struct bytes b = word_trim(text);
    char whole[TIME_TEXT_ROOM] = "";
    int64_t offset = 0;
    millis t = 0;

    ENSURE(b.size > TO_MINUTES && (b.at[10] == 'T' || b.at[10] == ' '), E_FORM);
    const size_t body = b.at[TO_MINUTES] == ':' ? TO_SECONDS : TO_MINUTES;
    ENSURE(b.size > body, E_FORM);
    const struct bytes zone = bytes_from(b, body);
    if (zone.at[0] == '+' || zone.at[0] == '-')
        TRY(offset_read(zone, &offset));
    else
        ENSURE(text_is(zone, "Z"), E_FORM);
    struct writer w = writer_over(whole, sizeof whole);
    write_bytes(&w, bytes_of(b.at, 10));
    write_text(&w, "T");
    write_bytes(&w, bytes_of(b.at + 11, body - 11));
    write_text(&w, body == TO_MINUTES ? ":00Z" : "Z");
    TRY(time_read(writer_bytes(&w), &t));
    ENSURE(offset <= 0 || t >= (millis)offset, E_FORM);
    *ret = offset < 0 ? t + (millis)-offset : t - (millis)offset;
    return OK;
}

void case_week_write(millis t, char ret[CASE_WEEK_ROOM])
{
    enum { DAY_MS = 86400000 };
    /* 1970-01-01 was a Thursday; a week belongs to the year of its Thursday. */
    const uint64_t days = t / DAY_MS;
    const uint64_t weekday = (days + 3) % 7; /* Monday is 0 */
    const uint64_t thursday = days + 3 > weekday ? days + 3 - weekday : 0;
    char text[TIME_TEXT_ROOM];
    millis new_year = 0;

    time_write(thursday * DAY_MS, text);
    memcpy(text + 4, "-01-01T00:00:00Z", sizeof "-01-01T00:00:00Z");
    MUST(time_read(bytes_of_text(text), &new_year) == OK);
    const uint64_t week = (thursday - new_year / DAY_MS) / 7 + 1;
    memcpy(ret, text, 4);
    memcpy(ret + 4, "-W", 2);
    ret[6] = (char)('0' + week / 10);
    ret[7] = (char)('0' + week % 10);
    ret[8] = '\0';
}

/* --- a report --- */

static void check_reference(struct check *c, const struct case_given *g,
                            struct item_case_event *e)
{
    if (word_trim(g->reference).size == 0)
        rule_refuse(c, "R18", "reference", "The case reference is missing.",
                    "Give the reference that the command and control unit gave on the "
                    "call.");
    else if (case_reference_read(g->reference, c->arena, &e->reference) != OK)
        rule_refuse(c, "R18", "reference",
                    rule_quote(c, "", word_trim(g->reference), " cannot be a reference."),
                    "Give 4 to 32 letters, digits, - and /, at least one of them a digit; "
                    "nothing else belongs in this column.");
}

static void check_time(struct check *c, const struct case_given *g,
                       struct item_case_event *e)
{
    const struct bytes text = word_trim(g->reported_at);

    if (text.size == 0)
        rule_refuse(c, "R18", "reported_at", "The time of the call is missing.",
                    "Give it as 2026-11-23T14:05Z.");
    else if (case_time_read(text, &e->at) != OK)
        rule_refuse(
            c, "R18", "reported_at",
            rule_quote(c, "", text, " is not a time of the calendar with its zone."),
            "Give it as 2026-11-23T14:05Z; in summer time as "
            "2026-07-23T15:05+01:00.");
    else if (e->at > c->now && e->at - c->now > AHEAD_MS)
        rule_refuse(c, "R18", "reported_at",
                    rule_quote(c, "The call at ", text, " is in the future."),
                    "Check day and month, and the zone: British Summer Time is +01:00.");
    else if (e->at == 0 || (c->now > e->at && c->now - e->at > past_ms))
        rule_refuse(c, "R18", "reported_at",
                    rule_quote(c, "The call at ", text, " is more than five years ago."),
                    "Check the year.");
}

/* A force answers for the calls of its own officers. */
static void check_force(struct check *c, struct bytes station, struct bytes force)
{
    const struct bytes theirs = bytes_of(station.at, 2);

    if (force.size != 2 || !force_code_is(theirs) ||
        bytes_equal(force_code_now(theirs), force_code_now(force)))
        return;
    rule_refuse(c, "R14", "station",
                rule_quote(c, "The station ", station, " is not of this force."),
                rule_quote(c, "Check the first two digits: this force is ", force,
                           ".  A call by another force's officer is recorded by that "
                           "force's bureau."));
}

static void check_station(struct check *c, const struct case_given *g, struct bytes force,
                          struct item_case_event *e)
{
    const struct bytes s = word_trim(g->station);

    if (!station_is_sound(s))
        rule_refuse(c, "R14", "station",
                    s.size == 0
                        ? "The station code is missing."
                        : rule_quote(c, "The station code ", s, " is not a station code."),
                    "Give four characters: the two-digit force code, zero kept, and the "
                    "station's two, for example 55AA.");
    else if (word_capitals(s, c->arena, &e->station) != OK)
        e->station = s;
    if (station_is_sound(s))
        check_force(c, s, force);
}

/* A collar or warrant number names an officer as surely as a name does. */
static void check_role(struct check *c, const struct case_given *g,
                       struct item_case_event *e)
{
    const struct bytes s = word_trim(g->role);
    bool digit = false;

    for (size_t i = 0; i < s.size; i++)
        digit = digit || word_is_digit(s.at[i]);
    if (s.size == 0)
        rule_refuse(c, "R18", "role", "The role of the officer who called is missing.",
                    "Give the role, for example \"custody sergeant\"; never a name.");
    else if (digit || s.size > CASE_ROLE_MAX || !utf8_is_valid(s))
        rule_refuse(c, "R18", "role",
                    rule_quote(c, "", s, digit ? " has a number in it." : " is too long."),
                    "Give the role alone, in at most 40 letters, for example \"custody "
                    "sergeant\": no name, collar or warrant number.");
    else if (case_role_is_name(s))
        rule_refuse(c, "R18", "role", rule_quote(c, "", s, " looks like a person's name."),
                    "Give what the caller is, for example \"custody sergeant\": a name is "
                    "not kept here.  If it is a role, write it in small letters.");
    else
        e->role = s;
}

void case_report_check(const struct case_given *g, const struct case_side *side,
                       struct arena *a, struct findings *f, struct item_case_event *ret)
{
    struct check c = {.now = side->now, .arena = a, .findings = f};
    struct item_case_event e = {.what = CASE_REPORTED};

    check_reference(&c, g, &e);
    check_time(&c, g, &e);
    check_station(&c, g, side->force, &e);
    if (side->own)
        check_role(&c, g, &e);
    *ret = e;
}

/* --- a citation --- */

bool case_same_force(struct bytes station, struct bytes other)
{
    if (station.size < 2 || other.size < 2)
        return true;
    return memcmp(station.at, other.at, 2) == 0;
}

void case_near_look(struct case_near *n, struct bytes cited, struct bytes known)
{
    const size_t distance = word_distance(cited, known);

    if (distance > WORD_NEAR || (n->count > 0 && distance > n->distance))
        return;
    if (n->count > 0 && distance < n->distance)
        n->count = 0;
    n->distance = distance;
    if (n->count < CASE_NEAR_MAX) {
        MUST(known.size <= CASE_REFERENCE_MAX);
        memcpy(n->at[n->count], known.at, known.size);
        n->at[n->count][known.size] = '\0';
    }
    n->count++;
}

/* Those that were probably meant; more than a few say nothing. */
static const char *meant(struct check *c, const struct case_near *near)
{
    enum { ROOM = 400 };
    char *const text = arena_take(c->arena, ROOM);

    if (near->count == 0 || near->count > CASE_NEAR_MAX || text == NULL)
        return "If the call was made, record it with `flagpost case add`; if the reference "
               "is wrong, correct it in a new version of the record.";
    struct writer w = writer_over(text, ROOM - 1);
    write_text(&w, "Was it ");
    for (size_t i = 0; i < near->count; i++) {
        write_text(&w, i == 0 ? "" : " or ");
        write_text(&w, near->at[i]);
    }
    write_text(&w, "? Then correct it in a new version of the record; if not, record the "
                   "call with `flagpost case add`.");
    MUST(!w.bad);
    text[w.size] = '\0';
    return text;
}

static void check_known(struct check *c, const struct case_citation *cited,
                        const struct obligation *o)
{
    char id[RECORD_ID_TEXT_ROOM];

    if (!case_same_force(cited->station, o->station))
        rule_advise(
            c, "R18", "case_reference",
            rule_quote(c, "This call was reported by another force, from station ",
                       o->station, "."),
            "Check the reference: a document closes only the call of its own force.");
    if (!o->has_document || record_id_equal(&o->document, &cited->document))
        return;
    record_id_write(&o->document, id);
    rule_advise(
        c, "R18", "case_reference",
        rule_quote(c, "This call already has a document, record ", bytes_of_text(id), "."),
        "If both belong to the call, there is nothing to do; if not, correct the "
        "reference in a new version of the record.");
}

void case_citation_check(const struct case_citation *cited, const struct obligation *known,
                         const struct case_near *near, struct arena *a, struct findings *f)
{
    struct check c = {.arena = a, .findings = f};
    struct bytes reference = {0};

    if (case_reference_read(cited->reference, a, &reference) != OK)
        rule_advise(
            &c, "R18", "case_reference",
            rule_quote(&c, "", word_trim(cited->reference), " cannot be a case reference."),
            "Give the reference of the call alone: 4 to 32 letters, digits, - and "
            "/.");
    else if (known == NULL)
        rule_advise(
            &c, "R18", "case_reference",
            rule_quote(&c, "No call with the reference ", reference, " is recorded here."),
            meant(&c, near));
    else
        check_known(&c, cited, known);
}
