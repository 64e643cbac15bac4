#include "judge.h"

/* Redacted copies: chosen items under the originator's log, and what is refused. */

enum { PARTS = 5 };

/* A record of five texts by ALFA, and the opened items as ALFA's node has them. */
static struct trio *make_parts(const struct salted_item **ret_items)
{
    static const char letters[] = "abcdefgh";
    struct trio *const t = trio_make();
    struct trio_batch b;
    struct bytes parts[PARTS];
    struct entry_row e = {0};
    struct header h;
    uint8_t key[CONTENT_KEY_SIZE];
    uint8_t storage[32];
    size_t count = 0;

    trio_batch_begin(t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
    for (size_t i = 0; i < PARTS; i++) {
        const struct item item = {.kind = ITEM_TEXT,
                                  .text = {.text = bytes_of(&letters[i], 3)}};
        CHECK_OK(item_encode(&item, &t->arena, &parts[i]));
    }
    b.submission.item_count = PARTS;
    b.submission.items = parts;
    CHECK_OK(exchange_submit(t->nodes[ALFA].exchange, &b.submission));
    trio_end(t, ALFA);
    trio_settle(t);
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 0);
    const struct store store = journal_store(t->nodes[ALFA].journal);
    CHECK_OK(store.ops->entry_find(store.self, &place.stream, 0, &t->paper, &e));
    CHECK_OK(header_decode(e.header, &t->paper, &h));
    CHECK_OK(store.ops->key_find(store.self, &place.stream, 0, storage));
    CHECK_OK(open_kept_key(storage, &e.id, e.kept, key));
    const struct entry_parts sealed = {
        .header = e.header, .h = &h, .ciphertext = e.ciphertext};
    CHECK_OK(open_content(key, &sealed, &t->paper, ret_items, &count));
    CHECK_INT(count, PARTS);
    return t;
}

/* The record's proof with these items in it, as text that outlives the turn. */
static struct bytes redact(struct trio *t, const struct salted_item *items,
                           const uint32_t *positions, size_t count)
{
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 0);
    const struct bytes bare = make(t, ALFA, &place, false);
    struct arena *const a = work(t);
    struct proof *const p = arena_take(a, sizeof *p);
    struct proof_fault fault = {0};
    struct bytes text = {0};
    struct bytes kept = {0};

    CHECK(p != NULL);
    CHECK_OK(proof_read(bare, a, p, &fault));
    CHECK_OK(proof_items_make(items, PARTS, positions, count, a, p));
    CHECK_OK(proof_write(p, a, &text));
    CHECK_OK(arena_copy(&t->paper, text, &kept));
    return kept;
}

static void proves_every_choice_of_items(void)
{
    const struct salted_item *items = NULL;
    struct trio *const t = make_parts(&items);

    for (unsigned mask = 1; mask < 1u << PARTS; mask++) {
        uint32_t positions[PARTS];
        size_t count = 0;
        struct proof_fault fault = {0};
        for (uint32_t i = 0; i < PARTS; i++) {
            if ((mask & 1u << i) != 0)
                positions[count++] = i;
        }
        const struct bytes text = redact(t, items, positions, count);
        CHECK_OK(judge(work(t), text, t->root_note).result);
        struct proof *const p = arena_take(work(t), sizeof *p);
        CHECK_OK(proof_read(text, &t->arena, p, &fault));
        CHECK_INT(p->item_count, count);
        for (size_t i = 0; i < count; i++)
            CHECK_BYTES(p->items[i].value, items[positions[i]].item);
    }
    trio_free(t);
}

/* The text of what was left out is nowhere in the file, nor is its salt. */
static void holds_nothing_of_what_was_left_out(void)
{
    const struct salted_item *items = NULL;
    struct trio *const t = make_parts(&items);
    const uint32_t positions[] = {1, 3};
    const struct bytes text = redact(t, items, positions, COUNT_OF(positions));
    struct proof p;
    struct proof_fault fault = {0};

    CHECK_OK(proof_read(text, work(t), &p, &fault));
    for (size_t i = 0; i < PARTS; i++) {
        char hex[2 * SALT_SIZE + 1];
        hex_encode(bytes_of(items[i].salt, SALT_SIZE), hex);
        const bool shown = i == 1 || i == 3;
        CHECK_INT(memmem(text.at, text.size, hex, sizeof hex - 1) != NULL, shown);
        bool found = false;
        for (size_t n = 0; n < p.item_count; n++)
            found = found || bytes_equal(p.items[n].value, items[i].item);
        CHECK_INT(found, shown);
    }
    trio_free(t);
}

/* Where the changed byte stands in an item's block, the block is named by its first line.
 */
