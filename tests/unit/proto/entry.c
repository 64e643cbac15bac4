/* Headers: what the codec must not confuse, and what it refuses to send. */

#include "entry.h"

#include "samples.h"

static const struct recipient two[] = {{{"F55"}, 1}, {{"SWROCU"}, 2}};

static uint8_t memory[256 * 1024] __attribute__((aligned(16)));

static struct arena fresh_arena(void)
{
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    return a;
}

static struct bytes complete(const struct header *h, struct arena *a)
{
    static const struct hash ciphertext_hash = {{0x66}};
    static const uint8_t wraps[RECIPIENTS_MAX * HASH_SIZE] = {0x77};
    struct bytes core = {0};
    struct bytes header = {0};

    CHECK_OK(header_encode_core(h, a, &core));
    CHECK_OK(header_finish(core, &ciphertext_hash,
                           bytes_of(wraps, (size_t)HASH_SIZE * h->recipient_count), a,
                           &header));
    return header;
}

static void every_member_comes_back_in_its_place(void)
{
    struct arena a = fresh_arena();
    struct header h = sample_header(two);
    struct header back;

    h.label = (struct label){
        .marking = MARKING_SECRET,
        .handling = HANDLING_C,
        .action = ACTION_A3,
        .sanitisation = SANITISATION_S2,
        .priority = PRIORITY_LOW,
        .retention_class = 4,
        .expires_at = 1800000000000,
        .route = {.flags = {2, {bytes_of_text("OIMCR"), bytes_of_text("OTHER")}},
                  .code = bytes_of_text("FICT-OIM-01"),
                  .roles = 1u << 3,
                  .purpose = 5,
                  .immigration = IMMIGRATION_BLOCKED}};
    h.has_previous = true;
    memset(h.previous.bytes, 0x99, sizeof h.previous.bytes);
    CHECK_OK(header_decode(complete(&h, &a), &a, &back));

    CHECK(hash_equal(&back.realm, &h.realm));
    CHECK(stream_id_equal(&back.stream, &h.stream));
    CHECK_INT(back.index, 1000);
    CHECK(record_id_equal(&back.id, &h.id));
    CHECK_INT(back.sealed_at, 1795471200000);
    CHECK_INT(back.kind, KIND_INTELLIGENCE);
    CHECK_INT(back.label.marking, MARKING_SECRET);
    CHECK_INT(back.label.handling, HANDLING_C);
    CHECK_INT(back.label.action, ACTION_A3);
    CHECK_INT(back.label.sanitisation, SANITISATION_S2);
    CHECK_INT(back.label.priority, PRIORITY_LOW);
    CHECK_INT(back.label.retention_class, 4);
    CHECK_INT(back.label.expires_at, 1800000000000);
    CHECK_INT(back.label.route.flags.count, 2);
    CHECK_BYTES(back.label.route.flags.at[1], bytes_of_text("OTHER"));
    CHECK_BYTES(back.label.route.code, bytes_of_text("FICT-OIM-01"));
    CHECK_INT(back.label.route.roles, 1u << 3);
    CHECK_INT(back.label.route.purpose, 5);
    CHECK_INT(back.label.route.immigration, IMMIGRATION_BLOCKED);
    CHECK_INT(back.roster_version, 3);
    CHECK(back.has_previous && record_id_equal(&back.previous, &h.previous));
    CHECK(hash_equal(&back.content_root, &h.content_root));
    CHECK_INT(back.item_count, 5);
    CHECK_INT(back.ciphertext_size, 900);
    CHECK(memcmp(back.nonce, h.nonce, NONCE_SIZE) == 0);
    CHECK_INT(back.group_first, 990);
    CHECK(memcmp(back.group_key, h.group_key, KX_KEY_SIZE) == 0);
    CHECK_INT(back.recipient_count, 2);
    CHECK_TEXT(back.recipients[1].agency.text, "SWROCU");
    CHECK_INT(back.recipients[1].kx_id, 2);
    CHECK(!back.has_statement);
    CHECK_INT(back.ciphertext_hash.bytes[0], 0x66);
    CHECK_INT(back.wrap_hashes.size, 64);
    CHECK_INT(back.wrap_hashes.at[0], 0x77);
}

