#include "answer_json.h"

#include "json_load.h"
#include "text.h"

#include <string.h>

static const struct member {
    const char *row;  /* what the row says it is */
    const char *name; /* in the object */
    bool is_list;
} members[] = {
    {"record", "record", false},   {"node", "node", false},
    {"finding", "findings", true}, {"recipient", "recipients", true},
    {"stream", "streams", true},   {"recall", "recall", false},
    {"holder", "holders", true},   {"peer", "peers", true},
    {"draft", "draft", false},     {"mended", "mended", true},
    {"session", "session", false}, {"more", "more", false},
};

/* Fields that are counted. */
static const char *const numbers[] = {
    "index", "witnesses", "quorum", "roster",    "lists",  "size",
    "epoch", "have",      "for_us", "receipted", "idle_s", "skip",
};

/* Fields that are answered with yes or no.  Elsewhere `sent` is a time: then it stays. */
static const char *const booleans[] = {"again", "sent", "follows_us", "sure"};

static bool is_one_of(struct bytes name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(name, words[i]))
            return true;
    }
    return false;
}

/* NULL for what is not UTF-8: no answer of the node's has such a value. */
static json_t *text_of(struct bytes b)
{
    return b.size == 0 ? json_string("") : json_stringn((const char *)b.at, b.size);
}

static json_t *value_of(const struct control_field *f)
{
    uint64_t number = 0;

    if (is_one_of(f->name, numbers, COUNT_OF(numbers)) &&
        decimal_decode(f->value, &number) == OK && number <= INT64_MAX)
        return json_integer((json_int_t)number);
    if (is_one_of(f->name, booleans, COUNT_OF(booleans)) &&
        (text_is(f->value, "yes") || text_is(f->value, "no")))
        return json_boolean(text_is(f->value, "yes"));
    return text_of(f->value);
}

static bool put_named(json_t *object, struct bytes name, json_t *value)
{
    char text[64] = "";

    if (name.size >= sizeof text) {
        json_decref(value);
        return false;
    }
    memcpy(text, name.at, name.size);
    return json_object_set_new(object, text, value) == 0; /* takes the value in any case */
}

