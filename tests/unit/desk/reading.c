#include "reading.h"

#include "desk_fixture.h"
#include "todo.h"

/* Whose reading is unusual, and until when that is to be looked at. */

static const millis hour = 3600000;

struct bureau {
    struct counter counter;
    struct config config;
    struct call call;
};

static void open_desk(struct bureau *r, const char *person)
{
    memset(r, 0, sizeof *r);
    counter_open(&r->counter);
    r->counter.desk.config = &r->config;
    r->config.reading_until = 24;
    r->call.person.uid = 7;
    (void)snprintf(r->call.person.text, sizeof r->call.person.text, "%s", person);
}

static void read_one(struct bureau *r, const char *class)
{
    const struct reading one = {.class = bytes_of_text(class),
                                .outcome = bytes_of_text("shown")};

    CHECK_OK(reading_note(&r->counter.desk, &r->call, &one));
    arena_reset(&r->counter.arena);
}

/* The sentences of the list, one a line. */
static const char *listed(struct bureau *r)
{
    static char text[512];
    struct control_answer a = {0};
    struct writer w = writer_over(text, sizeof text - 1);

    CHECK_OK(todo_answer(&r->counter.desk, &r->call, &a));
    for (size_t i = 0; i < a.row_count; i++) {
        write_bytes(&w, control_value(&a.rows[i], "what"));
        write_text(&w, "\n");
    }
    CHECK(!w.bad);
    text[writer_bytes(&w).size] = '\0';
    return text;
}

static void more_than_so_many_within_an_hour(void)
{
    struct bureau r;

    open_desk(&r, "uid:7 first");
    r.config.reading_hour_max = 3;
    for (size_t i = 0; i < 3; i++)
        read_one(&r, "intelligence");
    (void)snprintf(r.call.person.text, sizeof r.call.person.text, "uid:8 second");
    read_one(&r, "intelligence"); /* another's count */
    CHECK_TEXT(listed(&r), "");
    (void)snprintf(r.call.person.text, sizeof r.call.person.text, "uid:7 first");
    r.counter.desk.exchange->now += hour;
    read_one(&r, "intelligence"); /* a new hour */
    CHECK_TEXT(listed(&r), "");
    for (size_t i = 0; i < 3; i++)
        read_one(&r, "intelligence");
    CHECK(
        strstr(listed(&r),
               "uid:7 first opened 4 records, drafts, files or searches within an hour") !=
        NULL);
    CHECK_OK(reading_looked_at(&r.counter.desk, bytes_of_text("uid:8 second")));
    CHECK(listed(&r)[0] != '\0');
    CHECK_OK(reading_looked_at(&r.counter.desk, bytes_of_text("uid:7 first")));
    CHECK_TEXT(listed(&r), "");
    counter_done(&r.counter);
}

static void outside_the_hours_of_the_desk(void)
{
    static const struct {
        uint32_t from, until, at;
        bool unusual;
    } rows[] = {{0, 24, 0, false},  {0, 24, 23, false}, {7, 19, 7, false},
                {7, 19, 18, false}, {7, 19, 19, true},  {7, 19, 6, true},
                {22, 6, 22, false}, {22, 6, 5, false},  {22, 6, 6, true},
                {22, 6, 21, true},  {7, 24, 23, false}, {7, 24, 0, true}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bureau r;
        open_desk(&r, "uid:7 first");
        r.config.reading_from = rows[i].from;
        r.config.reading_until = rows[i].until;
        r.counter.desk.exchange->now = (400 * 24 + rows[i].at) * hour;
        read_one(&r, "operation");
        CHECK_INT(listed(&r)[0] != '\0', rows[i].unusual);
        counter_done(&r.counter);
    }
}

static void for_what_is_no_use_of_intelligence(void)
{
    struct bureau r;

    open_desk(&r, "uid:7 first");
    read_one(&r, "safeguarding");
    CHECK_TEXT(listed(&r), "");
    read_one(&r, "management");
    CHECK(strstr(listed(&r), "for management") != NULL);
    counter_done(&r.counter);
}

/* The oldest makes room: the count of who reads much is kept. */
static void more_readers_than_are_counted(void)
{
    struct bureau r;

    open_desk(&r, "");
    r.config.reading_hour_max = 2;
    for (size_t i = 0; i < (size_t)3 * READERS_MAX; i++) {
        (void)snprintf(r.call.person.text, sizeof r.call.person.text, "uid:%zu", i);
        r.counter.desk.exchange->now++;
        read_one(&r, "intelligence");
    }
    CHECK_TEXT(listed(&r), "");
    read_one(&r, "intelligence");
    read_one(&r, "intelligence");
    CHECK(strstr(listed(&r), "opened 3 records") != NULL);
    counter_done(&r.counter);
}

static void read_other(struct bureau *r, const char *outcome, uint8_t object)
{
    const struct reading one = {.outcome = bytes_of_text(outcome),
                                .object = {.bytes = {object}}};

    CHECK_OK(reading_note(&r->counter.desk, &r->call, &one));
    arena_reset(&r->counter.arena);
}

/* An attachment is read in many requests, a record as often as it is shown. */
static void an_attachment_is_one_reading(void)
{
    struct bureau r;

    open_desk(&r, "uid:7 first");
    r.config.reading_hour_max = 3;
    read_other(&r, "attachment 1, parts 1 to 8", 1);
    read_other(&r, "attachment 1, parts 9 to 16", 1);
    read_other(&r, "attachment 1, parts 17 to 24", 1);
    read_other(&r, "attachment 2, parts 9 to 16", 1);
    read_other(&r, "attachment 2, parts 9 to 16", 2);
    CHECK_TEXT(listed(&r), "");
    read_other(&r, "attachment 1, parts 1 to 8", 1); /* again, after others */
    CHECK(strstr(listed(&r), "opened 4 records") != NULL);
    read_other(&r, "shown", 1);
    read_other(&r, "shown", 1);
    CHECK(strstr(listed(&r), "opened 6 records") != NULL);
    counter_done(&r.counter);
}

CASES(CASE(an_attachment_is_one_reading), CASE(more_than_so_many_within_an_hour),
      CASE(outside_the_hours_of_the_desk), CASE(for_what_is_no_use_of_intelligence),
      CASE(more_readers_than_are_counted))
