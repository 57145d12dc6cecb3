// Preloaded into a relay under test (LD_PRELOAD), it makes chosen system calls fail, moves the wall clock, and holds up a
// media worker, the resolver or the log, as the control page says. The test maps no memory: it writes the file that is
// mapped here. Layout: fault-shim.ts.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call { SOCKET, BIND, SETSOCKOPT, EPOLL_CTL, SENDTO, SENDMSG, RECVFROM, RECVMSG, RECVMMSG, ACCEPT4, CALLS };
enum thread { WORKER, OTHER, THREADS };

struct rule {
  int32_t error;  // errno; 0 = none.
  int32_t after;  // Calls that still pass first.
  int32_t times;  // Calls that still fail; negative = all.
  int32_t failed;
};

struct control {
  int32_t clock_offset_seconds;
  int32_t stalled_worker;  // Index + 1; 0 = none.
  int32_t resolver_hangs;
  int32_t log_hangs;
  struct rule rules[THREADS][CALLS];
};

static struct control healthy;
static struct control *control = &healthy;

__attribute__((constructor)) static void map_control(void) {
  const char *path = getenv("FAULT_SHIM_CONTROL");
  const int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *page = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (page != MAP_FAILED) control = page;
}

// The name that a worker gives its thread before its first call. -1 = no worker.
static int worker_index(void) {
  static __thread int cached = -2;
  if (cached != -2) return cached;
  char name[16] = "";
  prctl(PR_GET_NAME, name);
  cached = strncmp(name, "anchor-", 7) == 0 ? atoi(name + 7) : -1;
  return cached;
}

static int32_t load(const int32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

static int fails(enum call call) {
  struct rule *rule = &control->rules[worker_index() >= 0 ? WORKER : OTHER][call];
  const int32_t error = load(&rule->error);
  if (error == 0) return 0;
  if (load(&rule->after) > 0 && __atomic_fetch_sub(&rule->after, 1, __ATOMIC_ACQ_REL) > 0) return 0;
  const int32_t times = load(&rule->times);
  if (times == 0 || (times > 0 && __atomic_fetch_sub(&rule->times, 1, __ATOMIC_ACQ_REL) <= 0)) return 0;
  __atomic_fetch_add(&rule->failed, 1, __ATOMIC_ACQ_REL);
  errno = error;
  return 1;
}

static void wait_while(const int32_t *word, int32_t value) {
  const struct timespec moment = {0, 5000000};
  while (load(word) == value) nanosleep(&moment, NULL);
}

// Resolved once; a race only resolves twice.
#define REAL(name)                                                                 \
  static __typeof__(name) *real;                                                   \
  if (real == NULL) *(void **)(&real) = dlsym(RTLD_NEXT, #name)

int socket(int domain, int type, int protocol) {
  REAL(socket);
  return fails(SOCKET) ? -1 : real(domain, type, protocol);
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  REAL(bind);
  return fails(BIND) ? -1 : real(fd, address, length);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  REAL(setsockopt);
  return fails(SETSOCKOPT) ? -1 : real(fd, level, name, value, length);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
  REAL(epoll_ctl);
  return fails(EPOLL_CTL) ? -1 : real(epoll, operation, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
  REAL(epoll_wait);
  const int worker = worker_index();
  if (worker >= 0) wait_while(&control->stalled_worker, worker + 1);
  return real(epoll, events, most, timeout);
}

ssize_t sendto(int fd, const void *octets, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  REAL(sendto);
  return fails(SENDTO) ? -1 : real(fd, octets, size, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  REAL(sendmsg);
  return fails(SENDMSG) ? -1 : real(fd, message, flags);
}

ssize_t recvfrom(int fd, void *octets, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  REAL(recvfrom);
  return fails(RECVFROM) ? -1 : real(fd, octets, size, flags, from, length);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  REAL(recvmsg);
  return fails(RECVMSG) ? -1 : real(fd, message, flags);
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout) {
  REAL(recvmmsg);
  return fails(RECVMMSG) ? -1 : real(fd, messages, count, flags, timeout);
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
  REAL(accept4);
  return fails(ACCEPT4) ? -1 : real(fd, address, length, flags);
}

ssize_t write(int fd, const void *octets, size_t size) {
  REAL(write);
  if (fd == STDOUT_FILENO) wait_while(&control->log_hangs, 1);
  return real(fd, octets, size);
}

ssize_t writev(int fd, const struct iovec *vectors, int count) {
  REAL(writev);
  if (fd == STDOUT_FILENO) wait_while(&control->log_hangs, 1);
  return real(fd, vectors, count);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  REAL(getaddrinfo);
  wait_while(&control->resolver_hangs, 1);
  return real(node, service, hints, result);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(clock_gettime);
  const int result = real(clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += load(&control->clock_offset_seconds);
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(gettimeofday);
  const int result = real(now, zone);
  now->tv_sec += load(&control->clock_offset_seconds);
  return result;
}

time_t time(time_t *now) {
  REAL(time);
  const time_t moved = real(NULL) + load(&control->clock_offset_seconds);
  if (now != NULL) *now = moved;
  return moved;
}

// The kernel stamps packets by the wall clock, which moves for it too.
int ioctl(int fd, unsigned long request, ...) {
  REAL(ioctl);
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  const int result = real(fd, request, argument);
  if (result == 0 && request == SIOCGSTAMPNS) ((struct timespec *)argument)->tv_sec += load(&control->clock_offset_seconds);
  return result;
}
