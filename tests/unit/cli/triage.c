#include "person_asks.h"

#include "triage.h"
#include "triage_notes.h"

/* Who has a record in hand is one person, and what nobody has read is not closed. */

enum { FIRST = 1001, SECOND = 1002 };

static struct world *ready(struct parent *ret)
{
    struct world *const w = make();

    settle(w);
    *ret = publish_word(w, "lorry");
    settle(w);
    return w;
}

static status say(struct world *w, uint32_t uid, const char *verb,
                  const struct parent *record, const char *option)
{
    char id[RECORD_ID_TEXT_ROOM];
    const struct argued with[] = {{"id", id}, {"reason", "a test"}, {option, "1"}};

    record_id_write(&record->id, id);
    return ask(w, uid, verb, with, option == NULL ? 2 : 3);
}

/* As `show` notes it. */
static void open_it(struct world *w, const struct parent *record)
{
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_note_opening(&w->desks[BRAVO], record));
    trio_end(w->t, BRAVO);
}

static void erase(struct world *w, const struct parent *record)
{
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};

    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], record, &why));
    trio_end(w->t, BRAVO);
}

static struct triage now(struct world *w, const struct parent *record)
{
    struct triage t;

    CHECK_OK(triage_find(&w->desks[BRAVO], record, &t));
    return t;
}

static void one_person_has_it_until_another_takes_it_over(void)
{
    struct parent record;
    struct world *const w = ready(&record);

    CHECK_STATUS(say(w, FIRST, "claim", &record, "back"), E_VALUE);
    CHECK_OK(say(w, FIRST, "claim", &record, NULL));
    CHECK_STATUS(say(w, FIRST, "claim", &record, NULL), E_DUPLICATE);
    CHECK_STATUS(say(w, SECOND, "claim", &record, NULL), E_DUPLICATE);
    CHECK_STATUS(say(w, SECOND, "claim", &record, "back"), E_VALUE);
    CHECK_INT(now(w, &record).uid, FIRST);
    CHECK_OK(say(w, SECOND, "claim", &record, "over"));
    CHECK_INT(now(w, &record).uid, SECOND);
    CHECK_STATUS(say(w, FIRST, "claim", &record, "back"), E_VALUE);
    CHECK_OK(say(w, SECOND, "claim", &record, "back"));
    CHECK_INT(now(w, &record).state, TRIAGE_OPEN);
    done(w);
}

static void it_is_closed_once_read_and_by_who_has_it(void)
{
    struct parent record;
    struct world *const w = ready(&record);

    CHECK_STATUS(say(w, FIRST, "close", &record, NULL), E_DENIED);
    open_it(w, &record);
    CHECK_OK(say(w, FIRST, "claim", &record, NULL));
    CHECK_STATUS(say(w, SECOND, "close", &record, NULL), E_DENIED);
    CHECK_OK(say(w, FIRST, "close", &record, NULL));
    CHECK_STATUS(say(w, FIRST, "close", &record, NULL), E_DUPLICATE);
    CHECK_STATUS(say(w, SECOND, "claim", &record, NULL), E_DUPLICATE);
    CHECK_STATUS(say(w, SECOND, "claim", &record, "over"), E_DUPLICATE);
    CHECK_INT(now(w, &record).state, TRIAGE_CLOSED);
    CHECK_OK(say(w, SECOND, "reopen", &record, NULL));
    CHECK_INT(now(w, &record).state, TRIAGE_CLAIMED);
    CHECK_INT(now(w, &record).uid, SECOND);
    CHECK_STATUS(say(w, FIRST, "reopen", &record, NULL), E_VALUE);
    done(w);
}

static void it_is_closed_by_whoever_read_what_nobody_had(void)
{
    struct parent record;
    struct world *const w = ready(&record);

    open_it(w, &record);
    CHECK_OK(say(w, SECOND, "close", &record, NULL));
    CHECK_INT(now(w, &record).uid, SECOND);
    done(w);
}

/* Two agencies' records may have one id: each is worked on by itself. */
static void it_goes_with_the_record(void)
{
    struct parent record;
    struct world *const w = ready(&record);
    struct parent other = record;

    other.agency = w->t->cast.actors[CHARLIE].id;
    CHECK_OK(say(w, FIRST, "claim", &record, NULL));
    CHECK_INT(now(w, &other).state, TRIAGE_OPEN);
    trio_begin(w->t, BRAVO);
    CHECK_OK(triage_forget(&w->desks[BRAVO], &other));
    trio_end(w->t, BRAVO);
    CHECK_INT(now(w, &record).state, TRIAGE_CLAIMED);
    erase(w, &record);
    CHECK_INT(now(w, &record).state, TRIAGE_OPEN);
    CHECK_STATUS(say(w, FIRST, "claim", &record, NULL), E_VALUE);
    done(w);
}

static status note(struct world *w, uint32_t uid, const struct parent *record,
                   const char *text)
{
    char id[RECORD_ID_TEXT_ROOM];
    const struct argued with[] = {{"id", id}, {"text", text}};

    record_id_write(&record->id, id);
    return ask(w, uid, "note", with, COUNT_OF(with));
}

static size_t note_count(struct world *w, const struct parent *record)
{
    size_t count = 0;

    CHECK_OK(triage_note_count(&w->desks[BRAVO], record, &count));
    return count;
}

static void its_notes_are_bounded_and_go_with_it(void)
{
    static char long_text[TRIAGE_NOTE_MAX + 2];
    struct parent record;
    struct world *const w = ready(&record);
    struct parent other = record;

    other.agency = w->t->cast.actors[CHARLIE].id;
    memset(long_text, 'x', sizeof long_text - 1);
    CHECK_STATUS(note(w, FIRST, &record, " "), E_USAGE);
    CHECK_STATUS(note(w, FIRST, &record, "\xff"), E_USAGE);
    CHECK_STATUS(note(w, FIRST, &record, long_text), E_USAGE);
    long_text[TRIAGE_NOTE_MAX] = '\0';
    for (size_t i = 0; i < TRIAGE_NOTES_OF_ONE_MAX; i++)
        CHECK_OK(note(w, FIRST, &record, i == 0 ? long_text : "seen before"));
    CHECK_STATUS(note(w, FIRST, &record, "one more"), E_LIMIT);
    for (uint32_t i = TRIAGE_NOTES_OF_ONE_MAX; i < TRIAGE_NOTES_MAX; i++)
        CHECK_OK(note(w, FIRST + i / TRIAGE_NOTES_OF_ONE_MAX, &record, "by a colleague"));
    CHECK_STATUS(note(w, FIRST + TRIAGE_NOTES_MAX, &record, "one more"), E_LIMIT);
    CHECK_INT(note_count(w, &record), TRIAGE_NOTES_MAX);
    CHECK_INT(note_count(w, &other), 0);
    trio_begin(w->t, BRAVO);
    CHECK_OK(triage_notes_forget(&w->desks[BRAVO], &other));
    trio_end(w->t, BRAVO);
    CHECK_INT(note_count(w, &record), TRIAGE_NOTES_MAX);
    erase(w, &record);
    CHECK_INT(note_count(w, &record), 0);
    CHECK_STATUS(note(w, FIRST, &record, "too late"), E_VALUE);
    done(w);
}

CASES(CASE(one_person_has_it_until_another_takes_it_over),
      CASE(it_is_closed_once_read_and_by_who_has_it),
      CASE(it_is_closed_by_whoever_read_what_nobody_had), CASE(it_goes_with_the_record),
      CASE(its_notes_are_bounded_and_go_with_it))
