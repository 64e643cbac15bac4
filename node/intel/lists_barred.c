#include "lists_terms.h"

#include "text.h"

/*
 * Words that may not be terms of a flagging rule: they would flag people for what they are
 * (page 1; DPA 2018 s.35(8), Equality Act 2010 s.9).  Countries stand with their nationals,
 * since "born in ..." flags the same people.  Plurals need no line of their own.  Refusing
 * too much is the safe side: another word can be found for a place or a thing.
 */
static const struct {
    const char *why;
    const char *words;
} barred[] = {
    {"a nationality or a country",
     "afghan afghani afghanistan albania albanian algeria algerian america american "
     "andorra "
     "andorran angola angolan antigua antiguan argentina argentine argentinian armenia "
     "armenian australia australian austria austrian azerbaijan azerbaijani azeri bahamas "
     "bahamian bahrain bahraini bangladesh bangladeshi barbadian barbados belarus "
     "belarusian "
     "belgian belgium belize belizean benin beninese bhutan bhutanese bolivia bolivian "
     "bosnia "
     "bosnian botswana brazil brazilian britain british briton britons brunei bruneian "
     "bulgaria bulgarian burkina burkinabe burma burmese burundi burundian cambodia "
     "cambodian "
     "cameroon cameroonian canada canadian chad chadian chile chilean china chinese "
     "colombia "
     "colombian comorian comoros congo congolese croat croatia croatian cuba cuban cypriot "
     "cyprus czech czechia dane danish denmark djibouti djiboutian dominica dominican "
     "dutch "
     "ecuador ecuadorian egypt egyptian emirati emirates england english englishman "
     "eritrea "
     "eritrean estonia estonian eswatini ethiopia ethiopian fiji fijian filipina filipino "
     "finland finn finnish france french frenchman frenchmen gabon gabonese gambia gambian "
     "georgia georgian german germany ghana ghanaian greece greek grenada grenadian "
     "guatemala "
     "guatemalan guinea guinean guyana guyanese haiti haitian honduran honduras hungarian "
     "hungary iceland icelander icelandic india indian indonesia indonesian iran iranian "
     "iraq "
     "iraqi ireland irish irishman israel israeli italian italy ivorian ivory jamaica "
     "jamaican japan japanese jordan jordanian kazakh kazakhstan kenya kenyan kiribati "
     "korea "
     "korean kosovan kosovar kosovo kuwait kuwaiti kyrgyz kyrgyzstan lankan laos laotian "
     "latvia latvian lebanese lebanon lesotho liberia liberian libya libyan liechtenstein "
     "lithuania lithuanian luxembourg macedonia macedonian madagascar malagasy malawi "
     "malawian malaysia malaysian maldives maldivian mali malian malta maltese mauritania "
     "mauritanian mauritian mauritius mexican mexico micronesia moldova moldovan monaco "
     "mongolia mongolian montenegrin montenegro moroccan morocco mozambican mozambique "
     "myanmar namibia namibian nauru nepal nepalese nepali netherlands nicaragua "
     "nicaraguan "
     "niger nigeria nigerian nigerien norway norwegian oman omani pakistan pakistani palau "
     "palestine palestinian panama panamanian papua paraguay paraguayan peru peruvian "
     "philippine philippines pole poland polish portugal portuguese qatar qatari romania "
     "romanian russia russian rwanda rwandan salvador salvadoran samoa samoan saudi scot "
     "scotland scottish senegal senegalese serb serbia serbian seychelles singapore "
     "singaporean slovak slovakia slovakian slovene slovenia slovenian somali somalia "
     "somalian somaliland spain spaniard spanish sudan sudanese suriname surinamese swede "
     "sweden swedish swiss switzerland syria syrian taiwan taiwanese tajik tajikistan "
     "tanzania tanzanian thai thailand timor timorese togo togolese tonga tongan trinidad "
     "trinidadian tunisia tunisian turk turkey turkish turkiye turkmen turkmenistan tuvalu "
     "uganda ugandan ukraine ukrainian uruguay uruguayan uzbek uzbekistan vanuatu "
     "venezuela "
     "venezuelan vietnam vietnamese wales welsh welshman yemen yemeni zambia zambian "
     "zimbabwe "
     "zimbabwean balkan baltic scandinavian yugoslav yugoslavia soviet"},
    {"a region of origin, which stands for nationality or ethnicity",
     "africa african asia asian arabia europe european eurasian caribbean oriental "
     "levantine "
     "maghreb maghrebi latino latina latin hispanic mediterranean subcontinent western "
     "eastern"},
    {"nationality itself",
     "nationality nationalities nationals foreign foreigner citizenship stateless alien "
     "expatriate expat homeland motherland fatherland native"},
    {"an ethnic group",
     "aboriginal akan amhara arab armenoid ashanti assyrian bajuni baloch balochi bantu "
     "bedouin bengali berber bidoon bidoun bihari caucasian chaldean chechen circassian "
     "coptic "
     "creole dinka ethnic ethnicity ethnicities fula fulani gheg gurkha gypsy gypsies "
     "hausa "
     "hazara hmong hutu igbo inuit jat jew jewish kalash kashmiri khmer kurd kurdish "
     "kurdistan "
     "luo maasai malay mandinka maori masalit mirpuri mixed montagnard negro ndebele oromo "
     "ogaden pashtun pashtoon pathan punjabi race races racial roma romani romany sami "
     "sherpa "
     "shona sikh sindhi sinhala sinhalese sinti slav slavic swahili sylheti tamil tatar "
     "tigray tigrayan tigrinya tosk traveller traveler tuareg tutsi uighur uyghur wolof "
     "xhosa "
     "yazidi yezidi yoruba zaghawa zulu"},
    {"a language",
     "accent arabic bilingual cantonese dari dialect farsi flemish gaelic gujarati hebrew "
     "hindi interpreter kinyarwanda krio kurmanji language lingala linguist mandarin "
     "marathi "
     "oromiffa pashto patois persian pidgin somaliland sorani spoken speaker speaking "
     "speaks "
     "swahili tagalog telugu tongue translator tshiluba twi urdu yiddish"},
    {"a religion",
     "ahmadi ahmadiyya alawite anglican atheist bahai baptist bible buddhism buddhist "
     "burka "
     "burqa catholic catholicism cathedral chapel christian christianity church clergy "
     "copt "
     "deobandi diwali druze easter eid evangelical faith falun friar gospel gurdwara hajj "
     "halal hijab hindu hinduism imam islam islamic islamist ismaili jain jainism jehovah "
     "judaism kippah koran kosher lent lutheran madrasa madrassa mandir methodist minaret "
     "mosque muslim moslem niqab orthodox pagan pentecostal prayer priest protestant "
     "quaker "
     "quran rabbi ramadan rastafari rastafarian religion religious salafi shia shiite "
     "shinto "
     "sikhism sufi sunni synagogue taoism taoist temple torah turban vicar wahhabi "
     "zoroastrian"},
};

