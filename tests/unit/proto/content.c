/* Items and contents at their limits. */

#include "content.h"

#include "check.h"
#include "text.h"

static uint8_t memory[2 * 1024 * 1024] __attribute__((aligned(16)));
static const char letters[CONTENT_BYTES_MAX] = {'a', 'b', 'c'};

static struct arena fresh_arena(void)
{
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    return a;
}

static status encode(struct item item)
{
    struct arena a = fresh_arena();
    struct bytes b = {0};
    const status s = item_encode(&item, &a, &b);

    CHECK((s == OK) == (b.size > 0));
    return s;
}

static struct bytes xs(size_t size)
{
    static char text[CONTENT_BYTES_MAX];

    memset(text, 'x', sizeof text);
    CHECK(size <= sizeof text);
    return bytes_of(text, size);
}

static void what_no_reader_would_take_is_not_encoded(void)
{
    struct item i = {.kind = ITEM_TEXT, .text = {.text = xs(5)}};

    CHECK_OK(encode(i));
    i.text.text = bytes_of(letters, 5);
    CHECK_STATUS(encode(i), E_VALUE);
    i.text.text = bytes_of("\xff", 1);
    CHECK_STATUS(encode(i), E_VALUE);
    i.text = (struct item_text){.text = xs(5), .basis = (enum basis)3};
    CHECK_STATUS(encode(i), E_VALUE);
    i.kind = 0;
    CHECK_STATUS(encode(i), E_VALUE);
    i.kind = (enum item_kind)63;
    CHECK_STATUS(encode(i), E_VALUE);
}

static void an_item_that_says_nothing_is_not_encoded(void)
{
    for (unsigned kind = 0; kind < 64; kind++)
        CHECK_STATUS(encode((struct item){.kind = (enum item_kind)kind}), E_VALUE);
}

static void texts_end_at_their_limits(void)
{
    CHECK_OK(encode((struct item){.kind = ITEM_TEXT, .text.text = xs(TEXT_BYTES_MAX)}));
    CHECK_STATUS(
        encode((struct item){.kind = ITEM_TEXT, .text.text = xs(TEXT_BYTES_MAX + 1)}),
        E_LIMIT);
    CHECK_OK(encode(
        (struct item){.kind = ITEM_CASE, .case_reference.reference = xs(SHORT_TEXT_MAX)}));
    CHECK_STATUS(encode((struct item){.kind = ITEM_CASE,
                                      .case_reference.reference = xs(SHORT_TEXT_MAX + 1)}),
                 E_LIMIT);
    /* Five long texts fit a content, six do not. */
    struct item i = {.kind = ITEM_REPORT};
    i.report = (struct item_report){.caveat = xs(32000),
                                    .conditions = xs(32000),
                                    .a3_usage = xs(32000),
                                    .risk = xs(32000),
                                    .pii_decision = xs(32000)};
    CHECK_OK(encode(i));
    i.report.condition_reason = xs(32000);
    CHECK_STATUS(encode(i), E_LIMIT);
}

static void an_overlong_text_is_refused_on_arrival(void)
{
    static uint8_t raw[TEXT_BYTES_MAX + 16];
    struct arena a = fresh_arena();
    struct writer w = writer_over(raw, sizeof raw);
    struct item item;

    /* item 4 of 32773 bytes: field 1 of 32769 */
    write_bytes(&w, bytes_of("\x22\x85\x80\x02\x0a\x81\x80\x02", 8));
    write_bytes(&w, xs(TEXT_BYTES_MAX + 1));
    CHECK_STATUS(item_decode(writer_bytes(&w), &a, &item), E_LIMIT);
}

