// SIMs by what people know of them.
#include "store/sim_search.hpp"

#include "simsync/store/reader.hpp"
#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SimSearch, ReadsANumberAsPeopleWriteIt)
{
    EXPECT_EQ(digits_of("+372 5550-1234"), "37255501234");
    EXPECT_EQ(digits_of("(0)30/12.34"), "0301234");
    EXPECT_EQ(digits_of("5550x"), std::nullopt);
    EXPECT_EQ(digits_of("+"), std::nullopt);
    EXPECT_EQ(number_of("00372 5550 1234"), "37255501234");
    EXPECT_EQ(number_of("001234"), "001234") << "the end of something";
}

TEST(SimSearch, TakesWildcardsForThemselves)
{
    EXPECT_EQ(like_literal(R"(50%_\ off)"), R"(50\%\_\\ off)");
}

class SimSearchTest : public MirrorTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        auto first = sim("10000001");
        first.iccid_plastic = "8997201155550011";
        first.caller_ids = {"37255501234", "37255509999"};
        first.imei = "352366139709508";
        first.description = "Lift 50% \"Tower_A\"";
        auto second = sim("10000002");
        second.iccid_plastic = "8997201110000001"; // ends as the first one's id
        second.fmcs = {"+37255504321"};
        second.description = "Lift 500 Tower-A";
        auto gone = sim("10000003");
        gone.caller_ids = {"37255501234"};
        insert({to_write(first), to_write(second), to_write(gone)});
        mirror.transact([](Transaction& transaction)
                        { transaction.remove(std::vector<std::string>{"10000003"}, noon); });
    }

    // "id column", whole ones with a full stop behind.
    std::vector<std::string> found(const std::string& term, std::size_t limit = 10)
    {
        std::vector<std::string> texts;
        for (const auto& each : reader.find(term, std::nullopt, limit))
            texts.push_back(each.sim.id + ' ' + each.found_by + (each.whole ? "." : ""));
        return texts;
    }

    std::vector<NamedSim> named(const std::vector<std::string>& terms)
    {
        return reader.named(terms, std::vector<std::string>{"main"});
    }

    Reader reader{url};
};

TEST_F(SimSearchTest, FindsByIdEndOfIccidNumberImeiAndDescription)
{
    EXPECT_THAT(found("10000001"), ElementsAre("10000001 id.", "10000002 iccid_plastic"));
    EXPECT_THAT(found("550011"), ElementsAre("10000001 iccid_plastic"));
    EXPECT_THAT(found("8997 2011 5555 0011"), ElementsAre("10000001 iccid_plastic."));
    EXPECT_THAT(found("352366139709508"), ElementsAre("10000001 imei."));
    EXPECT_THAT(found("+372 5550 9999"), ElementsAre("10000001 caller_ids."));
    EXPECT_THAT(found("55504321"), ElementsAre("10000002 fmcs"));
    EXPECT_THAT(found("0037255504321"), ElementsAre("10000002 fmcs."));
    EXPECT_THAT(found("tower"), ElementsAre("10000001 description", "10000002 description"));
    EXPECT_THAT(found("nowhere"), IsEmpty());
}

TEST_F(SimSearchTest, ShowsTheLivingFirstAndNoMoreThanAreAskedFor)
{
    EXPECT_THAT(found("37255501234"), ElementsAre("10000001 caller_ids.", "10000003 caller_ids."));
    EXPECT_THAT(found("37255501234", 1), ElementsAre("10000001 caller_ids."));
}

TEST_F(SimSearchTest, TakesNoWildcard)
{
    EXPECT_THAT(found("50% "), ElementsAre("10000001 description"));
    EXPECT_THAT(found("tower_a"), ElementsAre("10000001 description"));
    EXPECT_THAT(found("%"), ElementsAre("10000001 description"));
    EXPECT_THAT(found("'; drop"), IsEmpty());
}

TEST_F(SimSearchTest, StaysInTheAccountsThatAreNamed)
{
    EXPECT_THAT(reader.find("tower", std::vector<std::string>{"other"}, 10), IsEmpty());
    EXPECT_THAT(reader.with_id("10000001", std::vector<std::string>{"other"}), IsEmpty());
    EXPECT_EQ(reader.with_id("10000001", std::nullopt).size(), 1U);
}

TEST_F(SimSearchTest, NamesManyByIdWholeIccidOrWholeNumberButNotThoseThatAreGone)
{
    EXPECT_THAT(
        named(
            {"10000001", "8997201110000001", "+372 5550 4321", "37255501234", "550011", "10000003", "Lift"}),
        ElementsAre(
            NamedSim{"+372 5550 4321", "main", "10000002"}, NamedSim{"10000001", "main", "10000001"},
            NamedSim{"37255501234", "main", "10000001"}, NamedSim{"8997201110000001", "main", "10000002"}));
}

} // namespace
} // namespace simsync::test
