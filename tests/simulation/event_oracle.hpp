// Listens to the events as a consumer does, and holds what it was told against the rows and the truth after
// each commit.
#pragma once

#include "simulation/mirror.hpp"
#include "simulation/source.hpp"
#include "simulation/world.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace simsync::simulation
{

// The clock's warnings in every simulation: the configuration's defaults.
inline const std::vector<std::chrono::seconds> warnings{
    std::chrono::days(7), std::chrono::days(3), std::chrono::days(1)};

class EventOracle final : public Auditor
{
public:
    EventOracle(World& world, const SimulatedSource& source, const Scenario& scenario, Findings& findings);

    void committed(const Tables& written, const Tables& before) override;
    // Another part of the list is mirrored from now on, unless the ledger says that it was already.
    void rescope(const Tables& tables);
    // A complete sweep left rows of SIMs that it did not see.
    void absent_are_kept() { absent_are_kept_ = true; }

private:
    // All that was told of a SIM, from its first sight.
    struct Emitted
    {
        Fields columns;
        std::optional<Timestamp> removed_at;
        bool low = false;
        std::optional<Standing::Expiry> expiry; // raised, and not resolved
        std::optional<Money> balance;           // the last that could be read
        std::map<std::string, bool> flags;      // the same, by column
        bool not_emitted = false;               // it went without a word
    };
    // Of one SIM in one commit.
    struct News
    {
        Emitted before;
        bool fresh = false; // first sight, or back: conditions are told anew
        int depleted = 0;
        int renewed = 0;
    };
    using AllNews = std::unordered_map<std::string, News>;

    bool is_baselined(const Tables& tables) const;
    void see_moves(const Tables& written, const Tables& before);
    void hear(const Event& event, News& news);
    void hear_change(const Event& event, Emitted& emitted);
    void hear_condition(const Event& event, Emitted& emitted, News& news);
    void hear_expiry(const Event& event, Emitted& emitted);
    void hear_removed(const Event& event, Emitted& emitted);
    void hear_account(const Event& event);
    void hear_flip(const Event& event, Emitted& emitted) const;

    void check_window(const Event& event, const News& news) const;
    void check_row(const std::string& id, const Row& row);
    void check_balance(const std::string& id, const News& news, const Standing& standing);
    void check_expiry(const std::string& id, const News& news);
    void check_gone(const std::string& id) const;
    void check_ledger(const Tables& written, const Tables& before);
    void wrong(const Event& event, const std::string& why) const;
    void wrong(const std::string& id, const std::string& why) const;

    World& world_;
    const SimulatedSource& source_;
    const Scenario& scenario_;
    Findings& findings_;
    std::unordered_map<std::string, Emitted> emitted_;
    bool baselined_ = false;
    bool degraded_ = false;
    bool held_ = false;
    bool absent_are_kept_ = false;
};

} // namespace simsync::simulation
