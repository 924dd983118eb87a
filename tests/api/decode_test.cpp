// Every reading that the reference leaves open, and every way in which an answer can be wrong.
#include "api/decode.hpp"

#include "answers.hpp"
#include "pages.hpp"

#include "api/decode_login.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using answers::list_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t plenty = 1000;
constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

// Read as a daemon does and as a first load does: both say the same.
Answer<Page> decode(const std::string& json)
{
    auto answer = decode_list(json, plenty);
    std::string text = json;
    const auto news = decode_new_list(text, plenty, unlimited);
    EXPECT_EQ(news.has_value(), answer.has_value());
    if (news && answer)
        expect_equal(*news, *answer);
    else if (!news && !answer)
        EXPECT_EQ(news.error().what, answer.error().what);
    return answer;
}

Page page_of(const std::string& items)
{
    return decode(list_of(items)).value();
}

// A page of one SIM with an id and these members.
Page page_with(const std::string& members)
{
    return page_of(R"({"id":"7",)" + members + "}");
}

Sim sim_with(const std::string& members)
{
    return page_with(members).items.at(0).sim;
}

Failure failure_of(const Answer<Page>& answer)
{
    EXPECT_TRUE(answer.has_error());
    return answer.has_error() ? answer.error() : Failure{};
}

TEST(Decode, ReadsEveryField)
{
    const auto page = page_of(std::string{answers::full_sim});
    EXPECT_EQ(page.rows, 1U);
    EXPECT_EQ(page.count, 1U);
    EXPECT_THAT(page.decode_errors, IsEmpty());

    const Sim& sim = page.items.at(0).sim;
    EXPECT_EQ(sim.id, "1001");
    EXPECT_EQ(sim.iccid_plastic, "8970101000000001001");
    EXPECT_EQ(sim.sim_id, "ext-1001");
    EXPECT_EQ(sim.is_blocked, false);
    EXPECT_EQ(sim.allow_free_caller_id_change, true);
    EXPECT_EQ(sim.allow_free_voice_substitution, false);
    EXPECT_EQ(sim.balance, Money::parse("12345678.91"));
    EXPECT_EQ(sim.data_balance, Money::parse("0.1"));
    EXPECT_THAT(sim.fmcs, ElementsAre("79000000001"));
    EXPECT_THAT(sim.caller_ids, ElementsAre("79000000002", "79000000003"));
    EXPECT_THAT(sim.external_msisdns, ElementsAre("74950000001"));
    EXPECT_EQ(sim.tariff_name, "Unlimited");
    EXPECT_EQ(sim.tariff_package_total_calls_max_duration, 36000);
    EXPECT_EQ(sim.tariff_type, "PREPAID_UNLIMITED");
    EXPECT_EQ(sim.profile, "S1");
    EXPECT_EQ(sim.description, "Taxi 17");
    EXPECT_EQ(sim.latest_activity, parse_date("2026-02-01T07:00:00.5Z"));
    EXPECT_EQ(sim.tariff_expires_at, parse_date("2026-03-01T00:00:00Z"));
    EXPECT_EQ(sim.imei, "352099001761481");
    EXPECT_EQ(sim.imei_is_correct, true);
    EXPECT_EQ(sim.is_archived, false);
    EXPECT_THAT(sim.undecoded, IsEmpty());
}

TEST(Decode, AnAbsentFieldIsNull)
{
    Sim bare;
    bare.id = "7";
    EXPECT_EQ(page_of(R"({"id":"7"})").items.at(0).sim, bare);
    EXPECT_EQ(
        sim_with(R"("balance":5,"unknown":{"id":[1,{"id":2}]},"profile":null,"imei":null,"currentTariff":null,
                          "resource":null,"fmcs":null,"callerIds":[],"latestActivity":null,"isBlocked":null)"),
        bare);
}

TEST(Decode, FieldsMayComeInAnyOrder)
{
    const auto page = page_of(R"({"isArchived":true,"imei":{"imeiIsCorrect":false,"imei":"5"},"id":"7",
        "resource":{"dataBalance":2,"balance":1},"iccidPlastic":"89"})");
    const Sim& sim = page.items.at(0).sim;
    EXPECT_EQ(sim.id, "7");
    EXPECT_EQ(sim.iccid_plastic, "89");
    EXPECT_EQ(sim.balance, Money::parse("1"));
    EXPECT_EQ(sim.data_balance, Money::parse("2"));
    EXPECT_EQ(sim.imei, "5");
    EXPECT_EQ(sim.imei_is_correct, false);
    EXPECT_EQ(sim.is_archived, true);
}

