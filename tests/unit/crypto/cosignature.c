#include "checkpoint.h"
#include "notes_fixture.h"

static struct note parsed;

static struct bytes cosigned(size_t by, const char *id, millis now, struct bytes note,
                             struct arena *a)
{
    struct keyring *k = fixture_keyring(by);
    const struct agency_id self = fixture_id(id);
    struct bytes ret = {0};

    CHECK_OK(cosignature_sign(note, &self, now, k, a, &ret));
    (void)keyring_free(k);
    return ret;
}

static status cosignature_of(size_t key_of, const char *id, millis *ret_time)
{
    const struct hash realm = fixture_realm();
    const struct agency_id agency = fixture_id(id);
    uint8_t key[SIGN_PUBLIC_SIZE];

    fixture_agency_key(key_of, key);
    return cosignature_verify(&parsed, &realm, &agency, key, ret_time);
}

static void cosignatures_stand_beside_the_publishers_signature(void)
{
    struct arena *const a = fixture_arena();
    millis time = 0;
    struct bytes note = fixture_checkpoint_signed(a);

    note = cosigned(0, "F54", FIXTURE_NOW + 999, note, a);
    note = cosigned(3, "SWROCU", FIXTURE_NOW + 1000, note, a);
    uint8_t key[SIGN_PUBLIC_SIZE];
    struct checkpoint c;
    fixture_agency_key(1, key);
    CHECK_OK(checkpoint_verify(note, key, a, &c));
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_INT(parsed.signature_count, 3);
    CHECK_OK(cosignature_of(0, "F54", &time));
    CHECK(time == FIXTURE_NOW); /* whole seconds */
    CHECK_OK(cosignature_of(3, "SWROCU", &time));
    CHECK(time == FIXTURE_NOW + 1000);
    CHECK_STATUS(cosignature_of(0, "SWROCU", &time), E_SIGNATURE);
    CHECK_STATUS(cosignature_of(2, "JFC", &time), E_SIGNATURE);
    /* The publisher's own line is a signature, not a cosignature. */
    CHECK_STATUS(cosignature_of(1, "F55", &time), E_SIGNATURE);
    CHECK(time == FIXTURE_NOW + 1000);
}

static void asked_again_a_cosigner_gives_the_same_bytes(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes once =
        cosigned(0, "F54", FIXTURE_NOW, fixture_checkpoint_signed(a), a);

    CHECK_BYTES(cosigned(0, "F54", FIXTURE_NOW + 60000, once, a), once);
}

static void a_bad_line_under_our_key_is_not_cosigned_over(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    const struct hash realm = fixture_realm();
    const struct agency_id self = fixture_id("F54");
    const uint8_t junk[8 + SIGNATURE_SIZE] = {0};
    char name[AGENCY_NOTE_NAME_ROOM];
    struct bytes line = {0};
    struct bytes note = fixture_checkpoint_signed(a);

    agency_note_name(&realm, &self, name);
    CHECK_OK(note_line(bytes_of_text(name), NOTE_COSIGNATURE, keyring_sign_public(k),
                       bytes_of(junk, sizeof junk), a, &line));
    CHECK_OK(note_append(note, line, a, &note));
    CHECK_STATUS(cosignature_sign(note, &self, FIXTURE_NOW, k, a, &note), E_SIGNATURE);
    (void)keyring_free(k);
}

static void only_checkpoints_are_cosigned(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    const struct agency_id self = fixture_id("F54");
    struct bytes note = {0};
    struct bytes ret = {0};

    CHECK_OK(note_sign(bytes_of_text("any text\n"), bytes_of_text("n"), k, a, &note));
    CHECK_STATUS(cosignature_sign(note, &self, FIXTURE_NOW, k, a, &ret), E_FORM);
    CHECK_STATUS(cosignature_sign((struct bytes){0}, &self, FIXTURE_NOW, k, a, &ret),
                 E_FORM);
    (void)keyring_free(k);
}

