// `[[sink]]`: its address, its secret, and what no mistake may show of them.
#include "config_folder.hpp"
#include "sink/nats_operator.hpp"

namespace simsync
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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

TEST_F(ConfigSink, SendsAWebhookSideBySideAndOneByOneWhereItIsTold)
{
    const std::string url = "url = \"http://127.0.0.1:1\"\n";
    EXPECT_EQ(load_sink(url).concurrency, 64U);
    EXPECT_EQ(load_sink(url).batch, 1U);
    const auto sink = load_sink(url + "concurrency = 1\nbatch = 100\n");
    EXPECT_EQ(sink.concurrency, 1U);
    EXPECT_EQ(sink.batch, 100U);
    EXPECT_THAT(refused(url + "concurrency = 0\n"), HasSubstr("sink.concurrency"));
    EXPECT_THAT(refused(url + "concurrency = 513\n"), HasSubstr("sink.concurrency"));
    EXPECT_THAT(refused(url + "batch = 0\n"), HasSubstr("sink.batch"));
    for (const auto* const key : {"concurrency", "batch"})
        EXPECT_THAT(
            refused(url + key + " = 2\n", "alertmanager"),
            AllOf(HasSubstr("sink." + std::string(key)), HasSubstr("for a webhook alone")));
}

TEST_F(ConfigSink, TakesPatternsOfKinds)
{
    EXPECT_THAT(
        load_sink("url = \"http://127.0.0.1\"\nkinds = [\"sim.a*\", \"sim.added\", \"imei.changed\"]\n")
            .kinds,
        testing::ElementsAre("sim.added", "sim.archived", "imei.changed"));
    EXPECT_THAT(
        load_sink("url = \"http://127.0.0.1\"\nkinds = [\"tariff.*\"]\n", "alertmanager").kinds,
        testing::ElementsAre("tariff.expiring", "tariff.expired"));
    EXPECT_THAT(
        refused("url = \"http://127.0.0.1\"\nkinds = [\"sims.*\"]\n"),
        AllOf(HasSubstr("cannot hold \"sims.*\""), HasSubstr("one of account.baselined")));
}

TEST_F(ConfigSink, TakesAMatch)
{
    EXPECT_TRUE(load_sink("url = \"http://127.0.0.1\"\n").match.takes({}));
    const auto match = load_sink("url = \"http://127.0.0.1\"\nmatch = 'description = \"Truck 12\"'\n").match;
    EXPECT_FALSE(match.takes({}));
    EventFacts truck;
    truck.description = "Truck 12";
    EXPECT_TRUE(match.takes(truck));
}

TEST_F(ConfigSink, SaysWhereAMatchIsWrong)
{
    // "LINE:COLUMN", the lines counted from that of the key.
    const auto place_of = [&](const std::string& match, const std::string& type = "webhook")
    {
        const auto text = sink("url = \"http://127.0.0.1\"\nmatch = " + match + '\n', type);
        const auto said = diagnostic(text);
        const auto key = std::ranges::count(text.substr(0, text.find("match = ")), '\n') + 1;
        const auto line = said.substr(0, said.find(':'));
        return std::to_string(std::stoi(line) - key) +
               said.substr(line.size(), said.find(": ") - line.size());
    };
    EXPECT_EQ(place_of("'kind = sim.blokked'"), "0:17");
    EXPECT_EQ(place_of("\"kind = sim.blokked\""), "0:17");
    EXPECT_EQ(place_of("'description = \"Pärnu\" kind'"), "0:32");
    EXPECT_EQ(place_of("'kind ='"), "0:16") << "where the text ends";
    EXPECT_EQ(place_of("\"\"\"kind = sim.*\n and\n  kind = sim.blokked\"\"\""), "2:10");
    EXPECT_EQ(place_of("'''\nkind = sim.* and\nkind = sim.blokked\n'''"), "2:8");
    EXPECT_EQ(place_of("\"description = \\\"a\\\" kind\""), "0:9") << "escapes: at the value";
    EXPECT_EQ(place_of("'cause = clock'", "alertmanager"), "0:9");
    EXPECT_THAT(
        refused("url = \"http://127.0.0.1\"\nmatch = 'tarif_name = M10'\n"),
        AllOf(
            HasSubstr("sink.match: there is no field \"tarif_name\""),
            HasSubstr("did you mean \"tariff_name\"?")));
    EXPECT_THAT(
        refused("url = \"http://127.0.0.1\"\nmatch = 'number = *1'\n", "alertmanager"),
        AllOf(HasSubstr("sink.match cannot ask for number"), HasSubstr("conditions")));
}