TEST(Decode, ResourceIsAnObjectOrAListOfOne)
{
    EXPECT_EQ(sim_with(R"("resource":{"balance":1})").balance, Money::parse("1"));
    EXPECT_EQ(sim_with(R"("resource":[{"balance":1,"dataBalance":null}])").balance, Money::parse("1"));
    EXPECT_EQ(sim_with(R"("resource":[])").balance, std::nullopt);
    EXPECT_EQ(sim_with(R"("resource":[null])").balance, std::nullopt);
    EXPECT_EQ(sim_with(R"("resource":{})").balance, std::nullopt);
}

TEST(Decode, OfTwoResourcesNeitherIsBelieved)
{
    const auto page = page_with(R"("resource":[{"balance":1},{"balance":2}])");
    EXPECT_EQ(page.items.at(0).sim.balance, std::nullopt);
    EXPECT_THAT(
        decode_errors(page), ElementsAre(R"(7|balance|{"balance":2})", R"(7|dataBalance|{"balance":2})"));
}

TEST(Decode, NumbersAreAnObjectAListOrNull)
{
    EXPECT_THAT(sim_with(R"("fmcs":{"msisdn":"1"})").fmcs, ElementsAre("1"));
    EXPECT_THAT(
        sim_with(R"("fmcs":[{"msisdn":"2"},null,{"msisdn":null},{},{"msisdn":"1"},{"msisdn":"2"}])").fmcs,
        ElementsAre("1", "2"));
    EXPECT_THAT(sim_with(R"("fmcs":["3",{"msisdn":79001}])").fmcs, ElementsAre("3", "79001"));
    EXPECT_THAT(sim_with(R"("callerIds":null,"externalMsisdns":[])").external_msisdns, IsEmpty());
}

TEST(Decode, ANumberThatIsNoneIsToldAndTheOthersStand)
{
    const auto page =
        page_with(R"("callerIds":[{"msisdn":"1"},{"msisdn":true},{"msisdn":"2"}],"fmcs":[[1]])");
    EXPECT_THAT(page.items.at(0).sim.caller_ids, ElementsAre("1", "2"));
    EXPECT_THAT(decode_errors(page), ElementsAre("7|callerIds|true", "7|fmcs|[1]"));
}

TEST(Decode, TheOrderOfNumbersMakesNoDifference)
{
    const auto one = page_with(R"("fmcs":[{"msisdn":"1"},{"msisdn":"2"}])");
    const auto other = page_with(R"("fmcs":[{"msisdn":"2"},{"msisdn":"1"},{"msisdn":"1"}])");
    EXPECT_EQ(one.items.at(0).fingerprint, other.items.at(0).fingerprint);
}

TEST(Decode, MoneyIsExactFromNumberAndText)
{
    EXPECT_EQ(sim_with(R"("resource":{"balance":0.1})").balance, Money::parse("0.1"));
    EXPECT_EQ(sim_with(R"("resource":{"balance":"12345678.91"})").balance, Money::parse("12345678.91"));
    EXPECT_EQ(
        sim_with(R"("resource":{"balance":9007199254740993})").balance, Money::parse("9007199254740993"));
    EXPECT_EQ(
        sim_with(R"("resource":{"balance":-123456789012345678901234567890.123456789})").balance,
        Money::parse("-123456789012345678901234567890.123456789"));
    EXPECT_EQ(sim_with(R"("resource":{"balance":1.50e2})").balance, Money::parse("150"));
    EXPECT_EQ(
        sim_with(R"("resource":{"balance":18446744073709551615})").balance,
        Money::parse("18446744073709551615"));
}

