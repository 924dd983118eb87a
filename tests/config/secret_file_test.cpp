// Where a secret is found: beside the configuration, or among what systemd hands over.
#include "config_folder.hpp"

#include "config/handed_over.hpp"
#include "config/secret_file.hpp"

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SecretFiles : public ConfigFolder
{
protected:
    SecretFiles()
    {
        fs::create_directory(credentials());
        fs::create_directory(folder() / "sub");
    }

    fs::path credentials() const { return folder() / "credentials"; }
    void hand_over() const { setenv("CREDENTIALS_DIRECTORY", credentials().c_str(), 1); }

    // As LoadCredential=simsync:FOLDER does it.
    void hand_over_the_folder(const std::string& name, const std::string& text) const
    {
        hand_over();
        write("credentials/simsync_" + name, text, 0400);
    }
};

TEST_F(SecretFiles, AreBesideTheConfigurationWhereNothingIsHandedOver)
{
    const auto file = find_secret_file(folder(), "main.password");
    EXPECT_EQ(file.path, folder() / "main.password");
    EXPECT_TRUE(file.original.empty());
    EXPECT_EQ(read_secret(file), secret);
}

TEST_F(SecretFiles, OfAWholeFolderAreFoundByTheNameThatSystemdGivesThem)
{
    hand_over_the_folder("main.password", "handed over");
    hand_over_the_folder("sub_pager.secret", "deeper");
    const auto main = find_secret_file(folder(), "main.password");
    EXPECT_EQ(main.path, credentials() / "simsync_main.password");
    EXPECT_EQ(main.original, folder() / "main.password");
    EXPECT_EQ(read_secret(main), "handed over");
    EXPECT_EQ(read_secret(find_secret_file(folder(), "sub/pager.secret")), "deeper");
}

TEST_F(SecretFiles, HandedOverByTheirOwnNameGoFirst)
{
    hand_over_the_folder("main.password", "of the folder");
    write("credentials/main.password", "its own", 0400);
    EXPECT_EQ(read_secret(find_secret_file(folder(), "main.password")), "its own");
}

TEST_F(SecretFiles, WithAnAbsolutePathAreThemselves)
{
    hand_over_the_folder("main.password", "handed over");
    const auto file = find_secret_file(folder(), (folder() / "main.password").string());
    EXPECT_EQ(file.path, folder() / "main.password");
    EXPECT_TRUE(file.original.empty());
}

TEST_F(SecretFiles, OfEveryKeyAreFoundByTheSameRule)
{
    hand_over_the_folder("main.password", "a");
    hand_over_the_folder("pager.secret", "b");
    hand_over_the_folder("database.password", "c");
    const auto config = load(
        "[database]\npassword_file = \"database.password\"\n" + account +
        "[[sink]]\nname = \"pager\"\ntype = \"webhook\"\nurl = \"https://h\"\n"
        "secret_file = \"pager.secret\"\n");
    EXPECT_EQ(config.database_password_file.path, credentials() / "simsync_database.password");
    EXPECT_EQ(config.sinks.front().secret_file.path, credentials() / "simsync_pager.secret");
    EXPECT_EQ(secret_files(config).size(), 3U);
}

// The hint must lead somewhere for who reads it: a service cannot chmod, a person needs no restart.
TEST_F(SecretFiles, ThatAreMissingAreToldWithAllPlacesAndWhatHelpsThere)
{
    EXPECT_THAT(
        diagnostic(account_with("password_file", "\"new.password\"")),
        AllOf(
            HasSubstr((folder() / "new.password").string()), HasSubstr("chmod 600"),
            Not(HasSubstr("systemctl"))));

    hand_over();
    const auto said = diagnostic(account_with("password_file", "\"new.password\""));
    EXPECT_THAT(
        said, AllOf(
                  HasSubstr((credentials() / "new.password").string()),
                  HasSubstr((credentials() / "simsync_new.password").string()),
                  HasSubstr("HINT: write it into the first line of " + (folder() / "new.password").string()),
                  HasSubstr("systemctl restart simsync"), Not(HasSubstr("chmod"))));

    write("new.password", secret);
    EXPECT_THAT(
        diagnostic(account_with("password_file", "\"new.password\"")),
        AllOf(
            HasSubstr("HINT: " + (folder() / "new.password").string() + " is there"),
            HasSubstr("systemctl restart simsync")));
    fs::create_symlink(folder() / "new.password", folder() / "link.password");
    EXPECT_THAT(
        diagnostic(account_with("password_file", "\"link.password\"")),
        HasSubstr("link.password is a symbolic link, which systemd does not hand over"));
    unsetenv("CREDENTIALS_DIRECTORY");

    setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
    EXPECT_THAT(
        diagnostic(account_with("password_file", "\"/nowhere/x\"")),
        AllOf(HasSubstr("HINT: "), HasSubstr("systemctl restart simsync")));
}

