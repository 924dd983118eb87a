// The API as a sweep sees it: pages of the world's list, with whatever may be wrong about an answer.
#pragma once

#include "simsync/api/client.hpp"
#include "simulation/world.hpp"

#include <functional>
#include <span>

namespace simsync::simulation
{

// What one sweep was answered.
struct Tally
{
    std::int64_t sweep = 0;
    std::int64_t requests = 0;
    std::int64_t pages = 0;       // answers to questions of the list without names
    Version oldest = 0;           // of all versions that were shown
    bool drifted = false;         // a page said nothing of `description`
    bool by_one_in_doubt = false; // simcard(id) failed, lied or showed nothing legible
    bool look_lied = false;       // by an older state of a SIM
    bool showed_anybody = false;  // a page of the list
};

// The rule of lies, without which nobody could promise anything. Two answers to questions of the list that
// withhold rows have more honest ones between them than questions are open at once, and no two in a row
// withhold rows of the same part. No two answers in a row to questions that name a SIM withhold it. In a wild
// setting the list may lie as it likes.
//
// A row that is missing from the middle of a page is a lie of its own kind: nothing tells of it, so a SIM
// that only one page of a sweep shows is missed in that sweep (`Account::excused`). What a server does every
// time is no lie in this sense (a filter that is ignored, say): the sweeper has to see through it.
class SimulatedSource final : public Source
{
public:
    SimulatedSource(World& world, const Scenario& scenario, Chance chance, Findings& findings);

    boost::asio::awaitable<Answer<Page>> simcards(ListQuery query, const Fleet* known) override;
    boost::asio::awaitable<Answer<Page>> simcard(std::string id) override;
    std::vector<std::string> select_all_but(const std::vector<std::string>& fields) override;

    void begin_sweep(std::int64_t number);
    const Tally& tally() const { return tally_; }
    void rest() { faulty_ = false; } // from now on every answer is right

    std::function<void()> on_request;

private:
    enum class Fate
    {
        shown,
        twice,
        differing, // twice, once as it was before
        set_aside, // counted, but not legible
        withheld,  // with everything behind it
        missing,   // from the middle
    };
    struct Row
    {
        Entry entry;
        Fate fate = Fate::shown;
        bool named = false; // the question asked for it by name

        bool hidden() const { return fate >= Fate::withheld; }
    };
    using Rows = std::vector<Row>;

    boost::asio::awaitable<void> dawdle();
    bool arrives();
    Answer<Page> list(const ListQuery& query);
    Answer<Page> recent(const ListQuery& query);
    Answer<Page> watched(const ListQuery& query);
    Answer<Page> beside(Rows rows, const char* what);
    List by_activity(const List& list, const ListQuery& query) const;
    Answer<Page> one(const std::string& id);
    const List& look(const ListQuery& query);
    const List& by_pivot(const List& list, const ListQuery& query);
    const List& shuffled(const List& list);
    Rows cut_out(const List& list, std::uint64_t offset, std::uint64_t limit) const;
    Rows rows_named(const List& list, const std::vector<std::string>& ids, std::uint64_t limit);

    void spoil(Rows& rows, bool of_list);
    void strike(Rows& rows);
    bool breaks_the_rule(const Rows& rows, bool of_list) const;
    void note(const Rows& rows, bool of_list);
    void note_page(const Row& row, bool lied);
    void note_absence(const List& list, std::span<const std::string> ids, const Rows& rows);
    std::optional<std::uint64_t> count(std::size_t total, std::size_t rows);
    Page page_of(const Rows& rows, std::size_t total);
    void leave_out_description(Page& page);
    void show_as_before(const Row& row, Page& page);
    static void hash_payloads(Page& page);
    void recognise(Page& page, const Fleet& fleet);
    Failure failure();
    Failure unknown_description() const;
    void log(const char* what, const Rows& rows) const;

    World& world_;
    const Scenario& scenario_;
    Chance chance_;
    Findings& findings_;
    Tally tally_;
    List shuffled_;
    List pivoted_;
    List covered_;
    bool drifted_ = false; // the API does not know `description`
    bool selects_description_ = true;
    Version shown_ = 0;                // the version that is being answered from
    std::size_t honest_pages_ = 1'000; // since the last that lied
    bool faulty_ = true;
};

} // namespace simsync::simulation