TEST(Decode, WhatDoesNotFitIsNullKeptAndTold)
{
    const auto page =
        page_with(R"("isBlocked":"yes","resource":{"balance":"a lot","dataBalance":[1,{"a":"b"},null]},
        "currentTariff":{"packageTotalCallsMaxDuration":9223372036854775808},"profile":{"x":true},
        "tariffExpiresAt":"soon","latestActivity":17,"isArchived":1)");
    const Sim& sim = page.items.at(0).sim;
    EXPECT_EQ(sim.is_blocked, std::nullopt);
    EXPECT_EQ(sim.balance, std::nullopt);
    EXPECT_EQ(sim.data_balance, std::nullopt);
    EXPECT_EQ(sim.tariff_package_total_calls_max_duration, std::nullopt);
    EXPECT_EQ(sim.profile, std::nullopt);
    EXPECT_EQ(sim.tariff_expires_at, std::nullopt);
    EXPECT_EQ(sim.latest_activity, std::nullopt);
    const std::map<std::string, std::string> kept{
        {"balance", "\"a lot\""},
        {"data_balance", R"([1,{"a":"b"},null])"},
        {"is_archived", "1"},
        {"is_blocked", "\"yes\""},
        {"latest_activity", "17"},
        {"profile", R"({"x":true})"},
        {"tariff_expires_at", "\"soon\""},
        {"tariff_package_total_calls_max_duration", "9223372036854775808"},
    };
    EXPECT_EQ(sim.undecoded, kept);
    EXPECT_THAT(decode_errors(page), testing::Contains("7|tariffExpiresAt|\"soon\""));
    EXPECT_THAT(page.decode_errors, SizeIs(kept.size()));
}

TEST(Decode, WholeNumbersStayExactHoweverTheyAreWritten)
{
    const auto duration = [](const std::string& json)
    {
        return sim_with(R"("currentTariff":{"packageTotalCallsMaxDuration":)" + json + "}")
            .tariff_package_total_calls_max_duration;
    };
    EXPECT_EQ(duration("9223372036854775807"), 9223372036854775807);
    EXPECT_EQ(duration("\"60\""), 60);
    EXPECT_EQ(duration("60.0"), 60);
    EXPECT_EQ(duration("60.5"), std::nullopt);
    EXPECT_EQ(duration("true"), std::nullopt);
}

TEST(Decode, ANumberWhereATextIsMeantKeepsItsLiteral)
{
    EXPECT_EQ(sim_with(R"("iccidPlastic":89701010000000010010)").iccid_plastic, "89701010000000010010");
    EXPECT_EQ(sim_with(R"("simId":1.50)").sim_id, "1.50");
    EXPECT_EQ(sim_with(R"("imei":{"imei":352099001761481})").imei, "352099001761481");
}

TEST(Decode, UnknownWordsOfAnEnumerationAreJustText)
{
    EXPECT_EQ(sim_with(R"("currentTariff":{"tariffType":"POSTPAID_LUNAR"})").tariff_type, "POSTPAID_LUNAR");
}

TEST(Decode, AGroupThatIsNoObjectIsToldForEachOfItsColumns)
{
    EXPECT_THAT(
        decode_errors(page_with(R"("imei":"352099001761481")")),
        ElementsAre("7|imei|\"352099001761481\"", "7|imeiIsCorrect|\"352099001761481\""));
    EXPECT_THAT(page_with(R"("imei":{"imei":null,"imeiIsCorrect":null})").decode_errors, IsEmpty());
}

TEST(Decode, OfTwoEqualKeysTheLastCounts)
{
    const auto page =
        page_with(R"("resource":{"balance":"x"},"resource":{"dataBalance":2},"profile":[],"profile":"S2",
        "fmcs":[{"msisdn":"1"}],"fmcs":[{"msisdn":"2"}])");
    const Sim& sim = page.items.at(0).sim;
    EXPECT_EQ(sim.balance, std::nullopt);
    EXPECT_EQ(sim.data_balance, Money::parse("2"));
    EXPECT_EQ(sim.profile, "S2");
    EXPECT_THAT(sim.fmcs, ElementsAre("2"));
    EXPECT_THAT(page.decode_errors, IsEmpty());

    const auto twice =
        decode(R"({"data":{"simcards":{"items":[{"id":"1"}]},"simcards":{"items":[{"id":"2"}]}}})");
    EXPECT_EQ(twice.value().items.at(0).sim.id, "2");
    EXPECT_EQ(twice.value().rows, 1U);
}

