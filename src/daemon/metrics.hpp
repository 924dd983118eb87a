// All that Prometheus gets: the accounts' metrics, the sinks' and the console's, as one text.
#pragma once

#include "daemon/account_metrics.hpp"
#include "daemon/console_metrics.hpp"
#include "daemon/sink_metrics.hpp"
#include "simsync/model/time.hpp"

#include <map>
#include <memory>
#include <string>

namespace simsync
{

class Metrics
{
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // The account's metrics; they begin with the first call and count on until `forget`.
    AccountMetrics& account(const std::string& name);
    void forget(const std::string& name); // the account is not configured any more

    // The same for a sink.
    SinkMetrics& sink(const std::string& name);
    void forget_sink(const std::string& name);

    ConsoleMetrics& console() noexcept { return console_; }

    // Prometheus text format 0.0.4. By `now` consumers wait longer and longer, whether or not the database
    // answers.
    std::string text(Timestamp now) const;

private:
    std::map<std::string, std::unique_ptr<AccountMetrics>> accounts_;
    std::map<std::string, std::unique_ptr<SinkMetrics>> sinks_;
    ConsoleMetrics console_;
};

} // namespace simsync
