// Items that come byte for byte as before are not read, and whatever is not quite as before is.
#include "api/decode.hpp"
#include "api/unchanged_items.hpp"

#include "answers.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace simsync
{
namespace
{

using answers::list_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t plenty = 1000;
constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

std::string item(const std::string& id, const std::string& description)
{
    return R"({"id":")" + id + R"(","description":")" + description + R"("})";
}

class UnchangedItemsTest : public testing::Test
{
protected:
    UnchangedItemsTest() { learn(read(a + "," + b + "," + c)); }

    Page read(const std::string& items, std::size_t most_rows = plenty) const
    {
        return decode_list(list_of(items, "3"), most_rows, unlimited, known).value();
    }

    // As the chain of a sweep does.
    void learn(const Page& page)
    {
        auto before = Fleet::nowhere;
        for (const auto id : ids_of(page))
        {
            if (const auto* seen = find_sim(page, id))
                known.note_payload_hash(known.remember(id, seen->fingerprint), seen->payload_hash);
            const auto place = known.find(id);
            if (before != Fleet::nowhere)
                known.note_after(before, place);
            before = place;
        }
    }

    static std::vector<std::string> read_in_whole(const Page& page)
    {
        std::vector<std::string> ids;
        for (const auto& seen : page.items)
            ids.push_back(seen.sim.id);
        return ids;
    }

    const std::string a = item("a", "first");
    const std::string b = item("b", "second [of three]");
    const std::string c = item("c", "third");
    Fleet known;
};

TEST_F(UnchangedItemsTest, SpareReadingWhatIsAsItWas)
{
    const auto page = read(a + "," + b + "," + c);
    EXPECT_THAT(ids_of(page), ElementsAre("a", "b", "c"));
    EXPECT_THAT(read_in_whole(page), IsEmpty());
    EXPECT_EQ(page.rows, 3U);
    EXPECT_EQ(page.count, 3U);
    for (const auto& seen : page.unchanged)
        EXPECT_EQ(seen.fingerprint, known.fingerprint(known.find(seen.id)));
}

TEST_F(UnchangedItemsTest, LooksBehindEachForTheNextWhateverTheSpace)
{
    EXPECT_THAT(read_in_whole(read(" " + a + " ,\n\t" + b + "\r\n, " + c + " ")), IsEmpty());
}

TEST_F(UnchangedItemsTest, ReadsWhatChanged)
{
    const auto page = read(a + "," + item("b", "renamed") + "," + c);
    EXPECT_THAT(read_in_whole(page), ElementsAre("b"));
    EXPECT_EQ(page.items.at(0).sim.description, "renamed");
    EXPECT_THAT(ids_of(page), ElementsAre("a", "b", "c")) << "in the order of the answer";
}

TEST_F(UnchangedItemsTest, ReadsWhatSaysTheSameInOtherBytes)
{
    const auto page = read(a + "," + R"({ "id": "b", "description": "second [of three]" })" + "," + c);
    EXPECT_THAT(read_in_whole(page), ElementsAre("b"));
    EXPECT_EQ(page.items.at(0).fingerprint, known.fingerprint(known.find("b")));
}

TEST_F(UnchangedItemsTest, IsNotLostWhereASimIsNew)
{
    EXPECT_THAT(read_in_whole(read(a + "," + item("aa", "new") + "," + b + "," + c)), ElementsAre("aa"));
}

TEST_F(UnchangedItemsTest, IsNotLostWhereASimHasGone)
{
    const auto page = read(a + "," + c);
    EXPECT_THAT(read_in_whole(page), ElementsAre("c"));
    learn(page);
    EXPECT_THAT(read_in_whole(read(a + "," + c)), IsEmpty());
}

TEST_F(UnchangedItemsTest, LearnsAnotherOrder)
{
    learn(read(c + "," + a + "," + b));
    EXPECT_THAT(read_in_whole(read(c + "," + a + "," + b)), ElementsAre("c"))
        << "where a list begins is not known";
}

TEST_F(UnchangedItemsTest, BelievesNoPayloadHashOfAnotherFingerprint)
{
    known.remember("b", {7, 7});
    EXPECT_THAT(read_in_whole(read(a + "," + b + "," + c)), ElementsAre("b"));
}

TEST_F(UnchangedItemsTest, TellsEachTimeOfWhatFitsNoColumn)
{
    const std::string odd = R"({"id":"o","tariffExpiresAt":"soon"})";
    learn(read(odd));
    const auto page = read(odd);
    EXPECT_THAT(read_in_whole(page), ElementsAre("o"));
    EXPECT_THAT(page.decode_errors, SizeIs(1));
}

// Payload hashes are stored: a release that reads otherwise must not know items by what an earlier one read.
TEST_F(UnchangedItemsTest, ReadsTheSameBytesAsTheSameSimInEveryRelease)
{
    constexpr std::array items{
        answers::full_sim,
        std::string_view{R"({"id":17,"isBlocked":true,"resource":{"balance":"1.10","dataBalance":-0.0}})"},
        std::string_view{R"({"id":"n","resource":null,"fmcs":null,"currentTariff":{"name":"\u0441"}})"},
        std::string_view{R"({"id":"l","callerIds":["2","1","2"],"fmcs":{"msisdn":7},"externalMsisdns":[3]})"},
        std::string_view{
            R"({"id":"t","tariffExpiresAt":"2026-03-01T00:00:00Z","latestActivity":"2026-03-01"})"},
        std::string_view{R"({"id":"k","profile":"first","profile":"second","unknown":[{}]})"},
    };
    Fingerprint all;
    for (const auto& each : items)
    {
        const auto page = read(std::string{each});
        ASSERT_THAT(page.items, SizeIs(1)) << each;
        ASSERT_THAT(page.decode_errors, IsEmpty()) << each << page.decode_errors.front().field;
        all = {
            all.high * 31 + page.items.front().fingerprint.high,
            all.low * 31 + page.items.front().fingerprint.low};
    }
    EXPECT_EQ(all, (Fingerprint{11538894472075534381U, 1208822216685504199U}))
        << all.high << ":" << all.low << ", raise reading_version in api/unchanged_items.cpp";
    EXPECT_EQ(payload_hash_of(a), (PayloadHash{9282856022316235705U, 32})) << payload_hash_of(a).hash;
}

TEST_F(UnchangedItemsTest, CountsRowsLikeAnyReading)
{
    const auto list = list_of(a + "," + b + "," + c);
    EXPECT_TRUE(decode_list(list, 3, unlimited, known).has_value());
    EXPECT_EQ(decode_list(list, 2, unlimited, known).error().kind, FailureKind::too_large);
    EXPECT_EQ(decode_list(list, 3, 1, known).error().kind, FailureKind::too_large);
}

TEST_F(UnchangedItemsTest, BelievesNoListThatIsCutOrBroken)
{
    const auto failure_kind_of = [this](const std::string& items)
    {
        const auto answer =
            decode_list(R"({"data":{"simcards":{"items":[)" + items, plenty, unlimited, known);
        return answer ? FailureKind{} : answer.error().kind;
    };
    for (const auto& items :
         {a, a + ",", a + "," + b.substr(0, 9), a + "," + b + "," + c, a + " " + b + "]}}}",
          a + "}" + b + "]}}}"})
        EXPECT_EQ(failure_kind_of(items), FailureKind::malformed) << items;
}

TEST_F(UnchangedItemsTest, BelievesNoDataBesideErrors)
{
    const auto list = R"({"errors":[{"message":"no [bracket] of a list"}],"data":{"simcards":{"items":[)" +
                      a + R"(],"count":1}}})";
    EXPECT_TRUE(decode_list(list, plenty, unlimited, known).has_error());
}

} // namespace
} // namespace simsync
