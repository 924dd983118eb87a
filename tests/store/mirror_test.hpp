// What most tests of the store begin with: a database with our schema, a leading Mirror, and SIMs to write.
#pragma once

#include "harness/cluster.hpp"
#include "store/mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simsync::test
{

inline Timestamp at(std::string_view text)
{
    return parse_date(text).value();
}

inline const Timestamp noon = at("2026-07-01T12:00:00Z");

inline Sim sim(std::string id)
{
    Sim made;
    made.id = std::move(id);
    return made;
}

// What a SimToWrite refers to.
struct Row
{
    ObservedSim observed;
    Conditions conditions;
    Timestamp at;
};

inline Row to_write(Sim seen, Timestamp when = noon)
{
    return {{std::move(seen), {1, 2}}, {}, when};
}

// They last as long as what they are made of.
inline std::vector<SimToWrite> rows_of(const std::vector<Row>& rows)
{
    std::vector<SimToWrite> sims;
    for (const auto& row : rows)
        sims.push_back({row.observed, row.conditions, row.at});
    return sims;
}

inline Event event(Kind kind, std::string id)
{
    Event made;
    made.kind = kind;
    made.sim = std::move(id);
    made.observed_at = noon;
    return made;
}

class MirrorTest : public testing::Test
{
protected:
    void SetUp() override { ASSERT_TRUE(mirror.try_lead("https://api.example")); }

    std::string sql(const std::string& statement) const { return run_sql(url, statement); }

    void insert(const std::vector<Row>& rows)
    {
        mirror.transact([&](Transaction& transaction) { transaction.insert(rows_of(rows)); });
    }
    void update(const std::vector<Row>& rows)
    {
        mirror.transact([&](Transaction& transaction) { transaction.update(rows_of(rows)); });
    }
    void append(const std::vector<Event>& events)
    {
        mirror.transact([&](Transaction& transaction) { transaction.append(events); });
    }

    std::vector<StoredSim> stored(const std::vector<std::string>& ids)
    {
        std::vector<StoredSim> found;
        mirror.transact([&](Transaction& transaction) { found = transaction.load(ids); });
        return found;
    }
    StoredSim stored(const std::string& id) { return stored(std::vector{id}).at(0); }

    const std::string url = Cluster::shared().mirror_database();
    PostgresMirror mirror{url, "main"};
};

} // namespace simsync::test
