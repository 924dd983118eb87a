// HTTP as the service sees it: a request and its answer, without a socket. Data only. Filled in and sent by
// the server.
#pragma once

#include <string>

namespace simsync::simulator
{

struct Request
{
    std::string method;
    std::string path;          // without the query string
    std::string authorization; // the header's value; empty where there is none
    std::string body;
};

// How much of an answer reaches the client.
enum class Transmission
{
    whole,
    half,    // then the connection closes
    nothing, // the connection closes
    never,   // the connection stays open, silent
};

struct Answer
{
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json; charset=utf-8";
    std::string allow;       // 405: the method that is; else empty
    std::string retry_after; // empty: no such header
    Transmission transmission = Transmission::whole;
};

// {"errors":[{"message":…}]}, the shape of every error that is not GraphQL's own.
Answer refuse(unsigned status, const std::string& message);

} // namespace simsync::simulator
