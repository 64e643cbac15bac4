#include "json_fault.h"
#include "json_load.h"
#include "selftest.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Test vectors as others publish them.  Unlike a record's, fields that are not asked for
 * are passed over: the files carry notes, sources and keys in other forms. */

/* The place in a file, and how it is told. */
struct source {
    struct cli *cli;
    const char *path;
    vector_each each;
    void *context;
    struct json_path at;
    struct json_fault fault;
};

static status fail(struct source *s, const char *name, const char *sentence)
{
    struct json_path at = s->at;

    if (name != NULL && at.count < COUNT_OF(at.steps))
        at = json_path_to(at, name);
    return json_fail(E_VALUE, &at, &(struct json_said){.before = sentence}, &s->fault);
}

static struct bytes text_of(const json_t *v)
{
    return bytes_of(json_string_value(v), json_string_length(v));
}

static bool is_text(const json_t *v, const char *text)
{
    return json_is_string(v) && text_is(text_of(v), text);
}

/*
 * jansson's whole numbers end below 2^63, and merkle has an index of 2^64 - 1.  Where one
 * is met, numbers are read as doubles: exact up to 2^53, and from 2^63, where no log of
 * ours reaches, the largest there is.
 */
static bool number_of(const json_t *v, uint64_t *ret)
{
    const double exact = 9007199254740992.0;
    const double beyond = 9223372036854775808.0;
    const double d = json_real_value(v); /* 0 for what is none */

    if (json_is_integer(v) && json_integer_value(v) >= 0) {
        *ret = (uint64_t)json_integer_value(v);
        return true;
    }
    if (!json_is_real(v) || !(d >= 0) || (d > exact && d < beyond))
        return false;
    *ret = d >= beyond ? UINT64_MAX : (uint64_t)d;
    return d >= beyond || d == (double)*ret;
}

static json_t *load(struct bytes text, struct json_fault *ret_fault)
{
    const struct bytes body = json_skip_mark(text);
    json_error_t error;
    json_t *v = json_load_whole(body, JSON_REJECT_DUPLICATES, &error);

    if (v == NULL && json_error_code(&error) == json_error_numeric_overflow)
        v = json_load_whole(body, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (v == NULL)
        status_ignore(json_fail_syntax(&error, ret_fault)); /* told by its sentence */
    return v;
}

static int tell(const struct source *s)
{
    char where[CONFIG_PATH_MAX + 160];

    if (s->fault.line > 0)
        (void)snprintf(where, sizeof where, "%s, line %d, column %d", s->path,
                       s->fault.line, s->fault.column);
    else
        (void)snprintf(where, sizeof where, "%s%s%s", s->path,
                       s->fault.path[0] == '\0' ? "" : ", ", s->fault.path);
    return cli_fail(s->cli, EXIT_REFUSED, where, s->fault.sentence);
}

typedef status (*read_all)(struct source *s, json_t *root);

static int read_file(struct source *s, struct bytes text, read_all read)
{
    json_t *const root = load(text, &s->fault);
    const status done = root == NULL ? E_FORM : read(s, root);

    json_decref(root);
    return done == OK ? EXIT_DONE : tell(s);
}

static status numbers_of(struct source *s, const json_t *object, struct vector *v)
{
    for (size_t i = 0; i < VECTOR_NUMBERS_MAX && v->kind->numbers[i] != NULL; i++) {
        const char *const name = v->kind->numbers[i];
        if (!number_of(json_object_get(object, name), &v->numbers[i]))
            return fail(s, name, "This has to be a whole number.");
    }
    return OK;
}

/* --- Wycheproof --- */

static status hex_field(struct source *s, const json_t *object, const char *name,
                        struct bytes *ret)
{
    const json_t *const v = json_object_get(object, name);
    const struct bytes text = text_of(v);
    uint8_t *const at = arena_take(&s->cli->arena, text.size / 2);

    if (at == NULL)
        return fail(s, name, status_sentence(E_MEMORY));
    if (!json_is_string(v) || hex_decode(text, at, text.size / 2) != OK)
        return fail(s, name, "This has to be a text of pairs of hexadecimal digits.");
    *ret = bytes_of(at, text.size / 2);
    return OK;
}

static status expects_of(struct source *s, const json_t *test, enum vector_expects *ret)
{
    static const char *const words[] = {[VECTOR_VALID] = "valid",
                                        [VECTOR_INVALID] = "invalid",
                                        [VECTOR_ACCEPTABLE] = "acceptable"};
    const json_t *const v = json_object_get(test, "result");

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (is_text(v, words[i])) {
            *ret = (enum vector_expects)i;
            return OK;
        }
    }
    return fail(s, "result", "This has to be \"valid\", \"invalid\" or \"acceptable\".");
}

