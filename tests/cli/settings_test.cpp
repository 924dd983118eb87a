// What a command takes from the configuration.
#include "cli/settings.hpp"

#include "cli/exit_code.hpp"
#include "config/config_folder.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::ElementsAre;

Config config_of(const std::vector<std::string>& names)
{
    Config config;
    for (const auto& name : names)
        config.accounts.emplace_back().name = name;
    return config;
}

std::vector<std::string>
chosen(const std::vector<std::string>& named, const std::vector<std::string>& configured)
{
    std::vector<std::string> names;
    for (const auto& account : chosen_accounts(named, config_of(configured)))
        names.push_back(account.name);
    return names;
}

// "sentence HINT: hint"
template<class Act>
std::string mistake(const Act& act)
{
    try
    {
        act();
    }
    catch (const UsageError& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
    return "none";
}

TEST(ChosenAccount, IsTheOneThatIsNamed)
{
    const auto config = config_of({"main", "spare"});
    EXPECT_EQ(&chosen_account("spare", config), &config.accounts[1]);
}

TEST(ChosenAccount, MayBeLeftOutWhereThereIsOne)
{
    EXPECT_EQ(chosen_account({}, config_of({"main"})).name, "main");
}

TEST(ChosenAccount, MustBeNamedWhereThereAreSeveral)
{
    EXPECT_EQ(
        mistake(
            [] {
                chosen_account({}, config_of({"main", "spare"}));
            }),
        "several accounts are configured and none is named HINT: add --account with one of: main, spare");
}

TEST(ChosenAccount, MustBeConfigured)
{
    EXPECT_EQ(
        mistake(
            [] {
                chosen_account("mian", config_of({"main", "spare"}));
            }),
        "no account \"mian\" is configured HINT: configured are: main, spare");
}

TEST(ChosenAccounts, AreAllWhereNoneIsNamed)
{
    EXPECT_THAT(chosen({}, {"main", "spare"}), ElementsAre("main", "spare"));
}

TEST(ChosenAccounts, AreThoseNamedEachOnceInTheOrderGiven)
{
    EXPECT_THAT(chosen({"c", "a", "c"}, {"a", "b", "c"}), ElementsAre("c", "a"));
}

TEST(ChosenAccounts, MustAllBeConfigured)
{
    EXPECT_THAT(
        mistake(
            [] {
                chosen({"main", "nobody"}, {"main"});
            }),
        testing::StartsWith("no account \"nobody\" is configured HINT: "));
}

using Settings = ConfigFolder;

TEST_F(Settings, LogLevelOfTheCommandLineOverridesTheFiles)
{
    CommonArguments arguments;
    arguments.config = write("simsync.toml", account + "[log]\nlevel = \"warn\"\n");
    EXPECT_EQ(load_settings(arguments).log.level, "warn");
    arguments.log_level = "trace";
    EXPECT_EQ(load_settings(arguments).log.level, "trace");
}

TEST_F(Settings, AreRefusedAsTheConfigurationIs)
{
    CommonArguments arguments;
    arguments.config = folder() / "missing.toml";
    EXPECT_THROW(load_settings(arguments), ConfigError);
}

} // namespace
} // namespace simsync::cli
