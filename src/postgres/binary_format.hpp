// The model's values in PostgreSQL's binary format, one field each: the length of the value in bytes (int32;
// -1 is NULL), then the value as the type's receive function takes it (src/backend/utils/adt in PostgreSQL's
// source). All numbers are big-endian.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/model/sim.hpp"
#include "simsync/model/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace simsync
{

// A text that is JSON, for a column of type jsonb.
struct JsonText
{
    std::string text;
};

// Its bytes alone.
template<class Number>
void append_number(std::string& to, Number value)
{
    std::array<char, sizeof(Number)> bytes{};
    auto rest = static_cast<std::make_unsigned_t<Number>>(value);
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, rest >>= 8)
        *byte = static_cast<char>(rest & 0xff);
    to.append(bytes.data(), bytes.size());
}

void append_null(std::string& to);
void append_field(std::string& to, bool value);
void append_field(std::string& to, std::int64_t value);                    // bigint
void append_field(std::string& to, const Money& value);                    // numeric
void append_field(std::string& to, Timestamp value);                       // timestamptz
void append_field(std::string& to, std::chrono::seconds value);            // interval, without days or months
void append_field(std::string& to, std::string_view value);                // text
void append_field(std::string& to, const std::vector<std::string>& value); // text[]
void append_field(std::string& to, const Fingerprint& value);              // uuid
void append_field(std::string& to, const PayloadHash& value);              // uuid, NULL where it is not known
void append_field(std::string& to, const JsonText& value);                 // jsonb
void append_field(
    std::string& to, const std::map<std::string, std::string>& value); // jsonb, NULL where it is empty

inline void append_field(std::string& to, const std::string& value)
{
    append_field(to, std::string_view(value));
}

inline void append_field(std::string& to, const char* value)
{
    append_field(to, std::string_view(value));
}

template<class T>
void append_field(std::string& to, const std::optional<T>& value)
{
    if (value)
        append_field(to, *value);
    else
        append_null(to);
}

// Takes a number in network byte order off the front of `bytes`, which must be long enough.
template<class Number>
Number take_number(std::string_view& bytes)
{
    std::make_unsigned_t<Number> bits = 0;
    for (const char byte : bytes.substr(0, sizeof(Number)))
        bits = static_cast<decltype(bits)>(bits << 8 | static_cast<unsigned char>(byte));
    bytes.remove_prefix(sizeof(Number));
    return static_cast<Number>(bits);
}

std::string_view take_field(std::string_view& bytes);    // the value; nothing for NULL
Fingerprint fingerprint_of(std::string_view value);      // a uuid
PayloadHash payload_hash_of_row(std::string_view value); // a uuid, or NULL

} // namespace simsync