TEST(Decode, EscapesAreRead)
{
    EXPECT_EQ(sim_with(R"("description":"a\"b\\c\n\u0422\ud83d\ude00\/")").description, "a\"b\\c\nТ😀/");
    EXPECT_EQ(sim_with(R"("desc\u0072iption":"x")").description, "x");
    EXPECT_EQ(
        sim_with(R"("description":"; drop table sim; -- \u001b[31m")").description,
        "; drop table sim; -- \x1B[31m");
}

TEST(DecodeId, IsTextOrAWholeNumber)
{
    const auto id = [](const std::string& json)
    { return page_of(R"({"id":)" + json + "}").items.at(0).sim.id; };
    EXPECT_EQ(id("\"abc-1\""), "abc-1");
    EXPECT_EQ(id("42"), "42");
    EXPECT_EQ(id("123456789012345678901234567890"), "123456789012345678901234567890");
}

TEST(DecodeId, WithoutOneTheItemIsSetAside)
{
    const auto page =
        page_of(R"({"profile":"S1"},{"id":null},{"id":1.5},{"id":""},{"id":{"a":1}},{"id":true},null,"x",
                                 [1],{"id":"8"})");
    EXPECT_EQ(page.rows, 10U);
    ASSERT_THAT(page.items, SizeIs(1));
    EXPECT_EQ(page.items[0].sim.id, "8");
    EXPECT_THAT(
        decode_errors(page), ElementsAre(
                                 "|id|", "|id|null", "|id|1.5", "|id|\"\"", "|id|{\"a\":1}", "|id|true",
                                 "|id|null", "|id|\"x\"", "|id|[1]"));
    EXPECT_THAT(page_of(R"({"id":")" + std::string(257, 'x') + "\"}").items, IsEmpty());
}

TEST(DecodeText, ThatCannotBeStoredSetsItsFieldAside)
{
    const auto page = page_of("{\"id\":\"1\",\"description\":\"nul \\u0000\",\"profile\":\"S1\"},"
                              "{\"id\":\"2\",\"profile\":\"\xFF\"},"
                              "{\"id\":\"3\xED\xA0\x80\",\"iccidPlastic\":\"8970\"},"
                              "{\"fmcs\":[{\"msisdn\":\"\xC0\x80\"},{\"msisdn\":\"7\"}],\"id\":\"4\"},"
                              "{\"id\":\"5\",\"description\":\"good\"}");
    EXPECT_EQ(page.rows, 5U);
    ASSERT_THAT(page.items, SizeIs(4));
    EXPECT_EQ(page.items[0].sim.description, std::nullopt);
    EXPECT_EQ(page.items[0].sim.profile, "S1");
    EXPECT_THAT(page.items[2].sim.fmcs, ElementsAre("7"));
    EXPECT_EQ(page.items[3].sim.description, "good");
    EXPECT_THAT(
        decode_errors(page), ElementsAre(
                                 R"(1|description|"nul \x00")", R"(2|profile|"\xFF")",
                                 R"(|id|"3\xED\xA0\x80")", R"(4|fmcs|"\xC0\x80")"));
    EXPECT_EQ(page.decode_errors[2].row, 2U);
    EXPECT_EQ(page.decode_errors[2].iccid_plastic, "8970");
}

TEST(DecodeText, WithHalfAPairSetsItsFieldAside)
{
    for (const auto* lone : {R"(\ud800)", R"(\udc00)", R"(\ud800\ud800)", R"(\ud83dx)", R"(\udbff\n)"})
    {
        const auto page = page_of(
            R"({"id":"1","description":"\ud83d\ude00"},{"id":"2","description":"x)" + std::string{lone} +
            R"("},{"id":"3","description":"\\ud800"})");
        EXPECT_EQ(page.rows, 3U);
        ASSERT_THAT(page.items, SizeIs(3)) << lone;
        EXPECT_EQ(page.items[0].sim.description, "😀");
        EXPECT_EQ(page.items[1].sim.description, std::nullopt);
        EXPECT_EQ(page.items[2].sim.description, R"(\ud800)");
        EXPECT_THAT(decode_errors(page), ElementsAre("2|description|\"x" + std::string{lone} + '"'));
    }
}

