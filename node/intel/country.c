#include "country.h"

#include "status.h"

#include <string.h>

/* Alpha-3 and alpha-2 of each, run together, in the order of alpha-3 (ISO 3166-1:2020). */
static const char iso[] = "ABWAWAFGAFAGOAOAIAAIALAAXALBALANDADAREAEARGARARMAMASMASATAAQ"
                          "ATFTFATGAGAUSAUAUTATAZEAZBDIBIBELBEBENBJBESBQBFABFBGDBDBGRBG"
                          "BHRBHBHSBSBIHBABLMBLBLRBYBLZBZBMUBMBOLBOBRABRBRBBBBRNBNBTNBT"
                          "BVTBVBWABWCAFCFCANCACCKCCCHECHCHLCLCHNCNCIVCICMRCMCODCDCOGCG"
                          "COKCKCOLCOCOMKMCPVCVCRICRCUBCUCUWCWCXRCXCYMKYCYPCYCZECZDEUDE"
                          "DJIDJDMADMDNKDKDOMDODZADZECUECEGYEGERIERESHEHESPESESTEEETHET"
                          "FINFIFJIFJFLKFKFRAFRFROFOFSMFMGABGAGBRGBGEOGEGGYGGGHAGHGIBGI"
                          "GINGNGLPGPGMBGMGNBGWGNQGQGRCGRGRDGDGRLGLGTMGTGUFGFGUMGUGUYGY"
                          "HKGHKHMDHMHNDHNHRVHRHTIHTHUNHUIDNIDIMNIMINDINIOTIOIRLIEIRNIR"
                          "IRQIQISLISISRILITAITJAMJMJEYJEJORJOJPNJPKAZKZKENKEKGZKGKHMKH"
                          "KIRKIKNAKNKORKRKWTKWLAOLALBNLBLBRLRLBYLYLCALCLIELILKALKLSOLS"
                          "LTULTLUXLULVALVMACMOMAFMFMARMAMCOMCMDAMDMDGMGMDVMVMEXMXMHLMH"
                          "MKDMKMLIMLMLTMTMMRMMMNEMEMNGMNMNPMPMOZMZMRTMRMSRMSMTQMQMUSMU"
                          "MWIMWMYSMYMYTYTNAMNANCLNCNERNENFKNFNGANGNICNINIUNUNLDNLNORNO"
                          "NPLNPNRUNRNZLNZOMNOMPAKPKPANPAPCNPNPERPEPHLPHPLWPWPNGPGPOLPL"
                          "PRIPRPRKKPPRTPTPRYPYPSEPSPYFPFQATQAREUREROURORUSRURWARWSAUSA"
                          "SDNSDSENSNSGPSGSGSGSSHNSHSJMSJSLBSBSLESLSLVSVSMRSMSOMSOSPMPM"
                          "SRBRSSSDSSSTPSTSURSRSVKSKSVNSISWESESWZSZSXMSXSYCSCSYRSYTCATC"
                          "TCDTDTGOTGTHATHTJKTJTKLTKTKMTMTLSTLTONTOTTOTTTUNTNTURTRTUVTV"
                          "TWNTWTZATZUGAUGUKRUAUMIUMURYUYUSAUSUZBUZVATVAVCTVCVENVEVGBVG"
                          "VIRVIVNMVNVUTVUWLFWFWSMWSYEMYEZAFZAZMBZMZWEZW";
enum { ISO_ROW = 5 };

/* ICAO Doc 9303 part 3, section 5: codes in passports that are not countries of ISO 3166.
 */
static const char *const icao[] = {"D",   "EUE", "GBD", "GBN", "GBO", "GBP", "GBS",
                                   "RKS", "UNA", "UNK", "UNO", "XAA", "XBA", "XCC",
                                   "XCE", "XCO", "XEC", "XIM", "XMP", "XOM", "XPO",
                                   "XXA", "XXB", "XXC", "XXX"};

static bool is_in_iso(struct bytes code, size_t offset, size_t size)
{
    if (code.size != size)
        return false;
    for (size_t i = 0; i + 1 < sizeof iso; i += ISO_ROW) {
        if (memcmp(code.at, iso + i + offset, size) == 0)
            return true;
    }
    return false;
}

bool country_is_iso(struct bytes code)
{
    return is_in_iso(code, 0, 3);
}

bool country_is_icao(struct bytes code)
{
    for (size_t i = 0; i < COUNT_OF(icao); i++) {
        if (bytes_equal(code, bytes_of_text(icao[i])))
            return true;
    }
    return country_is_iso(code);
}

bool country_is_two(struct bytes code)
{
    return is_in_iso(code, 3, 2) || bytes_equal(code, bytes_of_text("XK"));
}

bool country_is_british(struct bytes code)
{
    static const char *const british[] = {"GBR", "GBD", "GBN", "GBO", "GBP", "GBS"};

    for (size_t i = 0; i < COUNT_OF(british); i++) {
        if (bytes_equal(code, bytes_of_text(british[i])))
            return true;
    }
    return false;
}
