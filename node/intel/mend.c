#include "mend.h"

#include "text.h"

const char *edit_word(enum edit_what what)
{
    switch (what) {
    case EDIT_NONE:
        return NULL;
    case EDIT_FLAG:
    case EDIT_CODE:
    case EDIT_OFFENCE:
        return "set";
    case EDIT_FLAG_MORE:
    case EDIT_FLAG_ADD:
        return "add";
    }
    return NULL;
}

/* The class that an edit belongs to, by its bit. */
static uint32_t class_of(enum edit_what what)
{
    switch (what) {
    case EDIT_NONE:
        return 0;
    case EDIT_FLAG:
    case EDIT_FLAG_MORE:
        return MEND_FLAGS;
    case EDIT_FLAG_ADD:
        return MEND_MISSING_FLAGS;
    case EDIT_CODE:
        return MEND_CRIME_CODE;
    case EDIT_OFFENCE:
        return MEND_OFFENCE_CODES;
    }
    return 0;
}

static const struct {
    const char *word;
    uint32_t bit;
} classes[] = {
#define MEND_CLASS(name, bit, word) {word, bit},
    MEND_MAP(MEND_CLASS)
#undef MEND_CLASS
};

void mend_classes_write(uint32_t wanted, struct writer *w)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        if ((wanted & classes[i].bit) == 0)
            continue;
        write_text(w, w->size > 0 ? " " : "");
        write_text(w, classes[i].word);
    }
}

static uint32_t class_bit(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        if (text_is(word, classes[i].word))
            return classes[i].bit;
    }
    return 0;
}

status mend_classes_read(struct bytes words, uint32_t *ret)
{
    uint32_t found = 0;

    while (words.size > 0) {
        struct bytes one = {0};
        if (!text_cut(&words, ' ', &one)) {
            one = words;
            words = (struct bytes){0};
        }
        ENSURE(class_bit(one) != 0, E_VALUE);
        found |= class_bit(one);
    }
    *ret = found;
    return OK;
}

void edit_path_write(const struct edit *e, struct writer *w)
{
    if (e->what == EDIT_CODE) {
        write_text(w, "crime_code");
        return;
    }
    write_text(w, e->what == EDIT_OFFENCE ? "offence_codes" : "flags");
    if (e->what == EDIT_FLAG_ADD || e->what == EDIT_FLAG_MORE)
        return;
    write_text(w, "[");
    write_decimal(w, e->index);
    write_text(w, "]");
}

static bool set_in(struct text_list *list, size_t index, struct bytes value,
                   struct bytes *ret_before)
{
    if (index >= list->count)
        return false;
    *ret_before = list->at[index];
    list->at[index] = value;
    return true;
}

/* False when there is nothing to do, or no room. */
static bool apply(struct record *r, const struct edit *e, struct bytes *ret_before)
{
    struct item_facts *const f = &r->facts;

    *ret_before = (struct bytes){0};
    switch (e->what) {
    case EDIT_NONE:
        return false;
    case EDIT_FLAG:
        return set_in(&f->flags_submitted, e->index, e->value, ret_before);
    case EDIT_FLAG_MORE:
    case EDIT_FLAG_ADD:
        if (f->flags_submitted.count >= COUNT_OF(f->flags_submitted.at))
            return false;
        f->flags_submitted.at[f->flags_submitted.count++] = e->value;
        return true;
    case EDIT_CODE:
        *ret_before = f->crime_code;
        f->crime_code = e->value;
        return true;
    case EDIT_OFFENCE:
        return set_in(&f->offence_codes, e->index, e->value, ret_before);
    }
    return false;
}

/* One pass; how many edits were applied. */
static size_t apply_all(struct record *r, const struct findings *found, uint32_t wanted,
                        struct mends *ret)
{
    size_t count = 0;

    for (size_t i = 0; i < found->count && ret->count < MENDED_MAX; i++) {
        const struct finding *const f = &found->at[i];
        struct bytes before = {0};

        if (!f->edit.sure || (class_of(f->edit.what) & wanted) == 0 ||
            !apply(r, &f->edit, &before))
            continue;
        ret->at[ret->count++] = (struct mended){f->rule, f->field, before, f->edit.value};
        count++;
    }
    return count;
}

status mends_apply(struct record *r, uint32_t wanted, const struct lists *lists, millis now,
                   struct arena *a, struct mends *ret)
{
    enum { ROUNDS_MAX = 4 }; /* a flag put right can make its code one that was replaced */
    struct record *const copy = arena_take(a, sizeof *copy);
    struct findings *const found = arena_take(a, sizeof *found);

    ENSURE(copy != NULL && found != NULL, E_MEMORY);
    *ret = (struct mends){0};
    for (size_t round = 0; round < ROUNDS_MAX; round++) {
        *copy = *r;
        rules_check(copy, lists, now, a, found);
        if (apply_all(r, found, wanted, ret) == 0)
            break;
    }
    return OK;
}