TEST(DecodeText, WithARawControlCharacterSetsItsFieldAside)
{
    for (const char control : {'\0', '\x01', '\t', '\n', '\x1F'})
    {
        const auto page = page_of(
            std::string{"{\"id\":\"1\",\"description\":\"a"} + control +
            "b\",\"profile\":\"S1\"},{\"id\":\"2\"}");
        ASSERT_THAT(page.items, SizeIs(2)) << int{control};
        EXPECT_EQ(page.items[0].sim.description, std::nullopt);
        EXPECT_EQ(page.items[0].sim.profile, "S1");
        ASSERT_THAT(page.decode_errors, SizeIs(1));
        EXPECT_THAT(page.decode_errors[0].text, testing::StartsWith("\"a\\x"));
    }
    EXPECT_THAT(page_of("{\"id\":\"1\n\"},{\"id\":\"2\"}").items, SizeIs(1));
}

TEST(DecodeText, WithAnUnknownEscapeOrAStrayQuoteSetsItsFieldAside)
{
    for (const auto* text : {R"(C:\Users)", R"(\x41)", R"(\u12)", R"(the "best" one)"})
    {
        const auto page =
            page_with(R"("profile":"S1","description":")" + std::string{text} + R"(","imei":null)");
        ASSERT_THAT(page.items, SizeIs(1)) << text;
        EXPECT_EQ(page.items[0].sim.description, std::nullopt) << text;
        EXPECT_EQ(page.items[0].sim.profile, "S1");
        EXPECT_THAT(page.decode_errors, SizeIs(1));
    }
}

TEST(DecodeText, InAFieldThatNobodyAskedForDoesNoHarm)
{
    EXPECT_THAT(page_with("\"extra\":\"\xFF\",\"more\":[\"\\u0000\"]").items, SizeIs(1));
}

TEST(DecodeNumber, ThatJsonDoesNotKnowSetsItsFieldAside)
{
    for (const auto* number :
         {"NaN", "Infinity", "-Infinity", ".5", "5.", "+1", "01", "-01", "0x1F", "1_000", "1e", "1e99999",
          "--1", "None", "undefined", "True", ""})
    {
        const auto page = page_of(
            R"({"id":"1","resource":{"balance":)" + std::string{number} +
            R"(,"dataBalance":2.50},"profile":"S1"},{"id":"2","resource":{"balance":3}})");
        ASSERT_THAT(page.items, SizeIs(2)) << number;
        EXPECT_EQ(page.items[0].sim.balance, std::nullopt) << number;
        EXPECT_EQ(page.items[0].sim.data_balance, Money::parse("2.50"));
        EXPECT_EQ(page.items[0].sim.profile, "S1");
        EXPECT_EQ(page.items[1].sim.balance, Money::parse("3"));
        EXPECT_THAT(decode_errors(page), ElementsAre("1|balance|" + std::string{number}));
    }
}

TEST(DecodeNumber, ThatIsTheLastOfItsObjectIsSetAsideAlike)
{
    const auto page = page_of(
        R"({"id":"1","resource":{"balance":NaN}},{"id":NaN},NaN,{"id":"2","fmcs":[NaN,{"msisdn":"7"}]})");
    ASSERT_THAT(page.items, SizeIs(2));
    EXPECT_EQ(page.rows, 4U);
    EXPECT_THAT(page.items[1].sim.fmcs, ElementsAre("7"));
    EXPECT_THAT(decode_errors(page), ElementsAre("1|balance|NaN", "|id|NaN", "|id|NaN", "2|fmcs|NaN"));
}

TEST(DecodeList, ACommaTooManyDoesNoHarm)
{
    for (const auto* items :
         {R"({"id":"1","profile":"S1",},{"id":"2"})", R"({"id":"1","profile":"S1"},{"id":"2"},)",
          R"(,{"id":"1","profile":"S1"},,{"id":"2"})", R"({,"id":"1",,"profile":"S1"},{"id":"2",})"})
    {
        const auto page = page_of(items);
        ASSERT_THAT(page.items, SizeIs(2)) << items;
        EXPECT_EQ(page.items[0].sim.profile, "S1");
        EXPECT_EQ(page.items[1].sim.id, "2");
    }
}

