#ifndef FLAGPOST_JOURNAL_SQL_H
#define FLAGPOST_JOURNAL_SQL_H

/*
 * Every statement of the journal, by name, once.  They are prepared at first use and kept.
 *
 * A place is one number for a stream and an index in it: stream number * 2^40 + index.  It
 * is the rowid of `entry` and `commit_group`, so each stream's rows stand together in order
 * and an append goes to the end of its stream's range.  Dispositions and kinds are the
 * numbers of store.h and entry.h; journal_find.c asserts those that are used.
 */

#define SQL_NAME "stream.agency, stream.lane, stream.epoch, stream.random"

#define SQL_STREAM                                                                         \
    "SELECT " SQL_NAME ", own, current, frontier, complete, mine_count, mine_last, held, " \
    "unopenable, refused, withheld, erased, receipted, quarantine "                        \
    "FROM stream JOIN stream_state USING (number) "

#define SQL_GROUP                                                                          \
    "SELECT " SQL_NAME ", place, count, roster_version, at, salt, leaves, checkpoint, "    \
    "counts, withheld FROM commit_group CROSS JOIN stream ON stream.number = place >> 40 "

#define SQL_ENTRY_COLUMNS                                                                  \
    "SELECT " SQL_NAME ", entry.place, ordinal, id, entry.kind, disposition, reason, "     \
    "duplicate, at, leaf, kept, wraps, header, ciphertext "

#define SQL_ENTRY                                                                          \
    SQL_ENTRY_COLUMNS "FROM entry CROSS JOIN stream ON stream.number = entry.place >> 40 "

#define SQL_RECEIPT                                                                        \
    "SELECT " SQL_NAME ", peer, size, cosignature, receipt, at "                           \
    "FROM receipt CROSS JOIN stream USING (number) WHERE number = ?1 "

#define SQL_SHELF "SELECT kind, id, about, tag, state, due, changed, sealed FROM shelf "

#define SQL_PLACE "SELECT " SQL_NAME ", place "