static struct header sample_statement(void)
{
    struct header h = {
        .stream = {.agency = {"F55"}, .lane = LANE_IMMEDIATE, .epoch = {.counter = 2}},
        .kind = KIND_EPOCH,
        .roster_version = 1,
        .has_statement = true,
        .statement = {.old_epoch = {.counter = 1},
                      .old_size = 77,
                      .old_root = {{0x88}},
                      .reason = EPOCH_CUT_SHORT}};

    return h;
}

static void a_statement_comes_back(void)
{
    struct arena a = fresh_arena();
    const struct header h = sample_statement();
    struct header back;

    CHECK_OK(header_decode(complete(&h, &a), &a, &back));
    CHECK(back.has_statement);
    CHECK_INT(back.statement.old_epoch.counter, 1);
    CHECK_INT(back.statement.old_size, 77);
    CHECK_INT(back.statement.old_root.bytes[0], 0x88);
    CHECK_INT(back.statement.reason, EPOCH_CUT_SHORT);
    CHECK_INT(back.recipient_count, 0);
    CHECK_INT(back.wrap_hashes.size, 0);
}

static void the_core_is_a_prefix_of_the_header(void)
{
    struct arena a = fresh_arena();
    const struct header h = sample_header(two);
    struct bytes core = {0};
    size_t size = 0;

    CHECK_OK(header_encode_core(&h, &a, &core));
    const struct bytes whole = complete(&h, &a);
    CHECK_OK(header_core_size(whole, &size));
    CHECK_BYTES(bytes_of(whole.at, size), core);
    CHECK_INT(whole.size, core.size + 3 + 32 + 3 + 64);

    const struct header statement = sample_statement();
    CHECK_OK(header_encode_core(&statement, &a, &core));
    CHECK_OK(header_core_size(complete(&statement, &a), &size));
    CHECK_INT(size, core.size);
}

static void no_core_is_found_where_the_hash_is_missing(void)
{
    struct arena a = fresh_arena();
    const struct header h = sample_header(two);
    struct bytes core = {0};
    size_t size = 12345;

    CHECK_OK(header_encode_core(&h, &a, &core));
    CHECK_STATUS(header_core_size(core, &size), E_FORM);
    CHECK_STATUS(header_core_size(bytes_of("", 0), &size), E_FORM);
    CHECK_STATUS(header_core_size(bytes_of("\x12\x20x", 3), &size), E_FORM);
    CHECK_STATUS(header_core_size(bytes_of("\x12\xff\xff\xff\xff\x0f", 6), &size), E_FORM);
    CHECK_INT(size, 12345);
}

/* Encodes `h` after each change and expects a refusal. */
#define REFUSES(change, wanted)                                                            \
    do {                                                                                   \
        struct arena arena_ = fresh_arena();                                               \
        struct header h = sample_header(two);                                              \
        struct bytes core_ = {0};                                                          \
        change;                                                                            \
        CHECK_STATUS(header_encode_core(&h, &arena_, &core_), wanted);                     \
        CHECK_INT(core_.size, 0);                                                          \
    } while (0)

