// What the daemon leaves for `simsync reload` to find.
#include "daemon/reload_verdict.hpp"

#include "config/config_folder.hpp"

namespace simsync
{
namespace
{

class ReloadVerdictFile : public ConfigFolder
{
protected:
    ~ReloadVerdictFile() override { unsetenv("RUNTIME_DIRECTORY"); }
};

TEST_F(ReloadVerdictFile, IsReadAsItWasWritten)
{
    const ReloadVerdict started{4711, {}, {}};
    const ReloadVerdict refused{
        4711, ReloadVerdict::Time::clock::now(), {{"/x:1:1: \"no\"\n", "a hint"}, {"b", "c"}}};
    for (const auto& verdict : {started, refused, started})
    {
        write_verdict(folder(), verdict);
        const auto read = read_verdict(folder());
        ASSERT_TRUE(read);
        EXPECT_EQ(*read, verdict);
    }
    remove_verdict(folder());
    EXPECT_EQ(read_verdict(folder()), std::nullopt);
}

TEST_F(ReloadVerdictFile, IsNoneWhereTheFileIsAnothersOrCannotBeWritten)
{
    for (const auto* text : {"", "{", "[]", "{\"pid\": \"x\"}", "{\"pid\": 1, \"begun\": null}"})
    {
        write("reload.json", text);
        EXPECT_EQ(read_verdict(folder()), std::nullopt) << text;
    }
    EXPECT_THROW(write_verdict(folder() / "nowhere", {}), std::system_error);
}

TEST_F(ReloadVerdictFile, LiesInTheFirstRuntimeFolder)
{
    unsetenv("RUNTIME_DIRECTORY");
    EXPECT_EQ(runtime_folder(), std::nullopt);
    setenv("RUNTIME_DIRECTORY", "", 1);
    EXPECT_EQ(runtime_folder(), std::nullopt);
    setenv("RUNTIME_DIRECTORY", "/run/simsync:/run/other", 1);
    EXPECT_EQ(runtime_folder(), "/run/simsync");
}

} // namespace
} // namespace simsync