#define JOURNAL_QUERIES(X)                                                                 \
    X(BEGIN, "BEGIN IMMEDIATE")                                                            \
    X(COMMIT, "COMMIT")                                                                    \
    X(ROWSUM_FIND, "SELECT commits, lanes, mac FROM rowsum WHERE number = 1")              \
    X(ROWSUM_PUT, "INSERT OR REPLACE INTO rowsum (number, commits, lanes, mac) "           \
                  "VALUES (1, ?1, ?2, ?3)")                                                \
    X(META_FIND, "SELECT value FROM meta WHERE name = ?1")                                 \
    X(META_PUT, "INSERT INTO meta (name, value) VALUES (?1, ?2)")                          \
    X(NAME_FIND, "SELECT number FROM stream "                                              \
                 "WHERE agency = ?1 AND lane = ?2 AND epoch = ?3 AND random = ?4")         \
    X(NAME_PUT,                                                                            \
      "INSERT INTO stream (agency, lane, epoch, random) VALUES (?1, ?2, ?3, ?4)")          \
    X(STREAM_FIND, SQL_STREAM "WHERE agency = ?1 AND lane = ?2 AND current = 1 "           \
                              "ORDER BY epoch DESC LIMIT 1")                               \
    X(STREAM_GET, SQL_STREAM "WHERE agency = ?1 AND lane = ?2 AND epoch = ?3 "             \
                             "AND random = ?4")                                            \
    X(STREAM_AFTER, SQL_STREAM "WHERE agency = ?1 AND lane = ?2 "                          \
                               "AND (epoch, random) > (?3, ?4) "                           \
                               "ORDER BY epoch, random LIMIT 1")                           \
    X(STREAM_EACH, SQL_STREAM "ORDER BY agency, lane, epoch, random")                      \
    X(STREAM_PUT,                                                                          \
      "INSERT OR REPLACE INTO stream_state (number, own, current, frontier, complete, "    \
      "mine_count, mine_last, held, unopenable, refused, withheld, erased, receipted, "    \
      "quarantine) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")  \
    X(GROUP_FIND, SQL_GROUP "WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT 1")   \
    X(GROUP_EACH, SQL_GROUP "WHERE place BETWEEN "                                         \
                            "coalesce((SELECT max(place) FROM commit_group "               \
                            "WHERE place BETWEEN ?1 AND ?2), ?2) AND ?3 ORDER BY place")   \
    X(GROUP_PUT, "INSERT INTO commit_group (place, count, roster_version, at, salt, "      \
                 "leaves, checkpoint, counts, withheld) "                                  \
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                            \
    X(ENTRY_FIND, SQL_ENTRY "WHERE entry.place = ?1")                                      \
    X(ENTRY_EACH, SQL_ENTRY "WHERE entry.place BETWEEN ?1 AND ?2 ORDER BY entry.place")    \
    X(ENTRY_OUTCOMES, SQL_ENTRY "WHERE previous = ?1 AND kind = ?2 ORDER BY entry.place")  \
    X(ENTRY_NAMED, "SELECT 1 FROM entry CROSS JOIN stream "                                \
                   "ON stream.number = entry.place >> 40 WHERE previous = ?1 AND "         \
                   "kind = ?2 AND stream.agency = ?3 AND disposition IN (1, 2) LIMIT 1")   \
    X(ENTRY_CHILDREN,                                                                      \
      SQL_ENTRY_COLUMNS "FROM lineage CROSS JOIN entry USING (place) "                     \
                        "CROSS JOIN stream ON stream.number = entry.place >> 40 "          \
                        "WHERE lineage.parent = ?1 AND lineage.agency = ?2 "               \
                        "ORDER BY lineage.place")                                          \
    X(LINEAGE_PUT, "INSERT INTO lineage (parent, agency, place) VALUES (?1, ?2, ?3) "      \
                   "ON CONFLICT DO NOTHING")                                               \
    X(ENTRY_INBOX,                                                                         \
      SQL_ENTRY_COLUMNS "FROM inbox CROSS JOIN entry USING (place) "                       \
                        "CROSS JOIN stream ON stream.number = entry.place >> 40 "          \
                        "WHERE inbox.kind = ?1 AND arrival <= (SELECT coalesce("           \
                        "max(arrival), 0) FROM inbox WHERE kind = ?1) - ?2 "               \
                        "ORDER BY arrival DESC LIMIT ?3")                                  \
    X(ENTRY_ARRIVED,                                                                       \
      SQL_ENTRY_COLUMNS "FROM inbox CROSS JOIN entry USING (place) "                       \
                        "CROSS JOIN stream ON stream.number = entry.place >> 40 "          \
                        "WHERE inbox.kind = ?1 AND arrival > ?2 AND arrival <= ?3 "        \
                        "ORDER BY arrival")                                                \
    X(ARRIVAL_AFTER, "SELECT coalesce(max(arrival), ?2) FROM (SELECT arrival FROM inbox "  \
                     "WHERE kind = ?1 AND arrival > ?2 ORDER BY arrival LIMIT ?3)")        \
    X(ENTRY_PUT, "INSERT INTO entry (place, ordinal, id, kind, disposition, reason, "      \
                 "duplicate, at, leaf, previous, kept, wraps, header, ciphertext) VALUES " \
                 "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")          \
    X(ENTRY_ERASE, "UPDATE entry SET disposition = ?2, kept = x'', wraps = x'', "          \
                   "ciphertext = x'' WHERE place = ?1")                                    \
    X(ENTRY_DROP, "DELETE FROM entry WHERE place = ?1")                                    \
    X(INBOX_DROP, "DELETE FROM inbox WHERE place = ?1")                                    \
    X(RECORD_DROP, "DELETE FROM record WHERE place = ?1")                                  \
    X(LINEAGE_DROP, "DELETE FROM lineage WHERE place = ?1")                                \
    X(GROUPS_DROP, "DELETE FROM commit_group WHERE place BETWEEN ?1 AND ?2")               \
    X(ERASING_PUT, "INSERT INTO erasing (place) VALUES (?1) ON CONFLICT DO NOTHING")       \
    X(ERASING_EACH, SQL_PLACE "FROM erasing CROSS JOIN stream "                            \
                              "ON stream.number = place >> 40 ORDER BY place")             \
    X(ERASING_CLEAR, "DELETE FROM erasing")                                                \
    X(INBOX_PUT,                                                                           \
      "INSERT INTO inbox (kind, arrival, place) "                                          \
      "SELECT ?1, coalesce(max(arrival), 0) + 1, ?2 FROM inbox WHERE kind = ?1")           \
    X(RECORD_FIND,                                                                         \
      SQL_PLACE "FROM record CROSS JOIN entry USING (place) "                              \
                "CROSS JOIN stream ON stream.number = place >> 40 "                        \
                "WHERE record.id = ?1 AND record.agency = ?2 AND disposition <> 2 "        \
                "ORDER BY place LIMIT 1")                                                  \
    X(RECORD_AFTER,                                                                        \
      SQL_PLACE "FROM record CROSS JOIN stream ON stream.number = place >> 40 "            \
                "WHERE id = ?1 AND record.agency = ?2 AND place > ?3 "                     \
                "ORDER BY place LIMIT 1")                                                  \
    X(RECORD_SEARCH, "SELECT DISTINCT agency, id FROM record WHERE id BETWEEN ?1 AND ?2 "  \
                     "ORDER BY id, agency")                                                \
    X(PART_AFTER, SQL_PLACE                                                                \
      "FROM entry CROSS JOIN stream ON stream.number = place >> 40 "                       \
      "WHERE previous = ?1 AND place > ?2 AND kind = 8 AND disposition IN (1, 2) "         \
      "AND stream.agency = ?3 ORDER BY place LIMIT 1")                                     \
    X(RECORD_PUT, "INSERT INTO record (id, agency, place) VALUES (?1, ?2, ?3)")            \
    X(RECEIPT_SIZE, "SELECT size FROM receipt WHERE number = ?1 AND peer = ?2 "            \
                    "AND length(receipt) > 0 ORDER BY size DESC LIMIT 1")                  \
    X(RECEIPT_FOR, SQL_RECEIPT "AND peer = ?2 AND size > ?3 AND length(receipt) > 0 "      \
                               "ORDER BY size LIMIT 1")                                    \
    X(WITNESS_FOR, SQL_RECEIPT "AND peer = ?2 AND size > ?3 ORDER BY size LIMIT 1")        \
    X(RECEIPT_EACH, SQL_RECEIPT "ORDER BY peer, size")                                     \
    X(RECEIPT_PUT, "INSERT INTO receipt (number, peer, size, cosignature, receipt, at) "   \
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE "                \
                   "SET cosignature = excluded.cosignature, receipt = excluded.receipt, "  \
                   "at = excluded.at WHERE length(receipt) = 0")                           \
    X(OWN_RECEIPT_FIND, "SELECT " SQL_NAME ", peer, size, cosignature, receipt, at "       \
                        "FROM own_receipt CROSS JOIN stream USING (number) "               \
                        "WHERE number = ?1")                                               \
    X(OWN_RECEIPT_PUT,                                                                     \
      "INSERT INTO own_receipt (number, peer, size, cosignature, receipt, at) "            \
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE "                             \
      "SET peer = excluded.peer, size = excluded.size, "                                   \
      "cosignature = excluded.cosignature, receipt = excluded.receipt, at = excluded.at "  \
      "WHERE excluded.size >= size")                                                       \
    X(SENT_AT, "SELECT sent.at FROM commit_group CROSS JOIN sent USING (place) WHERE "     \
               "place = (SELECT max(place) FROM commit_group WHERE place BETWEEN ?1 "      \
               "AND ?2) AND place + count > ?2 AND peer = ?3")                             \
    X(SENT_PUT, "INSERT INTO sent (place, peer, at) VALUES (?1, ?2, ?3) "                  \
                "ON CONFLICT DO NOTHING")                                                  \
    X(EVIDENCE_EACH, "SELECT agency, lane, epoch, random, why, first, second, at "         \
                     "FROM evidence ORDER BY number")                                      \
    X(EVIDENCE_PUT, "INSERT INTO evidence (agency, lane, epoch, random, why, first, "      \
                    "second, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                 \
    X(IDEMPOTENCY_FIND,                                                                    \
      SQL_PLACE "FROM idempotency CROSS JOIN stream ON stream.number = place >> 40 "       \
                "WHERE key = ?1")                                                          \
    X(IDEMPOTENCY_PUT, "INSERT INTO idempotency (key, place) VALUES (?1, ?2) "             \
                       "ON CONFLICT DO NOTHING")                                           \
    X(DOCUMENT_FIND, "SELECT note FROM document WHERE kind = ?1 AND version = ?2")         \
    X(DOCUMENT_NEWEST,                                                                     \
      "SELECT note FROM document WHERE kind = ?1 ORDER BY version DESC LIMIT 1")           \
    X(DOCUMENT_PUT, "INSERT INTO document (kind, version, note) VALUES (?1, ?2, ?3) "      \
                    "ON CONFLICT DO NOTHING")                                              \
    X(KX_FIND, "SELECT note FROM kx WHERE agency = ?1")                                    \
    X(KX_PUT, "INSERT INTO kx (agency, number, note) VALUES (?1, ?2, ?3) "                 \
              "ON CONFLICT DO UPDATE SET number = excluded.number, note = excluded.note "  \
              "WHERE excluded.number > number")                                            \
    X(SHELF_FIND, SQL_SHELF "WHERE kind = ?1 AND id = ?2")                                 \
    X(SHELF_SEARCH, "SELECT id FROM shelf WHERE kind = ?1 AND id BETWEEN ?2 AND ?3 "       \
                    "ORDER BY id LIMIT ?4")                                                \
    X(SHELF_TAGGED,                                                                        \
      SQL_SHELF "WHERE kind = ?1 AND tag = ?2 AND tag <> zeroblob(32) AND id > ?3 "        \
                "ORDER BY id LIMIT 1")                                                     \
    X(SHELF_ABOUT,                                                                         \
      SQL_SHELF "WHERE kind = ?1 AND about = ?2 AND about <> zeroblob(16) AND id > ?3 "    \
                "ORDER BY id LIMIT 1")                                                     \
    X(SHELF_WALK, SQL_SHELF "WHERE kind = ?1 AND due <= ?2 AND (due, id) > (?3, ?4) "      \
                            "ORDER BY due, id LIMIT 1")                                    \
    X(SHELF_WALK_STATE,                                                                    \
      SQL_SHELF "WHERE kind = ?1 AND state = ?2 AND due <= ?3 AND (due, id) > (?4, ?5) "   \
                "ORDER BY due, id LIMIT 1")                                                \
    X(SHELF_PUT, "INSERT OR REPLACE INTO shelf "                                           \
                 "(kind, id, about, tag, state, due, changed, sealed) "                    \
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                \
    X(SHELF_DROP, "DELETE FROM shelf WHERE kind = ?1 AND id = ?2")                         \
    X(SHELF_CLEAR, "DELETE FROM shelf WHERE kind = ?1")                                    \
    X(TOKEN_RECORD_PUT, "INSERT OR REPLACE INTO token_record (place) VALUES (?1)")         \
    X(TOKEN_RECORD_ADD,                                                                    \
      "INSERT INTO token_record (place) VALUES (?1) ON CONFLICT DO NOTHING")               \
    X(TOKEN_RECORD_FIND, "SELECT number FROM token_record WHERE place = ?1")               \
    X(TOKEN_RECORD_LAST, "SELECT number FROM token_record WHERE number > 0 "               \
                         "ORDER BY number DESC LIMIT 1")                                   \
    X(TOKEN_RECORD_CLEAR, "DELETE FROM token_record")                                      \
    X(TOKEN_NEXT, "SELECT " SQL_NAME ", place, token_record.number FROM token_record "     \
                  "CROSS JOIN stream ON stream.number = place >> 40 "                      \
                  "WHERE token_record.number > ?1 ORDER BY token_record.number LIMIT 1")   \
    X(TOKEN_STATE_FIND, "SELECT value FROM token_state WHERE name = ?1")                   \
    X(TOKEN_STATE_PUT, "INSERT OR REPLACE INTO token_state (name, value) VALUES (?1, ?2)") \
    X(TOKEN_ERASED_PUT, "INSERT OR REPLACE INTO token_state (name, value) "                \
                        "VALUES (printf('erased %020d', ?1), ?1)")                         \
    X(TOKEN_ERASED_EACH, "SELECT value FROM token_state "                                  \
                         "WHERE name BETWEEN 'erased ' AND 'erased!' ORDER BY name")       \
    X(TOKEN_ERASED_DROP,                                                                   \
      "DELETE FROM token_state WHERE name = printf('erased %020d', ?1)")                   \
    X(TOKEN_ERASED_CLEAR, "DELETE FROM token_state "                                       \
                          "WHERE name BETWEEN 'erased ' AND 'erased!'")                    \
    X(TOKEN_STORED, "SELECT place, kind, disposition, duplicate FROM entry "               \
                    "WHERE place > ?1 ORDER BY place LIMIT ?2")                            \
    X(TOKEN_NEW_PUT, "INSERT OR REPLACE INTO token_new (number, pairs) VALUES (?1, ?2)")   \
    X(TOKEN_NEW_FIND, "SELECT pairs FROM token_new WHERE number = ?1")                     \
    X(TOKEN_NEW_FIRST,                                                                     \
      "SELECT number FROM token_new WHERE number > 0 ORDER BY number LIMIT 1")             \
    X(TOKEN_NEW_EACH, "SELECT pairs FROM token_new WHERE number BETWEEN ?1 AND ?2 "        \
                      "ORDER BY number")                                                   \
    X(TOKEN_NEW_DOWN, "SELECT number, pairs FROM token_new WHERE number BETWEEN ?1 AND "   \
                      "?2 ORDER BY number DESC")                                           \
    X(TOKEN_NEW_DROP, "DELETE FROM token_new WHERE number BETWEEN ?1 AND ?2")              \
    X(TOKEN_NEW_CLEAR, "DELETE FROM token_new")                                            \
    X(TOKEN_PAGE_FIND, "SELECT pairs FROM token WHERE page = ?1")                          \
    X(TOKEN_PAGE_ANY, "SELECT 1 FROM token WHERE page BETWEEN ?1 AND ?2 LIMIT 1")          \
    X(TOKEN_PAGE_PUT, "INSERT OR REPLACE INTO token (page, pairs) VALUES (?1, ?2)")        \
    X(TOKEN_PAGE_DROP, "DELETE FROM token WHERE page = ?1")                                \
    X(TOKEN_PAGE_CLEAR, "DELETE FROM token")                                               \
    X(KEY_FIND, "SELECT wrapped FROM storage_key WHERE place = ?1")                        \
    X(KEY_PUT, "INSERT OR REPLACE INTO storage_key (place, wrapped) VALUES (?1, ?2)")      \
    X(KEY_DELETE, "DELETE FROM storage_key WHERE place = ?1")                              \
    X(SECRET_EACH, "SELECT number, since, wrapped FROM kx_secret "                         \
                   "ORDER BY number DESC LIMIT ?1")                                        \
    X(SECRET_PUT, "INSERT INTO kx_secret (number, since, wrapped) VALUES (?1, ?2, ?3)")    \
    X(SECRET_DELETE, "DELETE FROM kx_secret WHERE number = ?1")

enum query_name {
#define QUERY_ENUM(name, sql) QUERY_##name,
    JOURNAL_QUERIES(QUERY_ENUM)
#undef QUERY_ENUM
        QUERY_COUNT
};

#endif
