#include "address.h"
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* Where the gateway listens, and whom a Host header names. */

static void takes_loopback_and_unix_sockets_alone(void)
{
    static const struct {
        const char *text;
        status wanted;
    } rows[] = {
        {"127.0.0.1:8055", OK},
        {"127.255.255.254:1", OK},
        {"[::1]:65535", OK},
        {"unix:/run/flagpost/http.sock", OK},
        {"0.0.0.0:8055", E_DENIED},
        {"128.0.0.1:8055", E_DENIED},
        {"126.255.255.255:8055", E_DENIED},
        {"10.0.0.1:8055", E_DENIED},
        {"[::]:8055", E_DENIED},
        {"[::2]:8055", E_DENIED},
        {"[::ffff:10.0.0.1]:8055", E_DENIED},
        {"localhost:8055", E_FORM},
        {"127.1:8055", E_FORM},
        {"0x7f000001:8055", E_FORM},
        {"::1:8055", E_FORM},
        {"[127.0.0.1]:8055", E_FORM},
        {"127.0.0.1", E_FORM},
        {"127.0.0.1:", E_FORM},
        {"127.0.0.1:0", E_FORM},
        {"127.0.0.1:080", E_FORM},
        {"127.0.0.1:65536", E_FORM},
        {"127.0.0.1:99999999999999999999", E_FORM},
        {":8055", E_FORM},
        {"", E_FORM},
        {"unix:", E_FORM},
        {"unix:http.sock", E_FORM},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_address a;
        (void)printf("    %s\n", rows[i].text);
        CHECK_STATUS(http_address_read(rows[i].text, &a), rows[i].wanted);
    }
}

static void knows_the_hosts_that_are_this_machine(void)
{
    static const struct {
        const char *host;
        bool ours;
    } rows[] = {
        {"localhost", true},
        {"LocalHost:8055", true},
        {"127.0.0.1", true},
        {"127.0.0.1:1", true},
        {"[::1]:8055", true},
        {NULL, false},
        {"", false},
        {"evil.example", false},
        {"localhost.evil.example", false},
        {"127.0.0.1.evil.example", false},
        {"localhost:", false},
        {"localhost:x", false},
        {"localhost@evil.example", false},
        {"127.0.0.12", false},
        {"::1", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)printf("    %s\n", rows[i].host == NULL ? "(none)" : rows[i].host);
        CHECK_INT(http_host_is_ours(rows[i].host), rows[i].ours);
    }
}

CASES(CASE(takes_loopback_and_unix_sockets_alone),
      CASE(knows_the_hosts_that_are_this_machine))
