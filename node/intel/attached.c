#include "attached.h"

#include "draw.h"
#include "merkle.h"
#include "rule.h"
#include "words.h"

#include <string.h>

enum { MEDIA_WORD_MAX = 127 }; /* RFC 6838 section 4.2 */

uint32_t attached_parts(const struct item_attachment *x)
{
    return x->size / PART_BYTES_MAX + (x->size % PART_BYTES_MAX != 0);
}

size_t attached_part_size(const struct item_attachment *x, uint32_t number)
{
    const uint32_t parts = attached_parts(x);

    if (number >= parts)
        return 0;
    return number + 1 < parts ? PART_BYTES_MAX : x->size - number * PART_BYTES_MAX;
}

record_id attached_part_id(const record_id *record, uint32_t attachment, uint32_t number)
{
    static const char what[] = "flagpost part of an attachment";
    uint8_t text[sizeof what + sizeof record->bytes + 8];
    struct writer w = writer_over(text, sizeof text);
    record_id id;

    write_bytes(&w, bytes_of(what, sizeof what));
    write_bytes(&w, bytes_of(record->bytes, sizeof record->bytes));
    write_u32(&w, attachment);
    write_u32(&w, number);
    MUST(!w.bad);
    const struct hash h = blake(writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    id.bytes[0] = 0xff;
    return id;
}

status attached_part_check(const struct item_attachment *x, const struct item_part *part)
{
    struct hash root;

    ENSURE(part->bytes.size > 0 && part->bytes.size == attached_part_size(x, part->number),
           E_VALUE);
    ENSURE(x->root.size == sizeof root.bytes, E_VALUE);
    memcpy(root.bytes, x->root.at, sizeof root.bytes);
    const struct hash leaf = merkle_leaf(part->bytes);
    return merkle_verify_inclusion(&leaf, part->number, attached_parts(x), part->path,
                                   &root);
}

/* Marks that are not seen: U+200B-200F, U+202A-202E, U+2060-206F, U+FEFF.  With them
 * "gpj.exe" shows as "exe.jpg". */
static bool is_unseen(struct bytes b)
{
    if (b.size < 3)
        return false;
    const uint32_t sign = (uint32_t)b.at[0] << 16 | (uint32_t)b.at[1] << 8 | b.at[2];
    return (sign >= 0xe2808b && sign <= 0xe2808f) ||
           (sign >= 0xe280aa && sign <= 0xe280ae) ||
           (sign >= 0xe281a0 && sign <= 0xe281af) || sign == 0xefbbbf;
}

static bool is_one_of(uint8_t c, const char *set)
{
    for (; *set != '\0'; set++) {
        if (c == (uint8_t)*set)
            return true;
    }
    return false;
}

bool attached_name_is_safe(struct bytes name)
{
    if (name.size == 0 || name.size > ATTACHMENT_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        const uint8_t c = name.at[i];
        if (c < ' ' || c == 0x7f || is_one_of(c, "/\\:*?\"<>|") ||
            is_unseen(bytes_from(name, i)))
            return false;
    }
    return !is_one_of(name.at[0], ".- ") && !is_one_of(name.at[name.size - 1], ". ");
}

static bool is_media_word(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!word_is_letter(c) && !word_is_digit(c) && !is_one_of(c, "!#$&-^_.+"))
            return false;
    }
    return b.size > 0 && b.size <= MEDIA_WORD_MAX;
}

static bool is_media_type(struct bytes b)
{
    const uint8_t *const slash = b.size == 0 ? NULL : memchr(b.at, '/', b.size);
    const size_t size = slash == NULL ? 0 : (size_t)(slash - b.at);

    return slash != NULL && is_media_word(bytes_of(b.at, size)) &&
           is_media_word(bytes_from(b, size + 1));
}

static bool is_named_before(const struct record *r, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (word_same(r->attachments[k].name, r->attachments[i].name))
            return true;
    }
    return false;
}

static void check_one(struct check *c, size_t i)
{
    static const char list[] = "attachments";
    const struct item_attachment *const x = &c->record->attachments[i];

    if (!attached_name_is_safe(x->name))
        rule_refuse(c, "F9", rule_path(c, list, i, "name"),
                    "This is not the plain name of a file.",
                    "Give the name alone, without folder, of at most 120 bytes, not "
                    "beginning with a dot, and without signs that do not show.");
    else if (is_named_before(c->record, i))
        rule_refuse(c, "F9", rule_path(c, list, i, "name"),
                    rule_quote(c, "Two attachments are called ", x->name, "."),
                    "Give each a name of its own; capitals make no difference.");
    if (!is_media_type(x->media_type))
        rule_refuse(c, "F9", rule_path(c, list, i, "media_type"),
                    "This is not a media type.",
                    "Write what kind of file it is, such as image/jpeg or "
                    "application/pdf.");
    if (x->size == 0 || x->digest.size != HASH_SIZE || x->root.size != HASH_SIZE ||
        x->part_bytes != PART_BYTES_MAX)
        rule_refuse(c, "F9", rule_path(c, list, i, NULL),
                    "The bytes of this attachment are not there.",
                    "Publish or import with --attachments DIR, where DIR has "
                    "the file: its size and digests are taken from it.");
    else if (x->size > ATTACHMENT_BYTES_MAX)
        rule_refuse(c, "F9", rule_path(c, list, i, "size"),
                    "This attachment is larger than 100 MiB.",
                    "Send a smaller or shorter one, and say in the text where the whole is "
                    "held.");
    if (x->description.size > ATTACHMENT_DESCRIPTION_MAX)
        rule_refuse(c, "F9", rule_path(c, list, i, "description"),
                    "The description has more than 500 bytes.", "Shorten it.");
}

void attached_check(struct check *c)
{
    for (size_t i = 0; i < c->record->attachment_count; i++)
        check_one(c, i);
}
