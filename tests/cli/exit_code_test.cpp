// What goes wrong, as the shell and the operator see it.
#include "cli/exit_code.hpp"

#include "config/config.hpp"
#include "simsync/postgres/errors.hpp"

#include <gmock/gmock.h>

#include <system_error>

namespace simsync::cli
{
namespace
{

struct Outcome
{
    int code;
    std::string said; // on stderr
};

template<class Error>
Outcome reported(const Error& error)
{
    testing::internal::CaptureStderr();
    const auto code = report(std::make_exception_ptr(error));
    return {static_cast<int>(code), testing::internal::GetCapturedStderr()};
}

template<class Error>
int code_of()
{
    const auto [code, said] = reported(Error("the sentence", "the hint"));
    EXPECT_EQ(said, "simsync: the sentence\nHINT: the hint\n");
    return code;
}

TEST(ExitCode, OfACommandIsItsOwn)
{
    EXPECT_EQ(code_of<UsageError>(), 64);
    const auto [code, said] = reported(CommandError(ExitCode::try_again, "the sentence", "the hint"));
    EXPECT_EQ(code, 75);
    EXPECT_EQ(said, "simsync: the sentence\nHINT: the hint\n");
}

TEST(ExitCode, OfTheDatabaseTellsWhatTheOperatorCanDo)
{
    EXPECT_EQ(code_of<BadDatabaseUrl>(), 78);
    EXPECT_EQ(code_of<SchemaMismatch>(), 78);
    EXPECT_EQ(code_of<PoolerInBetween>(), 78);
    EXPECT_EQ(code_of<DatabaseUnfit>(), 78);
    EXPECT_EQ(code_of<DatabaseUnavailable>(), 69);
    EXPECT_EQ(code_of<DatabaseRefused>(), 77);
    EXPECT_EQ(code_of<TransactionConflict>(), 75);
    EXPECT_EQ(code_of<StoreDefect>(), 70);
}

TEST(ExitCode, OfAConfigurationComesWithEveryDiagnostic)
{
    const auto [code, said] = reported(ConfigError({{"f:1:2: one", "first"}, {"f:3:4: two", "second"}}));
    EXPECT_EQ(code, 78);
    EXPECT_EQ(said, "simsync: f:1:2: one\nHINT: first\nsimsync: f:3:4: two\nHINT: second\n");
}

TEST(ExitCode, OfTheSystemSaysWhatStandsInTheWay)
{
    const auto [code, said] = reported(
        std::system_error(EADDRINUSE, std::generic_category(), "cannot listen on 127.0.0.1:9469 for HTTP"));
    EXPECT_EQ(code, 69);
    EXPECT_THAT(
        said, testing::StartsWith(
                  "simsync: cannot listen on 127.0.0.1:9469 for HTTP: Address already in use\nHINT: "));
}

TEST(ExitCode, OfAnythingElseIsADefect)
{
    const auto [code, said] = reported(std::logic_error("impossible"));
    EXPECT_EQ(code, 70);
    EXPECT_EQ(said, "simsync: impossible\nHINT: this is a defect of simsync: please report it\n");
    EXPECT_EQ(reported(42).code, 70);
}

TEST(ExitCode, OfTheApiIsByWhoMustAct)
{
    for (const auto kind :
         {FailureKind::unreachable, FailureKind::timed_out, FailureKind::tls, FailureKind::throttled,
          FailureKind::server_error})
        EXPECT_EQ(exit_code_of(kind), ExitCode::unavailable) << to_text(kind);
    for (const auto kind : {FailureKind::unauthorized, FailureKind::forbidden})
        EXPECT_EQ(exit_code_of(kind), ExitCode::refused) << to_text(kind);
    for (const auto kind :
         {FailureKind::refused, FailureKind::schema, FailureKind::graphql_errors, FailureKind::not_json,
          FailureKind::malformed, FailureKind::too_large, FailureKind::redirected})
        EXPECT_EQ(exit_code_of(kind), ExitCode::data) << to_text(kind);
}

TEST(Complaint, IsTwoLinesWhateverStandsInIt)
{
    testing::internal::CaptureStderr();
    complain("no account \"a\nHINT: b\" \x1B[31m", "configured are: шесть\r");
    EXPECT_EQ(
        testing::internal::GetCapturedStderr(),
        "simsync: no account \"a\\x0AHINT: b\" \\x1B[31m\nHINT: configured are: шесть\\x0D\n");
}

} // namespace
} // namespace simsync::cli
