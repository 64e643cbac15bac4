#include "driver.h"

#include "record.h"
#include "server.h"

#include <stddef.h>

/*
 * search fill HOME CREDENTIAL COUNT PEER
 * search ask SOCKET COUNT QUESTIONS
 *
 * Publishes so many different records, each made of its number alone, and then asks for
 * what is in them as a person does: names, numbers, words.  Words are drawn as those of a
 * language are, few of them often.
 */

enum {
    WORDS = 40000,
    TEXT_WORDS = 110,
    NAMES = 3000,
    TEXT_ROOM = 4096,
    CLIENT_ARENA = 4 * 1024 * 1024,
};

/* --- by chance, the same each time --- */

struct dice {
    uint64_t state;
};

static uint32_t below(struct dice *d, uint32_t sides)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return (uint32_t)((d->state * 2685821657736338717U) >> 33) % sides;
}

static struct dice dice_of(uint64_t number)
{
    struct dice d = {.state = (number + 1) * 0x9e3779b97f4a7c15U};

    (void)below(&d, 2);
    return d;
}

/* Of syllables; another number is another word. */
static void write_word(struct writer *w, uint32_t number)
{
    static const char *const heads[] = {"b", "d", "f", "g",  "h",  "k", "l",
                                        "m", "n", "p", "r",  "s",  "t", "v",
                                        "w", "z", "j", "sh", "ch", "br"};
    static const char *const tails[] = {"a",  "e",  "i",  "o",  "u",
                                        "an", "er", "il", "on", "us"};

    for (uint32_t rest = number + 200; rest > 0; rest /= 200) {
        write_text(w, heads[rest % 200 / 10]);
        write_text(w, tails[rest % 10]);
    }
}

/* Few are frequent: about as Zipf's law has it. */
static uint32_t draw_word(struct dice *d)
{
    const uint32_t octave = below(d, 16);
    const uint32_t most = (1U << octave) < WORDS ? 1U << octave : WORDS;

    return below(d, most);
}

/* --- a record --- */

struct made {
    char surname[40], given[40], phone[20], mark[12], text[TEXT_ROOM];
    uint32_t rare; /* a word of the text that is not frequent */
};

static const char *word_of(uint32_t number, char *room, size_t size)
{
    struct writer w = writer_over(room, size - 1);

    write_word(&w, number);
    CHECK(!w.bad);
    room[w.size] = '\0';
    room[0] = (char)(room[0] - 'a' + 'A');
    return room;
}

static void make_text(struct dice *d, struct made *m)
{
    struct writer w = writer_over(m->text, sizeof m->text - 1);

    m->rare = 0;
    for (size_t i = 0; i < TEXT_WORDS; i++) {
        const uint32_t word = draw_word(d);
        m->rare = word > m->rare ? word : m->rare;
        write_text(&w, i == 0 ? "" : " ");
        write_word(&w, word);
    }
    CHECK(!w.bad);
    m->text[w.size] = '\0';
}

static void make(uint64_t number, struct made *m)
{
    struct dice d = dice_of(number);

    (void)word_of(below(&d, NAMES), m->surname, sizeof m->surname);
    (void)word_of(below(&d, NAMES / 4), m->given, sizeof m->given);
    (void)snprintf(m->phone, sizeof m->phone, "+4477%08u", below(&d, 100000000));
    (void)snprintf(m->mark, sizeof m->mark, "%c%c%02u%c%c%c", 'A' + (int)below(&d, 8),
                   'A' + (int)below(&d, 8), 2 + below(&d, 23), 'A' + (int)below(&d, 8),
                   'J' + (int)below(&d, 5), 'R' + (int)below(&d, 8));
    make_text(&d, m);
}

static struct bytes b(const char *text)
{
    return bytes_of_text(text);
}

static void fill_record(const struct made *m, struct record *r)
{
    *r = (struct record){
        .facts = {.flags = {1, {b("OIMCR")}},
                  .station = b("55AA"),
                  .date_created = {2026, 10, 14}},
        .report = {.title = b("Report"), .purpose = PURPOSE_PREVENT, .risk = b("None")},
        .provenance = {.text = b("A member of the public"),
                       .grade = {.source = 2, .assessment = 2}},
        .text_count = 1,
        .texts = {{b(m->text), BASIS_FACT, {.source = 1, .assessment = 1}}},
        .person_count = 1,
        .persons = {{.surname = b(m->surname),
                     .given = {1, {b(m->given)}},
                     .born = {1979, 6, 21},
                     .role_count = 1,
                     .roles = {ROLE_SUSPECT}}},
        .vehicle_count = 1,
        .vehicles = {{.vrm_raw = b(m->mark), .vrm = b(m->mark), .vrm_valid = true}},
        .phone_count = 1,
        .phones = {{.raw = b(m->phone), .e164 = b(m->phone), .valid = true}},
    };
}

static void next_record(struct driver *d)
{
    static struct made m;
    static struct record r;

    make(d->varied, &m);
    fill_record(&m, &r);
    /* The exchange borrows it until the turn is closed. */
    CHECK_OK(record_items(&r, d->node->exchange->arena, &d->sent, &d->sent_count));
}

static int fill(int argc, char **argv)
{
    static struct driver d;
    const uint64_t count = strtoull(argv[4], NULL, 10);

    driver_open(&d, argv[2], argv[3], argv + 5, (size_t)argc - 5);
    d.vary = next_record;
    (void)printf("{\"event\":\"begin\"}\n");
    while (driver_size(&d) < count)
        (void)driver_turn(&d,
                          count - driver_size(&d) < 100 ? count - driver_size(&d) : 100);
    (void)printf("{\"event\":\"end\",\"records\":%llu}\n",
                 (unsigned long long)driver_size(&d));
    driver_done(&d);
    return 0;
}

