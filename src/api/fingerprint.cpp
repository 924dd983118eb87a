// XXH3 over an unambiguous byte form of a SIM, column by column (model/sim_columns). It stands beside the
// decoder, which takes nearly all fingerprints, and not in the model, which includes the standard library
// only and so no xxHash.
#include "api/fingerprint.hpp"

#include "model/sim_columns.hpp"

#include <xxhash.h>

#include <array>

namespace simsync
{
namespace
{

// Every value goes in with its presence and its length, so that no two SIMs share their bytes: neither an
// empty text and none, nor "ab","c" and "a","bc".
class CanonicalBytes
{
public:
    CanonicalBytes() { bytes_.reserve(512); }

    void put(std::uint64_t number) // least byte first on every machine
    {
        std::array<char, 8> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>(number >> (8 * i));
        bytes_.append(bytes.data(), bytes.size());
    }

    void put(std::string_view text)
    {
        put(std::uint64_t{text.size()});
        bytes_.append(text);
    }

    void put(bool truth) { bytes_.push_back(truth ? 1 : 0); }
    void put(std::int64_t number) { put(static_cast<std::uint64_t>(number)); }
    void put(const std::string& text) { put(std::string_view{text}); }
    void put(const Money& amount) { put(std::string_view{amount.text()}); }
    void put(Timestamp time) { put(std::int64_t{time.time_since_epoch().count()}); }

    void put(const std::vector<std::string>& numbers)
    {
        put(std::uint64_t{numbers.size()});
        for (const auto& number : numbers)
            put(number);
    }

    void put(const std::map<std::string, std::string>& texts)
    {
        put(std::uint64_t{texts.size()});
        for (const auto& [column, text] : texts)
        {
            put(column);
            put(text);
        }
    }

    template<class T>
    void put(const std::optional<T>& value)
    {
        put(value.has_value());
        if (value)
            put(*value);
    }

    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

} // namespace

Fingerprint fingerprint(const Sim& sim)
{
    CanonicalBytes form;
    each_sim_column([&]<class Column>(Column) { form.put(Column::of(sim)); });
    const auto hash = XXH3_128bits_withSeed(form.bytes().data(), form.bytes().size(), form_version);
    return {hash.high64, hash.low64};
}

} // namespace simsync