TEST(DecodeList, WhatIsKnownByItsBytesIsKnownInASanitizedPageToo)
{
    const std::string json = list_of(R"({"id":"1","profile":"S1"},{"id":"2","resource":{"balance":NaN}})");
    const auto first = decode_list(json, plenty).value();
    Fleet known;
    for (const auto& seen : first.items)
        known.note_payload_hash(known.remember(seen.sim.id, seen.fingerprint), seen.payload_hash);
    const auto one = known.find("1");
    known.note_after(known.find("2"), one);
    const auto second = decode_list(json, plenty, unlimited, known).value();
    ASSERT_THAT(second.unchanged, SizeIs(1));
    EXPECT_EQ(second.unchanged[0].id, "1");
    ASSERT_THAT(second.items, SizeIs(1));
    EXPECT_EQ(second.items[0].sim.id, "2") << "it is told of each time";
}

std::string in_utf16(const std::string& ascii, bool big_endian)
{
    std::string wide = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : ascii)
        wide += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
    return wide;
}

TEST(DecodeBytes, AByteOrderMarkBeforeThemDoesNoHarm)
{
    const std::string mark = "\xEF\xBB\xBF";
    EXPECT_THAT(decode(mark + list_of(R"({"id":"7"})")).value().items, SizeIs(1));
    EXPECT_THAT(decode("\r\n " + mark + list_of(R"({"id":"7"})") + mark).value().items, SizeIs(1));
    EXPECT_THAT(decode_sim(mark + R"({"data":{"simcard":{"id":"7"}}})").value().items, SizeIs(1));
    EXPECT_TRUE(decode_assent(mark + R"({"data":{"simcard":{"block":true}}})"));
    EXPECT_EQ(
        decode_graphql_errors(mark + R"({"errors":[{"message":"no"}]})")->kind, FailureKind::graphql_errors);
    EXPECT_EQ(decode_login(mark + R"({"data":{"access":{"token":"a"}}})").value().access.token, "a");
}

TEST(DecodeBytes, Utf16IsRead)
{
    for (const bool big_endian : {false, true})
    {
        const auto wide = in_utf16(list_of(R"({"id":"7","profile":"S1"})"), big_endian);
        EXPECT_EQ(decode(wide).value().items.at(0).sim.profile, "S1");
        EXPECT_EQ(decode(wide.substr(2)).value().items.at(0).sim.profile, "S1") << "not marked";
        EXPECT_EQ(
            decode_login(in_utf16(R"({"data":{"access":{"token":"a"}}})", big_endian)).value().access.token,
            "a");
    }
    const std::string pair{"\x3D\xD8\x00\xDE", 4};
    auto wide = in_utf16(R"({"data":{"simcards":{"items":[{"id":"7","description":")", false) + pair;
    wide += in_utf16(R"("}]}}})", false).substr(2);
    EXPECT_EQ(decode(wide).value().items.at(0).sim.description, "😀");
}

TEST(DecodeMalformed, SaysWhereAndInWhichSim)
{
    const std::string before(5000, ' ');
    const auto failure =
        failure_of(decode(list_of(before + R"({"id":"1"},{"id":"1017","profile":"S1" "simId":"x"})")));
    EXPECT_THAT(failure.what, HasSubstr("in SIM \"1017\""));
    EXPECT_THAT(failure.what, HasSubstr(R"("profile":"S1" "simId")"));
    EXPECT_THAT(failure.what, HasSubstr(" at byte 50"));
    EXPECT_LT(failure.what.size(), 350U);
    EXPECT_THAT(failure_of(decode(list_of(R"({"id":"1"},{"profile" 1})"))).what, HasSubstr("in item 2"));
    EXPECT_THAT(failure_of(decode(list_of(R"({"id":"1"},{"id":"2"} {})"))).what, HasSubstr("behind item 2"));
}

TEST(DecodeMalformed, WhatIsCutIsNotMended)
{
    for (const auto* json :
         {R"({"data":{"simcards":{"items":[{"id":"1","resource":{"balance":NaN)",
          R"({"data":{"simcards":{"items":[{"id":"1"},)",
          "{\"data\":{\"simcards\":{\"items\":[{\"id\":\"1\",\"description\":\"a\nb"})
        EXPECT_EQ(failure_of(decode(json)).kind, FailureKind::malformed) << json;
}

