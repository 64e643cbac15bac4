#include "driver.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

/*
 * floor FOLDER
 *
 * What one record cannot take less than, from the libraries themselves and in the same
 * folder: an fdatasync, a durable commit as page 8 counts it (SQLite WAL with
 * synchronous=FULL, then 512 bytes of a guard file), a CURVE round trip on loopback.
 */

enum { COMMITS = 400, TRIPS = 1000, GUARD_BYTES = 512, PATH_ROOM = 512, KEY_ROOM = 41 };

struct disk {
    sqlite3 *db;
    sqlite3_stmt *insert;
    int guard, plain;
    uint8_t record[BENCH_RECORD_BYTES];
};

static void run(sqlite3 *db, const char *sql)
{
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static const char *path_in(const char *folder, const char *name, char room[PATH_ROOM])
{
    CHECK(snprintf(room, PATH_ROOM, "%s/%s", folder, name) < PATH_ROOM);
    return room;
}

static int create(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    const int fd = open(path_in(folder, name, path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    CHECK(fd >= 0);
    return fd;
}

static void disk_open(struct disk *d, const char *folder)
{
    char path[PATH_ROOM];

    CHECK_INT(sqlite3_open(path_in(folder, "floor.db", path), &d->db), SQLITE_OK);
    run(d->db, "PRAGMA page_size = 16384");
    run(d->db, "PRAGMA journal_mode = WAL");
    run(d->db, "PRAGMA synchronous = FULL");
    run(d->db, "CREATE TABLE entry (place INTEGER PRIMARY KEY, bytes BLOB) STRICT");
    CHECK_INT(sqlite3_prepare_v2(d->db, "INSERT INTO entry (bytes) VALUES (?1)", -1,
                                 &d->insert, NULL),
              SQLITE_OK);
    d->guard = create(folder, "floor.guard");
    d->plain = create(folder, "floor.plain");
    memset(d->record, 7, sizeof d->record);
}

static void disk_done(struct disk *d)
{
    CHECK_INT(sqlite3_finalize(d->insert), SQLITE_OK);
    CHECK_INT(sqlite3_close(d->db), SQLITE_OK);
    CHECK(close(d->guard) == 0 && close(d->plain) == 0);
}

static uint64_t commit_row(struct disk *d)
{
    const uint64_t begun = bench_now();

    CHECK_INT(sqlite3_bind_blob(d->insert, 1, d->record, sizeof d->record, SQLITE_STATIC),
              SQLITE_OK);
    CHECK_INT(sqlite3_step(d->insert), SQLITE_DONE);
    CHECK_INT(sqlite3_reset(d->insert), SQLITE_OK);
    return bench_now() - begun;
}

static uint64_t write_through(int fd, const uint8_t *bytes, size_t size, off_t at)
{
    const uint64_t begun = bench_now();

    CHECK(pwrite(fd, bytes, size, at) == (ssize_t)size);
    CHECK(fdatasync(fd) == 0);
    return bench_now() - begun;
}

/* One after the other, so that all three see the same minute of the machine. */
static void measure_disk(const char *folder)
{
    static uint64_t plain[COMMITS];
    static uint64_t row[COMMITS];
    static uint64_t both[COMMITS];
    struct disk d;

    disk_open(&d, folder);
    for (int i = 0; i < COMMITS; i++) {
        plain[i] = write_through(d.plain, d.record, sizeof d.record,
                                 (off_t)i * BENCH_RECORD_BYTES);
        row[i] = commit_row(&d);
        both[i] = row[i] + write_through(d.guard, d.record, GUARD_BYTES,
                                         (off_t)(i % 2) * GUARD_BYTES);
    }
    disk_done(&d);
    (void)printf("{\"fdatasync_us\":%.0f,\"row_us\":%.0f,\"commit_us\":%.0f,"
                 "\"commit_p99_us\":%.0f",
                 (double)bench_percentile(plain, COMMITS, 50) / 1e3,
                 (double)bench_percentile(row, COMMITS, 50) / 1e3,
                 (double)bench_percentile(both, COMMITS, 50) / 1e3,
                 (double)bench_percentile(both, COMMITS, 99) / 1e3);
}

/* --- the round trip --- */

static void *curve_socket(void *context, int type, const char *server_public,
                          const char *server_secret)
{
    void *const s = zmq_socket(context, type);
    const int on = 1;
    char public_key[KEY_ROOM];
    char secret_key[KEY_ROOM];

    CHECK(s != NULL);
    if (server_secret != NULL) {
        CHECK_INT(zmq_setsockopt(s, ZMQ_CURVE_SERVER, &on, sizeof on), 0);
        CHECK_INT(zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, server_secret, KEY_ROOM), 0);
        return s;
    }
    CHECK_INT(zmq_curve_keypair(public_key, secret_key), 0);
    CHECK_INT(zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, server_public, KEY_ROOM), 0);
    CHECK_INT(zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, public_key, KEY_ROOM), 0);
    CHECK_INT(zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, secret_key, KEY_ROOM), 0);
    return s;
}

