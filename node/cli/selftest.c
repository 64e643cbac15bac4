#include "selftest.h"

#include "file.h"

#include <fts.h>
#include <stdio.h>
#include <string.h>

enum {
    VECTORS_BYTES_MAX = 2 * 1024 * 1024, /* the largest published file has a quarter */
    VECTORS_FILES_MAX = 10000,
};

static const struct option_row options[] = {
    {"vectors", "FILE", "vectors as JSON, or a folder with such files, at any depth"},
};

typedef int (*vectors_read)(struct cli *c, const char *path, struct bytes text,
                            vector_each each, void *context);

struct tally {
    struct cli *cli;
    vectors_read read;
    const char *path; /* of the file being read */
    size_t files, vectors, mismatches, sized, left_out;
};

static const char *expected_word(enum vector_expects e)
{
    switch (e) {
    case VECTOR_VALID:
        return "valid";
    case VECTOR_INVALID:
        return "invalid";
    case VECTOR_ACCEPTABLE:
        return "acceptable";
    }
    return "";
}

static const char *got_word(enum verdict got)
{
    switch (got) {
    case VERDICT_ACCEPTED:
        return "accepted";
    case VERDICT_OTHER:
        return "another result";
    case VERDICT_REFUSED:
        return "refused";
    case VERDICT_SIZE:
        return "refused for its size";
    case VERDICT_LEFT_OUT:
        return "left out";
    }
    return "";
}

static bool is_expected(enum vector_expects wanted, enum verdict got)
{
    const bool refused = got == VERDICT_REFUSED || got == VERDICT_SIZE;

    if (got == VERDICT_LEFT_OUT)
        return true;
    if (wanted == VECTOR_ACCEPTABLE)
        return got != VERDICT_OTHER;
    return wanted == VECTOR_VALID ? got == VERDICT_ACCEPTED : refused;
}

static void print_mismatch(const struct tally *t, const struct vector *v, enum verdict got)
{
    const struct bytes path = bytes_of_text(t->path);
    const struct bytes comment = bytes_of_text(v->comment);

    if (t->cli->json) {
        (void)printf("{\"status\":\"mismatch\",\"file\":");
        cli_print_json_text(path);
        (void)printf(",\"vector\":%llu,\"comment\":", (unsigned long long)v->number);
        cli_print_json_text(comment);
        (void)printf(",\"expected\":\"%s\",\"got\":\"%s\"}\n", expected_word(v->expects),
                     got_word(got));
        return;
    }
    cli_put(stdout, path);
    (void)printf(": %s %llu (\"", v->kind->algorithm == NULL ? "vector" : "tcId",
                 (unsigned long long)v->number);
    cli_put(stdout, comment);
    (void)printf("\"): expected %s, got %s\n", expected_word(v->expects), got_word(got));
}

static void judge(const struct vector *v, void *context)
{
    struct tally *const t = context;
    const enum verdict got = v->kind->run(v, &t->cli->arena);

    t->vectors++;
    t->sized += got == VERDICT_SIZE;
    t->left_out += got == VERDICT_LEFT_OUT;
    if (is_expected(v->expects, got))
        return;
    t->mismatches++;
    print_mismatch(t, v, got);
}

