// Log lines as people, programs and journald read them.
#include "daemon/log.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace simsync
{
namespace
{

namespace json = boost::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;

class Log : public testing::Test
{
protected:
    Log() { unsetenv("JOURNAL_STREAM"); }
    ~Log() override
    {
        unsetenv("JOURNAL_STREAM");
        log::set_up({});
    }

    // What `act` writes to stderr.
    template<class Act>
    static std::string written(const Act& act)
    {
        testing::internal::CaptureStderr();
        act();
        return testing::internal::GetCapturedStderr();
    }

    template<class Act>
    static json::object document(const Act& act)
    {
        const auto text = written(act);
        EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
        return json::parse(text).as_object();
    }

    static std::vector<std::string> levels_at(const std::string& level)
    {
        log::set_up({level, "text"});
        std::vector<std::string> heard;
        const auto try_out = [&](const std::string& name, auto say)
        {
            if (!written([&] { say("", "message", log::Fields{}, log::Fields{}); }).empty())
                heard.push_back(name);
        };
        try_out("debug", log::debug);
        try_out("info", log::info);
        try_out("warn", log::warn);
        try_out("error", log::error);
        return heard;
    }
};

TEST_F(Log, TextIsTimeLevelAccountMessageAndFields)
{
    log::set_up({"info", "text"});
    EXPECT_THAT(
        written(
            [] {
                log::info("main", "sweep complete", {{"sweep", "12"}, {"requests", "9"}});
            }),
        MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\\.[0-9]{3} info    "
                     "main: sweep complete  sweep=12  requests=9\n"));
    EXPECT_THAT(written([] { log::warn("", "stops"); }), EndsWith(" warning stops\n"));
}

TEST_F(Log, TextQuotesAValueThatWouldBeMisread)
{
    log::set_up({"info", "text"});
    EXPECT_THAT(
        written(
            [] {
                log::info("", "m", {{"a", "x y"}, {"b", ""}, {"c", "k=v"}, {"d", "say \"no\""}});
            }),
        EndsWith(R"( m  a="x y"  b=""  c="k=v"  d="say \"no\"")"
                 "\n"));
}

TEST_F(Log, JsonIsOneObjectALine)
{
    log::set_up({"info", "json"});
    const auto entry = document(
        [] {
            log::warn("main", "is degraded", {{"error", "HTTP 500"}, {"hint", "wait"}});
        });
    std::vector<std::string> names;
    for (const auto& [name, value] : entry)
        names.emplace_back(name);
    EXPECT_THAT(names, testing::ElementsAre("time", "level", "account", "message", "error", "hint"));
    EXPECT_THAT(
        std::string(entry.at("time").as_string()),
        MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}Z"));
    EXPECT_EQ(entry.at("level").as_string(), "warning");
    EXPECT_EQ(entry.at("account").as_string(), "main");
    EXPECT_EQ(entry.at("message").as_string(), "is degraded");
    EXPECT_EQ(entry.at("error").as_string(), "HTTP 500");
}

TEST_F(Log, JsonNamesAnAccountOnlyWhereThereIsOne)
{
    log::set_up({"info", "json"});
    EXPECT_FALSE(document([] { log::info("", "stopped"); }).contains("account"));
}

TEST_F(Log, JournalHasThePriorityAndLeavesTheTimeToJournald)
{
    log::set_up({"trace", "journal"});
    EXPECT_EQ(written([] { log::debug("main", "m"); }), "<7>main: m\n");
    EXPECT_EQ(written([] { log::info("main", "m"); }), "<6>main: m\n");
    EXPECT_EQ(written([] { log::warn("main", "m"); }), "<4>main: m\n");
    EXPECT_EQ(written([] { log::error("main", "m", {{"hint", "wait"}}); }), "<3>main: m  hint=wait\n");
}

// As systemd tells a service whose stderr is the journal.
void take_stderr_for_the_journal()
{
    struct stat stderr_is
    {
    };
    fstat(STDERR_FILENO, &stderr_is);
    setenv(
        "JOURNAL_STREAM", (std::to_string(stderr_is.st_dev) + ':' + std::to_string(stderr_is.st_ino)).c_str(),
        1);
}

TEST_F(Log, JournalGetsEachPartOfAnEntryAsAField)
{
    std::vector<std::vector<std::string>> sent;
    const auto lines = written(
        [&]
        {
            take_stderr_for_the_journal();
            log::set_up(
                {"info", "auto"},
                [&](const std::vector<std::string>& fields)
                {
                    sent.push_back(fields);
                    return true;
                });
            log::warn(
                "main", "sweep 12 failed", {{"error", "a\nb"}, {"hint", "wait"}},
                {{"sweep", 12}, {"duration_ms", 250}, {"odd name", "x"}});
            log::debug("", "is below the level");
            log::error("", "stops");
        });
    EXPECT_EQ(lines, "");
    using testing::ElementsAre;
    EXPECT_THAT(
        sent, ElementsAre(
                  ElementsAre(
                      R"(MESSAGE=main: sweep 12 failed  error=a\x0Ab  hint=wait)", "PRIORITY=4",
                      "SYSLOG_IDENTIFIER=simsync", "ACCOUNT=main", R"(ERROR=a\x0Ab)", "HINT=wait", "SWEEP=12",
                      "DURATION_MS=250", "ODD_NAME=x"),
                  ElementsAre("MESSAGE=stops", "PRIORITY=3", "SYSLOG_IDENTIFIER=simsync")));
}

