// `[[sink]]`: its address, its secret, and what no mistake may show of them.
#include "config_folder.hpp"

namespace simsync
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;

class ConfigSink : public ConfigFolder
{
protected:
    static std::string sink(const std::string& keys, const std::string& type = "webhook")
    {
        return account + "[[sink]]\nname = \"pager\"\ntype = \"" + type + "\"\n" + keys;
    }
    SinkConfig load_sink(const std::string& keys, const std::string& type = "webhook") const
    {
        return load(sink(keys, type)).sinks.at(0);
    }
    std::string refused(const std::string& keys, const std::string& type = "webhook") const
    {
        return diagnostic(sink(keys, type));
    }
};

TEST_F(ConfigSink, KeepsTheUrlAsItIsWritten)
{
    for (const std::string& url :
         {"https://hooks.example/services/T0/B0/x/", "https://hooks.example/a?code=x&y=1",
          "http://127.0.0.1:9093", "https://hooks.example/@team"})
        EXPECT_EQ(load_sink("url = \"" + url + "\"\n").url, url);
}

TEST_F(ConfigSink, ReadsTheUrlFromAFileOfItsOwn)
{
    write("pager.url", "https://hooks.example/services/" + secret + "\n");
    const auto read = load_sink("url_file = \"pager.url\"\n");
    EXPECT_EQ(read.url, "https://hooks.example/services/" + secret);
    EXPECT_EQ(read.url_file.path, folder() / "pager.url");

    std::filesystem::create_directory(folder() / "credentials");
    write("credentials/main.password", secret);
    write("credentials/pager.url", "https://elsewhere.example/\n");
    setenv("CREDENTIALS_DIRECTORY", (folder() / "credentials").c_str(), 1);
    EXPECT_EQ(load_sink("url = \"\"\nurl_file = \"pager.url\"\n").url, "https://elsewhere.example/");
}

TEST_F(ConfigSink, LeavesTheFileOfTheUrlAloneWhereSecretsAreUntouched)
{
    const auto file = write("simsync.toml", sink("url_file = \"nowhere\"\n"));
    EXPECT_EQ(load_config(file, Secrets::untouched).sinks.at(0).url, "");
}

TEST_F(ConfigSink, RefusesAFileOfTheUrlThatIsNone)
{
    EXPECT_THAT(refused("url_file = \"nowhere\"\n"), HasSubstr("cannot be read: No such file"));
    write("open.url", "https://hooks.example/" + secret, 0644);
    EXPECT_THAT(refused("url_file = \"open.url\"\n"), HasSubstr("open to every user"));
    write("bad.url", "hooks.example/" + secret);
    EXPECT_THAT(
        refused("url_file = \"bad.url\"\n"), HasSubstr("sink.url_file is of no use: it must begin with"));
    write("good.url", "https://hooks.example/");
    EXPECT_THAT(
        refused("url = \"https://hooks.example/\"\nurl_file = \"good.url\"\n"),
        HasSubstr("exclude each other"));
    EXPECT_THAT(refused(""), AllOf(HasSubstr("sink.url is missing"), HasSubstr("url_file")));
}

// `diagnostics` sees to it that none holds the secret.
TEST_F(ConfigSink, QuotesNothingOfAUrlThatIsOfNoUse)
{
    for (const std::string& url : std::vector<std::string>{
             "hooks.example/" + secret, "ftp://hooks.example/" + secret,
             "https://hooks.example/" + secret + "#x", "https://hooks.example/" + secret + " x",
             "https://user:" + secret + "@hooks.example/", "https://hooks.example:99999/" + secret,
             "http://hooks.example/" + secret, "https://hooks_ example/" + secret,
             "https://127.0.0.1.example/" + secret})
        EXPECT_NE(refused("url = \"" + url + "\"\n"), "") << url;
    EXPECT_THAT(refused("url = \"http://hooks.example/" + secret + "\"\n"), HasSubstr("in the clear"));
    EXPECT_THAT(refused("url = \"https://user:" + secret + "@hooks.example/\"\n"), HasSubstr("secret_file"));
}

TEST_F(ConfigSink, TakesWhatSignsAWebhookAndWhatOpensAnAlertmanager)
{
    const std::string keys = "url = \"http://127.0.0.1:9093\"\nsecret_file = \"sink.secret\"\n";
    for (const std::string& text :
         std::vector<std::string>{"user:" + secret, secret, "Bearer " + secret, "Basic dXNlcjpwYXNzd29yZA=="})
    {
        write("sink.secret", text + "\n");
        EXPECT_EQ(load_sink(keys, "alertmanager").secret_file.path, folder() / "sink.secret");
    }
    write("sink.secret", "two " + secret + " words\n");
    EXPECT_THAT(refused(keys, "alertmanager"), HasSubstr("neither a token nor user:password"));
    EXPECT_EQ(load_sink(keys).secret_file.path, folder() / "sink.secret") << "a webhook's may be any text";
    write("sink.secret", "whsec_" + secret + "!\n");
    EXPECT_THAT(refused(keys), HasSubstr("no base64"));
}

TEST_F(ConfigSink, IsToldOfWhatStoodBeforeOnlyWhereItAsks)
{
    EXPECT_FALSE(load_sink("url = \"http://127.0.0.1\"\n").standing);
    EXPECT_TRUE(load_sink("url = \"http://127.0.0.1\"\nstanding = true\n").standing);
}

} // namespace
} // namespace simsync
