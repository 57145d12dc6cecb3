#include "net/socket_address.h"

#include <doctest/doctest.h>

#include <string>

using anchor::AddressFamily;
using anchor::SocketAddress;
using anchor::SourceNetwork;

TEST_CASE("literals are parsed and printed, through sockaddr and back") {
  for (const char* literal : {"127.0.0.1", "255.255.255.255", "::1", "2001:db8::7", "fe80::1"}) {
    const auto address = SocketAddress::Parse(literal, 40000);
    REQUIRE(address);
    sockaddr_storage storage{};
    address->ToSockaddr(&storage);
    CHECK(SocketAddress::FromSockaddr(storage) == *address);
    SocketAddress::Text text;
    CHECK(address->Format(&text) == std::string(literal) + " 40000");
  }
  for (const char* literal : {"", "localhost", "127.0.0.1.5", "[::1]", "1.2.3", "::g",
                              "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"})
    CHECK_FALSE(SocketAddress::Parse(literal, 1).has_value());
}

TEST_CASE("networks contain what their prefix covers, and nothing of the other family") {
  const auto contains = [](const char* network, const char* address) {
    return SourceNetwork::Parse(network).value().Contains(SocketAddress::Parse(address, 1).value());
  };
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("192.0.2.128/25", "192.0.2.129"));
  CHECK_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  CHECK(contains("192.0.2.1/32", "192.0.2.1"));
  CHECK_FALSE(contains("192.0.2.1/32", "192.0.2.0"));
  CHECK(contains("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(contains("::/0", "2001:db8::1"));
  for (const char* text :
       {"10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "x/8", "10.0.0.0/-1"})
    CHECK_FALSE(SourceNetwork::Parse(text).has_value());
}
