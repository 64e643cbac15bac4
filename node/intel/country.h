#ifndef FLAGPOST_COUNTRY_H
#define FLAGPOST_COUNTRY_H

/*
 * Codes of countries: ISO 3166-1 alpha-3 and alpha-2, and the few of ICAO Doc 9303 part 3
 * that passports carry beside them.
 */

#include "bytes.h"

/* Three capitals of ISO 3166-1. */
bool country_is_iso(struct bytes code);
/* Those, and what a machine readable zone may carry: D, GBD, XXA (stateless), XXB ... */
bool country_is_icao(struct bytes code);
/* Two capitals of ISO 3166-1; also XK, which banks use for Kosovo. */
bool country_is_two(struct bytes code);
/* The United Kingdom and the passports it issues to others (GBD, GBN, GBO, GBP, GBS). */
bool country_is_british(struct bytes code);

#endif