/* `key`: the group's public key, where the kind has one. */
static status read_test(struct source *s, const struct vector_kind *kind, const json_t *key,
                        const json_t *test)
{
    struct vector v = {.kind = kind};
    const json_t *const comment = json_object_get(test, "comment");

    v.comment = json_is_string(comment) ? json_string_value(comment) : "";
    if (!number_of(json_object_get(test, "tcId"), &v.number))
        return fail(s, "tcId", "This has to be a whole number.");
    TRY(expects_of(s, test, &v.expects));
    TRY(numbers_of(s, test, &v));
    for (size_t i = 0; i < VECTOR_FIELDS_MAX && kind->fields[i] != NULL; i++)
        TRY(hex_field(s, i == 0 && kind->public_key ? key : test, kind->fields[i],
                      &v.fields[i]));
    s->each(&v, s->context);
    return OK;
}

static status read_group(struct source *s, const struct vector_kind *kind,
                         const json_t *group)
{
    const json_t *const key =
        kind->public_key ? json_object_get(group, "publicKey") : group;
    const json_t *const tests = json_object_get(group, "tests");
    const struct json_path here = s->at;

    if (!is_text(json_object_get(group, "type"), kind->group))
        return fail(s, "type", "This node has no vectors of that type for the algorithm.");
    if (kind->curve != NULL && !is_text(json_object_get(key, "curve"), kind->curve))
        return fail(s, "curve", "This node uses another curve for the algorithm.");
    if (!json_is_array(tests))
        return fail(s, "tests", "This has to be a list in square brackets.");
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const size_t mark = arena_mark(&s->cli->arena);
        s->at = json_path_at(json_path_to(here, "tests"), i);
        TRY(read_test(s, kind, key, json_array_get(tests, i)));
        arena_rewind(&s->cli->arena, mark);
    }
    return OK;
}

static status unknown_algorithm(struct source *s, const json_t *algorithm)
{
    const struct json_path at = json_path_to(s->at, "algorithm");
    char after[160];
    struct writer w = writer_over(after, sizeof after);

    if (!json_is_string(algorithm))
        return fail(s, "algorithm", "Such a file names its algorithm.");
    write_text(&w, " is none of those this node uses: ");
    for (size_t i = 0; i < selftest_crypto_kinds.count; i++) {
        write_text(&w, i == 0 ? "" : ", ");
        write_text(&w, selftest_crypto_kinds.rows[i].algorithm);
    }
    write_u8(&w, 0);
    MUST(!w.bad);
    const struct json_said said = {"", json_string_value(algorithm), after, NULL};
    return json_fail(E_VALUE, &at, &said, &s->fault);
}

static status read_wycheproof(struct source *s, json_t *root)
{
    const json_t *const algorithm = json_object_get(root, "algorithm");
    const json_t *const groups = json_object_get(root, "testGroups");
    const struct vector_kind *kind = NULL;

    for (size_t i = 0; i < selftest_crypto_kinds.count; i++) {
        if (is_text(algorithm, selftest_crypto_kinds.rows[i].algorithm))
            kind = &selftest_crypto_kinds.rows[i];
    }
    if (kind == NULL)
        return unknown_algorithm(s, algorithm);
    if (!json_is_array(groups))
        return fail(s, "testGroups", "This has to be a list in square brackets.");
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const struct json_path nowhere = {0};
        s->at = json_path_at(json_path_to(nowhere, "testGroups"), i);
        TRY(read_group(s, kind, json_array_get(groups, i)));
    }
    return OK;
}

