#include "flag_match.h"

#include "text.h"

/*
 * Whether a run of letters could be an English word.  A flag such as OIMCR cannot, so it is
 * safe to find it without its "#"; a flag such as BOATS can, and then only the "#" tells it
 * from the word.  It errs towards "could be".
 */

static bool is_vowel(uint8_t c)
{
    return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U' || c == 'Y';
}

/* Whether these consonants are one of the clusters in `known`, parted by spaces. */
static bool is_cluster(struct bytes consonants, const char *known)
{
    struct bytes rest = bytes_of_text(known);
    struct bytes one = {0};

    while (text_cut(&rest, ' ', &one)) {
        if (bytes_equal(one, consonants))
            return true;
    }
    return bytes_equal(rest, consonants);
}

static const char starts[] =
    "BL BR CH CL CR DR DW FL FR GH GL GN GR KH KL KN KR LL PH PL PR PS RH SC SCH SCR SH "
    "SHR "
    "SK SL SM SN SP SPH SPL SPR SQ ST STR SW TH THR TR TS TW WH WR";

static const char ends[] =
    "BB BS BT CH CK CKS CS CT CTS DD DS FF FFS FS FT FTS GG GH GHS GHT GHTS GN GNS GS KS "
    "LB "
    "LD LDS LF LK LKS LL LLS LM LMS LN LP LPS LS LT LTS LVS MB MBS MN MP MPS MPT MS NC NCH "
    "NCT ND NDS NG NGS NGTH NK NKS NN NS NT NTH NTS NX NZ PH PHS PS PT PTS PTH RB RBS RC "
    "RCH RD RDS RF RG RK RKS RL RLD RLDS RLS RM RMS RMTH RN RNS RP RPS RR RS RSH RST RT "
    "RTH "
    "RTS RV RVS SC SH SK SKS SM SMS SP SPS SS ST STS TCH TH THS TS TT TZ WD WDS WK WL WLS "
    "WN WNS WS WTH XT XTS XTH ZZ";

bool flag_is_wordlike(const uint8_t *capitals, size_t size)
{
    size_t first = size;
    size_t last = 0;
    size_t run = 0;

    for (size_t i = 0; i < size; i++) {
        if (capitals[i] < 'A' || capitals[i] > 'Z')
            return false;
        run = is_vowel(capitals[i]) ? 0 : run + 1;
        if (run > 4)
            return false;
        if (run > 0)
            continue;
        last = i;
        first = first == size ? i : first;
    }
    if (first == size)
        return false;
    const size_t tail = size - last - 1;
    return (first < 2 || is_cluster(bytes_of(capitals, first), starts)) &&
           (tail < 2 || is_cluster(bytes_of(capitals + last + 1, tail), ends));
}
