// SIMs as JSON, in the shape that a selection asks for.
#pragma once

#include "simulator/fleet.hpp"
#include "simulator/graphql/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator
{

// A selection on `Simcard`, compiled once into the steps that write it. Nothing is cached for a SIM: writing
// its 590 bytes anew costs less than a microsecond, and a million cached answers would cost as much memory as
// the fleet itself.
class Rendering
{
public:
    // `selections` have been validated.
    explicit Rendering(const std::vector<graphql::Field>& selections);

    void append(std::string& out, const Simcard& simcard) const;

private:
    // What a step writes from: the SIM and, inside a list of numbers, the number at hand.
    struct Row
    {
        const Simcard& simcard;
        std::string_view msisdn;
    };

    using Write = void (*)(std::string&, const Row&);

    // A leaf has `write` alone; an object has children, and `exists` where it may be null; a list has
    // `numbers`.
    struct Step
    {
        std::string lead; // `{"id":` or `,"id":`
        Write write = nullptr;
        bool (*exists)(const Simcard&) = nullptr;
        std::vector<std::string> Simcard::*numbers = nullptr;
        std::vector<Step> children;
    };

    static Write leaf(const std::string& path); // "resource.balance"
    static Step step(const graphql::Field& field, const std::string& parent);
    static std::vector<Step>
    compile(const std::vector<graphql::Field>& selections, const std::string& parent);
    static void write_object(std::string& out, const Row& row, const std::vector<Step>& steps);
    static void write_step(std::string& out, const Row& row, const Step& step);
    static void write_numbers(std::string& out, const Row& row, const Step& step);

    std::vector<Step> steps_;
};

} // namespace simsync::simulator