// What everybody can read is no secret, whoever hands a copy of it over.
TEST_F(SecretFiles, ThatAreOpenToAllAreRefusedThoughTheirCopyIsNot)
{
    hand_over_the_folder("main.password", secret);
    write("main.password", secret, 0644);
    EXPECT_THAT(
        diagnostic(account), HasSubstr(
                                 (folder() / "main.password").string() + " is open to every user of this "
                                                                         "machine HINT: chmod 600 "));
}

TEST_F(SecretFiles, ThatWereKeptAnswerAsTheyDidThen)
{
    const auto good = write("good", "kept");
    const auto bad = write("bad", "open", 0644);
    keep_passwords({{good, {}, {}}, {bad, {}, {}}});
    write("good", "another");
    fs::permissions(bad, fs::perms::owner_read);
    EXPECT_EQ(read_password(good), "kept");
    EXPECT_THROW(read_password(bad), ConfigError);
}

// --- what a reload cannot take

std::string refusal(const HandedOver& handed_over, const Config& next)
{
    const auto all = diagnostics_of([&] { handed_over.require_current(next); });
    return all.empty() ? "none" : all.front().what + " HINT: " + all.front().hint;
}

using Reload = SecretFiles;

TEST_F(Reload, RefusesASecretThatWasWrittenAnewAndIsACopyOfTheStart)
{
    hand_over_the_folder("main.password", secret + "\n");
    const HandedOver at_start{load(account), HandedOver::Rights::kept};
    EXPECT_EQ(refusal(at_start, load(account + "page_size = 7\n")), "none");

    write("main.password", "rotated");
    EXPECT_THAT(
        refusal(at_start, load(account)),
        AllOf(
            HasSubstr((folder() / "main.password").string() + " was written anew"), HasSubstr("HINT: "),
            HasSubstr("systemctl restart simsync")));
}

// An editor or `mv` puts another file there, perhaps one of the same length and with an older date.
TEST_F(Reload, SeesThroughAFileThatWasReplacedByAnOlderOne)
{
    hand_over_the_folder("main.password", secret + "\n");
    const HandedOver at_start{load(account), HandedOver::Rights::kept};
    const auto other = write("other", std::string(secret.size(), 'x') + "\n");
    fs::last_write_time(other, fs::last_write_time(folder() / "main.password") - std::chrono::hours{24});
    fs::rename(other, folder() / "main.password");
    EXPECT_THAT(refusal(at_start, load(account)), HasSubstr("was written anew"));
}

TEST_F(Reload, TakesANewAccountWhoseSecretWasThereAtTheStart)
{
    write("second.password", "second");
    hand_over_the_folder("main.password", secret + "\n");
    hand_over_the_folder("second.password", "second");
    const HandedOver at_start{load(account), HandedOver::Rights::kept};
    auto second = account_with("name", "\"second\"");
    second.replace(second.find("main.password"), 4, "second");
    EXPECT_EQ(refusal(at_start, load(account + second)), "none");

    write("second.password", "rotated since");
    EXPECT_THAT(refusal(at_start, load(account + second)), HasSubstr("second.password was written anew"));
}

TEST_F(Reload, ReadsAnewWhatIsNoCopy)
{
    const auto before = load(account);
    const HandedOver at_start{before, HandedOver::Rights::kept};
    write("main.password", "rotated");
    const auto after = load(account);
    EXPECT_EQ(refusal(at_start, after), "none");
    EXPECT_NE(before.accounts, after.accounts) << "or the account would go on with what it knows";
}

TEST_F(Reload, RefusesWhatOnlyRootCouldRead)
{
    const HandedOver at_start{load(account), HandedOver::Rights::given_up};
    EXPECT_EQ(refusal(at_start, load(account)), "none");
    write("main.password", "rotated");
    EXPECT_THAT(refusal(at_start, load(account)), HasSubstr("systemctl restart simsync"));
}

} // namespace
} // namespace simsync