TEST_F(ConfigSink, IsToldOfWhatStoodBeforeOnlyWhereItAsks)
{
    EXPECT_FALSE(load_sink("url = \"http://127.0.0.1\"\n").standing);
    EXPECT_TRUE(load_sink("url = \"http://127.0.0.1\"\nstanding = true\n").standing);
}

TEST_F(ConfigSink, OfNatsNamesServersASubjectAndAPatienceOfItsOwn)
{
    const auto plain = load_sink("url = \"nats://127.0.0.1\"\n", "nats");
    EXPECT_EQ(plain.type, SinkType::nats);
    EXPECT_EQ(plain.subject, "simsync");
    EXPECT_EQ(plain.timeout, std::chrono::seconds{2});
    write("n.secret", "simsync:" + secret + "\n");
    const auto full = load_sink(
        "url = \"tls://a.example:4222,b.example\"\nsubject = \"acme.sims\"\ntimeout = \"500ms\"\n"
        "secret_file = \"n.secret\"\nkinds = [\"action.*\"]\n",
        "nats");
    EXPECT_EQ(full.subject, "acme.sims");
    EXPECT_EQ(full.timeout, std::chrono::milliseconds{500});
    EXPECT_EQ(full.secret_file.path, folder() / "n.secret");
    write("n.creds", test::credentials_file(test::user_jwt, test::user_seed));
    const auto vouched = load_sink("url = \"nats://127.0.0.1\"\nsecret_file = \"n.creds\"\n", "nats");
    EXPECT_EQ(vouched.secret_file.path, folder() / "n.creds");
}

TEST_F(ConfigSink, OfNatsRefusesWhatIsOfNoUseThere)
{
    const auto nats = [this](const std::string& keys) { return refused(keys, "nats"); };
    EXPECT_THAT(
        nats("url = \"nats://127.0.0.1,nats.example\"\n"),
        AllOf(HasSubstr("is nats:// to \"nats.example\""), HasSubstr("use tls://")));
    EXPECT_THAT(nats("url = \"https://nats.example\"\n"), HasSubstr("it must begin with nats:// or tls://"));
    EXPECT_THAT(
        nats("url = \"nats://user:" + secret + "@127.0.0.1\"\n"),
        AllOf(HasSubstr("goes into the file that secret_file names"), Not(HasSubstr(secret))));
    const std::string url = "url = \"nats://127.0.0.1\"\n";
    EXPECT_THAT(nats(url + "subject = \"a.*\"\n"), HasSubstr("sink.subject cannot be"));
    EXPECT_THAT(nats(url + "batch = 2\n"), HasSubstr("256 events are on their way"));
    EXPECT_THAT(
        refused("url = \"https://hooks.example/\"\nsubject = \"x\"\n"),
        HasSubstr("for type = \"nats\" alone"));
    write("n.secret", ":\n");
    EXPECT_THAT(nats(url + "secret_file = \"n.secret\"\n"), HasSubstr("neither a token nor user:password"));
    write("n.secret", test::credentials_file(test::user_jwt, test::account_seed));
    EXPECT_THAT(
        nats(url + "secret_file = \"n.secret\"\n"),
        AllOf(
            HasSubstr("nor a .creds file"), HasSubstr("nsc generate creds"),
            Not(HasSubstr(test::account_seed))));
}

} // namespace
} // namespace simsync
