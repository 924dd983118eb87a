// COPY's text format. Calls store/array_literal and store/row_values.
#include "store/copy_stream.hpp"

#include "store/array_literal.hpp"
#include "store/row_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace simsync
{
namespace
{

// Fewer and larger messages, small beside everything else.
constexpr std::size_t bytes_a_message = 32 * 1024;

// The letter that stands for a byte behind a backslash; 0 for a byte that stands for itself.
constexpr char letter_of(char c)
{
    switch (c)
    {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\v':
        return 'v';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

} // namespace

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                               \
    "-Wdeprecated-declarations" // by libpqxx, whose stream_to keeps raw lines to itself
CopyStream::CopyStream(pqxx::work& work, const std::string& table, const std::vector<std::string>& columns)
    : stream_(work, table, columns.begin(), columns.end())
{
    rows_.reserve(bytes_a_message + bytes_a_message / 4);
}

#pragma GCC diagnostic pop

void CopyStream::put(std::string_view value)
{
    separate();
    std::size_t plain = 0;
    for (std::size_t at = 0; at < value.size(); ++at)
        if (const char letter = letter_of(value[at]))
        {
            rows_.append(value, plain, at - plain).append({'\\', letter});
            plain = at + 1;
        }
    rows_.append(value, plain);
}

void CopyStream::put(bool value)
{
    put_plain(value ? "t" : "f");
}

void CopyStream::put(std::int64_t value)
{
    std::array<char, 20> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    put_plain({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void CopyStream::put(const Money& value)
{
    put_plain(value.text());
}

// With a space for the T, which the server is a tenth longer over.
void CopyStream::put(Timestamp value)
{
    auto text = to_text(value);
    std::ranges::replace(text, 'T', ' ');
    put_plain(text);
}

void CopyStream::put(const std::vector<std::string>& value)
{
    if (value.empty())
        put_plain("{}");
    else
        put(std::string_view(array_literal(value)));
}

void CopyStream::put(const std::map<std::string, std::string>& value)
{
    put(sql_text(value));
}

void CopyStream::put_null()
{
    put_plain("\\N");
}

void CopyStream::put_plain(std::string_view text)
{
    separate();
    rows_ += text;
}

void CopyStream::separate()
{
    if (!std::exchange(row_begins_, false))
        rows_ += '\t';
}

void CopyStream::end_row()
{
    row_begins_ = true;
    if (rows_.size() >= bytes_a_message)
        send();
    else
        rows_ += '\n';
}

// libpqxx ends each "line" itself; that several rows are in it makes no difference to the server.
void CopyStream::send()
{
    stream_.write_raw_line(rows_);
    rows_.clear();
}

void CopyStream::complete()
{
    if (!rows_.empty())
    {
        rows_.pop_back();
        send();
    }
    stream_.complete();
}

} // namespace simsync
