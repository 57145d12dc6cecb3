/*
 * line-rate PROCESSES MILLISECONDS ADDRESS PORT SOURCE: datagrams that are no request, from sockets of SOURCE, as fast
 * as the machine makes them (sendmmsg, one socket a process). Prints how many left. Nice to others: on the wire a flood
 * has no share of the processor that the flooded relay runs on.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, OCTETS = 120 };

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static struct sockaddr_in address_of(const char *text, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  if (inet_pton(AF_INET, text, &address.sin_addr) != 1) exit(2);
  return address;
}

static long long flood(const struct sockaddr_in *from, const struct sockaddr_in *to, long long until) {
  static unsigned char octets[BATCH][OCTETS];
  static struct iovec parts[BATCH];
  static struct mmsghdr batch[BATCH];
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || bind(fd, (const struct sockaddr *)from, sizeof *from) != 0) exit(3);
  if (connect(fd, (const struct sockaddr *)to, sizeof *to) != 0) exit(3);
  srandom((unsigned)getpid());
  for (int i = 0; i < BATCH; i++) {
    for (int j = 0; j < OCTETS; j++) octets[i][j] = (unsigned char)random();
    parts[i] = (struct iovec){octets[i], OCTETS};
    batch[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  long long sent = 0;
  while (milliseconds() < until) {
    int some = sendmmsg(fd, batch, BATCH, 0);
    if (some > 0) sent += some;
  }
  return sent;
}

int main(int count, char **words) {
  if (count != 6) return 2;
  int processes = atoi(words[1]);
  long long until = milliseconds() + atoll(words[2]), total = 0, sent;
  struct sockaddr_in to = address_of(words[3], atoi(words[4])), from = address_of(words[5], 0);
  int results[2];
  if (pipe(results) != 0) return 3;
  for (int i = 0; i < processes; i++) {
    if (fork() != 0) continue;
    if (nice(19) < 0) _exit(3);
    sent = flood(&from, &to, until);
    _exit(write(results[1], &sent, sizeof sent) == sizeof sent ? 0 : 3);
  }
  for (int i = 0; i < processes; i++) {
    int status;
    wait(&status);
    if (status != 0 || read(results[0], &sent, sizeof sent) != sizeof sent) return 3;
    total += sent;
  }
  printf("%lld\n", total);
  return 0;
}
