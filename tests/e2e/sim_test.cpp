// `simsync sim`, as an operator uses it.
#include "e2e/testbed.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;

std::size_t lines(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST(Sims, AreListedAllOfThemPageByPageByAnApiThatCapsPages)
{
    simulator::ServerOptions options;
    options.service.max_limit = 30;
    Testbed testbed{100, std::move(options)};
    const auto result = testbed.run({"sim", "list", "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(lines(result.out), 100U);
    EXPECT_EQ(lines(testbed.run({"sim", "list"}).out), 101U) << "a header";
}

TEST(Sims, AreFilteredSortedAndCut)
{
    Testbed testbed{100};
    testbed.change(40, [](simulator::Simcard& sim) { sim.description = "the one"; });
    testbed.change(41, [](simulator::Simcard& sim) { sim.description = "the other"; });
    const auto list = [&](Strings options)
    {
        options.insert(options.begin(), {"sim", "list", "--csv"});
        const auto result = testbed.run(options);
        EXPECT_EQ(result.code, 0) << result.err;
        return result.out;
    };
    EXPECT_THAT(list({"--filter", "description:STARTS_WITH:the o"}), HasSubstr("\n10000041,"));
    EXPECT_EQ(
        lines(list({"--filter", "description:EQ:the one", "--filter", "description:EQ:the other"})), 1U);
    EXPECT_EQ(
        lines(list({"--filter", "description:EQ:the one", "--filter", "description:EQ:the other", "--any"})),
        3U);
    EXPECT_THAT(list({"--sort", "id:desc", "--offset", "2", "--limit", "1"}), HasSubstr("\n10000098,"));
}

TEST(Sims, AreShownWithoutAFieldThatTheApiDoesNotKnow)
{
    simulator::ServerOptions options;
    options.service.withheld_fields = {"description", "fmcs"};
    Testbed testbed{10, std::move(options)};
    for (const auto& arguments :
         {Strings{"sim", "list", "--json"}, Strings{"sim", "get", "10000003", "--json"}})
    {
        const auto shown = testbed.run(arguments);
        EXPECT_EQ(shown.code, 0) << shown.err;
        EXPECT_THAT(shown.out, HasSubstr("{\"id\":\"10000003\""));
        EXPECT_THAT(shown.err, HasSubstr("the API does not know: "));
        EXPECT_THAT(shown.err, HasSubstr("description"));
    }
    EXPECT_EQ(testbed.run({"sim", "block", "10000003"}).code, 0);
}

TEST(Sims, AreShownOneByOne)
{
    Testbed testbed{10};
    EXPECT_THAT(testbed.run({"sim", "get", "10000003"}).out, HasSubstr("10000003\n"));
    EXPECT_THAT(testbed.run({"sim", "get", "10000003", "--json"}).out, HasSubstr("{\"id\":\"10000003\""));
    const auto unknown = testbed.run({"sim", "get", "7"});
    EXPECT_EQ(unknown.code, 65);
    EXPECT_THAT(unknown.err, HasSubstr("holds no SIM \"7\"\nHINT: "));
}

TEST(Sims, CannotBeAskedForWhereTheApiIsAway)
{
    Testbed testbed{10};
    testbed.set("account", "endpoint", "\"http://127.0.0.1:1\"");
    const auto result = testbed.run({"sim", "list"});
    EXPECT_EQ(result.code, 69);
    EXPECT_THAT(result.err, HasSubstr("HINT: "));
}

// A number, an end of an ICCID: what find shows, history and sim take.
TEST(Sims, AreFoundAndNamedByWhatIsKnownOfThem)
{
    Testbed testbed{20};
    testbed.change(
        2,
        [](simulator::Simcard& sim)
        {
            sim.caller_ids = {"37255501234"};
            sim.description = "Lift 50%_7";
            sim.is_blocked = false;
        });
    testbed.sync();
    const auto found = testbed.run({"find", "+372", "5550", "1234"});
    EXPECT_EQ(found.code, 0) << found.err;
    EXPECT_THAT(found.out, AllOf(HasSubstr("main"), HasSubstr("caller_ids"), HasSubstr("10000003")));
    EXPECT_THAT(
        testbed.run({"find", "50%_7", "--json"}).out,
        AllOf(HasSubstr("\"found_by\":\"description\""), HasSubstr("\"more\":false")));
    const auto none = testbed.run({"find", "nowhere"});
    EXPECT_EQ(none.code, 65);
    EXPECT_THAT(none.err, HasSubstr("HINT: "));
    EXPECT_THAT(testbed.run({"find", "8", "--limit", "2"}).out, HasSubstr("and more"));

    testbed.add_account("second", "http://127.0.0.1:1");
    EXPECT_THAT(testbed.run({"history", "37255501234"}).out, HasSubstr("SIM 10000003 of account main"));
    EXPECT_THAT(testbed.run({"sim", "get", "lift 50%_7"}).out, HasSubstr("10000003"));
    EXPECT_THAT(testbed.run({"sim", "block", "55501234"}).out, HasSubstr("SIM 10000003: block is confirmed"));
    testbed.sql("update simsync.sim set description = 'twins' where id in ('10000004', '10000005')");
    const auto several = testbed.run({"sim", "block", "twin"});
    EXPECT_EQ(several.code, 64);
    EXPECT_THAT(several.err, AllOf(HasSubstr("10000004"), HasSubstr("10000005"), HasSubstr("HINT: ")));
    EXPECT_EQ(testbed.sql("select count(*) from simsync.action"), "1");
}

} // namespace
} // namespace simsync::test