TEST(DecodeMalformed, ATextThatLacksItsEndHidesNoOtherField)
{
    EXPECT_EQ(
        failure_of(decode(list_of(R"({"id":"1","description":"abc,"profile":"S1"})"))).kind,
        FailureKind::malformed);
}

TEST(DecodeText, OfALongMisfitIsCut)
{
    const auto text = sim_with(R"("isBlocked":")" + std::string(5000, 'x') + "\"").undecoded.at("is_blocked");
    EXPECT_EQ(text.size(), 200U);
    const auto list =
        sim_with(R"("isBlocked":[")" + std::string(5000, 'x') + R"(","y"])").undecoded.at("is_blocked");
    EXPECT_LE(list.size(), 200U);
}

TEST(DecodeCount, IsAWitnessInAnyForm)
{
    EXPECT_EQ(decode(list_of("", "1234")).value().count, 1234U);
    EXPECT_EQ(decode(list_of("", "\"1234\"")).value().count, 1234U);
    for (const auto* none : {"null", "-1", "1.5", "true", "{}", "\"many\""})
        EXPECT_EQ(decode(list_of("", none)).value().count, std::nullopt) << none;
    EXPECT_EQ(decode(R"({"data":{"simcards":{"items":[]}}})").value().count, std::nullopt);
}

TEST(DecodeGraphqlErrors, SpoilTheAnswerWhereverTheyStand)
{
    const std::string data = R"("data":{"simcards":{"items":[{"id":"1"}],"count":1}})";
    const std::string errors = R"("errors":[{"message":"half of\nit failed","path":["simcards"]}])";
    for (const auto& json :
         {"{" + data + "," + errors + "}", "{" + errors + "," + data + "}", "{" + errors + "}",
          "{" + errors + ",\"data\":null}"})
    {
        const auto failure = failure_of(decode(json));
        EXPECT_EQ(failure.kind, FailureKind::graphql_errors);
        EXPECT_THAT(failure.what, HasSubstr(R"(half of\x0Ait failed)"));
    }
}

TEST(DecodeGraphqlErrors, InAnyFormSpoilTheAnswer)
{
    for (const auto* errors : {R"({"message":"m"})", R"("m")", "[null]", "[{}]", "[[]]", R"(["m"])"})
        EXPECT_EQ(
            failure_of(decode(R"({"data":{"simcards":{"items":[]}},"errors":)" + std::string{errors} + "}"))
                .kind,
            FailureKind::graphql_errors)
            << errors;
}

TEST(DecodeGraphqlErrors, NoneAreNone)
{
    for (const auto* none : {"null", "[]"})
        EXPECT_TRUE(decode(R"({"errors":)" + std::string{none} + R"(,"data":{"simcards":{"items":[]}}})")
                        .has_value());
}

TEST(DecodeGraphqlErrors, OfValidationNameTheFields)
{
    const auto failure = failure_of(decode(
        R"({"errors":[{"message":"Cannot query field \"dataBalance\" on type \"Resource\".","extensions":{"code":"X"}},
                      {"message":"Cannot query field \"fmcs\" on type \"Simcard\"."}]})"));
    EXPECT_EQ(failure.kind, FailureKind::schema);
    EXPECT_THAT(failure.unknown_fields, ElementsAre("dataBalance", "fmcs"));
}

TEST(DecodeGraphqlErrors, CanSayThatTheTokenEnded)
{
    const auto failure =
        failure_of(decode(R"({"errors":[{"message":"m","extensions":{"code":"UNAUTHENTICATED"}}]})"));
    EXPECT_EQ(failure.kind, FailureKind::unauthorized);
}

