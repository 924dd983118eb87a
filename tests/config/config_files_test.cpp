// The files around a configuration: itself, the password and the CA file.
#include "config_folder.hpp"

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

using ConfigFiles = ConfigFolder;

TEST_F(ConfigFiles, SaysWhyTheFileCannotBeRead)
{
    const auto said = [](const fs::path& file)
    {
        const auto all = diagnostics_of([&] { load_config(file); });
        EXPECT_EQ(all.size(), 1U);
        EXPECT_THAT(all.front().hint, HasSubstr("--config"));
        return all.front().what;
    };
    EXPECT_EQ(
        said(folder() / "nope.toml"),
        (folder() / "nope.toml").string() + ": the configuration cannot be read: No such file or directory");
    EXPECT_THAT(said(folder()), HasSubstr(": the configuration cannot be read: it is a directory"));
    EXPECT_THAT(said(folder() / "main.password" / "x"), HasSubstr("Not a directory"));
    EXPECT_THAT(said(write("big.toml", std::string((1U << 20) + 1, '\n'))), HasSubstr("larger than 1 MiB"));
    EXPECT_THAT(diagnostic('#' + std::string((1U << 20) - 1, 'x')), HasSubstr("no account is configured"));
}

TEST_F(ConfigFiles, FindsThePasswordFileBesideItself)
{
    fs::create_directory(folder() / "sub");
    write("sub/main.password", secret);
    const auto file = write("sub/simsync.toml", account);
    EXPECT_EQ(load_config(file).accounts.front().password_file, folder() / "sub/main.password");

    const auto before = fs::current_path();
    fs::current_path(folder() / "sub");
    const auto config = load_config("simsync.toml");
    fs::current_path(before);
    EXPECT_EQ(config.accounts.front().password_file, folder() / "sub/main.password");
}

TEST_F(ConfigFiles, FindsThePasswordFileAmongTheCredentialsOfTheService)
{
    fs::create_directory(folder() / "credentials");
    setenv("CREDENTIALS_DIRECTORY", (folder() / "credentials").c_str(), 1);
    EXPECT_THAT(
        diagnostic(account),
        HasSubstr((folder() / "credentials/main.password").string() + " cannot be read"));

    write("credentials/main.password", secret, 0400);
    EXPECT_EQ(load(account).accounts.front().password_file, folder() / "credentials/main.password");

    const auto absolute = '"' + (folder() / "main.password").string() + '"';
    EXPECT_EQ(
        load(account_with("password_file", absolute)).accounts.front().password_file,
        folder() / "main.password");

    setenv("CREDENTIALS_DIRECTORY", "", 1);
    EXPECT_EQ(load(account).accounts.front().password_file, folder() / "main.password");
}

TEST_F(ConfigFiles, TriesThePasswordFile)
{
    write("main.password", "");
    EXPECT_THAT(diagnostic(account), StartsWith("5:17: the password file " + folder().string()));
    EXPECT_THAT(diagnostic(account), HasSubstr("main.password has an empty first line HINT: "));
    fs::remove(folder() / "main.password");
    EXPECT_THAT(
        diagnostic(account), HasSubstr("main.password cannot be read: No such file or directory HINT: "));
}

TEST_F(ConfigFiles, TriesTheCaFile)
{
    write("ca.pem", certificate);
    EXPECT_EQ(load_account("ca_file = \"ca.pem\"").ca_file, folder() / "ca.pem");
    EXPECT_EQ(
        load_account("ca_file = \"" + (folder() / "ca.pem").string() + '"').ca_file, folder() / "ca.pem");
    EXPECT_EQ(load_account("ca_file = \"\"").ca_file, "");
    EXPECT_THAT(
        diagnostic(account + "ca_file = \"nope.pem\""),
        StartsWith("6:11: the CA file " + (folder() / "nope.pem").string() + " is not there HINT: "));
    EXPECT_THAT(
        diagnostic(account + "ca_file = \"main.password\""),
        HasSubstr("no certificate can be read from the CA file"));
}

// A connection has its certificates from its beginning: the account must begin anew, or a reload says what is
// not so.
TEST_F(ConfigFiles, ThatWereWrittenAnewMakeAnotherAccount)
{
    write("ca.pem", certificate);
    const auto before = load_account("ca_file = \"ca.pem\"");
    EXPECT_EQ(load_account("ca_file = \"ca.pem\""), before);
    write("ca.pem", certificate + certificate);
    EXPECT_NE(load_account("ca_file = \"ca.pem\""), before);
}

TEST_F(ConfigFiles, OfWhoeverWorksWithTheDatabaseAloneAreNotTried)
{
    const auto file = write("simsync.toml", account_with("password_file", "\"nowhere.password\""));
    EXPECT_EQ(
        load_config(file, Secrets::untouched).accounts.front().password_file, folder() / "nowhere.password");
    EXPECT_THROW(load_config(file), ConfigError);
}

} // namespace
} // namespace simsync
