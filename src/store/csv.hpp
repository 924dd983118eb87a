// Lists as CSV, streamed: RFC 4180, a head with the columns' names, UTF-8, NULL as an empty field. Texts that
// a spreadsheet would take for a formula (they begin with = + - @ TAB CR) get a ' before them; numbers, money
// and times do not.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "store/fleet_records.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace simsync
{

// One list, once, over a connection of its own, which ends with it. Blocking; whoever reads slowly makes the
// server wait, for `patience` in all.
class CsvExport
{
public:
    static constexpr std::chrono::seconds default_patience{60};

    // Connects and asks; `limit` and `after` of the question do not count, and a search finds all. Throws as
    // FleetReader.
    CsvExport(
        const std::string& url, const SimQuestion& question,
        std::chrono::milliseconds patience = default_patience);
    CsvExport(
        const std::string& url, const EventQuestion& question,
        std::chrono::milliseconds patience = default_patience);
    ~CsvExport();
    CsvExport(const CsvExport&) = delete;
    CsvExport& operator=(const CsvExport&) = delete;

    // Whole lines, some 64 KiB of them; the first begins with the head. Empty: that was all. Throws as
    // FleetReader; then what came is not the whole list.
    std::optional<std::string> next();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