int vectors_wycheproof(struct cli *c, const char *path, struct bytes text, vector_each each,
                       void *context)
{
    struct source s = {.cli = c, .path = path, .each = each, .context = context};

    return read_file(&s, text, read_wycheproof);
}

/* --- merkle --- */

static status base64_field(struct source *s, const char *name, const json_t *v,
                           struct bytes *ret)
{
    if (!json_is_string(v) || base64_decode(&s->cli->arena, text_of(v), ret) != OK)
        return fail(s, name, "This has to be a text in base64.");
    return OK;
}

/* The proof's hashes end to end; no list at all is an empty one. */
static status read_path(struct source *s, const char *name, const json_t *list,
                        struct vector *v, struct bytes *ret)
{
    const size_t count = json_array_size(list);
    uint8_t *const at = arena_array(&s->cli->arena, count, HASH_SIZE);
    struct writer w = writer_over(at, count * HASH_SIZE);

    if (at == NULL)
        return fail(s, name, status_sentence(E_MEMORY));
    if (!json_is_array(list) && !json_is_null(list))
        return fail(s, name, "This has to be a list in square brackets, or null.");
    v->whole = true;
    for (size_t i = 0; i < count; i++) {
        struct bytes hash = {0};
        TRY(base64_field(s, name, json_array_get(list, i), &hash));
        v->whole = v->whole && hash.size == HASH_SIZE;
        if (hash.size == HASH_SIZE)
            write_bytes(&w, hash);
    }
    *ret = writer_bytes(&w);
    return OK;
}

static const struct vector_kind *kind_of(const json_t *object)
{
    for (size_t i = 0; i < selftest_log_kinds.count; i++) {
        const struct vector_kind *const kind = &selftest_log_kinds.rows[i];
        if (json_object_get(object, kind->numbers[0]) != NULL)
            return kind;
    }
    return NULL;
}

static status read_proof(struct source *s, const json_t *object, size_t number)
{
    struct vector v = {.kind = kind_of(object), .number = number};
    const json_t *const desc = json_object_get(object, "desc");
    const json_t *const want_error = json_object_get(object, "wantErr");

    v.comment = json_is_string(desc) ? json_string_value(desc) : "";
    if (v.kind == NULL)
        return fail(s, NULL,
                    "There is neither a leafIdx nor a size1: no proof to be judged.");
    if (!json_is_boolean(want_error))
        return fail(s, "wantErr", "This has to be true or false.");
    v.expects = json_is_true(want_error) ? VECTOR_INVALID : VECTOR_VALID;
    TRY(numbers_of(s, object, &v));
    for (size_t i = 0; i < VECTOR_FIELDS_MAX && v.kind->fields[i] != NULL; i++) {
        const char *const name = v.kind->fields[i];
        const json_t *const field = json_object_get(object, name);
        TRY(strcmp(name, "proof") == 0 ? read_path(s, name, field, &v, &v.fields[i])
                                       : base64_field(s, name, field, &v.fields[i]));
    }
    s->each(&v, s->context);
    return OK;
}

static status read_merkle(struct source *s, json_t *root)
{
    if (!json_is_array(root))
        return read_proof(s, root, 1);
    for (size_t i = 0; i < json_array_size(root); i++) {
        const struct json_path nowhere = {0};
        const size_t mark = arena_mark(&s->cli->arena);
        s->at = json_path_at(json_path_to(nowhere, ""), i);
        TRY(read_proof(s, json_array_get(root, i), i + 1));
        arena_rewind(&s->cli->arena, mark);
    }
    return OK;
}

int vectors_merkle(struct cli *c, const char *path, struct bytes text, vector_each each,
                   void *context)
{
    struct source s = {.cli = c, .path = path, .each = each, .context = context};

    return read_file(&s, text, read_merkle);
}
