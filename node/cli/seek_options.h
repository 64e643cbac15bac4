#ifndef FLAGPOST_SEEK_OPTIONS_H
#define FLAGPOST_SEEK_OPTIONS_H

#include "cli.h"

/* What a search and a watch look for, beside free words: rows of their options. */
/* clang-format off */
#define SEEK_OPTIONS                                                                       \
    {"name", "TEXT", "a person: names in any order; also what sounds alike"},              \
    {"born", "DATE", "with --name: 1988, 1988-03 or 1988-03-14"},                          \
    {"phone", "NUMBER", "07700900123 or +447700900123"},                                   \
    {"vrm", "MARK", "a registration mark"},                                                \
    {"document", "NUMBER", "of any kind, or passport:GBR:123456789"},                      \
    {"identifier", "TYPE:NUMBER", "imei:..., pnc_id:..., nino:..., mmsi:..., hull:..."},   \
    {"vessel", "TEXT", "words of a boat's name or description"},                           \
    {"account", "NUMBER", "an IBAN, or sort code and account number"},                     \
    {"email", "ADDRESS", "an e-mail address"},                                             \
    {"address", "TEXT", "words of one address, its postcode too"},                         \
    {"flag", "FLAG", "with this flag"}
/* clang-format on */

#endif
