// [console]: who may see the pages, and as whom they are read.
#include "config_folder.hpp"

#include "config/secret_file.hpp"
#include "postgres/url.hpp"

#include <crypt.h>

namespace simsync
{
namespace
{

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string bcrypt = "$2b$04$abcdefghijklmnopqrstuuVeS0a0a5Q3Vn3TkSz4Uo0Lxw9kq1m3e";
const std::string yescrypt = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$tnSYvahCwPBHKZUspmcxMfb0.WiB9W.zEaKlOBL35rC";

class ConfigConsole : public ConfigFolder
{
protected:
    std::string with(const std::string& keys) const { return "[console]\n" + keys + account; }
    ConsoleConfig console(const std::string& keys) const { return load(with(keys)).console; }
    std::string said_of(const std::string& logins, mode_t mode = 0600) const
    {
        write("console.password", logins, mode);
        return diagnostic(with("password_file = \"console.password\"\n"));
    }
};

TEST_F(ConfigConsole, IsForThisHostUnlessToldOtherwise)
{
    const auto plain = load(account).console;
    EXPECT_EQ(plain, ConsoleConfig{});
    EXPECT_TRUE(plain.enabled);
    EXPECT_THAT(plain.logins, IsEmpty());
    EXPECT_EQ(console("password_file = \"\"\nuser_header = \"\"\ndatabase_url = \"\"\nhosts = []\n"), plain);
}

TEST_F(ConfigConsole, TakesEveryKey)
{
    write("console.password", "# who looks\nmaria:" + bcrypt + "\r\n\njüri:" + yescrypt);
    const auto taken = console(R"(enabled = false
hosts = ["SimSync.example", "sim-1"]
password_file = "console.password"
allow_plaintext = true
user_header = "X-Forwarded-User"
database_url = "postgresql://reader@standby/simsync"
)");
    EXPECT_FALSE(taken.enabled);
    EXPECT_THAT(taken.hosts, ElementsAre("simsync.example", "sim-1"));
    EXPECT_EQ(taken.password_file, find_secret_file(folder(), "console.password"));
    EXPECT_THAT(taken.logins, ElementsAre(ConsoleLogin{"maria", bcrypt}, ConsoleLogin{"jüri", yescrypt}));
    EXPECT_TRUE(taken.allow_plaintext);
    EXPECT_EQ(taken.user_header, "X-Forwarded-User");
    EXPECT_EQ(taken.database_url, "postgresql://reader@standby/simsync");
}

TEST_F(ConfigConsole, PasswordFileIsAmongTheSecrets)
{
    write("console.password", "maria:" + bcrypt + "\n");
    const auto config = load(with("password_file = \"console.password\"\n"));
    const auto files = secret_files(config);
    EXPECT_NE(std::ranges::find(files, config.console.password_file), files.end());
    EXPECT_THAT(said_of("maria:" + bcrypt, 0644), HasSubstr("is open to every user of this machine"));
    EXPECT_THAT(
        diagnostic(with("password_file = \"nope\"\n")),
        AllOf(
            HasSubstr("2:17: the password file "), HasSubstr("/nope is not there"),
            HasSubstr("HINT: each line is user:hash")));

    const auto file = write("simsync.toml", with("password_file = \"nope\"\n"));
    EXPECT_THAT(load_config(file, Secrets::untouched).console.logins, IsEmpty()) << "nobody logs in there";
}

TEST_F(ConfigConsole, RefusesAPasswordFileThatNobodyCouldLogInBy)
{
    const std::string good = "maria:" + bcrypt + "\n";
    EXPECT_THAT(
        said_of("\n# nobody\n"), AllOf(HasSubstr("2:17: the password file "), HasSubstr(" names nobody")));
    EXPECT_THAT(
        said_of(good + secret),
        AllOf(
            HasSubstr("line 2 of the password file "), HasSubstr("is no user:hash"), HasSubstr("htpasswd")));
    EXPECT_THAT(said_of(":" + bcrypt), HasSubstr("is no user:hash"));
    EXPECT_THAT(said_of("ma\tria:" + bcrypt), HasSubstr("is no user:hash"));
    EXPECT_THAT(said_of(std::string(64, 'm') + ':' + bcrypt), HasSubstr("is no user:hash"));
    EXPECT_THAT(said_of(good + "maria:" + yescrypt), HasSubstr("has a user that an earlier line has"));
    EXPECT_THAT(said_of(good + '\0'), HasSubstr("holds a NUL"));
    EXPECT_THAT(said_of(good + std::string(70'000, '#')), HasSubstr("is larger than 64 KiB"));
    for (const std::string& weak :
         {secret, std::string(""), std::string("*"), std::string("$apr1$x$hunter2"),
          std::string("$1$salt$hunter2"), std::string("ab01hunter2xy"), std::string("$9$hunter2")})
        EXPECT_THAT(
            said_of("maria:" + weak),
            AllOf(HasSubstr("line 1"), HasSubstr("no hash that is good enough"), HasSubstr("bcrypt")))
            << weak;
}

TEST_F(ConfigConsole, RefusesWhatCannotBe)
{
    expect_diagnostics(
        account + "[console]\n",
        {
            {"hosts = [\"https://a.example\"]", "7:10: console.hosts cannot hold \"https://a.example\"",
             "a name alone"},
            {"hosts = [\"a.example:80\"]", "console.hosts cannot hold", "without a port"},
            {"hosts = [\"\"]", "console.hosts cannot hold", "a name alone"},
            {"hosts = \"a.example\"", "console.hosts must be", ""},
            {"enabled = 1", "console.enabled must be", ""},
            {"user_header = \"X User\"", "7:15: console.user_header cannot be \"X User\"",
             "X-Forwarded-User"},
            {"user_header = \"X:\"", "console.user_header cannot be", "X-Forwarded-User"},
            {"database_url = \"nonsense\"", "7:16: console.database_url is no libpq", ""},
            {"database_url = \"postgresql://u:hunter2@h/d\"", "console.database_url ", "file"},
            {"pasword_file = \"x\"", "console", "password_file"},
        },
        "\n");
}

TEST_F(ConfigConsole, LogsInToAStandbyAsTheDaemonDoes)
{
    write("db.password", secret);
    const std::string database =
        "[database]\nurl = \"postgresql://simsync@db/simsync\"\npassword_file = \"db.password\"\n";
    const auto url = [&](const std::string& text)
    { return load(database + with("database_url = \"" + text + "\"\n")).console.database_url; };
    EXPECT_EQ(password_of_url(url("postgresql://standby/simsync")), secret);
    EXPECT_EQ(password_of_url(url("postgresql://reader@standby/simsync")), std::nullopt)
        << "it is not the reader's";
    EXPECT_EQ(url(""), "") << "[database] url itself";
}

TEST_F(ConfigConsole, IsShownOnASocketToo)
{
    const auto listen = [this](const std::string& text)
    { return load(account + "[http]\nlisten = \"" + text + "\"").http_listen; };
    EXPECT_EQ(listen("unix:/run/simsync/http.sock"), "unix:/run/simsync/http.sock");
    EXPECT_EQ(console_url(load(account + "[http]\nlisten = \"unix:/run/s\"")), "") << "no browser opens it";
    for (const std::string bad : {"unix:", "unix:http.sock", "unix:/run/"})
        EXPECT_THAT(
            diagnostic(account + "[http]\nlisten = \"" + bad + '"'),
            AllOf(StartsWith("7:10: http.listen names no file"), HasSubstr("unix:/run/simsync/http.sock")));
    EXPECT_THAT(
        diagnostic(account + "[http]\nlisten = \"unix:/" + std::string(107, 'x') + '"'),
        HasSubstr("HINT: at most 107 bytes"));
    EXPECT_THAT(
        diagnostic(account + "[http]\nlisten = \"nonsense\""),
        AllOf(HasSubstr("host:port"), HasSubstr("unix:/run/simsync/http.sock")));
}

} // namespace
} // namespace simsync
