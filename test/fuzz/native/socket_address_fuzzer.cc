// Address literals and networks: what is accepted prints as something that reads back the same.
#include <cstring>
#include <string>

#include "net/socket_address.h"
#include "support/check.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto address = anchor::SocketAddress::Parse(text, 5060)) {
    anchor::SocketAddress::Text printed;
    const std::string_view line = address->Format(&printed);
    const size_t space = line.find(' ');
    FUZZ_CHECK(space != std::string_view::npos && line.substr(space + 1) == "5060");
    FUZZ_CHECK(anchor::SocketAddress::Parse(line.substr(0, space), 5060) == address);
    sockaddr_storage storage{};
    FUZZ_CHECK(address->ToSockaddr(&storage) != 0);
    FUZZ_CHECK(anchor::SocketAddress::FromSockaddr(storage) == *address);
  }
  if (const auto network = anchor::SourceNetwork::Parse(text)) {
    const bool ipv4 = network->family == anchor::AddressFamily::kIpv4;
    FUZZ_CHECK(network->prefix_length <= (ipv4 ? 32 : 128));
    anchor::SocketAddress inside{network->family, 1, network->address};
    FUZZ_CHECK(network->Contains(inside));
    if (network->prefix_length > 0) {
      inside.address[0] ^= 0x80;
      FUZZ_CHECK(!network->Contains(inside));
    }
  }
  return 0;
}
