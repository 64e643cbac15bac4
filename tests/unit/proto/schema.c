/* What the schemas themselves must be, whoever edits them next. */

#include "check.h"
#include "content_fields.h"
#include "frame_fields.h"

#include <protobuf-c/protobuf-c.h>

extern const ProtobufCMessageDescriptor flagpost__header__descriptor;
extern const ProtobufCMessageDescriptor flagpost__item__descriptor;
extern const ProtobufCMessageDescriptor flagpost__content__descriptor;
extern const ProtobufCMessageDescriptor flagpost__frame__descriptor;
extern const ProtobufCMessageDescriptor flagpost__control_request__descriptor;
extern const ProtobufCMessageDescriptor flagpost__control_answer__descriptor;

static const ProtobufCMessageDescriptor *const roots[] = {
    &flagpost__header__descriptor,          &flagpost__item__descriptor,
    &flagpost__content__descriptor,         &flagpost__frame__descriptor,
    &flagpost__control_request__descriptor, &flagpost__control_answer__descriptor,
};

enum { WORK_MAX = 256 };

struct work {
    size_t count;
    struct {
        const ProtobufCMessageDescriptor *type;
        size_t depth;
    } at[WORK_MAX];
};

static void work_add(struct work *w, const ProtobufCMessageDescriptor *type, size_t depth)
{
    CHECK(w->count < WORK_MAX);
    w->at[w->count].type = type;
    w->at[w->count++].depth = depth;
}

/* Every message that can be reached, each with its depth. */
static void each_message(void (*each)(const ProtobufCMessageDescriptor *type, size_t depth))
{
    for (size_t i = 0; i < COUNT_OF(roots); i++) {
        struct work w = {0};
        work_add(&w, roots[i], 1);
        while (w.count > 0) {
            const ProtobufCMessageDescriptor *const type = w.at[--w.count].type;
            const size_t depth = w.at[w.count].depth;
            each(type, depth);
            for (unsigned k = 0; k < type->n_fields; k++) {
                if (type->fields[k].type == PROTOBUF_C_TYPE_MESSAGE)
                    work_add(&w, type->fields[k].descriptor, depth + 1);
            }
        }
    }
}

static void check_depth(const ProtobufCMessageDescriptor *type, size_t depth)
{
    if (depth > NESTING_MAX)
        (void)fprintf(stderr, "%s\n", type->name);
    CHECK(depth <= NESTING_MAX);
}

/* A message that contained itself would be of every depth. */
static void no_message_is_too_deep_or_within_itself(void)
{
    each_message(check_depth);
}

static void check_field(const ProtobufCFieldDescriptor *f)
{
    static const ProtobufCType allowed[] = {PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_UINT64,
                                            PROTOBUF_C_TYPE_BOOL,   PROTOBUF_C_TYPE_ENUM,
                                            PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES,
                                            PROTOBUF_C_TYPE_MESSAGE};
    bool known = false;

    for (size_t i = 0; i < COUNT_OF(allowed); i++)
        known = known || f->type == allowed[i];
    if (!known)
        (void)fprintf(stderr, "%s\n", f->name);
    CHECK(known);
    /* Required and defaults would be a second truth beside the tables; packed and oneof a
     * second form. */
    CHECK(f->label == PROTOBUF_C_LABEL_OPTIONAL || f->label == PROTOBUF_C_LABEL_REPEATED);
    CHECK_INT(f->flags, 0);
    CHECK(f->default_value == NULL || f->type == PROTOBUF_C_TYPE_ENUM);
    if (f->type != PROTOBUF_C_TYPE_ENUM)
        return;
    const ProtobufCEnumDescriptor *const values = f->descriptor;
    /* Zero is absent.  A gap is a number that is set aside: the scanner knows it is none.
     */
    for (unsigned i = 0; i < values->n_values; i++)
        CHECK(values->values[i].value > (i == 0 ? 0 : values->values[i - 1].value));
}

static void check_message(const ProtobufCMessageDescriptor *type, size_t depth)
{
    (void)depth;
    for (unsigned i = 0; i < type->n_fields; i++)
        check_field(&type->fields[i]);
}

static void every_field_is_of_a_kind_that_the_scanner_knows(void)
{
    each_message(check_message);
}

/* R6: what names or hints at a source stays at home, because the wire has no place for it.
 */
static bool hints_at_the_source(const char *field)
{
    static const char *const home[] = {
        "isr",         "register", "source_type", "informant", "officer",    "submitt",
        "shared_with", "known",    "raw_text",    "handler",   "source_ref", "source_name"};

    /* Flags as the officer wrote them: of the record, not of its source. */
    if (strcmp(field, "flags_submitted") == 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(home); i++) {
        if (strstr(field, home[i]) != NULL)
            return true;
    }
    return false;
}

static void check_no_place_for_the_source(const ProtobufCMessageDescriptor *type,
                                          size_t depth)
{
    (void)depth;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const char *const name = type->fields[i].name;
        if (hints_at_the_source(name))
            (void)fprintf(stderr, "%s.%s\n", type->name, name);
        CHECK(!hints_at_the_source(name));
    }
}

static void r6_no_message_has_a_place_for_the_source(void)
{
    each_message(check_no_place_for_the_source);
}

/* Numbers in the table, each once. */
static size_t numbers(const struct layout *l)
{
    size_t count = 0;

    for (size_t i = 0; i < l->count; i++)
        count += i == 0 || l->fields[i].number != l->fields[i - 1].number;
    return count;
}

static void check_covered(const ProtobufCMessageDescriptor *type, const struct layout *l)
{
    size_t own = 0;

    CHECK(l != NULL);
    CHECK(l->type == type);
    for (unsigned i = 0; i < type->n_fields; i++)
        own += type->fields[i].type != PROTOBUF_C_TYPE_MESSAGE;
    CHECK_INT(numbers(l), own);
}

static void every_item_kind_has_a_table_for_all_its_fields(void)
{
    const ProtobufCMessageDescriptor *const type = &flagpost__item__descriptor;

    CHECK(type->n_fields > 0);
    for (unsigned i = 0; i < type->n_fields; i++)
        check_covered(type->fields[i].descriptor,
                      item_layout((enum item_kind)type->fields[i].id));
}

static void every_frame_kind_has_a_table_for_all_its_fields(void)
{
    const ProtobufCMessageDescriptor *const type = &flagpost__frame__descriptor;

    CHECK_INT(type->n_fields, FRAME_ERROR);
    for (unsigned i = 0; i < type->n_fields; i++)
        check_covered(type->fields[i].descriptor,
                      frame_layout((enum frame_kind)type->fields[i].id));
}

/* The core is a prefix, so nothing may ever be numbered behind its two hashes. */
static void the_two_hashes_end_the_header(void)
{
    const ProtobufCMessageDescriptor *const type = &flagpost__header__descriptor;

    CHECK_INT(type->fields[type->n_fields - 2].id, 30);
    CHECK_TEXT(type->fields[type->n_fields - 2].name, "ciphertext_hash");
    CHECK_INT(type->fields[type->n_fields - 1].id, 31);
    CHECK_TEXT(type->fields[type->n_fields - 1].name, "wrap_hashes");
}

CASES(CASE(no_message_is_too_deep_or_within_itself),
      CASE(every_field_is_of_a_kind_that_the_scanner_knows),
      CASE(r6_no_message_has_a_place_for_the_source),
      CASE(every_item_kind_has_a_table_for_all_its_fields),
      CASE(every_frame_kind_has_a_table_for_all_its_fields),
      CASE(the_two_hashes_end_the_header))