/* Without the field `but`; NULL: with all of them. */
static json_t *row_object(const struct control_row *row, const char *but)
{
    json_t *const object = json_object();

    for (size_t i = 0; object != NULL && i < row->field_count; i++) {
        const struct control_field *const f = &row->fields[i];
        if (but != NULL && text_is(f->name, but))
            continue;
        if (!put_named(object, f->name, value_of(f))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static const struct member other = {"", "others", true};

static const struct member *member_of(const struct control_row *row,
                                      const struct member *unnamed)
{
    const struct bytes kind = control_value(row, "row");

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        if (text_is(kind, members[i].row))
            return &members[i];
    }
    return kind.size == 0 ? unnamed : &other;
}

static bool put_row(json_t *object, const struct control_row *row,
                    const struct member *unnamed)
{
    const struct member *const m = member_of(row, unnamed);
    /* A row's own kind is told by where it stands. */
    json_t *const one = row_object(row, m->row[0] == '\0' ? NULL : "row");

    if (one == NULL)
        return false;
    if (!m->is_list)
        return json_object_set_new(object, m->name, one) == 0;
    json_t *list = json_object_get(object, m->name);
    if (list == NULL && json_object_set_new(object, m->name, json_array()) == 0)
        list = json_object_get(object, m->name);
    if (list == NULL) {
        json_decref(one);
        return false;
    }
    return json_array_append_new(list, one) == 0;
}

static json_t *head(status s, struct bytes sentence)
{
    json_t *const object = json_object();

    if (object == NULL)
        return NULL;
    if (json_object_set_new(object, "status", json_string(status_word(s))) == 0 &&
        json_object_set_new(object, "sentence", text_of(sentence)) == 0)
        return object;
    json_decref(object);
    return NULL;
}

/* Takes the object, NULL as well. */
static status dump(json_t *object, struct arena *a, struct bytes *ret)
{
    char *const text = object == NULL ? NULL : json_dump_whole(object);
    status s = E_MEMORY;

    json_decref(object);
    if (text != NULL)
        s = arena_copy(a, bytes_of_text(text), ret);
    json_wipe_free(text);
    return s;
}

/* Where a list was asked for there is one, though it has nothing in it. */
static json_t *begin(const struct control_answer *answer, const char *list)
{
    json_t *const object = head(answer->status, answer->sentence);

    if (object == NULL || list == NULL || answer->status != OK ||
        json_object_set_new(object, list, json_array()) == 0)
        return object;
    json_decref(object);
    return NULL;
}

status answer_json_write(const struct control_answer *answer, const char *list,
                         struct arena *a, struct bytes *ret)
{
    const struct member unnamed = {"", list == NULL ? other.name : list, true};
    json_t *object = begin(answer, list);

    for (size_t i = 0; object != NULL && i < answer->row_count; i++) {
        if (put_row(object, &answer->rows[i], &unnamed))
            continue;
        json_decref(object);
        object = NULL;
    }
    return dump(object, a, ret);
}

static status record_object(const struct control_row *row, struct arena *a, json_t **ret)
{
    struct record *const record = arena_take(a, sizeof *record);
    struct bytes text = {0};
    json_error_t error;

    ENSURE(record != NULL, E_MEMORY);
    TRY(record_unpack(control_value(row, "record"), a, record));
    json_watch_memory();
    const status s = record_json_write(record, a, &text);
    ENSURE(s == OK, json_ran_out() ? E_MEMORY : s);
    *ret = json_load_whole(text, 0, &error); /* it is JSON: we wrote it */
    return *ret == NULL ? E_MEMORY : OK;
}

/* Takes the value, and the object when it cannot. */
static json_t *with(json_t *object, const char *name, json_t *value)
{
    if (object == NULL)
        json_decref(value);
    else if (json_object_set_new(object, name, value) == 0) /* takes it in any case */
        return object;
    json_decref(object);
    return NULL;
}

status answer_json_record(const struct control_answer *answer, struct arena *a,
                          struct bytes *ret)
{
    const struct member attachments = {"", "attachments", true};
    json_t *record = NULL;

    ENSURE(answer->row_count > 0, E_FORM);
    TRY(record_object(&answer->rows[0], a, &record));
    json_t *object = with(begin(answer, attachments.name), "record", record);
    if (object != NULL)
        object = with(object, "entry", row_object(&answer->rows[0], "record"));
    for (size_t i = 1; object != NULL && i < answer->row_count; i++) {
        if (put_row(object, &answer->rows[i], &attachments))
            continue;
        json_decref(object);
        object = NULL;
    }
    return dump(object, a, ret);
}

static json_t *finding_object(const struct finding *f)
{
    const char *const members_of[][2] = {{"rule", f->rule},
                                         {"field", f->field},
                                         {"severity", severity_word(f->severity)},
                                         {"sentence", f->sentence},
                                         {"mend", f->mend}};
    json_t *const object = json_object();

    for (size_t i = 0; object != NULL && i < COUNT_OF(members_of); i++) {
        if (json_object_set_new(object, members_of[i][0], json_string(members_of[i][1])) ==
            0)
            continue;
        json_decref(object);
        return NULL;
    }
    return object;
}

/* As the node's findings look: it is one list that a sender's program goes through. */
static bool put_findings(json_t *object, const struct findings *found)
{
    json_t *const list = json_array();

    for (size_t i = 0; i < found->count; i++) {
        if (json_array_append_new(list, finding_object(&found->at[i])) != 0) {
            json_decref(list);
            return false;
        }
    }
    return json_object_set_new(object, "findings", list) == 0; /* takes it in any case */
}

static bool put_place(json_t *object, const struct json_fault *fault,
                      const struct findings *found)
{
    if (json_object_set_new(object, "rule", json_string(fault->rule)) != 0)
        return false;
    if (fault->line == 0)
        return json_object_set_new(object, "path", json_string(fault->path)) == 0 &&
               (fault->mend[0] == '\0' || put_findings(object, found));
    return json_object_set_new(object, "line", json_integer(fault->line)) == 0 &&
           json_object_set_new(object, "column", json_integer(fault->column)) == 0;
}

status answer_json_fault(status why, const struct json_fault *fault, struct arena *a,
                         struct bytes *ret)
{
    struct findings *const found = arena_take(a, sizeof *found);
    char sentence[JSON_FAULT_ROOM];

    ENSURE(found != NULL, E_MEMORY);
    json_fault_text(fault, sentence);
    record_json_findings(fault, found);
    json_t *object =
        head(why, bytes_of_text(sentence[0] != '\0' ? sentence : status_sentence(why)));
    if (object != NULL && fault->rule != NULL && !put_place(object, fault, found)) {
        json_decref(object);
        object = NULL;
    }
    return dump(object, a, ret);
}

void answer_json_prepare(void)
{
    json_prepare();
    json_object_seed(0);
}