static void no_field_out_of_its_rule_is_encoded(void)
{
    REFUSES(h.stream.lane = 0, E_VALUE);
    REFUSES(h.stream.lane = (enum lane)4, E_VALUE);
    REFUSES(h.stream.agency.text[0] = 'f', E_VALUE);
    REFUSES(memset(h.stream.agency.text, 'A', sizeof h.stream.agency.text), E_VALUE);
    REFUSES(h.stream.agency.text[0] = '\0', E_VALUE);
    REFUSES(h.stream.epoch.counter = 0, E_VALUE);
    REFUSES(h.kind = 0, E_VALUE);
    REFUSES(h.kind = (enum kind)31, E_VALUE);
    REFUSES(h.label.marking = 0, E_VALUE);
    REFUSES(h.label.marking = (enum marking)5, E_VALUE);
    REFUSES(h.label.handling = 0, E_VALUE);
    REFUSES(h.label.handling = (enum handling)3, E_VALUE);
    REFUSES(h.label.action = (enum action_code)4, E_VALUE);
    REFUSES(h.label.sanitisation = (enum sanitisation_code)3, E_VALUE);
    REFUSES(h.label.priority = 0, E_VALUE);
    REFUSES(h.label.priority = (enum priority)4, E_VALUE);
    REFUSES(h.label.retention_class = 5, E_VALUE);
    REFUSES(h.label.route.roles = 1u << 16, E_VALUE);
    REFUSES(h.label.route.purpose = 256, E_VALUE);
    REFUSES(h.label.route.immigration = 8, E_VALUE);
    REFUSES(h.label.route.flags.count = 1, E_VALUE);
    REFUSES(h.roster_version = 0, E_VALUE);
    REFUSES(h.has_previous = true, E_VALUE);
    REFUSES(h.previous.bytes[0] = 1, E_VALUE);
    REFUSES(h.content_root = (struct hash){{0}}, E_VALUE);
    REFUSES(h.item_count = 0, E_VALUE);
    REFUSES(h.item_count = ITEMS_MAX + 1, E_VALUE);
    REFUSES(h.ciphertext_size = 16, E_VALUE);
    REFUSES(h.ciphertext_size = CONTENT_BYTES_MAX + 17, E_VALUE);
    REFUSES(memset(h.nonce, 0, NONCE_SIZE), E_VALUE);
    REFUSES(memset(h.group_key, 0, KX_KEY_SIZE), E_VALUE);
    REFUSES(h.group_first = 1001, E_VALUE);
    REFUSES(h.group_first = 1000 - GROUP_ENTRIES_MAX, E_VALUE);
}

/* Page 1: a decision for immigration enforcement is one recipient's, and an override is of
 * a block. */
static void a_decision_stands_in_an_entry_of_its_own(void)
{
    static const struct recipient three[] = {{{"F55"}, 1}, {{"IE"}, 1}, {{"SWROCU"}, 2}};
    struct arena a = fresh_arena();
    struct header sample = sample_header(two);
    struct bytes core = {0};

    sample.label.route.immigration = IMMIGRATION_DECIDED;
    CHECK_OK(header_encode_core(&sample, &a, &core));
    sample.label.route.immigration = IMMIGRATION_ALL;
    CHECK_OK(header_encode_core(&sample, &a, &core));
    REFUSES(h.label.route.immigration = IMMIGRATION_DECIDED; h.recipients = three;
            h.recipient_count = 3, E_VALUE);
    REFUSES(h.label.route.immigration = IMMIGRATION_OVERRIDDEN, E_VALUE);
    REFUSES(h.label.route.immigration = IMMIGRATION_DECIDED | IMMIGRATION_OVERRIDDEN,
            E_VALUE);
    REFUSES(h.label.route.immigration = IMMIGRATION_BLOCKED | IMMIGRATION_OVERRIDDEN,
            E_VALUE);
}

static void kinds_keep_their_rules(void)
{
    REFUSES(h.kind = KIND_AUDIT, E_VALUE);
    REFUSES(h.kind = KIND_RECALL, E_VALUE);
    REFUSES(h.kind = KIND_EPOCH, E_VALUE);
    REFUSES(h.has_statement = true, E_VALUE);
    REFUSES(h.stream.lane = LANE_LOCAL, E_VALUE);
    REFUSES(h = sample_statement(); h.has_statement = false, E_VALUE);
    REFUSES(h = sample_statement(); h.index = 1, E_VALUE);
    REFUSES(h = sample_statement(); h.recipients = two; h.recipient_count = 1, E_VALUE);
    REFUSES(h = sample_statement(); h.ciphertext_size = 17, E_VALUE);
    REFUSES(h = sample_statement(); h.item_count = 1, E_VALUE);
    REFUSES(h = sample_statement(); h.nonce[23] = 1, E_VALUE);
    REFUSES(h = sample_statement(); h.group_key[31] = 1, E_VALUE);
    REFUSES(h = sample_statement(); h.content_root.bytes[31] = 1, E_VALUE);
    REFUSES(h = sample_statement(); h.statement.reason = 0, E_VALUE);
    REFUSES(h = sample_statement(); h.statement.old_epoch.counter = 0, E_VALUE);
}

