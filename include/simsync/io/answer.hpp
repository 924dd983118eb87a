// An answer of the API: what was asked for, or why it could not be had.
#pragma once

#include "simsync/model/failure.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>

namespace simsync
{

// Policy of the whole api layer: what the network may do to us is a value; only defects throw.
template<class T>
using Answer = boost::system::result<T, Failure>;

// Found by Boost.System where `.value()` is asked of a failure: a defect of the caller.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&)
{
    throw std::logic_error("an answer's value was taken although it failed: " + failure.what);
}

} // namespace simsync