TEST(DecodeMalformed, AnswersAreRefused)
{
    const std::vector<std::string> wrong{
        "",
        "null",
        "[]",
        "42",
        "{}",
        R"({"data":null})",
        R"({"data":{}})",
        R"({"data":{"simcards":null}})",
        R"({"data":{"simcards":{}}})",
        R"({"data":{"simcards":{"count":3}}})",
        R"({"data":{"simcards":{"items":null}}})",
        R"({"data":{"simcards":{"items":{}}}})",
        R"({"data":{"simcards":"x"}})",
        R"({"simcards":{"items":[]}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}]}})",       // cut
        R"({"data":{"simcards":{"items":[{"id":"1"},{"id":"2)", // cut
        list_of(R"({"id":"1"})") + "x",
        "<html><body>Maintenance</body></html>",
    };
    for (const auto& json : wrong)
        EXPECT_EQ(failure_of(decode(json)).kind, FailureKind::malformed) << json;
}

TEST(DecodeMalformed, AnswersAreQuotedBriefly)
{
    const auto failure = failure_of(decode("\x1B[31m<html>" + std::string(10'000, 'x')));
    EXPECT_THAT(failure.what, HasSubstr(R"(\x1B[31m<html>)"));
    EXPECT_LT(failure.what.size(), 300U);
}

TEST(DecodeBounds, DeepNestingIsRefused)
{
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    EXPECT_EQ(failure_of(decode(deep)).kind, FailureKind::malformed);
    EXPECT_EQ(failure_of(decode(list_of(R"({"id":"1","extra":)" + deep + "}"))).kind, FailureKind::malformed);
}

TEST(DecodeBounds, MoreRowsThanAnybodyAskedForAreRefused)
{
    const auto rows = [](std::string_view item)
    { return list_of(std::string{item} + "," + std::string{item}); };
    EXPECT_TRUE(decode_list(rows(R"({"id":"1"})"), 2).has_value());
    for (const auto* item : {R"({"id":"1"})", "null", "[]"})
        EXPECT_EQ(failure_of(decode_list(rows(item), 1)).kind, FailureKind::too_large) << item;
}

Answer<Page> decode_one(const std::string& simcard)
{
    return decode_sim(R"({"data":{"simcard":)" + simcard + "}}");
}

TEST(DecodeSim, IsReadInEveryReading)
{
    for (const auto* json :
         {R"({"items":[{"id":"7","profile":"S1"}],"count":1})",
          R"({"count":1,"items":[{"id":"7","profile":"S1"}]})", R"({"id":"7","profile":"S1"})",
          R"({"profile":"S1","id":"7"})", R"([{"id":"7","profile":"S1"}])"})
    {
        const auto page = decode_one(json).value();
        ASSERT_THAT(page.items, SizeIs(1)) << json;
        EXPECT_EQ(page.items[0].sim.id, "7");
        EXPECT_EQ(page.items[0].sim.profile, "S1");
        EXPECT_EQ(page.rows, 1U);
    }
}

TEST(DecodeSim, ThatIsNotThereIsAnEmptyPage)
{
    for (const auto* json : {"null", "[]", R"({"items":[],"count":0})", R"({"items":null,"count":0})"})
        EXPECT_THAT(decode_one(json).value().items, IsEmpty()) << json;
}

TEST(DecodeSim, WithoutAnIdIsSetAside)
{
    const auto page = decode_one(R"({"profile":"S1"})").value();
    EXPECT_THAT(page.items, IsEmpty());
    EXPECT_EQ(page.rows, 1U);
}

TEST(DecodeSim, WithoutAnAnswerIsMalformed)
{
    EXPECT_EQ(failure_of(decode_one("{}")).kind, FailureKind::malformed);
    EXPECT_EQ(failure_of(decode_one("5")).kind, FailureKind::malformed);
    EXPECT_EQ(failure_of(decode_sim(R"({"data":null})")).kind, FailureKind::malformed);
}

TEST(DecodeAssent, IsAnyJsonWithoutErrors)
{
    for (const auto* json :
         {R"({"data":{"simcard":{"block":true}}})", R"({"data":{"simcard":{"block":null}}})",
          R"({"data":{"simcard":{"block":{"id":1}}}})"})
        EXPECT_TRUE(decode_assent(json)) << json;
    EXPECT_EQ(
        decode_assent(R"({"data":null,"errors":[{"message":"no"}]})").error().kind,
        FailureKind::graphql_errors);
    EXPECT_EQ(decode_assent(R"({"data":{"simc)").error().kind, FailureKind::malformed);
    EXPECT_EQ(decode_assent("").error().kind, FailureKind::malformed);
}

} // namespace
} // namespace simsync
