/*
 * proto/record.schema.json is what the table of fields says today.
 *
 *     test_unit_json_record_schema            the test
 *     test_unit_json_record_schema --print    the schema, to be committed
 *     test_unit_json_record_schema --judge    a record a line: "good", "refused R3:..." or
 *                                             "unreadable"; for record_schema.py
 *
 * It is made of the same table that reading and writing follow (json_fields.h) and of the
 * limits of the wire (content_fields.h), so that neither can change without the schema.
 * What the rules ask for beside the form, as far as a schema can say it, stands in
 * schema_rules.json; record_schema.py holds it against the rules.
 */

#include "content_fields.h"
#include "json_fields.h"
#include "record_json.h"
#include "rules.h"

#include "../intel/fixture.h"

#include <jansson.h>

/* schema_rules.json; borrowed by what is made from it until it is given back. */
static json_t *schema_rules;

static void schema_load(struct arena *a)
{
    const struct bytes text = fixture_file("tests/unit/json/schema_rules.json", a);
    json_error_t error;

    schema_rules =
        json_loadb((const char *)text.at, text.size, JSON_REJECT_DUPLICATES, &error);
    CHECK(schema_rules != NULL);
}

/* Each list of a record has rules there, so that a new one is not forgotten. */
static void schema_add_rules(const char *name, json_t *object)
{
    json_t *const rules = json_object_get(json_object_get(schema_rules, "rules"), name);

    if (rules == NULL)
        (void)fprintf(stderr, "schema_rules.json says nothing of %s\n", name);
    CHECK(rules != NULL);
    CHECK(json_object_update_missing(object, rules) == 0);
}

/* Of texts that have no wire struct of their own in the record. */
static size_t schema_text_limit(const char *name)
{
    const bool is_long = strcmp(name, "text") == 0 || strcmp(name, "grade_reason") == 0;

    return is_long ? TEXT_BYTES_MAX : SHORT_TEXT_MAX;
}

/* Limit of the wire field that stands at `offset` of an item; 0 when there is none. */
static size_t schema_limit(const struct layout *l, size_t offset)
{
    for (size_t i = 0; l != NULL && i < l->count; i++) {
        if (l->fields[i].offset == offset)
            return (size_t)l->fields[i].max;
    }
    return 0;
}

/* Which item's struct a field is of: `at` is the offset of that struct in the record. */
struct schema_place {
    const struct layout *layout;
    size_t at;
};

/* Facts and report lie in the record; everything else is a struct of its own. */
static struct schema_place schema_place_of(const struct json_field *f)
{
    const size_t facts = offsetof(struct record, facts);
    const size_t report = offsetof(struct record, report);

    if (f->offset >= report && f->offset < report + sizeof(struct item_report))
        return (struct schema_place){item_layout(ITEM_REPORT), report};
    if (f->offset >= facts && f->offset < facts + sizeof(struct item_facts))
        return (struct schema_place){item_layout(ITEM_FACTS), facts};
    return (struct schema_place){0};
}

static json_t *schema_type(const char *type)
{
    return json_pack("{s:s}", "type", type);
}

static json_t *schema_pattern(const char *pattern)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);
}

static json_t *schema_words(const struct json_field *f)
{
    json_t *const words = json_array();
    /* SECRET and above are read, so that rule R1 can refuse them; the schema does not. */
    const size_t count =
        strcmp(f->name, "marking") == 0 ? MARKING_OFFICIAL_SENSITIVE : f->max;

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(words, json_string(f->words[i]));
    return json_pack("{s:o}", "enum", words);
}

static json_t *schema_text(size_t limit)
{
    json_t *const s = schema_type("string");

    if (limit > 0) /* of the wire in bytes: so many characters are never fewer */
        (void)json_object_set_new(s, "maxLength", json_integer((json_int_t)limit));
    return s;
}

static json_t *schema_list(size_t limit)
{
    json_t *const items = schema_text(limit);

    (void)json_object_set_new(items, "minLength", json_integer(1));
    return json_pack("{s:s, s:i, s:o}", "type", "array", "maxItems", LIST_MAX, "items",
                     items);
}

