// Pages compared, for tests that read one answer in more than one way.
#pragma once

#include "simsync/model/page.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simsync
{

inline std::vector<std::string> decode_errors(const Page& page)
{
    std::vector<std::string> all;
    for (const auto& decode_error : page.decode_errors)
        all.push_back(decode_error.sim + "|" + decode_error.field + "|" + decode_error.text);
    return all;
}

inline void expect_equal(const Page& left, const Page& right)
{
    EXPECT_EQ(left.rows, right.rows);
    EXPECT_EQ(left.count, right.count);
    EXPECT_EQ(decode_errors(left), decode_errors(right));
    ASSERT_EQ(left.items.size(), right.items.size());
    for (std::size_t i = 0; i < left.items.size(); ++i)
    {
        EXPECT_EQ(left.items[i].sim, right.items[i].sim);
        EXPECT_EQ(left.items[i].fingerprint, right.items[i].fingerprint);
        EXPECT_EQ(left.items[i].payload_hash, right.items[i].payload_hash);
    }
    EXPECT_EQ(ids_of(left), ids_of(right));
}

} // namespace simsync
