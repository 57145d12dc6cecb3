// anchor_floor: the least that a relay can do on this kernel with one socket a port: epoll, recvfrom, sendto,
// no crypto. What a relay costs above this is its own. Control is a line of text in a UDP datagram on
// 127.0.0.1:
//   ping                                                              → pong
//   pair ADDRESS RTP RTCP IN-KEY OUT-KEY ADDRESS RTP RTCP IN-KEY OUT-KEY   (party A, then party B; keys are
//   not used)
//                                                                     → ok RTP RTCP RTP RTCP   (facing A,
//                                                                     facing B)
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int kPacketsPerTurn = 64;  // then the next socket has its turn

struct Port {
  int fd;
  size_t peer;        // index of the port that forwards what arrives here
  sockaddr_in party;  // where what arrives at the peer goes
};

sockaddr_in Address(const std::string& text, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  return address;
}

int Bind(const std::string& address, uint16_t port) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const sockaddr_in local = Address(address, port);
  if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof(local)) != 0) {
    std::perror("anchor_floor");
    std::exit(1);
  }
  return fd;
}

uint16_t LocalPort(int fd) {
  sockaddr_in local{};
  socklen_t length = sizeof(local);
  getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
  return ntohs(local.sin_port);
}

class Floor {
 public:
  explicit Floor(uint16_t control_port)
      : epoll_(epoll_create1(0)), control_(Bind("127.0.0.1", control_port)) {
    Watch(control_, kControl);
  }

  [[noreturn]] void Serve() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        const uint64_t which = events[static_cast<size_t>(i)].data.u64;
        which == kControl ? Answer() : Forward(ports_[which]);
      }
    }
  }

 private:
  static constexpr uint64_t kControl = ~uint64_t{0};

  void Watch(int fd, uint64_t which) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = which;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void Forward(const Port& port) {
    const Port& peer = ports_[port.peer];
    std::array<char, 2048> packet;
    sockaddr_in from{};
    for (int i = 0; i < kPacketsPerTurn; ++i) {
      socklen_t length = sizeof(from);
      const ssize_t size =
          recvfrom(port.fd, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (size < 0) return;
      sendto(peer.fd, packet.data(), static_cast<size_t>(size), 0,
             reinterpret_cast<const sockaddr*>(&peer.party), sizeof(peer.party));
    }
  }

  // A port facing each party, forwarding to each other.
  void Connect(const sockaddr_in& a, const sockaddr_in& b) {
    const size_t first = ports_.size();
    ports_.push_back({Bind("127.0.0.1", 0), first + 1, a});
    ports_.push_back({Bind("127.0.0.1", 0), first, b});
    Watch(ports_[first].fd, first);
    Watch(ports_[first + 1].fd, first + 1);
  }

  std::string Pair(std::istringstream& words) {
    std::string address[2];
    std::string key;
    uint16_t rtp[2] = {};
    uint16_t rtcp[2] = {};
    for (int i = 0; i < 2; ++i) words >> address[i] >> rtp[i] >> rtcp[i] >> key >> key;
    if (words.fail()) return "error";
    const size_t first = ports_.size();
    Connect(Address(address[0], rtp[0]), Address(address[1], rtp[1]));
    Connect(Address(address[0], rtcp[0]), Address(address[1], rtcp[1]));
    std::ostringstream reply;
    reply << "ok";
    for (const size_t i : {first, first + 2, first + 1, first + 3}) reply << ' ' << LocalPort(ports_[i].fd);
    return reply.str();
  }

  void Answer() {
    std::array<char, 1024> request;
    sockaddr_in from{};
    socklen_t length = sizeof(from);
    const ssize_t size =
        recvfrom(control_, request.data(), request.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) return;
    std::istringstream words(std::string(request.data(), static_cast<size_t>(size)));
    std::string verb;
    words >> verb;
    const std::string reply = verb == "pair" ? Pair(words) : verb == "ping" ? "pong" : "error";
    sendto(control_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), length);
  }

  int epoll_;
  int control_;
  std::vector<Port> ports_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: anchor_floor CONTROL-PORT\n", stderr);
    return 2;
  }
  Floor(static_cast<uint16_t>(std::atoi(argv[1]))).Serve();
}
