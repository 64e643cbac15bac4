#include "case_rows.h"

#include "check.h"

/* Reports on their way from the command line to the node. */

static uint8_t room[4096];

static struct bytes write_two(void)
{
    struct writer w = writer_over(room, sizeof room);
    const struct case_given_row one = {2,
                                       {bytes_of_text("NCCU-1"), bytes_of_text("now"),
                                        bytes_of_text("55AA"), bytes_of_text("")}};
    const struct case_given_row two = {7, {.role = bytes_of_text("=cmd()")}};

    case_row_write(&w, &one);
    case_row_write(&w, &two);
    CHECK(!w.bad);
    return writer_bytes(&w);
}

static void rows_come_back_as_they_were_typed(void)
{
    struct reader r = {.rest = write_two()};
    struct case_given_row row;

    CHECK(case_row_next(&r, &row));
    CHECK_INT(row.line, 2);
    CHECK_BYTES(row.given.reference, bytes_of_text("NCCU-1"));
    CHECK_BYTES(row.given.reported_at, bytes_of_text("now"));
    CHECK_BYTES(row.given.station, bytes_of_text("55AA"));
    CHECK_INT(row.given.role.size, 0);
    CHECK(case_row_next(&r, &row));
    CHECK_INT(row.line, 7);
    CHECK_BYTES(row.given.role, bytes_of_text("=cmd()"));
    CHECK(!case_row_next(&r, &row));
    CHECK(!r.bad);
}

static void what_is_cut_short_is_no_list(void)
{
    const struct bytes whole = write_two();
    struct case_given_row row;

    for (size_t size = 1; size < whole.size; size++) {
        struct reader r = {.rest = bytes_of(whole.at, size)};
        size_t count = 0;
        while (case_row_next(&r, &row))
            count++;
        CHECK(r.bad || count == 1);
    }
}

static void a_cell_is_no_longer_than_its_limit(void)
{
    static uint8_t letters[CASE_CELL_MAX + 1];
    struct writer w = writer_over(room, sizeof room);
    struct case_given_row row = {.given.role = bytes_of(letters, sizeof letters)};

    memset(letters, 'x', sizeof letters);
    case_row_write(&w, &row);
    struct reader r = {.rest = writer_bytes(&w)};
    CHECK(case_row_next(&r, &row));
    CHECK_INT(row.given.role.size, CASE_CELL_MAX);
    /* One that claims more is refused. */
    w = writer_over(room, sizeof room);
    write_u32(&w, 1);
    write_u16(&w, CASE_CELL_MAX + 1);
    write_bytes(&w, bytes_of(letters, sizeof letters));
    for (int i = 0; i < 3; i++)
        write_u16(&w, 0);
    r = (struct reader){.rest = writer_bytes(&w)};
    CHECK(!case_row_next(&r, &row));
    CHECK(r.bad);
}

CASES(CASE(rows_come_back_as_they_were_typed), CASE(what_is_cut_short_is_no_list),
      CASE(a_cell_is_no_longer_than_its_limit))
