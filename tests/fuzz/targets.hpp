// Everything that reads what others wrote, each with the properties that hold for any bytes whatever. A
// target returns where they hold and aborts where one does not (property.hpp). fuzzer.cpp feeds them what
// libFuzzer makes up, replay.cpp what the corpus holds.
#pragma once

#include <array>
#include <string_view>

namespace simsync::fuzz
{

void answers(std::string_view bytes);      // the API's JSON
void bodies(std::string_view bytes);       // gzip and deflate
void config(std::string_view bytes);       // the configuration's TOML
void dates(std::string_view bytes);        // the API's `Date`
void http_headers(std::string_view bytes); // `Date` and `Retry-After`
void matches(std::string_view bytes);      // which events somebody wants
void money(std::string_view bytes);        // amounts
void question(std::string_view bytes);     // what the console's API is asked

struct Target
{
    std::string_view name; // of the program and of the folder in corpus/
    void (*run)(std::string_view bytes);
};

inline constexpr std::array<Target, 8> targets{{
    {"answers", answers},
    {"bodies", bodies},
    {"config", config},
    {"dates", dates},
    {"http_headers", http_headers},
    {"matches", matches},
    {"money", money},
    {"question", question},
}};

} // namespace simsync::fuzz
