// A folder that systemd is to hand over: what it takes, and what it stumbles over.
#include "config/credentials_folder.hpp"

#include "config_folder.hpp"

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uintmax_t mebibyte = 1U << 20;

std::string complaint(const std::vector<FolderFile>& files)
{
    const auto fault = fault_in_credentials("/etc/simsync", files);
    if (!fault)
        return "none";
    EXPECT_THAT(fault->hint, HasSubstr("/etc/simsync"));
    return fault->what;
}

using CredentialsFolder = ConfigFolder;

TEST_F(CredentialsFolder, HoldsOrdinaryFilesAlsoOfFoldersInItAndNothingHidden)
{
    fs::create_directories(folder() / "sub/deeper");
    fs::create_directory(folder() / ".git");
    write("simsync.toml", "12345");
    write("sub/deeper/pager.secret", "");
    write(".main.password.swp", "");
    write(".git/config", "");
    fs::create_symlink("main.password", folder() / "link");
    std::vector<std::string> names;
    for (const auto& file : credentials_in(folder()))
        names.push_back(file.name + ' ' + std::to_string(file.size));
    EXPECT_THAT(names, ElementsAre("main.password 8", "simsync.toml 5", "sub/deeper/pager.secret 0"));
    EXPECT_TRUE(credentials_in(folder() / "nowhere").empty());
}

TEST_F(CredentialsFolder, IsRefusedForANameThatIsNoCredentials)
{
    EXPECT_EQ(complaint({}), "none");
    EXPECT_EQ(complaint({{"main.password", 10}, {"a b~", 1}, {std::string(247, 'x'), 1}}), "none");
    EXPECT_THAT(
        complaint(
            {{"r\xC3\xBC"
              "ckfall.toml",
              1}}),
        HasSubstr("beyond ASCII"));
    EXPECT_THAT(complaint({{"main.password", 1}, {"sub/12:30.toml", 1}}), HasSubstr("\"sub/12:30.toml\""));
    EXPECT_THAT(complaint({{std::string(248, 'x'), 1}}), HasSubstr("is too long"));
}

TEST_F(CredentialsFolder, IsRefusedWhereItHoldsTooMuch)
{
    const auto names = std::string("simsync_ab").size();
    EXPECT_EQ(complaint({{"ab", mebibyte - names}}), "none");
    EXPECT_THAT(complaint({{"ab", mebibyte}}), HasSubstr("1048586 bytes, of at most 1048576"));
    EXPECT_THAT(complaint({{"ab", mebibyte / 2}, {"cd", mebibyte / 2}}), HasSubstr("of at most"));
}

} // namespace
} // namespace simsync
