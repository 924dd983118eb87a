// The receivers that people write: with the official libraries of Standard Webhooks and CloudEvents, on
// Node.js.
#include "e2e/sinks.hpp"

#include "simsync/model/event.hpp"

#include <chrono>
#include <thread>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::Not;

class OfficialReceiver
{
public:
    OfficialReceiver(const Folder& folder, Strings arguments)
        : log_(folder / "receiver.log"),
          process_(command(std::move(arguments)), log_)
    {
    }

    std::string url()
    {
        const auto line = await("listens ");
        return "http://127.0.0.1:" + line.substr(8, line.find('.') - 8) + "/hook";
    }

    std::string log() const
    {
        std::ifstream file(log_);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    // The line that holds the text, once it does.
    std::string await(const std::string& text)
    {
        for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};;)
        {
            const auto all = log();
            if (const auto found = all.find(text); found != std::string::npos)
            {
                const auto begin = all.rfind('\n', found) + 1;
                return all.substr(begin, all.find('\n', found) - begin);
            }
            if (std::chrono::steady_clock::now() > end || process_.has_ended())
                throw std::runtime_error("the receiver never says " + text + ": " + all);
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }

private:
    static Command command(Strings arguments)
    {
        Command node{"/usr/bin/env", "node", INSTALLED_RECEIVERS "/receiver.mjs"};
        node.insert(node.end(), arguments.begin(), arguments.end());
        return node;
    }

    std::filesystem::path log_;
    Process process_;
};

class OfficialReceivers : public Sinks
{
protected:
    static void SetUpTestSuite()
    {
        const Folder folder;
        run({NPM_INSTALL, RECEIVERS, INSTALLED_RECEIVERS}, folder / "npm.log");
    }

    void deliver_to(const std::string& url, const std::string& secret)
    {
        add_webhook(url);
        write_secret("pager.secret", secret);
        testbed.set("sink", "secret_file", "\"pager.secret\"");
    }
};

const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// One event of each kind, as the mirror writes it, with text that is no ASCII.
std::string emit_one_of_each()
{
    std::string rows;
    for (const auto kind : all_kinds())
    {
        const std::string name(to_text(kind));
        const bool of_account = name.starts_with("account.");
        rows += (rows.empty() ? "(" : ", (") + std::to_string(static_cast<int>(kind) + 1) + ", '" + name +
                "', '" + std::string(to_text(severity_of(kind))) + "', " + (of_account ? "null" : "'1001'") +
                ")";
    }
    return "with next as (update simsync.ledger set last_seq = last_seq + " +
           std::to_string(all_kinds().size()) + " returning last_seq - " +
           std::to_string(all_kinds().size()) +
           " as seq) insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, "
           "recorded_at, "
           "after, cause, dedup_key) select 'main', next.seq + n, kind, severity, sim, now(), now(), "
           "'{\"description\": \"Tõnu’s \\\"tracker\\\" 🚚\", \"balance\": \"4.90\"}', 'sweep', 'main:x' "
           "from next, (values " +
           rows + ") as told (n, kind, severity, sim)";
}

TEST_F(OfficialReceivers, VerifyEveryKindOfEvent)
{
    OfficialReceiver official(testbed.folder(), {secret});
    deliver_to(official.url(), secret);
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    testbed.sql(emit_one_of_each());
    testbed.await_sql(caught_up, "t");
    for (const auto kind : all_kinds())
        EXPECT_THAT(official.log(), HasSubstr("took simsync." + std::string(to_text(kind)) + ' '));
    EXPECT_THAT(official.log(), Not(HasSubstr("refused")));
    EXPECT_THAT(daemon.err(), Not(HasSubstr("cannot deliver")));
}

TEST_F(OfficialReceivers, VerifyBatches)
{
    OfficialReceiver official(testbed.folder(), {secret});
    deliver_to(official.url(), secret);
    testbed.set("sink", "batch", "10");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    testbed.sql(emit_one_of_each());
    testbed.await_sql(caught_up, "t");
    for (const auto kind : all_kinds())
        EXPECT_THAT(official.log(), HasSubstr("took simsync." + std::string(to_text(kind)) + ' '));
    EXPECT_THAT(official.log(), HasSubstr("in a batch of 10"));
    EXPECT_THAT(official.log(), Not(HasSubstr("refused")));
}

// A secret without "whsec_" is its very bytes, which the library wants to be told.
TEST_F(OfficialReceivers, KnowASecretWithoutItsPrefixAsRaw)
{
    OfficialReceiver official(testbed.folder(), {"correct horse battery staple", "raw"});
    deliver_to(official.url(), "correct horse battery staple");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    testbed.await_sql(caught_up, "t");
    EXPECT_THAT(official.log(), HasSubstr("took simsync.sim."));
    EXPECT_THAT(official.log(), Not(HasSubstr("refused")));
}

TEST_F(OfficialReceivers, RefuseAnotherSecretAndTheLogSaysSo)
{
    OfficialReceiver official(testbed.folder(), {secret});
    deliver_to(official.url(), "whsec_QQKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    EXPECT_THAT(daemon.await_err("cannot deliver"), HasSubstr("answers 400: No matching signature found"));
    write_secret("pager.secret.new", secret);
    std::filesystem::rename(testbed.folder() / "pager.secret.new", testbed.folder() / "pager.secret");
    testbed.await_sql(caught_up, "t"); // it is read before each delivery
}

} // namespace
} // namespace simsync::test
