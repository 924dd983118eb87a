// What an operator has set up: a simulated API, a database with its roles, a configuration beside its
// password.
#pragma once

#include "e2e/program.hpp"
#include "harness/cluster.hpp"
#include "simulator/server.hpp"

#include <functional>
#include <string>

namespace simsync::test
{

// Until the query's answer in that database is this one. Throws after a minute and a half.
void await_sql(const std::string& url, const std::string& query, const std::string& answer);

class Testbed
{
public:
    explicit Testbed(
        std::size_t sims = 300, simulator::ServerOptions options = {}, Cluster& cluster = Cluster::shared());

    simulator::Server& api() noexcept { return api_; }
    const Folder& folder() const noexcept { return folder_; }
    const std::string& url() const noexcept { return url_; } // as superuser

    // Replaces a line of the configuration, or adds one to the section that is named, e.g.
    // set("account", "sweep_interval", "\"100ms\"").
    void set(const std::string& section, const std::string& key, const std::string& value);
    void add_account(
        const std::string& name, const std::string& endpoint,
        const std::string& sweep_interval = "200ms");               // the same password
    void add_sink(const std::string& name, const std::string& url); // one more webhook
    void write_password(const std::string& password);
    std::string config_file() const { return folder_ / "simsync.toml"; }

    Result run(Strings arguments) const;
    void sync() const; // `simsync sync`; throws what it complained of, where it did
    std::string sql(const std::string& query) const { return run_sql(url_, query); }
    // Until the query's answer is this one. Throws after a minute and a half.
    void await_sql(const std::string& query, const std::string& answer) const;

    void change(std::size_t position, const std::function<void(simulator::Simcard&)>& how);

private:
    void write_config() const;

    using Section = std::vector<std::pair<std::string, std::string>>;
    simulator::Server api_;
    Folder folder_;
    std::string url_;
    std::vector<std::pair<std::string, Section>> sections_;
};

// The status line and the body of an answer to a GET.
struct HttpAnswer
{
    std::string status;
    std::string body;
};
// `headers` are lines with their CRLF.
HttpAnswer http_get(const std::string& port, const std::string& path, const std::string& headers = {});

} // namespace simsync::test
