#include "attached.h"

#include "draw.h"
#include "merkle.h"
#include "ruled.h"

enum { SIZE = 2 * PART_BYTES_MAX + 5, PARTS = 3 };

static uint8_t file[SIZE];
static struct hash leaves[PARTS];
static struct hash root;
static struct hash digest;

/* A file of three parts, the last of five bytes, and what a record says of it. */
static struct item_attachment photo(void)
{
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7 + i / 251);
    for (size_t i = 0; i < PARTS; i++)
        leaves[i] = merkle_leaf(bytes_of(file + i * PART_BYTES_MAX,
                                         i + 1 < PARTS ? (size_t)PART_BYTES_MAX : 5));
    root = merkle_root(leaves, PARTS);
    digest = blake(bytes_of(file, sizeof file));
    return (struct item_attachment){.name = b("boat.jpg"),
                                    .media_type = b("image/jpeg"),
                                    .size = SIZE,
                                    .digest = bytes_of(digest.bytes, HASH_SIZE),
                                    .root = bytes_of(root.bytes, HASH_SIZE),
                                    .part_bytes = PART_BYTES_MAX};
}

static struct item_part part_of(const struct item_attachment *x, uint32_t number)
{
    struct item_part p = {.number = number,
                          .bytes = bytes_of(file + (size_t)number * PART_BYTES_MAX,
                                            attached_part_size(x, number))};

    CHECK_OK(merkle_inclusion(leaves, PARTS, number, &arena, &p.path));
    return p;
}

static void sizes_of_parts_add_up(void)
{
    static const struct {
        uint32_t size, parts, last;
    } known[] = {{1, 1, 1},
                 {PART_BYTES_MAX - 1, 1, PART_BYTES_MAX - 1},
                 {PART_BYTES_MAX, 1, PART_BYTES_MAX},
                 {PART_BYTES_MAX + 1, 2, 1},
                 {ATTACHMENT_BYTES_MAX, ATTACHMENT_PARTS_MAX, PART_BYTES_MAX}};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct item_attachment x = {.size = known[i].size};
        CHECK_INT(attached_parts(&x), known[i].parts);
        CHECK_INT(attached_part_size(&x, known[i].parts - 1), known[i].last);
        CHECK_INT(attached_part_size(&x, known[i].parts), 0);
        if (known[i].parts > 1)
            CHECK_INT(attached_part_size(&x, 0), PART_BYTES_MAX);
    }
}

static void each_part_is_checked_alone(void)
{
    start();
    const struct item_attachment x = photo();

    for (uint32_t i = 0; i < PARTS; i++) {
        const struct item_part p = part_of(&x, i);
        CHECK_OK(attached_part_check(&x, &p));
    }
    struct item_part p = part_of(&x, 1);
    p.number = 0;
    CHECK_STATUS(attached_part_check(&x, &p), E_HASH);
    p = part_of(&x, 2);
    p.bytes.size--;
    CHECK_STATUS(attached_part_check(&x, &p), E_VALUE);
    p = part_of(&x, 2);
    p.number = 3;
    CHECK_STATUS(attached_part_check(&x, &p), E_VALUE);
    p = part_of(&x, 0);
    p.path.size -= HASH_SIZE;
    CHECK_STATUS(attached_part_check(&x, &p), E_FORM);
    p = part_of(&x, 1);
    file[PART_BYTES_MAX + 100] ^= 1;
    CHECK_STATUS(attached_part_check(&x, &p), E_HASH);
}

static void a_part_has_an_id_of_its_own_that_no_record_has(void)
{
    const record_id one = {{1, 2, 3}};
    const record_id two = {{1, 2, 4}};
    const record_id first = attached_part_id(&one, 0, 1);
    const record_id again = attached_part_id(&one, 0, 1);
    const record_id others[] = {attached_part_id(&one, 1, 0), attached_part_id(&one, 0, 2),
                                attached_part_id(&two, 0, 1)};

    CHECK(record_id_equal(&first, &again));
    CHECK_INT(first.bytes[0], 0xff);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        CHECK(!record_id_equal(&first, &others[i]));
}

static void names_are_plain_names_of_files(void)
{
    static const char *const good[] = {"boat.jpg", "Ladders, 9 October (2).tar.gz",
                                       "Küste.png", "a", "README"};
    static const char *const bad[] = {"",
                                      "../boat.jpg",
                                      "/etc/passwd",
                                      "a/b",
                                      "a\\b",
                                      ".bashrc",
                                      "..",
                                      "-rf",
                                      "C:boat",
                                      "boat.jpg ",
                                      "boat.",
                                      " boat",
                                      "a\nb",
                                      "a\x7f",
                                      "boat\xe2\x80\xaegpj.exe",
                                      "boat\xe2\x80\x8b.jpg",
                                      ("\xef\xbb\xbf"
                                       "boat.jpg"),
                                      "a?b",
                                      "a*",
                                      "a|b"};

    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(attached_name_is_safe(b(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        (void)printf("    \"%s\"\n", bad[i]);
        CHECK(!attached_name_is_safe(b(bad[i])));
    }
    char longest[ATTACHMENT_NAME_MAX + 1];
    memset(longest, 'a', sizeof longest);
    CHECK(attached_name_is_safe(bytes_of(longest, ATTACHMENT_NAME_MAX)));
    CHECK(!attached_name_is_safe(bytes_of(longest, ATTACHMENT_NAME_MAX + 1)));
}

static void with_photo(void)
{
    record.attachment_count = 1;
    record.attachments[0] = photo();
}

static void f9_takes_a_whole_attachment(void)
{
    start();
    with_photo();
    check_clean();
}

static void f9_refuses_what_is_wrong_with_one(void)
{
    start();
    with_photo();
    record.attachments[0].name = b("../boat.jpg");
    check_refused("F9", "attachments[0].name");
    with_photo();
    record.attachments[0].media_type = b("jpeg");
    check_refused("F9", "attachments[0].media_type");
    with_photo();
    record.attachments[0].media_type = b("image/");
    check_refused("F9", "attachments[0].media_type");
    with_photo();
    record.attachments[0].size = 0;
    check_refused("F9", "attachments[0]");
    with_photo();
    record.attachments[0].digest = (struct bytes){0};
    check_refused("F9", "attachments[0]");
    with_photo();
    record.attachments[0].root.size--;
    check_refused("F9", "attachments[0]");
    with_photo();
    record.attachments[0].part_bytes = 1;
    check_refused("F9", "attachments[0]");
    with_photo();
    record.attachments[0].size = ATTACHMENT_BYTES_MAX + 1;
    check_refused("F9", "attachments[0].size");
    with_photo();
    record.attachments[0].description = bytes_of(file, ATTACHMENT_DESCRIPTION_MAX + 1);
    check_refused("F9", "attachments[0].description");
}

static void f9_refuses_the_same_name_twice(void)
{
    start();
    with_photo();
    record.attachment_count = 2;
    record.attachments[1] = photo();
    record.attachments[1].name = b("BOAT.jpg");
    check_refused("F9", "attachments[1].name");
    with_photo();
    record.attachment_count = 2;
    record.attachments[1] = photo();
    record.attachments[1].name = b("boat2.jpg");
    check_clean();
}

CASES(CASE(sizes_of_parts_add_up), CASE(each_part_is_checked_alone),
      CASE(a_part_has_an_id_of_its_own_that_no_record_has),
      CASE(names_are_plain_names_of_files), CASE(f9_takes_a_whole_attachment),
      CASE(f9_refuses_what_is_wrong_with_one), CASE(f9_refuses_the_same_name_twice))