static void echo(const char *server_secret, int told)
{
    void *const context = zmq_ctx_new();
    void *const s = curve_socket(context, ZMQ_REP, NULL, server_secret);
    char endpoint[64] = "";
    size_t size = sizeof endpoint;
    uint8_t bytes[BENCH_RECORD_BYTES];

    CHECK_INT(zmq_bind(s, "tcp://127.0.0.1:*"), 0);
    CHECK_INT(zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, endpoint, &size), 0);
    CHECK(write(told, endpoint, sizeof endpoint) == sizeof endpoint);
    for (int i = 0; i < TRIPS; i++) {
        const int got = zmq_recv(s, bytes, sizeof bytes, 0);
        CHECK(got > 0 && zmq_send(s, bytes, (size_t)got, 0) == got);
    }
    CHECK_INT(zmq_close(s), 0);
    CHECK_INT(zmq_ctx_term(context), 0);
}

static void measure_trips(const char *server_public, int told)
{
    static uint64_t trips[TRIPS];
    void *const context = zmq_ctx_new();
    void *const s = curve_socket(context, ZMQ_REQ, server_public, NULL);
    char endpoint[64] = "";
    uint8_t bytes[BENCH_RECORD_BYTES] = {0};

    CHECK(read(told, endpoint, sizeof endpoint) == sizeof endpoint);
    CHECK_INT(zmq_connect(s, endpoint), 0);
    for (int i = 0; i < TRIPS; i++) {
        const uint64_t begun = bench_now();
        CHECK(zmq_send(s, bytes, sizeof bytes, 0) == sizeof bytes);
        CHECK(zmq_recv(s, bytes, sizeof bytes, 0) == sizeof bytes);
        trips[i] = bench_now() - begun;
    }
    CHECK_INT(zmq_close(s), 0);
    CHECK_INT(zmq_ctx_term(context), 0);
    (void)printf(",\"trip_us\":%.0f,\"trip_p99_us\":%.0f}\n",
                 (double)bench_percentile(trips, TRIPS, 50) / 1e3,
                 (double)bench_percentile(trips, TRIPS, 99) / 1e3);
}

int main(int argc, char **argv)
{
    char server_public[KEY_ROOM];
    char server_secret[KEY_ROOM];
    int told[2] = {-1, -1};
    int ended = 0;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: floor FOLDER\n");
        return 2;
    }
    CHECK_INT(zmq_curve_keypair(server_public, server_secret), 0);
    CHECK(pipe(told) == 0);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        echo(server_secret, told[1]);
        return 0;
    }
    measure_disk(argv[1]);
    measure_trips(server_public, told[0]);
    CHECK(waitpid(child, &ended, 0) == child && ended == 0);
    return 0;
}