static void recipients_are_some_and_in_strict_order(void)
{
    static const struct recipient down[] = {{{"SWROCU"}, 1}, {{"F55"}, 1}};
    static const struct recipient twice[] = {{{"F55"}, 1}, {{"F55"}, 2}};
    static const struct recipient keyless[] = {{{"F55"}, 0}, {{"F56"}, 2}};
    static const struct recipient nameless[] = {{{""}, 1}, {{"F56"}, 2}};

    REFUSES(h.recipient_count = 0, E_VALUE);
    REFUSES(h.recipients = down, E_VALUE);
    REFUSES(h.recipients = twice, E_VALUE);
    REFUSES(h.recipients = keyless, E_VALUE);
    REFUSES(h.recipients = nameless, E_VALUE);
    REFUSES(h.recipient_count = RECIPIENTS_MAX + 1, E_LIMIT);
}

static void the_greatest_header_fits_its_limit(void)
{
    struct arena a = fresh_arena();
    struct recipient many[RECIPIENTS_MAX];
    struct header back;

    for (unsigned i = 0; i < RECIPIENTS_MAX; i++) {
        (void)snprintf(many[i].agency.text, sizeof many[i].agency.text, "A-234567890-2%03u",
                       i);
        many[i].kx_id = UINT32_MAX;
    }
    struct header h = sample_header(many);
    h.recipient_count = RECIPIENTS_MAX;
    const struct bytes b = complete(&h, &a);
    CHECK(b.size < HEADER_BYTES_MAX);
    CHECK_OK(header_decode(b, &a, &back));
    CHECK_INT(header_recipient_rank(&back, &many[127].agency), 127);
    CHECK_INT(header_recipient_rank(&back, &many[0].agency), 0);
    CHECK_INT(header_recipient_rank(&back, &two[0].agency), -1);
}

static void finishing_takes_whole_hashes_for_no_more_than_all(void)
{
    static const uint8_t wraps[(RECIPIENTS_MAX + 1) * HASH_SIZE];
    static const uint8_t core[HEADER_BYTES_MAX];
    static const struct hash hash;
    struct arena a = fresh_arena();
    struct bytes b = {0};

    CHECK_STATUS(header_finish(bytes_of(core, 9), &hash, bytes_of(wraps, 33), &a, &b),
                 E_VALUE);
    CHECK_STATUS(
        header_finish(bytes_of(core, 9), &hash, bytes_of(wraps, sizeof wraps), &a, &b),
        E_LIMIT);
    CHECK_STATUS(header_finish(bytes_of(core, HEADER_BYTES_MAX - 34), &hash,
                               bytes_of(wraps, 0), &a, &b),
                 E_LIMIT);
    CHECK_INT(b.size, 0);
    CHECK_OK(header_finish(bytes_of(core, HEADER_BYTES_MAX - 35), &hash, bytes_of(wraps, 0),
                           &a, &b));
    CHECK_INT(b.size, HEADER_BYTES_MAX);
}

static void a_refused_header_leaves_the_result_alone(void)
{
    struct arena a = fresh_arena();
    const struct header h = sample_header(two);
    struct header back = {.index = 4711};
    const struct bytes b = complete(&h, &a);

    CHECK_STATUS(header_decode(bytes_of(b.at, b.size - 1), &a, &back), E_FORM);
    CHECK_INT(back.index, 4711);
}

CASES(CASE(every_member_comes_back_in_its_place), CASE(a_statement_comes_back),
      CASE(a_decision_stands_in_an_entry_of_its_own),
      CASE(the_core_is_a_prefix_of_the_header),
      CASE(no_core_is_found_where_the_hash_is_missing),
      CASE(no_field_out_of_its_rule_is_encoded), CASE(kinds_keep_their_rules),
      CASE(recipients_are_some_and_in_strict_order),
      CASE(the_greatest_header_fits_its_limit),
      CASE(finishing_takes_whole_hashes_for_no_more_than_all),
      CASE(a_refused_header_leaves_the_result_alone))