/* One byte of the time, the text or the signature of a cosignature changed. */
static void a_cosignature_covers_its_time_and_the_whole_text(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes note =
        cosigned(0, "F54", FIXTURE_NOW, fixture_checkpoint_signed(a), a);
    millis time = 0;

    CHECK_OK(note_parse(note, a, &parsed));
    uint8_t *const blob = arena_take(a, parsed.signatures[1].signature.size);
    const struct bytes before = parsed.signatures[1].signature;
    memcpy(blob, before.at, before.size);
    parsed.signatures[1].signature = bytes_of(blob, before.size);
    CHECK_OK(cosignature_of(0, "F54", &time));
    for (size_t i = 0; i < before.size; i++) {
        blob[i] ^= 1;
        CHECK_STATUS(cosignature_of(0, "F54", &time), E_SIGNATURE);
        blob[i] ^= 1;
    }
    parsed.signatures[1].signature.size--;
    CHECK_STATUS(cosignature_of(0, "F54", &time), E_SIGNATURE);
    parsed.signatures[1].signature.size++;
    parsed.text = fixture_replace(a, parsed.text, "counts 1 ", "counts 2 ");
    CHECK_STATUS(cosignature_of(0, "F54", &time), E_SIGNATURE);
}

static void a_time_past_all_calendars_is_refused(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(0);
    const struct bytes name = bytes_of_text("witness.example/w1");
    uint8_t blob[8 + SIGNATURE_SIZE];
    struct writer w = writer_over(blob, sizeof blob);
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes line = {0};
    struct bytes note = {0};
    millis time = 5;

    keyring_sign(k, bytes_of_text("cosignature/v1\ntime 9223372036854776\no\n1\nr\n"),
                 signature);
    write_u64(&w, 9223372036854776);
    write_bytes(&w, bytes_of(signature, sizeof signature));
    CHECK_OK(note_line(name, NOTE_COSIGNATURE, keyring_sign_public(k), writer_bytes(&w), a,
                       &line));
    CHECK_OK(note_append(bytes_of_text("o\n1\nr\n\n"), line, a, &note));
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_STATUS(cosignature_verify_name(&parsed, name, keyring_sign_public(k), &time),
                 E_VALUE);
    CHECK_INT(time, 5);
    (void)keyring_free(k);
}

/* A checkpoint of a public log with signatures of three types, under the published keys of
 * the log and four of its witnesses: others' signers and our verifier agree. */
static void verifies_cosignatures_of_public_witnesses(void)
{
    static const char note[] =
        "arche2025h1.staging.ct.transparency.dev\n"
        "1432088532\n"
        "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
        "\n"
        "— arche2025h1.staging.ct.transparency.dev "
        "zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX"
        "6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
        "— arche2025h1.staging.ct.transparency.dev "
        "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefw"
        "hUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
        "— transparency.dev/DEV:witness-little-garden "
        "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/"
        "KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
        "— witness1.smartit.nu/witness1 "
        "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0W"
        "H+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n"
        "— remora.n621.de "
        "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVC"
        "IobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
        "— witness.stagemole.eu "
        "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOU"
        "vVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";
    static const struct {
        const char *name, *key;
    } witnesses[] = {
        {"transparency.dev/DEV:witness-little-garden",
         "BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"},
        {"witness1.smartit.nu/witness1", "BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO"},
        {"remora.n621.de", "BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"},
        {"witness.stagemole.eu", "BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv"},
    };
    struct arena *const a = fixture_arena();
    struct bytes key = {0};
    millis time = 0;

    CHECK_OK(note_parse(bytes_of_text(note), a, &parsed));
    CHECK_INT(parsed.signature_count, 6);
    CHECK_OK(base64_decode(a, bytes_of_text("AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"),
                           &key));
    CHECK_OK(note_verify(&parsed, bytes_of_text("arche2025h1.staging.ct.transparency.dev"),
                         key.at + 1));
    for (size_t i = 0; i < COUNT_OF(witnesses); i++) {
        const struct bytes name = bytes_of_text(witnesses[i].name);
        CHECK_OK(base64_decode(a, bytes_of_text(witnesses[i].key), &key));
        CHECK_OK(cosignature_verify_name(&parsed, name, key.at + 1, &time));
        CHECK(time == (millis)0x6a122120 * 1000);
        CHECK_STATUS(note_verify(&parsed, name, key.at + 1), E_SIGNATURE);
    }
}

CASES(CASE(cosignatures_stand_beside_the_publishers_signature),
      CASE(asked_again_a_cosigner_gives_the_same_bytes),
      CASE(a_bad_line_under_our_key_is_not_cosigned_over),
      CASE(only_checkpoints_are_cosigned),
      CASE(a_cosignature_covers_its_time_and_the_whole_text),
      CASE(a_time_past_all_calendars_is_refused),
      CASE(verifies_cosignatures_of_public_witnesses))
