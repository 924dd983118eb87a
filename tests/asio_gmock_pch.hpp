// The same for tests that meet Asio. See src/std_pch.hpp.
#pragma once

#include "../src/asio_pch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
