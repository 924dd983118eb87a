#include "bench/ground.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace simsync::bench
{
namespace
{

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t first_id = 10'000'001; // the simulator's

// What simsync asks for.
constexpr std::string_view document =
    "query($offset: Int, $limit: Int, $sort: [SortInput]) { simcards(pagination: {offset: $offset, limit: "
    "$limit}, "
    "sort: $sort) { items { id iccidPlastic simId isBlocked allowFreeCallerIdChange "
    "allowFreeVoiceSubstitution "
    "resource { balance dataBalance } fmcs { msisdn } callerIds { msisdn } externalMsisdns { msisdn } "
    "currentTariff { name packageTotalCallsMaxDuration tariffType } profile description latestActivity "
    "tariffExpiresAt imei { imei imeiIsCorrect } isArchived } count } }";

std::string page_request(std::size_t offset, std::size_t limit)
{
    const json::object by_id{{"field", "id"}, {"order", "ASC"}};
    return json::serialize(json::object{
        {"query", document},
        {"variables", {{"offset", offset}, {"limit", limit}, {"sort", json::array{by_id}}}}});
}

std::string content(const fs::path& file)
{
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string first_line_of(const fs::path& file)
{
    for (const auto end = std::chrono::steady_clock::now() + 60s; std::chrono::steady_clock::now() < end;)
    {
        const auto text = content(file);
        if (const auto line = text.find('\n'); line != std::string::npos)
            return text.substr(0, line);
        std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error("the simulator does not listen: " + content(file));
}

} // namespace

test::Cluster& cluster()
{
    static test::Cluster durable({"fsync=on", "shared_buffers=128MB", "max_connections=100"});
    return durable;
}

Api::Api(std::size_t sims, const test::Folder& folder, int latency_ms, double churn)
    : sims_(sims),
      folder_(folder)
{
    const auto log = folder / "simulator.log";
    fs::remove(log);
    process_.emplace(
        test::Command{
            "setpriv", "--pdeathsig=KILL", SIMSYNC_SIMULATOR, "--listen", "127.0.0.1:0", "--sims",
            std::to_string(sims), "--latency", std::to_string(latency_ms), "--churn", std::to_string(churn),
            "--token-ttl", "1d"},
        log);
    url_ = first_line_of(log);

    const auto request = write_request("login", R"({"username":"partner","password":"partner"})");
    const auto answer = folder / "login.answer";
    test::run(
        {"curl", "--fail", "--silent", "--data", '@' + request.string(), "--output", answer,
         url_ + "/partner/login"},
        folder / "curl.log");
    token_ = json::parse(content(answer)).at("data").at("access").at("token").as_string().c_str();
}

fs::path Api::write_request(const std::string& name, const std::string& body)
{
    auto file = folder_ / (name + ".request");
    std::ofstream(file) << body;
    return file;
}

void Api::block(std::size_t first, std::size_t count, bool blocked)
{
    std::string calls;
    for (std::size_t i = first; i < first + count; ++i)
    {
        const auto id = std::to_string(first_id + i % sims_);
        calls += " s" + id + (blocked ? ": block" : ": unblock") + "(simcardId: \"" + id + "\")";
    }
    const auto request = write_request(
        "block", json::serialize(json::object{{"query", "mutation { simcard {" + calls + " } }"}}));
    test::run(
        {"curl", "--fail", "--silent", "--header", "Authorization: Bearer " + token_, "--data",
         '@' + request.string(), "--output", "/dev/null", url_ + "/partner/graphql"},
        folder_ / "curl.log");
}

fs::path Api::curl_config(std::size_t page_size)
{
    const auto file = folder_ / "curl.conf";
    std::ofstream config(file);
    for (std::size_t offset = 0; offset < sims_; offset += page_size)
        config << (offset > 0 ? "next\n" : "") << "silent\nfail\nurl = \"" << url_
               << "/partner/graphql\"\nheader = \"Authorization: Bearer " << token_ << "\"\ndata = \"@"
               << write_request("page" + std::to_string(offset), page_request(offset, page_size)).string()
               << "\"\nwrite-out = \"\\n\"\n";
    return file;
}

test::Command program(
    const test::Folder& folder, const std::string& url, const Api& api, const Habits& habits,
    const std::string& command, std::size_t accounts)
{
    const auto password = folder / "password";
    std::ofstream(password) << "partner\n";
    fs::permissions(password, fs::perms::owner_read | fs::perms::owner_write);
    const auto file = folder / "simsync.toml";
    std::ofstream config(file);
    config << "[database]\nurl = \"" << url << "\"\n[http]\nlisten = \"\"\n[alert]\nbalance_low = 5.00\n";
    for (std::size_t i = 0; i < accounts; ++i)
        config << "[[account]]\nname = \"" << (i == 0 ? "main" : "account" + std::to_string(i))
               << "\"\nendpoint = \"" << api.url()
               << "\"\nusername = \"partner\"\npassword_file = \"password\""
               << "\nsweep_interval = \"" << habits.sweep_interval << "\"\npage_size = " << habits.page_size
               << "\nconcurrency = " << habits.in_flight << "\nrecent_interval = \"" << habits.recent_interval
               << "\"\nmax_requests_per_second = " << std::to_string(habits.requests_per_second) << '\n';
    return {"setpriv", "--pdeathsig=KILL", SIMSYNC_PROGRAM, "--config", file, command};
}

} // namespace simsync::bench
