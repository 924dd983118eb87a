// The setting of an end-to-end test.
#include "e2e/testbed.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

// A guard against hanging for ever; a backoff alone may be half a minute.
constexpr auto patience = 90s;

simulator::ServerOptions with_fleet_of(std::size_t sims, simulator::ServerOptions options)
{
    options.sims = sims;
    return options;
}

} // namespace

void await_sql(const std::string& url, const std::string& query, const std::string& answer)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    std::string last;
    while ((last = run_sql(url, query)) != answer)
    {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error(query + " is still " + last + " and not " + answer);
        std::this_thread::sleep_for(5ms);
    }
}

Testbed::Testbed(std::size_t sims, simulator::ServerOptions options, Cluster& cluster)
    : api_(with_fleet_of(sims, std::move(options))),
      url_(cluster.mirror_database())
{
    api_.start();
    sections_ = {
        {"[database]", {{"url", '"' + cluster.as_member_of("simsync_writer", url_) + '"'}}},
        {"[[account]]",
         {{"name", "\"main\""},
          {"endpoint", '"' + api_.url() + '"'},
          {"username", "\"partner\""},
          {"password_file", "\"main.password\""},
          {"sweep_interval", "\"200ms\""},
          {"page_size", "100"}}},
        {"[alert]", {{"balance_low", "5.00"}}},
        {"[http]", {{"listen", "\"127.0.0.1:0\""}}}};
    write_password("partner");
    write_config();
}

void Testbed::set(const std::string& section, const std::string& key, const std::string& value)
{
    const bool in_list = section == "account" || section == "sink";
    const auto in_brackets = (in_list ? "[[" : "[") + section + (in_list ? "]]" : "]");
    auto found = std::ranges::find(sections_, in_brackets, &decltype(sections_)::value_type::first);
    if (found == sections_.end())
        found = sections_.insert(sections_.end(), {in_brackets, {}});
    auto& entries = found->second;
    std::erase_if(entries, [&key](const auto& entry) { return entry.first == key; });
    entries.emplace_back(key, value);
    write_config();
}

void Testbed::add_account(
    const std::string& name, const std::string& endpoint, const std::string& sweep_interval)
{
    sections_.push_back(
        {"[[account]]",
         {{"name", '"' + name + '"'},
          {"endpoint", '"' + endpoint + '"'},
          {"username", "\"partner\""},
          {"password_file", "\"main.password\""},
          {"sweep_interval", '"' + sweep_interval + '"'}}});
    write_config();
}

void Testbed::add_sink(const std::string& name, const std::string& url)
{
    sections_.push_back(
        {"[[sink]]", {{"name", '"' + name + '"'}, {"type", "\"webhook\""}, {"url", '"' + url + '"'}}});
    write_config();
}

void Testbed::write_config() const
{
    std::ofstream file(config_file());
    for (const auto& [section, entries] : sections_)
    {
        file << section << '\n';
        for (const auto& [key, value] : entries)
            file << key << " = " << value << '\n';
    }
}

void Testbed::write_password(const std::string& password)
{
    const auto file = folder_ / "main.password";
    std::ofstream(file) << password << '\n';
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

Result Testbed::run(Strings arguments) const
{
    arguments.insert(arguments.begin(), {"--config", config_file()});
    return run_program(folder_, arguments);
}

void Testbed::sync() const
{
    const auto swept = run({"sync"});
    if (swept.code != 0)
        throw std::runtime_error(
            "`simsync sync` ended with " + std::to_string(swept.code) + ": " + swept.err);
}

void Testbed::await_sql(const std::string& query, const std::string& answer) const
{
    test::await_sql(url_, query, answer);
}

void Testbed::change(std::size_t position, const std::function<void(simulator::Simcard&)>& how)
{
    api_.with_fleet(
        [&](simulator::Fleet& fleet)
        {
            const auto id = fleet.at(position).id;
            fleet.update(id, how);
        });
}

HttpAnswer http_get(const std::string& port, const std::string& path, const std::string& headers)
{
    boost::asio::ip::tcp::iostream connection("127.0.0.1", port);
    connection << "GET " << path << " HTTP/1.0\r\nHost: localhost\r\n"
               << headers << "\r\n"
               << std::flush; // 1.0 knows no chunks
    std::ostringstream text;
    text << connection.rdbuf();
    const auto whole = text.str();
    const auto body = whole.find("\r\n\r\n");
    return {whole.substr(0, whole.find('\r')), body == std::string::npos ? "" : whole.substr(body + 4)};
}

} // namespace simsync::test
