// The one unit that compiles Asio, its SSL part and Beast: they cost half a minute wherever they are
// instantiated.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
