// The console's API as the HTTP port sees it: which path is answered by what. Who may ask was decided before
// (gate).
#pragma once

#include "daemon/console_metrics.hpp"
#include "daemon/web_message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace simsync
{

// Runs in every instance, whether it leads or stands by. It has no connection to the database before somebody
// asks, and none a minute after.
class Site
{
public:
    // `rests` is called whenever nothing is asked of the database any more.
    Site(
        const boost::asio::any_io_executor& executor, const std::string& database_url,
        ConsoleMetrics& metrics, const std::function<void()>& rests);
    // Waits for what is under way in the database.
    ~Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    // Of /api/…. What it has answered with lives on by itself.
    WebHandler api() const;

    // Another database, or who may ask has changed: streams under way end, and their pages come again.
    void read_from(const std::string& database_url);

    // Streams end at once, and no more begin.
    void stop();
    // After `stop`: nothing of ours waits for the database.
    bool has_left() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with the answers under way
};

// A path as metrics tell of it, one of few: "/api/sims/{account}/{id}", "/assets/"; "other" for what is none.
std::string_view endpoint_of(std::string_view path);

} // namespace simsync
