// A SIM as programs and people read it. Pure.
#pragma once

#include "simsync/model/sim.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace simsync::cli
{

// The columns of `simsync.sim` by their names, money and times as text.
boost::json::object sim_object(const Sim& sim);

// One JSON object without a line's end: the columns of `simsync.sim`, money and times as text.
std::string sim_json(const Sim& sim);

// A line each, for a table: header and row.
std::string sim_table_header();
std::string sim_table_row(const Sim& sim);

// RFC 4180, every column; lists with a blank between their elements.
std::string sim_csv_header();
std::string sim_csv_row(const Sim& sim);

// Every column that holds something, a line each.
std::string sim_sheet(const Sim& sim);

} // namespace simsync::cli