static int run_file(struct tally *t, const char *path)
{
    const size_t mark = arena_mark(&t->cli->arena);
    struct bytes text = {0};
    const status s = file_read(path, VECTORS_BYTES_MAX, &t->cli->arena, &text);

    if (s != OK)
        return cli_fail(t->cli, EXIT_UNREACHABLE, path,
                        s == E_LIMIT ? "larger than two megabytes: no file of vectors is"
                                     : cli_file_sentence(path, s));
    t->path = path;
    t->files++;
    const int code = t->read(t->cli, path, text, judge, t);
    arena_rewind(&t->cli->arena, mark);
    return code;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_json(const FTSENT *e)
{
    static const char ending[] = ".json";
    const size_t size = sizeof ending - 1;

    return e->fts_namelen > size &&
           strcmp(e->fts_name + e->fts_namelen - size, ending) == 0;
}

static void close_tree(FTS **tree)
{
    if (*tree != NULL)
        (void)fts_close(*tree); /* it was only read */
}

/* Every file that `path` is or holds; the first that is not right decides the exit code. */
static int run_tree(struct tally *t, const char *path)
{
    char *const paths[] = {arena_text(&t->cli->arena, bytes_of_text(path)), NULL};
    FTS *tree DEFER(close_tree) =
        fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    int code = EXIT_DONE;

    if (tree == NULL)
        return cli_fail(t->cli, EXIT_UNREACHABLE, path, status_sentence(E_MEMORY));
    for (const FTSENT *e = fts_read(tree); e != NULL; e = fts_read(tree)) {
        int one = EXIT_DONE;
        if (t->files == VECTORS_FILES_MAX)
            return cli_fail(t->cli, EXIT_REFUSED, path, "more than 10,000 files");
        if (e->fts_info == FTS_NS || e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
            one = cli_fail(t->cli, EXIT_UNREACHABLE, e->fts_path,
                           "there is no such file, or it may not be read");
        if (e->fts_info == FTS_F && (e->fts_level == 0 || is_json(e)))
            one = run_file(t, e->fts_path);
        code = code == EXIT_DONE ? one : code;
    }
    return code;
}

static void print_tally(const struct tally *t, int code)
{
    if (t->cli->json) {
        (void)printf("{\"status\":\"%s\",\"files\":%zu,\"vectors\":%zu,\"mismatches\":%zu,"
                     "\"refused_for_size\":%zu,\"left_out\":%zu}\n",
                     code == EXIT_DONE ? "done" : "failed", t->files, t->vectors,
                     t->mismatches, t->sized, t->left_out);
        return;
    }
    (void)printf("%zu vector%s, %zu mismatch%s", t->vectors, t->vectors == 1 ? "" : "s",
                 t->mismatches, t->mismatches == 1 ? "" : "es");
    if (t->sized > 0)
        (void)printf("; %zu of a size that is never taken here, which counts as refused",
                     t->sized);
    if (t->left_out > 0)
        (void)printf("; %zu left out, which give no hashes to compare", t->left_out);
    (void)printf("\n");
}

static int run(struct cli *c, vectors_read read)
{
    struct tally t = {.cli = c, .read = read};
    const char *const path = cli_text(c, "vectors");

    if (path == NULL)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name,
                        "say which vectors: --vectors FILE");
    int code = run_tree(&t, path);
    if (code == EXIT_DONE && t.vectors == 0)
        code = cli_fail(c, EXIT_REFUSED, path, "there is not one vector in it");
    if (code == EXIT_DONE && t.mismatches > 0)
        code = EXIT_REFUSED;
    if (t.vectors > 0)
        print_tally(&t, code);
    return code;
}

static int run_crypto(struct cli *c)
{
    return run(c, vectors_wycheproof);
}

static int run_log(struct cli *c)
{
    return run(c, vectors_merkle);
}

const struct command command_selftest_crypto = {
    .name = "selftest crypto",
    .arguments = "",
    .summary = "Holds published vectors against this node's own cryptography",
    .details =
        "FILE is one of C2SP/wycheproof (testvectors_v1) for Ed25519, X25519, ChaCha20-\n"
        "Poly1305, XChaCha20-Poly1305, HKDF-SHA-256 or HMAC-SHA256. A line tells each\n"
        "vector that comes out otherwise than it says, and the exit code is then 1.\n"
        "\"Acceptable\" may be refused, and may not give another result.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run_crypto,
};

const struct command command_selftest_log = {
    .name = "selftest log",
    .arguments = "",
    .summary = "Holds published Merkle proofs against this node's own verifier",
    .details = "FILE holds inclusion or consistency proofs as transparency-dev/merkle has\n"
               "them in testdata: one object, or a list of them. A line tells each proof\n"
               "that is judged otherwise than its wantErr says; the exit code is then 1.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run_log,
};