static void lists_and_dates_keep_their_rules(void)
{
    struct item i = {.kind = ITEM_PERSON, .person.surname = xs(3)};

    i.person.given.count = LIST_MAX + 1;
    CHECK_STATUS(encode(i), E_LIMIT);
    i.person.given.count = 1;
    CHECK_STATUS(encode(i), E_VALUE);
    i.person.given.at[0] = xs(SHORT_TEXT_MAX + 1);
    CHECK_STATUS(encode(i), E_LIMIT);
    i.person.given.at[0] = xs(SHORT_TEXT_MAX);
    CHECK_OK(encode(i));
    i.person.role_count = ROLES_MAX + 1;
    CHECK_STATUS(encode(i), E_LIMIT);
    i.person.role_count = 1;
    CHECK_STATUS(encode(i), E_VALUE);
    i.person.roles[0] = ROLE_WITNESS;
    CHECK_OK(encode(i));

    static const struct partial_date bad[] = {{10000, 1, 1},
                                              {2000, 13, 1},
                                              {2000, 12, 32},
                                              {2000, 0, 1},
                                              {0, 1, 0},
                                              {0, 0, 1},
                                              {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    for (size_t k = 0; k < COUNT_OF(bad); k++) {
        i.person.born = bad[k];
        CHECK_STATUS(encode(i), E_VALUE);
    }
    i.person.born = (struct partial_date){9999, 12, 31};
    CHECK_OK(encode(i));
}

static void an_audit_row_names_its_object_wholly_or_not(void)
{
    struct item i = {.kind = ITEM_AUDIT,
                     .audit = {.operation = AUDIT_CONSULT, .actor = xs(4)}};

    CHECK_OK(encode(i));
    i.audit.has_object = true;
    CHECK_STATUS(encode(i), E_VALUE);
    i.audit.object_stream =
        (struct stream_id){{"F55"}, LANE_ROUTINE, {.counter = 1, .random = {1}}};
    CHECK_OK(encode(i));
    i.audit.has_object = false;
    CHECK_STATUS(encode(i), E_VALUE);
    i.audit.object_stream = (struct stream_id){{""}, 0, {.counter = 0}};
    i.audit.object.bytes[0] = 1; /* in no stream */
    CHECK_OK(encode(i));
    i.audit.object_index = 1;
    CHECK_STATUS(encode(i), E_VALUE);
}

static void a_content_is_1_to_256_items_within_its_limit(void)
{
    static struct salted_item items[ITEMS_MAX + 1];
    struct arena a = fresh_arena();
    struct bytes b = {0};
    const struct salted_item *back = NULL;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = (struct salted_item){.salt = {(uint8_t)i}, .item = xs(i + 1)};
    CHECK_STATUS(content_encode(items, 0, &a, &b), E_VALUE);
    CHECK_STATUS(content_encode(items, ITEMS_MAX + 1, &a, &b), E_LIMIT);
    CHECK_OK(content_encode(items, ITEMS_MAX, &a, &b));
    CHECK_OK(content_decode(b, &a, &back, &count));
    CHECK_INT(count, ITEMS_MAX);
    CHECK_INT(back[255].salt[0], 255);
    CHECK_INT(back[255].item.size, 256);

    items[1].item = (struct bytes){0};
    CHECK_STATUS(content_encode(items, 2, &a, &b), E_VALUE);
    items[0].item = xs(CONTENT_BYTES_MAX - 26);
    CHECK_OK(content_encode(items, 1, &a, &b));
    CHECK_INT(b.size, CONTENT_BYTES_MAX);
    items[0].item = xs(CONTENT_BYTES_MAX - 25);
    CHECK_STATUS(content_encode(items, 1, &a, &b), E_LIMIT);
}

CASES(CASE(what_no_reader_would_take_is_not_encoded),
      CASE(an_item_that_says_nothing_is_not_encoded), CASE(texts_end_at_their_limits),
      CASE(an_overlong_text_is_refused_on_arrival), CASE(lists_and_dates_keep_their_rules),
      CASE(an_audit_row_names_its_object_wholly_or_not),
      CASE(a_content_is_1_to_256_items_within_its_limit))
