#include "slot.h"

#include "text.h"

#include <string.h>

/* `list` is an array of pointers to strings, or of enums. */
static void set_list(struct slot s, ProtobufCMessage *m, const void *list, size_t count)
{
    memcpy(slot_place(s, m), &list, sizeof list);
    memcpy(slot_quantifier_place(s, m), &count, sizeof count);
}

static size_t get_list(struct slot s, const ProtobufCMessage *m, const void **ret_list)
{
    size_t count = 0;

    memcpy(ret_list, slot_value(s, m), sizeof *ret_list);
    memcpy(&count, slot_quantifier(s, m), sizeof count);
    return count;
}

status slot_fill_texts(struct slot s, const struct text_list *list, struct arena *a,
                       ProtobufCMessage *m)
{
    ENSURE(list->count <= LIST_MAX, E_LIMIT);
    const char **const texts = arena_array(a, list->count, sizeof *texts);
    ENSURE(texts != NULL, E_MEMORY);
    for (size_t i = 0; i < list->count; i++) {
        TRY(slot_check_size(s, list->at[i].size));
        ENSURE(utf8_is_valid(list->at[i]), E_VALUE);
        texts[i] = arena_text(a, list->at[i]);
        ENSURE(texts[i] != NULL, E_MEMORY);
    }
    set_list(s, m, texts, list->count);
    return OK;
}

status slot_read_texts(struct slot s, const ProtobufCMessage *m, struct text_list *to)
{
    const void *list = NULL;
    const size_t count = get_list(s, m, &list);
    const char *const *const texts = list;

    ENSURE(count <= LIST_MAX, E_LIMIT);
    *to = (struct text_list){.count = count};
    for (size_t i = 0; i < count; i++) {
        to->at[i] = bytes_of_text(texts[i]);
        TRY(slot_check_size(s, to->at[i].size));
    }
    return OK;
}

status slot_fill_roles(struct slot s, const struct item_person *p, struct arena *a,
                       ProtobufCMessage *m)
{
    ENSURE(p->role_count <= ROLES_MAX, E_LIMIT);
    int *const roles = arena_array(a, p->role_count, sizeof *roles);
    ENSURE(roles != NULL, E_MEMORY);
    for (size_t i = 0; i < p->role_count; i++) {
        roles[i] = (int)p->roles[i];
        ENSURE(p->roles[i] >= s.field->min && p->roles[i] <= s.field->max, E_VALUE);
    }
    set_list(s, m, roles, p->role_count);
    return OK;
}

status slot_read_roles(struct slot s, const ProtobufCMessage *m, struct item_person *to)
{
    const void *list = NULL;
    const size_t count = get_list(s, m, &list);
    const int *const roles = list;

    ENSURE(count <= ROLES_MAX, E_LIMIT);
    /* The scanner has checked each value against the schema. */
    for (size_t i = 0; i < count; i++)
        to->roles[i] = (enum subject_role)roles[i];
    to->role_count = count;
    return OK;
}