/* A list cannot tell "black man" from "black van": the line that is not crossed decides. */
static const char colours[] = "black brown white yellow coloured";

static bool is_letter_for(uint8_t digit, uint8_t letter)
{
    static const char pairs[] = "0o1i1l3e4a5s7t8b";

    for (size_t i = 0; i + 1 < sizeof pairs; i += 2) {
        if (digit == (uint8_t)pairs[i] && letter == (uint8_t)pairs[i + 1])
            return true;
    }
    return false;
}

/* Letters of `word` that are those of `known`, digits for letters included. */
static size_t alike(struct bytes word, struct bytes known)
{
    size_t n = 0;

    while (n < word.size && n < known.size &&
           (word.at[n] == known.at[n] || is_letter_for(word.at[n], known.at[n])))
        n++;
    return n;
}

/* The word itself, its plural, or with `stem` any that begins with it. */
static bool is_same(struct bytes word, struct bytes known, bool stem)
{
    const size_t n = alike(word, known);

    if (n == word.size && (stem || n == known.size))
        return true;
    const struct bytes rest = bytes_from(word, n);
    const bool plural = text_is(rest, "s") || text_is(rest, "es");
    /* A stem that is longer than the word still means that word: "kurdish*". */
    return n == known.size && (plural || (stem && n >= 5));
}

static bool is_among(struct bytes word, const char *words, bool stem)
{
    struct bytes rest = bytes_of_text(words);
    struct bytes known = {0};

    while (rest.size > 0) {
        if (!text_cut(&rest, ' ', &known)) {
            known = rest;
            rest = (struct bytes){0};
        }
        if (is_same(word, known, stem))
            return true;
    }
    return false;
}

const char *lists_barred(struct bytes word, bool stem)
{
    for (size_t i = 0; i < COUNT_OF(barred); i++) {
        if (is_among(word, barred[i].words, stem))
            return barred[i].why;
    }
    return is_among(word, colours, stem) ? "a colour, which may stand for ethnicity" : NULL;
}