static json_t *schema_ref(void)
{
    char pattern[512];
    struct writer w = writer_over(pattern, sizeof pattern - 1);
    const char *between = "^(";

    _Static_assert(RECORD_THINGS_MAX == 32 && RECORD_PERSONS_MAX == 32, "0 to 31 below");
    for (size_t i = 0; record_part_at(i) != NULL; i++) {
        if (!record_part_at(i)->is_entity)
            continue;
        write_text(&w, between);
        write_text(&w, record_part_at(i)->name);
        between = "|";
    }
    write_text(&w, ")\\[([0-9]|[12][0-9]|3[01])\\]$");
    MUST(!w.bad);
    pattern[w.size] = '\0';
    return schema_pattern(pattern);
}

/* What checking writes, and nobody has to send: so what is sent there does not matter. */
static bool schema_is_derived(const char *name)
{
    static const char *const ends[] = {"canonical", "valid", "flags_normalised", "e164",
                                       "list_version"};

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        const size_t size = strlen(ends[i]);
        if (strlen(name) >= size && strcmp(name + strlen(name) - size, ends[i]) == 0)
            return true;
    }
    return false;
}

static json_t *schema_plain(const struct json_field *f, struct schema_place p)
{
    const bool derived = schema_is_derived(f->name);
    const size_t limit = derived ? 0 : schema_limit(p.layout, f->offset - p.at);

    switch (f->shape) {
    case AS_TEXT:
        return schema_text(derived || limit > 0 ? limit : schema_text_limit(f->name));
    case AS_LIST:
        return schema_list(limit);
    case AS_DATE:
        return schema_pattern("^(1[89]|[2-9][0-9])[0-9]{2}(-(0[1-9]|1[0-2])"
                              "(-(0[1-9]|[12][0-9]|3[01]))?)?$");
    case AS_TIME:
        return schema_pattern("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T"
                              "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$");
    case AS_BOOL:
        return schema_type("boolean");
    case AS_NUMBER:
        return json_pack("{s:s, s:i, s:I}", "type", "integer", "minimum", 0, "maximum",
                         (json_int_t)(limit > 0 ? limit : f->max));
    case AS_WORD:
        return schema_words(f);
    case AS_HASH:
        return schema_pattern("^[0-9a-f]{64}$");
    case AS_GRADE:
        return schema_pattern("^[1-3][A-E]$");
    case AS_REF:
        return schema_ref();
    case AS_SET:
    case AS_ROLES:
        return json_pack("{s:s, s:o, s:b, s:i}", "type", "array", "items", schema_words(f),
                         "uniqueItems", 1, "maxItems", (int)f->max);
    case AS_OBJECT:
    case AS_ARRAY:
        break;
    }
    MUST(false);
}

static void schema_describe(const struct json_field *f, json_t *s)
{
    json_t *const text =
        json_object_get(json_object_get(schema_rules, "descriptions"), f->name);

    if (text != NULL)
        (void)json_object_set(s, "description", text);
    if (schema_is_derived(f->name))
        (void)json_object_set_new(s, "readOnly", json_true());
}

/* The plain fields of one struct, and what the rules ask of it. */
static json_t *schema_object(const char *name, const struct json_layout *l,
                             const struct layout *wire)
{
    json_t *const properties = json_object();

    for (size_t i = 0; i < l->count; i++) {
        json_t *const s = schema_plain(&l->fields[i], (struct schema_place){wire, 0});
        schema_describe(&l->fields[i], s);
        (void)json_object_set_new(properties, l->fields[i].name, s);
    }
    json_t *const object = json_pack("{s:s, s:b, s:o}", "type", "object",
                                     "additionalProperties", 0, "properties", properties);
    schema_add_rules(name, object);
    return object;
}

