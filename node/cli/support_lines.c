#include "support.h"

#include "text.h"

#include <inttypes.h>
#include <string.h>

/* What a node's status and log say beside the words of the status table. */
static const char *const words[] = {
    "yes",
    "no",
    "immediate",
    "routine",
    "local",
    "info",
    "warn",
    "error",
    "level",
    "silent",
    "steady",
    "room",
    "slow",
    "bytes",
    "crowd",
    "in force",
    "catching up",
    "not heard yet",
    "entries awaited",
    "not in the roster",
    "files and calls",
    "locked",
    "may go to swap: LimitMEMLOCK is not infinity",
    "no: the roster has expired",
    "no: the disk has too little room",
    "expired: install a newer one",
    "jumped by more than a day since the start",
};

/* What goes on with a number, a name or what to do: that it was said is enough. */
static const char *const beginnings[] = {
    "no: restored from",
    "no: the journal must be recovered",
    "no: another home of this node has begun epoch",
    "the disk of this node has",
    "expired too long ago",
    "not heard for",
};

static const char *word_of(struct bytes value)
{
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (text_is(value, words[i]))
            return words[i];
    }
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        const size_t size = strlen(beginnings[i]);
        if (value.size >= size && memcmp(value.at, beginnings[i], size) == 0)
            return beginnings[i];
    }
    for (status i = OK; i < STATUS_COUNT; i++) {
        if (text_is(value, status_word(i)) || text_is(value, status_sentence(i)))
            return status_word(i);
    }
    return NULL;
}

const char *support_yes_no(bool is)
{
    return is ? "yes" : "no";
}

void support_line(struct support *s, const char *section)
{
    (void)fputs(section, s->to);
}

void support_number(struct support *s, const char *key, uint64_t value)
{
    (void)fprintf(s->to, " %s=%" PRIu64, key, value);
}

void support_word(struct support *s, const char *key, const char *word)
{
    (void)fprintf(s->to, strchr(word, ' ') == NULL ? " %s=%s" : " %s=\"%s\"", key, word);
}

void support_time(struct support *s, const char *key, millis at)
{
    char text[TIME_TEXT_ROOM];

    time_write(at, text);
    support_word(s, key, text);
}

static void leave_out(struct support *s, const char *key)
{
    s->left_out++;
    support_word(s, key, "(left out)");
}

void support_agency(struct support *s, const char *key, const struct agency_id *id)
{
    if (s->roster != NULL && roster_find(s->roster, id) != NULL)
        support_word(s, key, id->text);
    else
        leave_out(s, key);
}

void support_end(struct support *s)
{
    (void)fputs("\n", s->to);
}

void support_value(struct support *s, const char *key, struct bytes value)
{
    struct agency_id agency;
    uint64_t number = 0;
    millis at = 0;
    const char *const word = word_of(value);

    if (decimal_decode(value, &number) == OK)
        support_number(s, key, number);
    else if (time_read(value, &at) == OK)
        support_time(s, key, at);
    else if (word != NULL)
        support_word(s, key, word);
    else if (agency_id_read(value, &agency) == OK)
        support_agency(s, key, &agency);
    else if (value.size > 0)
        leave_out(s, key);
}
