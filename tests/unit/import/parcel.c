#include "parcel.h"

#include "check.h"

static uint8_t room[PARCEL_BYTES_MAX + 64];
static struct parcel sent, got;

/* The parcel's bytes as the reader's parent has them, without the size. */
static struct bytes body(const struct parcel *p)
{
    struct writer w = writer_over(room, sizeof room);

    CHECK_OK(parcel_encode(p, &w));
    return bytes_from(writer_bytes(&w), 4);
}

static struct parcel row_parcel(void)
{
    return (struct parcel){.kind = PARCEL_ROW,
                           .row = 7,
                           .line = 9,
                           .key = bytes_of_text("A1"),
                           .record = bytes_of_text("packed"),
                           .version = bytes_of_text("2"),
                           .reference = bytes_of_text("G-17")};
}

static struct parcel findings_parcel(size_t count)
{
    struct parcel p = {.kind = PARCEL_FINDINGS, .row = 7, .finding_count = count};

    for (size_t i = 0; i < count; i++)
        p.findings[i] = (struct import_finding){.rule = IMPORT_DATE,
                                                .column = bytes_of_text("born"),
                                                .sentence = bytes_of_text("No date."),
                                                .mend = bytes_of_text("Mend.")};
    return p;
}

static void what_is_sent_arrives(void)
{
    sent = row_parcel();
    CHECK_OK(parcel_decode(body(&sent), &got));
    CHECK_INT(got.row, 7);
    CHECK_INT(got.line, 9);
    CHECK_BYTES(got.key, sent.key);
    CHECK_BYTES(got.record, sent.record);
    CHECK_BYTES(got.version, sent.version);
    CHECK_BYTES(got.reference, sent.reference);

    sent = findings_parcel(PARCEL_FINDINGS_MAX);
    CHECK_OK(parcel_decode(body(&sent), &got));
    CHECK_INT(got.finding_count, PARCEL_FINDINGS_MAX);
    CHECK_BYTES(got.findings[31].column, bytes_of_text("born"));

    sent = (struct parcel){.kind = PARCEL_END, .rows = 12, .whole = true};
    CHECK_OK(parcel_decode(body(&sent), &got));
    CHECK_INT(got.rows, 12);
    CHECK(got.whole);
}

/* Whatever it says is refused or within what a good reader says. */
static bool is_refused(struct bytes b)
{
    if (parcel_decode(b, &got) != OK)
        return true;
    CHECK(got.finding_count <= PARCEL_FINDINGS_MAX);
    CHECK(got.row <= ROWS_MAX + 1);
    return false;
}

/* Each byte of a good parcel with each other value, and each part of it. */
static void no_byte_of_a_hostile_reader_goes_unlooked_at(void)
{
    uint8_t copy[256];
    size_t refused = 0;

    sent = findings_parcel(1);
    const struct bytes b = body(&sent);
    CHECK(b.size < sizeof copy);
    for (size_t i = 0; i < 256 * b.size; i++) {
        memcpy(copy, b.at, b.size);
        copy[i / 256] = (uint8_t)(i % 256);
        refused += is_refused(bytes_of(copy, b.size));
    }
    CHECK(refused > 0);
    for (size_t size = 0; size < b.size; size++)
        CHECK_STATUS(parcel_decode(bytes_of(b.at, size), &got), E_FORM);
}

static void refuse(struct parcel p)
{
    CHECK_STATUS(parcel_decode(body(&p), &got), E_FORM);
}

static void refuses_what_a_good_reader_never_says(void)
{
    sent = row_parcel();
    sent.row = 0;
    refuse(sent);
    sent.row = ROWS_MAX + 1;
    refuse(sent);
    sent = row_parcel();
    sent.key = bytes_of_text("");
    refuse(sent);
    sent.key = bytes_of_text("A\x1b[2J");
    refuse(sent);
    sent.key = bytes_of_text("A\xff");
    refuse(sent);
    sent = row_parcel();
    sent.reference = bytes_of_text("G\n1");
    refuse(sent);
    sent = findings_parcel(1);
    sent.findings[0].rule = (enum import_rule)10;
    refuse(sent);
    sent = findings_parcel(1);
    sent.findings[0].sentence = bytes_of_text("two\nlines");
    refuse(sent);
    refuse((struct parcel){.kind = PARCEL_FINDINGS, .row = 1});
    refuse((struct parcel){.kind = PARCEL_END, .rows = ROWS_MAX + 2});
    refuse((struct parcel){.kind = PARCEL_END, .row = 3});
    uint8_t unknown[] = {9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0};
    CHECK_STATUS(parcel_decode(bytes_of(unknown, sizeof unknown), &got), E_FORM);
}

static void a_long_text_is_cut_between_letters(void)
{
    static char sentence[2 * PARCEL_TEXT_MAX + 2];

    for (size_t i = 0; i < PARCEL_TEXT_MAX; i++) {
        sentence[2 + 2 * i] = (char)0xa9;
        sentence[1 + 2 * i] = (char)0xc3;
    }
    sentence[0] = 'x';
    sent = findings_parcel(1);
    sent.findings[0].sentence = bytes_of_text(sentence);
    CHECK_OK(parcel_decode(body(&sent), &got));
    CHECK_INT(got.findings[0].sentence.size, PARCEL_TEXT_MAX - 1);
}

CASES(CASE(what_is_sent_arrives), CASE(no_byte_of_a_hostile_reader_goes_unlooked_at),
      CASE(refuses_what_a_good_reader_never_says), CASE(a_long_text_is_cut_between_letters))
