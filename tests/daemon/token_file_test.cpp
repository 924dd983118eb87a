// A token lent from one process to the next, and to nobody else.
#include "daemon/token_file.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class TokenFileTest : public testing::Test
{
protected:
    void SetUp() override
    {
        folder_ = fs::path{testing::TempDir()} / ("token-file-" + std::to_string(getpid()));
        fs::create_directory(folder_);
        setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
        unsetenv("RUNTIME_DIRECTORY");
        account_.name = "main";
        account_.endpoint = "https://api.example";
        account_.username = "partner";
    }
    void TearDown() override
    {
        unsetenv("XDG_RUNTIME_DIR");
        fs::remove_all(folder_);
    }

    fs::path file() const { return folder_ / "simsync" / "main.token"; }

    fs::path folder_;
    AccountConfig account_;
};

TEST_F(TokenFileTest, LendsATokenToItsOwnUserAlone)
{
    TokenFile lender{account_};
    EXPECT_FALSE(borrowed_token(account_));
    EXPECT_EQ(lender.lend({"token-1", 1h}), "");
    EXPECT_EQ(borrowed_token(account_).value().text, "token-1");
    EXPECT_GT(borrowed_token(account_)->good_for.value(), 59min);
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(folder_ / "simsync").permissions(), fs::perms::owner_all);
    EXPECT_EQ(lender.lend({"token-2", {}}), "");
    EXPECT_EQ(borrowed_token(account_).value().text, "token-2");
    EXPECT_FALSE(borrowed_token(account_)->good_for);
}

TEST_F(TokenFileTest, LendsInTheFolderThatSystemdMade)
{
    setenv("RUNTIME_DIRECTORY", (folder_.string() + ":/elsewhere").c_str(), 1);
    TokenFile lender{account_};
    EXPECT_EQ(lender.lend({"token-1", 1h}), "");
    EXPECT_TRUE(fs::exists(folder_ / "main.token"));
    EXPECT_EQ(borrowed_token(account_).value().text, "token-1");
    unsetenv("RUNTIME_DIRECTORY");
}

TEST_F(TokenFileTest, LendsNothingOnceItHasEnded)
{
    {
        TokenFile lender{account_};
        lender.lend({"token-1", 1h});
        lender.withdraw();
        EXPECT_FALSE(fs::exists(file()));
        lender.lend({"token-2", 1h});
        EXPECT_FALSE(fs::exists(file()));
    }
    TokenFile first{account_};
    first.lend({"token-1", 1h});
    TokenFile second{account_};
    second.lend({"token-2", 1h});
    first.withdraw(); // not its own any more
    EXPECT_EQ(borrowed_token(account_).value().text, "token-2");
}

TEST_F(TokenFileTest, IsNotBorrowedFromForAnotherPlaceOrUserOrWhenItHasEnded)
{
    TokenFile lender{account_};
    lender.lend({"token-1", 1h});
    auto other = account_;
    other.endpoint = "https://elsewhere.example";
    EXPECT_FALSE(borrowed_token(other));
    other = account_;
    other.username = "somebody";
    EXPECT_FALSE(borrowed_token(other));
    lender.lend({"token-1", 0ms});
    EXPECT_FALSE(borrowed_token(account_));
}

TEST_F(TokenFileTest, IsNotBorrowedFromWhereOthersMayHaveWrittenIt)
{
    TokenFile lender{account_};
    lender.lend({"token-1", 1h});
    fs::permissions(file(), fs::perms::group_read, fs::perm_options::add);
    EXPECT_FALSE(borrowed_token(account_));
    fs::rename(file(), file().string() + ".old");
    fs::permissions(file().string() + ".old", fs::perms::group_read, fs::perm_options::remove);
    fs::create_symlink(file().string() + ".old", file());
    EXPECT_FALSE(borrowed_token(account_));
    fs::remove(file());
    std::ofstream{file()} << "https://api.example\npartner\n\nto\r\nken\n";
    fs::permissions(file(), fs::perms::owner_read);
    EXPECT_FALSE(borrowed_token(account_));
}

TEST_F(TokenFileTest, ThatCannotBeWrittenSaysWhy)
{
    setenv("RUNTIME_DIRECTORY", "/nowhere/at/all", 1);
    TokenFile lender{account_};
    EXPECT_THAT(lender.lend({"token-1", 1h}), testing::HasSubstr("/nowhere/at/all"));
    unsetenv("RUNTIME_DIRECTORY");
}

} // namespace
} // namespace simsync