/* --- asking --- */

enum question_kind {
    A_NAME,
    A_SOUND,
    A_PHONE,
    A_MARK,
    A_RARE_WORD,
    TWO_WORDS,
    A_FREQUENT_WORD,
    KINDS
};

static const char *const kind_names[KINDS] = {
    "a name", "a name that only sounds so",  "a telephone number", "a registration mark",
    "a word", "a frequent word and another", "a frequent word"};

static size_t question_of(enum question_kind kind, const struct made *m, char *room,
                          size_t size, const char **ret_field)
{
    struct writer w = writer_over(room, size);

    *ret_field = kind == A_NAME || kind == A_SOUND ? "name"
                 : kind == A_PHONE                 ? "phone"
                 : kind == A_MARK                  ? "vrm"
                                                   : "words";
    if (kind == A_PHONE || kind == A_MARK)
        write_text(&w, kind == A_PHONE ? m->phone : m->mark);
    if (kind == A_NAME || kind == A_SOUND) {
        write_text(&w, m->given);
        write_text(&w, kind == A_SOUND ? "h " : " ");
        write_text(&w, m->surname);
    }
    if (kind == TWO_WORDS || kind == A_FREQUENT_WORD)
        write_word(&w, 0);
    if (kind == TWO_WORDS)
        write_text(&w, " ");
    if (kind == TWO_WORDS || kind == A_RARE_WORD)
        write_word(&w, m->rare);
    CHECK(!w.bad);
    return w.size;
}

struct question {
    const char *socket, *field;
    struct bytes value;
    char after[24]; /* where it goes on; "": it is at its end */
    size_t rows;
};

/* Nanoseconds until the answer. */
static uint64_t ask_once(struct question *q)
{
    static _Alignas(max_align_t) uint8_t memory[CLIENT_ARENA];
    struct arena a;
    const struct control_field fields[] = {{bytes_of_text(q->field), q->value},
                                           {b("purpose"), b("measure")},
                                           {b("after"), bytes_of_text(q->after)}};
    const struct control_request request = {
        .verb = b("search"), .argument_count = COUNT_OF(fields), .arguments = fields};
    struct bytes encoded = {0};
    struct bytes got = {0};
    struct control_answer answer = {0};

    arena_init(&a, memory, sizeof memory);
    CHECK_OK(control_request_encode(&request, &a, &encoded));
    const uint64_t begun = bench_now();
    CHECK_OK(server_ask(q->socket, encoded, &a, &got));
    const uint64_t took = bench_now() - begun;
    CHECK_OK(control_answer_decode(got, &a, &answer));
    CHECK_OK(answer.status);
    CHECK(answer.row_count > 0);
    const struct bytes next = control_value(&answer.rows[answer.row_count - 1], "next");
    CHECK(next.size < sizeof q->after);
    memcpy(q->after, next.at, next.size);
    q->after[next.size] = '\0';
    q->rows = answer.row_count - 1;
    return took;
}

static void tell_kind(enum question_kind kind, uint64_t *samples, size_t count, size_t rows)
{
    (void)printf("%s{\"kind\":\"%s\",\"rows\":%.2f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}",
                 kind == 0 ? "" : ",", kind_names[kind], (double)rows / (double)count,
                 (double)bench_percentile(samples, count, 50) / 1e6,
                 (double)bench_percentile(samples, count, 99) / 1e6);
}

/* What came into question and is not it may fill the first answers. */
static size_t ask_kind(enum question_kind kind, const char *socket, uint64_t records,
                       uint64_t *samples, size_t count)
{
    static struct made m;
    struct dice d = dice_of(977 + (uint64_t)kind);
    struct question q = {.socket = socket};
    size_t all = 0;
    char room[256];

    for (size_t i = 0; i < count; i++) {
        if (q.after[0] == '\0' || q.rows > 0) {
            make(below(&d, (uint32_t)records), &m);
            q.value = bytes_of(room, question_of(kind, &m, room, sizeof room, &q.field));
            q.after[0] = '\0';
        }
        samples[i] = ask_once(&q);
        CHECK(q.rows > 0 || q.after[0] != '\0'); /* what is there is found */
        all += q.rows;
    }
    return all;
}

static int ask(char **argv)
{
    const uint64_t records = strtoull(argv[3], NULL, 10);
    const size_t count = strtoull(argv[4], NULL, 10) / KINDS;
    uint64_t *const samples = calloc(count * KINDS, sizeof *samples);

    CHECK(samples != NULL && count > 0);
    (void)printf("{\"event\":\"begin\"}\n");
    (void)fflush(stdout);
    (void)printf("{\"event\":\"end\",\"kinds\":[");
    for (unsigned k = 0; k < KINDS; k++) {
        uint64_t *const mine = samples + k * count;
        const size_t rows = ask_kind((enum question_kind)k, argv[2], records, mine, count);
        tell_kind((enum question_kind)k, mine, count, rows);
    }
    (void)printf("],\"p99_ms\":%.3f}\n",
                 (double)bench_percentile(samples, count * KINDS, 99) / 1e6);
    free(samples);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 6 && strcmp(argv[1], "fill") == 0)
        return fill(argc, argv);
    if (argc == 5 && strcmp(argv[1], "ask") == 0)
        return ask(argv);
    (void)fprintf(stderr, "usage: search fill HOME CREDENTIAL COUNT PEER...\n"
                          "       search ask SOCKET COUNT QUESTIONS\n");
    return 2;
}
