// What tests of a `[[sink]]` begin with: a mirror with its baseline, and somebody to deliver to.
#pragma once

#include "e2e/daemon.hpp"
#include "e2e/receiver.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace simsync::test
{

inline const std::string caught_up =
    "select coalesce(bool_and(acked_seq = last_seq), false) from simsync.consumer join simsync.account "
    "using (account)";

class Sinks : public testing::Test
{
protected:
    Sinks() { testbed.sync(); } // a baseline: nothing of it is delivered

    void add_webhook() { add_webhook(receiver.url()); }
    void add_webhook(const std::string& url)
    {
        testbed.set("sink", "name", "\"pager\"");
        testbed.set("sink", "type", "\"webhook\"");
        testbed.set("sink", "url", '"' + url + '"');
    }

    void write_secret(const std::string& name, const std::string& secret) const
    {
        const auto file = testbed.folder() / name;
        std::ofstream(file) << secret << '\n';
        std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    }

    Program start(const std::string& name = "daemon")
    {
        return {testbed.folder(), name, {"--config", testbed.config_file(), "run"}};
    }

    void block(std::size_t position)
    {
        testbed.change(position, [](simulator::Simcard& sim) { sim.is_blocked = !sim.is_blocked; });
    }

    // One SIM at a time, so that the order of the events is the order of the changes.
    void block_and_wait(std::size_t position)
    {
        const auto seq = testbed.sql("select last_seq + 1 from simsync.account");
        block(position);
        testbed.await_sql("select last_seq from simsync.account", seq);
    }

    Testbed testbed{50};
    Receiver receiver;
};

inline std::int64_t seq_of(const Request& request)
{
    return boost::json::parse(request.body).at("data").at("seq").as_int64();
}

} // namespace simsync::test
