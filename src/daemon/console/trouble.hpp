// The database as the console meets it: counted each time, told to the log once for each cause.
#pragma once

#include "daemon/console_metrics.hpp"
#include "daemon/log_once.hpp"
#include "daemon/problem.hpp"
#include "simsync/postgres/errors.hpp"

#include <exception>

namespace simsync
{

class DatabaseTrouble
{
public:
    explicit DatabaseTrouble(ConsoleMetrics& metrics) : metrics_(metrics) {}

    void failed(const StoreError& error);
    void answered();

private:
    ConsoleMetrics& metrics_;
    LogOnce logged_;
};

// What is told to who asked; a 503. Of anything else than a StoreError or a full queue: rethrows it.
// `is_search`: what took too long was looking for words.
Problem problem_of(const std::exception_ptr& failure, bool is_search);

} // namespace simsync