TEST_F(Log, JournalThatTakesNothingLosesNothing)
{
    EXPECT_EQ(
        written(
            []
            {
                take_stderr_for_the_journal();
                log::set_up({"info", "journal"}, [](const auto&) { return false; });
                log::info("main", "m", {}, {{"sweep", 12}});
            }),
        "<6>main: m\n");
}

TEST_F(Log, FactsAreForProgramsAndNumbersStayNumbers)
{
    const auto say = [] {
        log::info("main", "sweep 12 complete", {}, {{"sweep", 12}, {"outcome", "complete"}});
    };
    log::set_up({"info", "json"});
    const auto entry = document(say);
    EXPECT_EQ(entry.at("sweep").as_int64(), 12);
    EXPECT_EQ(entry.at("outcome").as_string(), "complete");
    log::set_up({"info", "text"});
    EXPECT_THAT(written(say), EndsWith(" info    main: sweep 12 complete\n"));
    log::set_up({"info", "journal"});
    EXPECT_EQ(written(say), "<6>main: sweep 12 complete\n");
}

TEST_F(Log, AutoIsJournalOnlyWhereStderrIsTheJournal)
{
    const auto auto_format_on = [](auto device_shift)
    {
        return written(
            [&]
            {
                struct stat stderr_is
                {
                };
                fstat(STDERR_FILENO, &stderr_is);
                setenv(
                    "JOURNAL_STREAM",
                    (std::to_string(stderr_is.st_dev + device_shift) + ':' + std::to_string(stderr_is.st_ino))
                        .c_str(),
                    1);
                log::set_up({"info", "auto"}, [](const auto&) { return false; });
                log::info("", "m");
            });
    };
    EXPECT_EQ(auto_format_on(0U), "<6>m\n");
    EXPECT_THAT(auto_format_on(1U), EndsWith(" info    m\n"));
    unsetenv("JOURNAL_STREAM");
    EXPECT_THAT(
        written(
            []
            {
                log::set_up({"info", "auto"});
                log::info("", "m");
            }),
        EndsWith(" info    m\n"));
}

TEST_F(Log, LevelHidesWhatIsBelowIt)
{
    using testing::ElementsAre;
    EXPECT_THAT(levels_at("trace"), ElementsAre("debug", "info", "warn", "error"));
    EXPECT_THAT(levels_at("debug"), ElementsAre("debug", "info", "warn", "error"));
    EXPECT_THAT(levels_at("info"), ElementsAre("info", "warn", "error"));
    EXPECT_THAT(levels_at("warn"), ElementsAre("warn", "error"));
    EXPECT_THAT(levels_at("error"), ElementsAre("error"));
}

TEST_F(Log, IsOneLineAndSteersNoTerminalWhateverStandsInIt)
{
    const std::string foreign = "a\r\n<0>b\x1B[31m\u2028\xFF";
    for (const char* format : {"text", "json", "journal"})
    {
        log::set_up({"info", format});
        const auto text = written(
            [&] {
                log::info("main", foreign, {{"answer", foreign}, {"bare", "x\ny"}});
            });
        EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
        EXPECT_THAT(text, testing::Not(testing::ContainsRegex("[\r\x1B]"))) << format;
        EXPECT_THAT(text, HasSubstr("x0D")) << format;
    }
    log::set_up({"info", "json"});
    EXPECT_EQ(
        document([&] { log::info("", foreign); }).at("message").as_string(),
        R"(a\x0D\x0A<0>b\x1B[31m\xE2\x80\xA8\xFF)");
}

TEST_F(Log, TakesPercentSignsAndBracesAsTheyAre)
{
    log::set_up({"info", "journal"});
    EXPECT_EQ(written([] { log::info("", "100% {} %v %n {0}"); }), "<6>100% {} %v %n {0}\n");
}

TEST_F(Log, BoundsTheLengthOfAText)
{
    log::set_up({"info", "journal"});
    const auto text = written(
        [] {
            log::info("", std::string(100'000, 'x'), {{"f", std::string(100'000, 'y')}});
        });
    EXPECT_LT(text.size(), 2'100U);
    EXPECT_THAT(text, StartsWith("<6>xxx"));
}

TEST_F(Log, HasNoColourWhereStderrIsNoTerminal)
{
    log::set_up({"info", "text"});
    EXPECT_THAT(written([] { log::error("", "m"); }), testing::Not(HasSubstr("\x1B")));
}

TEST_F(Log, MayBeSetUpAgain)
{
    log::set_up({"error", "journal"});
    EXPECT_THAT(written([] { log::info("", "m"); }), IsEmpty());
    log::set_up({"info", "json"});
    EXPECT_EQ(document([] { log::info("", "m"); }).at("message").as_string(), "m");
}

} // namespace
} // namespace simsync