static uint32_t block_of(struct bytes text, size_t at)
{
    uint32_t line = 1;
    uint32_t block = 0;

    for (size_t i = 0; i <= at; i++) {
        const bool start = i == 0 || text.at[i - 1] == '\n';
        line += i > 0 && text.at[i - 1] == '\n';
        if (start)
            block = memcmp(text.at + i, "item ", 5) == 0      ? line
                    : memcmp(text.at + i, "salt ", 5) == 0    ? line - 1
                    : memcmp(text.at + i, "value ", 6) == 0   ? line - 2
                    : memcmp(text.at + i, "siblings", 8) == 0 ? line - 3
                                                              : 0;
    }
    return block;
}

static void refuses_any_changed_byte_of_an_item_and_names_it(void)
{
    const struct salted_item *items = NULL;
    struct trio *const t = make_parts(&items);
    const uint32_t positions[] = {0, 2, 4};
    const struct bytes good = redact(t, items, positions, COUNT_OF(positions));
    uint8_t *const bytes = malloc(good.size);
    size_t tried = 0;

    CHECK(bytes != NULL);
    memcpy(bytes, good.at, good.size);
    for (size_t i = 0; i < good.size; i++) {
        const uint32_t block = block_of(good, i);
        if (block == 0)
            continue;
        bytes[i] ^= 1;
        const struct judged j = judge(work(t), bytes_of(bytes, good.size), t->root_note);
        bytes[i] ^= 1;
        CHECK(j.result != OK);
        CHECK(j.fault.line >= block && j.fault.line <= block + 4);
        tried++;
    }
    CHECK(tried > 500);
    free(bytes);
    trio_free(t);
}

struct swapped {
    struct proof p;
    struct trio *t;
};

static struct swapped *open_good(struct trio *t, const struct salted_item *items)
{
    const uint32_t positions[] = {1, 2, 3};
    const struct bytes good = redact(t, items, positions, COUNT_OF(positions));
    struct swapped *const s = arena_take(&t->paper, sizeof *s);
    struct proof_fault fault = {0};

    CHECK(s != NULL);
    s->t = t;
    CHECK_OK(proof_read(good, &t->arena, &s->p, &fault));
    return s;
}

static struct judged judge_again(struct swapped *s)
{
    struct bytes text = {0};
    struct bytes kept = {0};

    CHECK_OK(proof_write(&s->p, &s->t->arena, &text));
    CHECK_OK(arena_copy(&s->t->paper, text, &kept));
    return judge(work(s->t), kept, s->t->root_note);
}

static void refuses_items_moved_swapped_repeated_or_past_the_end(void)
{
    const struct salted_item *items = NULL;
    struct trio *const t = make_parts(&items);
    struct swapped *s = open_good(t, items);

    const struct proof_item first = s->p.items[0];
    s->p.items[0] = s->p.items[1];
    s->p.items[1] = first;
    CHECK_INT(judge_again(s).result, E_ORDER);
    s = open_good(t, items);
    s->p.items[1] = s->p.items[0];
    CHECK_INT(judge_again(s).result, E_ORDER);
    s = open_good(t, items);
    s->p.items[0].value = s->p.items[1].value;
    CHECK_INT(judge_again(s).result, E_HASH);
    s = open_good(t, items);
    s->p.items[2].position = 4;
    CHECK(judge_again(s).result != OK);
    s = open_good(t, items);
    s->p.items[2].position = PARTS;
    const struct judged j = judge_again(s);
    CHECK_INT(j.result, E_VALUE);
    CHECK(strstr(j.fault.sentence, "past the record's end") != NULL);
    s = open_good(t, items);
    s->p.items[2].position = ITEMS_MAX;
    CHECK_INT(judge_again(s).result, E_FORM);
    s = open_good(t, items);
    s->p.items[0].siblings.size -= HASH_SIZE;
    CHECK_INT(judge_again(s).result, E_FORM);
    trio_free(t);
}

static void makes_nothing_of_positions_that_are_not_there(void)
{
    const struct salted_item *items = NULL;
    struct trio *const t = make_parts(&items);
    const uint32_t past[] = {PARTS};
    const uint32_t twice[] = {1, 1};
    struct proof p = {0};

    CHECK_STATUS(proof_items_make(items, PARTS, past, 1, work(t), &p), E_VALUE);
    CHECK_STATUS(proof_items_make(items, PARTS, twice, 2, work(t), &p), E_VALUE);
    CHECK_INT(p.item_count, 0);
    trio_free(t);
}

CASES(CASE(proves_every_choice_of_items), CASE(holds_nothing_of_what_was_left_out),
      CASE(refuses_any_changed_byte_of_an_item_and_names_it),
      CASE(refuses_items_moved_swapped_repeated_or_past_the_end),
      CASE(makes_nothing_of_positions_that_are_not_there))
