// [database]: an address without a password, and the password from a file of its own.
#include "config_folder.hpp"

#include "postgres/url.hpp"

#include <libpq-fe.h>

#include <map>
#include <memory>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// As libpq reads it.
std::map<std::string, std::string> options_of(const std::string& url)
{
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all{
        PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree};
    std::map<std::string, std::string> options;
    for (const auto* option = all.get(); option != nullptr && option->keyword != nullptr; ++option)
        if (option->val != nullptr)
            options[option->keyword] = option->val;
    return options;
}

class ConfigDatabase : public ConfigFolder
{
protected:
    std::string with(const std::string& keys) const { return "[database]\n" + keys + account; }
    std::string password_of(Secrets secrets) const
    {
        const auto file = write(
            "simsync.toml", with("url = \"postgresql://db/simsync\"\npassword_file = \"db.password\"\n"));
        return options_of(load_config(file, secrets).database_url)["password"];
    }
};

TEST_F(ConfigDatabase, PasswordComesFromAFileWhateverIsInIt)
{
    for (const std::string password : {"sesame", "a 'quoted' \\ one", "p@ss:w/rd?&#%20", "пароль"})
    {
        write("db.password", password + "\n");
        for (const auto* url :
             {"postgresql://db1:5433,db2/simsync?target_session_attrs=read-write",
              "host=/run/postgresql dbname=simsync", ""})
        {
            const auto config =
                load(with("url = \"" + std::string(url) + "\"\npassword_file = \"db.password\"\n"));
            auto options = options_of(config.database_url);
            EXPECT_EQ(options["password"], password);
            options.erase("password");
            EXPECT_EQ(options, options_of(url));
            EXPECT_THAT(read_url(config.database_url).place, Not(HasSubstr(password)));
        }
    }
}

TEST_F(ConfigDatabase, HasNoPasswordUnlessOneIsNamed)
{
    EXPECT_EQ(load(account).database_url, "postgresql:///simsync");
    EXPECT_EQ(load(with("password_file = \"\"\n")).database_url, "postgresql:///simsync");
    write("db.password", "sesame");
    EXPECT_EQ(options_of(load(with("password_file = \"db.password\"\n")).database_url)["dbname"], "simsync");
}

TEST_F(ConfigDatabase, PasswordFileIsTriedAsAnAccountsIs)
{
    EXPECT_THAT(diagnostic(with("password_file = \"nope\"\n")), HasSubstr("2:17: the password file "));
    write("db.password", secret, 0644);
    EXPECT_THAT(diagnostic(with("password_file = \"db.password\"\n")), HasSubstr("is open to every user"));
    EXPECT_THAT(diagnostic(with("password_file = 7\n")), HasSubstr("database.password_file must be"));
    EXPECT_THAT(diagnostic(with("pasword_file = \"x\"\n")), HasSubstr("did you mean \"password_file\""));
}

// The schema's owner and analysts log in as themselves.
TEST_F(ConfigDatabase, PasswordIsTheDaemonsAndNotThatOfWhoeverBringsALoginOrMayNotReadIt)
{
    write("db.password", "sesame");
    EXPECT_EQ(password_of(Secrets::untouched), "sesame");
    setenv("PGUSER", "anna", 1);
    EXPECT_EQ(password_of(Secrets::untouched), "");
    EXPECT_EQ(password_of(Secrets::tried), "sesame");
    unsetenv("PGUSER");
    fs::remove(folder() / "db.password");
    EXPECT_EQ(password_of(Secrets::untouched), "");
}

} // namespace
} // namespace simsync
