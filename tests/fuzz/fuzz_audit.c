#include "audit_part.h"
#include "trio.h"

/*
 * An export of the log, whose lines are changed, taken out, exchanged and repeated as the
 * input says: four bytes each, what is done, to which line (u16), and with what.
 *
 * Oracle: it is judged good only with every row as it was made, none more and none less;
 * but for its period, which is what somebody asked for.
 */

enum { CHANGE_SIZE = 4, CHANGES_MAX = 64, LINES_MAX = 8192, ARENA = 32 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct trio *world;
static struct bytes good;
static size_t line_count;
static struct bytes lines[LINES_MAX];
static struct arena arena;
static uint8_t text[4 << 20];

/* The last group is behind the period, as the export's own row would be. */
static millis last_at(const struct desk *d)
{
    const struct exchange *const x = d->exchange;
    const struct stream_row *const log = &x->own[lane_rank(LANE_LOCAL)].row;
    struct group_row g = {0};

    CHECK_OK(x->store.ops->group_find(x->store.self, &log->id, log->frontier.size - 1,
                                      d->scratch, &g));
    return g.at;
}

static struct bytes export(struct trio *t)
{
    struct arena scratch;
    struct desk d = {.exchange = t->nodes[ALFA].exchange,
                     .journal = t->nodes[ALFA].journal,
                     .keyring = t->cast.actors[ALFA].keyring,
                     .scratch = &scratch};
    struct audit_part w = {.desk = &d,
                           .log = d.exchange->own[lane_rank(LANE_LOCAL)].row,
                           .at.phase = AUDIT_PHASE_BEFORE};
    struct bytes kept = {0};

    trio_arena(&scratch, ARENA);
    arena_reset(&t->arena);
    w.at.period.until = last_at(&d);
    w.source = (struct proof_source){.journal = d.journal,
                                     .self = d.exchange->self,
                                     .realm = t->cast.realm,
                                     .root = t->root_note,
                                     .lean = true};
    w.text = writer_over(text, sizeof text);
    CHECK_OK(proof_log_open(&w.source, &w.log.id, &t->arena, &w.making));
    CHECK_OK(audit_part_end(&w));
    do
        CHECK_OK(audit_part(&w, true));
    while (strcmp(w.state, "done") != 0);
    CHECK(!w.text.bad);
    CHECK_OK(arena_copy(&t->paper, writer_bytes(&w.text), &kept));
    free(scratch.at);
    return kept;
}

static void make_once(void)
{
    if (world != NULL)
        return;
    world = trio_make();
    for (int i = 0; i < 4; i++) {
        trio_publish(world, ALFA, LANE_ROUTINE, 1u << BRAVO | 1u << CHARLIE, 2);
        trio_settle(world);
    }
    good = export(world);
    trio_arena(&arena, ARENA);
    for (struct bytes rest = good; rest.size > 0; line_count++) {
        const uint8_t *const end = memchr(rest.at, '\n', rest.size);
        CHECK(end != NULL && line_count < LINES_MAX);
        lines[line_count] = bytes_of(rest.at, (size_t)(end + 1 - rest.at));
        rest = bytes_from(rest, lines[line_count].size);
    }
    CHECK(line_count > 20);
}

static void change(struct bytes *now, size_t count, const uint8_t at[CHANGE_SIZE])
{
    const size_t line = ((size_t)at[1] << 8 | at[2]) % count;
    struct bytes copy = {0};
    uint8_t *bit = NULL;

    switch (at[0] % 4) {
    case 0: /* a bit of it */
        if (now[line].size == 0)
            break;
        bit = arena_take(&arena, now[line].size);
        CHECK(bit != NULL);
        memcpy(bit, now[line].at, now[line].size);
        bit[(at[3] >> 3) * now[line].size / 32] ^= (uint8_t)(1u << (at[3] & 7));
        now[line] = bytes_of(bit, now[line].size);
        break;
    case 1:
        now[line] = (struct bytes){0};
        break;
    case 2: /* with one behind it */
        copy = now[line];
        now[line] = now[(line + at[3]) % count];
        now[(line + at[3]) % count] = copy;
        break;
    default: /* another's place */
        now[(line + at[3]) % count] = now[line];
        break;
    }
}

/* The next line of what is exported: head and rows, but for the period.  Checkpoints and
 * leaf hashes are the proof; without one of them another has to hold all the same. */
static struct bytes next_row_line(struct bytes *rest)
{
    static const char *const words[] = {"flagpost", "realm",  "agency", "epoch", "before",
                                        "entry",    "header", "salt",   "value"};

    while (rest->size > 0) {
        const uint8_t *const end = memchr(rest->at, '\n', rest->size);
        const size_t length = end == NULL ? rest->size : (size_t)(end + 1 - rest->at);
        const struct bytes line = bytes_of(rest->at, length);
        *rest = bytes_from(*rest, length);
        for (size_t i = 0; i < COUNT_OF(words); i++) {
            const size_t word = strlen(words[i]);
            if (length > word && memcmp(line.at, words[i], word) == 0)
                return line;
        }
    }
    return (struct bytes){0};
}

static bool has_the_same_rows(struct bytes now)
{
    struct bytes made = good;
    struct bytes line = {0};

    do {
        line = next_row_line(&made);
        if (!bytes_equal(line, next_row_line(&now)))
            return false;
    } while (line.size > 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t asked = size / CHANGE_SIZE;
    struct proof_fault fault = {0};

    make_once();
    arena_reset(&arena);
    struct bytes *const now = arena_array(&arena, line_count, sizeof *now);
    struct audit_facts *const facts = arena_take(&arena, sizeof *facts);
    CHECK(now != NULL && facts != NULL);
    memcpy(now, lines, line_count * sizeof *now);
    for (size_t i = 0; i < asked && i < CHANGES_MAX; i++)
        change(now, line_count, data + i * CHANGE_SIZE);
    struct writer w = writer_over(text, sizeof text);
    for (size_t i = 0; i < line_count; i++)
        write_bytes(&w, now[i]);
    CHECK(!w.bad);
    const status s =
        audit_file_check(writer_bytes(&w), world->root_note, &arena, NULL, facts, &fault);
    if (s == OK)
        CHECK(has_the_same_rows(writer_bytes(&w)));
    else
        CHECK(fault.sentence[0] != '\0');
    if (asked == 0)
        CHECK_OK(s);
    return 0;
}
