// Memory is bounded whatever the API sends: 64 MiB beside the fleet. A daemon of its own
// suffers each misdeed, so that its peak is that misdeed's.
#include "api/bounds.hpp"
#include "e2e/hostile_api.hpp"
#include "e2e/testbed.hpp"
#include "io/compress.hpp"
#include "simulation/sanitized.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>

#include <list>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simsync::test
{
namespace
{

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
constexpr std::size_t most_resident = 64 * mib;
constexpr std::size_t bytes_a_sim = 150;

const std::string json_header = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const std::string page_begins = R"({"data":{"simcards":{"items":[)";

Reaction chunked(const std::string& beginning)
{
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx", beginning.size());
    return {
        json_header + "Transfer-Encoding: chunked\r\n\r\n" + size.data() + "\r\n" + beginning + "\r\n",
        Then::flood};
}

Reaction until_it_closes(const std::string& beginning)
{
    return {json_header + "Connection: close\r\n\r\n" + beginning, Then::flood};
}

std::string repeated(const std::string& text, std::size_t bytes)
{
    std::string all;
    while (all.size() < bytes)
        all += text;
    return all;
}

// So many members of gzip in a row are one body: a gigabyte of zeros in a megabyte.
Reaction bomb()
{
    static const std::string body = repeated(compress(std::string(16 * mib, '\0'), gzip_window), mib);
    return reply(200, body, "Content-Encoding: gzip\r\n");
}

// As many rows of this text as `bytes` hold; each with an id of its own.
template<class Row>
Reaction page_of(std::size_t bytes, Row row)
{
    std::string body = page_begins;
    for (std::size_t i = 0; i == 0 || body.size() < bytes; ++i)
        body += (i > 0 ? "," : "") + row(i);
    return reply(200, body + "],\"count\":100000}}}");
}

std::string id_member(std::size_t i)
{
    return R"({"id":")" + std::to_string(i) + '"';
}

std::string every_column_ill_typed(std::size_t i)
{
    return id_member(i) +
           R"(,"iccidPlastic":[],"simId":[],"isBlocked":[],"allowFreeCallerIdChange":[],)"
           R"("allowFreeVoiceSubstitution":[],"resource":0,"fmcs":0,"callerIds":0,"externalMsisdns":0,)"
           R"("currentTariff":0,"profile":[],"description":[],"latestActivity":[],"tariffExpiresAt":[],)"
           R"("imei":0,"isArchived":[]})";
}

// Rows are accepted, so they come from the first page on; what is refused comes once the daemon knows how
// much there is to ask for at once.
struct Misdeed
{
    std::string name;
    HostileApi::Misdeed how;
};

bool asks_for_the_first_page(const Request& request)
{
    return request.body.find("\"offset\":0,") != std::string::npos;
}

Misdeed refused(std::string name, Reaction reaction)
{
    auto to_others = [how = to_queries([reaction = std::move(reaction)] { return reaction; })](
                         const Request& request) -> std::optional<Reaction>
    {
        if (asks_for_the_first_page(request))
            return std::nullopt;
        return how(request);
    };
    return {std::move(name), std::move(to_others)};
}

Misdeed accepted(std::string name, Reaction reaction)
{
    return {std::move(name), to_queries([reaction = std::move(reaction)] { return reaction; })};
}

Misdeed at_login(std::string name, Reaction reaction)
{
    return {std::move(name), to_logins([reaction = std::move(reaction)] { return reaction; })};
}

// `legal`: the bytes of a body that is just not refused for its size.
std::vector<Misdeed> misdeeds(std::size_t legal)
{
    const auto row_with = [](std::string description)
    {
        return [description = std::move(description)](std::size_t i)
        { return id_member(i) + R"(,"description":")" + description + std::to_string(i) + "\"}"; };
    };
    const auto bare = [](std::string row) { return [row = std::move(row)](std::size_t) { return row; }; };
    const auto only_id = [](std::size_t i) { return id_member(i) + '}'; };
    std::string numbers;
    for (std::size_t i = 0; numbers.size() < legal; ++i)
        numbers += std::string(i > 0 ? "," : "") + R"({"msisdn":")" + std::to_string(i) + "\"}";
    const auto as_long_as_the_body = std::string(legal, 'x');
    return {
        refused(
            "a gigabyte by its length",
            {json_header + "Content-Length: 1073741824\r\n\r\n" + page_begins, Then::flood}),
        refused("chunks without end", chunked(page_begins)),
        refused("a body without end", until_it_closes(page_begins)),
        refused("one string without end", chunked(page_begins + R"({"id":")")),
        refused("a header without end", {"HTTP/1.1 200 OK\r\nX: ", Then::flood}),
        refused(
            "headers without end", {"HTTP/1.1 200 OK\r\n" + repeated("X-Y: z\r\n", 4 * mib), Then::flood}),
        refused("a gzip bomb", bomb()),
        refused("nesting of 100,000", reply(200, page_begins + std::string(100'000, '['))),
        refused("nesting of objects", reply(200, page_begins + repeated(R"({"a":)", 500'000))),
        refused("a million items", page_of(16 * mib, only_id)),
        accepted("empty items", page_of(legal, bare("{}"))),
        accepted("items that are none", page_of(legal, bare("0"))),
        accepted("small rows", page_of(legal, only_id)),
        accepted("long texts", page_of(legal, row_with(std::string(1'000, 'x')))),
        accepted("texts of escapes", page_of(legal, row_with(repeated("\\u0416", 3'000)))),
        accepted("a text as long as the body", page_of(1, row_with(as_long_as_the_body))),
        accepted("a text of lone surrogates", page_of(1, row_with(repeated("\\ud800", legal)))),
        accepted("an id as long as the body", page_of(1, bare(R"({"id":")" + as_long_as_the_body + "\"}"))),
        accepted("numbers as many", page_of(1, bare(R"({"id":"1","callerIds":[)" + numbers + "]}"))),
        accepted("no value that fits", page_of(legal, every_column_ill_typed)),
        at_login("a login without end", chunked(R"({"data":)")),
        at_login("a login of many values", reply(200, "[" + repeated("[],", 60'000))),
    };
}

// The most that it ever had resident; 0 once it has ended. (What wait4 tells is more: the memory of the test,
// whose copy it was.)
std::size_t peak_of(const Process& process)
{
    return status_bytes(process.id(), "VmHWM");
}

// Asked before the signal too: it may end before it can be asked again.
std::size_t peak_until_asked_to_end(Process& process)
{
    auto peak = peak_of(process);
    kill(process.id(), SIGTERM); // what it has read it commits
    while (!process.has_ended())
        peak = std::max(peak, peak_of(process));
    return peak;
}

// A daemon whose memory grows for one reason.
struct Victim
{
    Victim(Misdeed misdeed, std::size_t page_size) : name(std::move(misdeed.name)), api(4 * page_size)
    {
        api.misbehave(std::move(misdeed.how));
        testbed.set("account", "endpoint", '"' + api.url() + '"');
        testbed.set("account", "page_size", std::to_string(page_size));
        daemon.emplace(testbed.folder(), "daemon", Strings{"--config", testbed.config_file(), "run"});
    }

    std::string name;
    HostileApi api;
    Testbed testbed{1};
    std::optional<Program> daemon;
};

class Memory : public testing::TestWithParam<std::size_t>
{
};

TEST_P(Memory, IsBoundedWhateverTheApiSends)
{
    if (simulation::sanitized)
        GTEST_SKIP() << "the sanitizer's own memory is not ours";
    const auto page_size = GetParam();
    std::list<Victim> victims;
    for (auto& misdeed : misdeeds(most_answer_bytes(page_size) - 4 * kib))
        victims.emplace_back(std::move(misdeed), page_size);
    for (auto& victim : victims)
    {
        victim.api.await_misdeeds(answers_at_once(4, page_size) + 1);
        const auto peak = peak_until_asked_to_end(victim.daemon->process());
        const auto sims = std::stoul(victim.testbed.sql("select count(*) from simsync.sim"));
        std::printf(
            "%-40s %5zu KiB of %zu\n", victim.name.c_str(), peak / kib, (most_resident + 150 * sims) / kib);
        EXPECT_GT(peak, 0) << victim.name << ": it had ended before it was told to";
        EXPECT_LT(peak, most_resident + bytes_a_sim * sims) << victim.name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    WithPagesOf, Memory, testing::Values(500, 10'000), testing::PrintToStringParamName());

} // namespace
} // namespace simsync::test