static const struct layout *schema_wire_of(const char *name)
{
    for (size_t i = 0; record_part_at(i) != NULL; i++) {
        if (strcmp(record_part_at(i)->name, name) == 0)
            return item_layout(record_part_at(i)->kind);
    }
    return NULL;
}

static json_t *schema_array(const struct json_field *f)
{
    json_t *one = schema_object(f->name, f->of, schema_wire_of(f->name));

    if (f->bare)
        one = json_pack("{s:[o, o]}", "anyOf",
                        json_pack("{s:s, s:i, s:i}", "type", "string", "minLength", 1,
                                  "maxLength", SHORT_TEXT_MAX),
                        one);
    return json_pack("{s:s, s:i, s:o}", "type", "array", "maxItems", (int)f->max, "items",
                     one);
}

static json_t *schema_field(const struct json_field *f)
{
    if (f->shape == AS_ARRAY)
        return schema_array(f);
    if (f->shape == AS_OBJECT)
        return schema_object(f->name, f->of, NULL);
    return schema_plain(f, schema_place_of(f));
}

static json_t *schema_whole(void)
{
    json_t *const properties = json_object();

    for (size_t i = 0; i < json_record.count; i++) {
        const struct json_field *const f = &json_record.fields[i];
        json_t *const s = schema_field(f);
        schema_describe(f, s);
        (void)json_object_set_new(properties, f->name, s);
    }
    json_t *const whole = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "$schema",
        "https://json-schema.org/draft/2020-12/schema", "$id", "urn:flagpost:record:1",
        "title", "Intelligence record", "description",
        "One record as a force's system hands it to Flagpost. What a record must be beyond "
        "this is told by `flagpost check`.",
        "type", "object", "additionalProperties", 0, "properties", properties);
    schema_add_rules("record", whole);
    return whole;
}

/* --- the program --- */

static struct lists lists;
static struct arena arena;
static char line[RECORD_JSON_BYTES_MAX + 2];

static char *schema_text_now(void)
{
    fixture_arena(&arena);
    schema_load(&arena);
    json_t *const whole = schema_whole();
    char *const text = json_dumps(whole, JSON_INDENT(1) | JSON_PRESERVE_ORDER);

    json_decref(whole);
    json_decref(schema_rules);
    CHECK(text != NULL);
    return text;
}

static int print(void)
{
    char *const text = schema_text_now();

    (void)printf("%s\n", text);
    free(text);
    return 0;
}

static int compare(void)
{
    char *const text = schema_text_now();

    fixture_arena(&arena);
    const struct bytes file = fixture_file("proto/record.schema.json", &arena);
    const struct bytes now = bytes_of_text(text);
    const bool same = file.size == now.size + 1 && memcmp(file.at, now.at, now.size) == 0;
    if (!same)
        (void)fprintf(stderr,
                      "proto/record.schema.json is not what the code says: write it "
                      "anew with --print\n");
    free(text);
    return same ? 0 : 1;
}

static void judge(struct bytes text)
{
    struct record *const r = arena_take(&arena, sizeof *r);
    struct findings *const found = arena_take(&arena, sizeof *found);
    struct json_fault fault = {0};

    CHECK(r != NULL && found != NULL);
    if (record_json_read(text, &arena, r, &fault) != OK) {
        (void)printf("unreadable %s: %s\n", fault.path, fault.sentence);
        return;
    }
    rules_check(r, &lists, fixture_now, &arena, found);
    (void)printf("%s", found->refused ? "refused" : "good");
    for (size_t i = 0; i < found->count; i++) {
        if (found->at[i].severity == SEVERITY_REFUSE)
            (void)printf(" %s:%s", found->at[i].rule, found->at[i].field);
    }
    (void)printf("\n");
}

static int judge_lines(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    const size_t mark = arena_mark(&arena);
    while (fgets(line, sizeof line, stdin) != NULL) {
        judge(bytes_of(line, strcspn(line, "\n")));
        arena_rewind(&arena, mark);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print") == 0)
        return print();
    if (argc == 2 && strcmp(argv[1], "--judge") == 0)
        return judge_lines();
    return compare();
}
