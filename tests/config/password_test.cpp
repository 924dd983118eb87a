// The password file.
#include "config_folder.hpp"

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;

using Password = ConfigFolder;

TEST_F(Password, PasswordIsTheFirstLineWithoutItsEnd)
{
    EXPECT_EQ(read_password(write("p", secret)), secret);
    EXPECT_EQ(read_password(write("p", secret + "\n")), secret);
    EXPECT_EQ(read_password(write("p", secret + "\r\nmore\n")), secret);
    EXPECT_EQ(read_password(write("p", " p w \t\n")), " p w \t");
    EXPECT_EQ(read_password(write("p", "пароль\n")), "пароль");
    EXPECT_EQ(read_password(write("p", secret + "\r")), secret + "\r"); // a lone CR ends no line
    EXPECT_EQ(read_password(write("p", std::string(1024, 'x') + "\r\n")), std::string(1024, 'x'));
    EXPECT_EQ(read_password(write("p", secret, 0640)), secret);
}

TEST_F(Password, RefusesAPasswordFileThatIsNone)
{
    const auto said = [](const fs::path& file)
    {
        const auto all = diagnostics_of([&] { read_password(file); });
        EXPECT_EQ(all.size(), 1U) << file;
        return all.empty() ? "" : all.front().what + " HINT: " + all.front().hint;
    };
    EXPECT_THAT(
        said(folder() / "nope"), MatchesRegex("the password file .*/nope cannot be read: No such .*"));
    EXPECT_THAT(said(folder()), HasSubstr("is no ordinary file"));
    EXPECT_THAT(said("/dev/null"), HasSubstr("is no ordinary file"));
    EXPECT_THAT(said(write("p", "")), HasSubstr("has an empty first line"));
    EXPECT_THAT(said(write("p", "\n" + secret)), HasSubstr("has an empty first line"));
    EXPECT_THAT(said(write("p", "\r\n")), HasSubstr("has an empty first line"));
    EXPECT_THAT(said(write("p", secret + '\0')), HasSubstr("holds a NUL"));
    EXPECT_THAT(said(write("p", secret + "\xFF\n")), HasSubstr("no UTF-8"));
    EXPECT_THAT(said(write("p", std::string(1025, 'x'))), HasSubstr("more than 1024 bytes"));
    for (const mode_t mode : {0604U, 0602U, 0601U, 0644U, 0666U})
        EXPECT_THAT(
            said(write("p", secret, mode)),
            HasSubstr("is open to every user of this machine HINT: chmod 600 " + (folder() / "p").string()));
}

} // namespace
} // namespace simsync
