// Ordinary pages are read in one go, exactly as the careful reader reads them; all others are left to it.
#include "api/fast_page_parser.hpp"

#include "answers.hpp"
#include "api/decode.hpp"
#include "pages.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace simsync
{
namespace
{

using answers::full_sim;
using answers::list_of;

constexpr std::size_t plenty = 1000;
constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

std::optional<Page>
plain(std::string json, std::size_t most_rows = plenty, std::size_t most_bytes = unlimited)
{
    return parse_page_fast(json, most_rows, most_bytes);
}

void expect_plain(const std::string& json)
{
    const auto page = plain(json);
    const auto careful = decode_list(json, plenty);
    ASSERT_TRUE(page) << json;
    ASSERT_TRUE(careful) << json;
    EXPECT_THAT(careful->decode_errors, testing::IsEmpty());
    expect_equal(*page, *careful);
    EXPECT_TRUE(page->unchanged.empty());
}

TEST(FastPageParser, ReadsWhatTheCarefulReaderReads)
{
    expect_plain(list_of(full_sim));
    expect_plain(list_of(std::string{full_sim} + " \n, " + R"({"id":"2"})" + " \n"));
    expect_plain(list_of(""));
}

TEST(FastPageParser, MembersMayBeNullOrMissing)
{
    expect_plain(list_of(R"({"id":"1","iccidPlastic":null,"isBlocked":null,"resource":null,"fmcs":null,
                             "currentTariff":null,"latestActivity":null,"imei":null})"));
    expect_plain(list_of(R"({"id":"1","resource":{},"fmcs":[],"imei":{"imei":null}})"));
    expect_plain(list_of(R"({"id":"1","resource":{"dataBalance":2.50},"imei":{"imeiIsCorrect":true},
                             "isArchived":true})"));
}

TEST(FastPageParser, ValuesMayBeWrittenInMoreThanOneWay)
{
    expect_plain(list_of(R"({"id":17,"simId":-4,"resource":{"balance":"1.50","dataBalance":-0.0},
                             "currentTariff":{"packageTotalCallsMaxDuration":60.0}})"));
    expect_plain(list_of(R"({"id":"1","resource":{"balance": 100000000000000000000000.5 }})"));
    expect_plain(list_of(R"({"id":"1","description":"\u041f\u0443\u0442\u044c \"A\\B\"\n\ud83d\ude00 и"})"));
}

TEST(FastPageParser, NumbersAreASortedSet)
{
    expect_plain(list_of(
        R"({"id":"1","callerIds":[{"msisdn":"2"},{"msisdn":"1"},{"msisdn":"2"},{"msisdn":null},{"msisdn":3}]})"));
}

TEST(FastPageParser, TheCountMayStandAnywhereOrBeMissing)
{
    expect_plain(R"({"data":{"simcards":{"count":7,"items":[{"id":"1"}]}}})");
    expect_plain(R"( { "data" : { "simcards" : { "items" : [ { "id" : "1" } ] } } } )");
}

TEST(FastPageParser, AnythingElseIsForTheCarefulReader)
{
    const std::vector<std::string> others{
        "",
        "{",
        "[]",
        "null",
        R"({"errors":[{"message":"no"}]})",
        R"({"data":{"simcards":null}})",
        R"({"data":{"simcards":{"count":1}}})",
        R"({"data":{"simcards":[{"id":"1"}]}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}],"items":[],"count":1}}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}],"count":1,"count":1}}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}],"count":1,"next":2}}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}]},"more":1}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}]}},"extensions":{}})",
        R"({"data":{"simcards":{"items":[{"id":"1"}]}},"data":{}})",
        R"({"\u0064ata":{"simcards":{"items":[{"id":"1"}]}}})",
        list_of(R"({"id":"1"})", "null"),
        list_of(R"({"id":"1"})", "-1"),
        list_of(R"({"id":"1"})", "1.0"),
        list_of(R"({"id":"1"})") + "}",
        list_of(R"({"id":"1"})") + " {}",
        "\xEF\xBB\xBF" + list_of(R"({"id":"1"})"),
        list_of(R"({"id":"1"},)"),
        list_of(R"({"id":"1"} {"id":"2"})"),
        list_of(R"({"id":"1",})"),
        list_of(R"({"id" "1"})"),
        list_of(R"({})"),
        list_of(R"({"id":null})"),
        list_of(R"({"id":""})"),
        list_of(R"({"simId":"1"})"),
        list_of(R"("1")"),
        list_of("null"),
        list_of(R"({"id":"1","isBlocked":"yes"})"),
        list_of(R"({"id":"1","isBlocked":tru})"),
        list_of(R"({"id":"1","isBlocked":truely})"),
        list_of(R"({"id":"1","simId":nul})"),
        list_of(R"({"id":"1","resource":{"balance":1.234567890123456789e400}})"),
        list_of(R"({"id":"1","resource":{"balance":0e2147483648}})"),
        list_of(R"({"id":"1","resource":{"balance":6E1}})"),
        list_of(R"({"id":"1","profile":1e-2147483648})"),
        list_of(R"({"id":"1","resource":{"balance":01}})"),
        list_of(R"({"id":"1","resource":{"balance":1.}})"),
        list_of(R"({"id":"1","resource":{"balance":12345678901234567890123}})"),
        list_of(R"({"id":"1","resource":{"balance":1,"balance":2}})"),
        list_of(R"({"id":"1","resource":{"dataBalance":1,"balance":2}})"),
        list_of(R"({"id":"1","resource":{"bonus":1}})"),
        list_of(R"({"id":"1","resource":[{"balance":1}]})"),
        list_of(R"({"id":"1","resource":1})"),
        list_of(R"({"id":"1","fmcs":{"msisdn":"2"}})"),
        list_of(R"({"id":"1","fmcs":["2"]})"),
        list_of(R"({"id":"1","fmcs":[null]})"),
        list_of(R"({"id":"1","fmcs":[{}]})"),
        list_of(R"({"id":"1","fmcs":[{"msisdn":"2","msisdn":"3"}]})"),
        list_of(R"({"id":"1","fmcs":[{"msisdn":["2"]}]})"),
        list_of(R"({"simId":"2","id":"1"})"),
        list_of(R"({"id":"1","id":"2"})"),
        list_of(R"({"id":"1","colour":"red"})"),
        list_of(R"({"id":"1","simId":{"a":1}})"),
        list_of(R"({"id":"1","latestActivity":"yesterday"})"),
        list_of(R"({"id":"1","description":"\u0000"})"),
        list_of(R"({"id":"1","description":"\ud800"})"),
        list_of(R"({"id":"1","description":"\udc00"})"),
        list_of(R"({"id":"1","description":"\ud888\u1234"})"),
        list_of(R"({"id":"1","description":"\x"})"),
        list_of("{\"id\":\"1\",\"description\":\"\xFF\"}"),
        list_of("{\"id\":\"1\",\"description\":\"\t\"}"),
        list_of("{\"id\":\"1\",\"description\":\"" + std::string(2 * 1024 * 1024, 'x') + "\"}"),
    };
    for (const auto& json : others)
        EXPECT_FALSE(plain(json)) << json.substr(0, 200);
}

TEST(FastPageParser, SoAreMoreRowsOrBytesThanAreAllowed)
{
    const auto two = list_of(R"({"id":"1"},{"id":"2"})");
    EXPECT_TRUE(plain(two, 2));
    EXPECT_FALSE(plain(two, 1));
    EXPECT_FALSE(plain(two, 2, 1));
}

TEST(FastPageParser, EveryTruncationIsLeftToTheCarefulReader)
{
    const auto whole = list_of(std::string{full_sim} + ',' + std::string{full_sim});
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(plain(whole.substr(0, length))) << length;
    EXPECT_TRUE(plain(whole));
}

} // namespace
} // namespace simsync
