/**
 * Debian and Ubuntu packages, and which command needs them. `a | b`: the first that the distribution has.
 * `run` builds and runs the relay; `check` adds its own tests; `test` adds the programs that it is tested against.
 */
const table = [
  ['g++', 'run', 'compiles the addon'],
  ['make', 'run', 'builds it'],
  ['cmake', 'run', 'configures it'],
  ['libssl-dev', 'run', 'libcrypto.a, linked in'],
  ['doctest-dev', 'check', 'tests of the native engine'],
  ['clang-format', 'check', 'format of native code'],
  ['clang-tidy', 'check', 'lint of native code'],
  ['git', 'check', 'lists the files of the project'],
  ['binutils', 'check', 'readelf: symbols of the addon'],
  ['python3', 'check', 'gyp, for bindings.gyp'],
  ['clang', 'test', 'fuzz targets'],
  ['libclang-rt-14-dev | libclang-rt-18-dev | libclang-rt-dev', 'test', 'sanitizers of the fuzz targets'],
  ['gcovr', 'test', 'line coverage of native code'],
  ['kamailio', 'test', 'the SIP proxy'],
  ['kamailio-extra-modules', 'test', 'its rtpengine module'],
  ['kamailio-tls-modules', 'test', 'its TLS'],
  ['kamailio-json-modules', 'test', 'its JSON'],
  ['kamailio-utils-modules', 'test', 'its HTTP client'],
  ['kamailio-websocket-modules', 'test', 'its WebSocket client'],
  ['kamailio-lwsc-modules', 'test', 'its other WebSocket client, for control over WebSocket'],
  ['baresip-core', 'test', 'SIP endpoints, plain and SRTP'],
  ['sip-tester', 'test', 'SIPp'],
  ['ffmpeg', 'test', 'an SRTP of its own, audio analysis'],
  ['tshark', 'test', 'reads captures'],
  ['rtpengine-daemon', 'test', 'the incumbent, for comparison'],
  ['openssl', 'test', 'certificates, TLS probes'],
  ['iproute2', 'test', 'addresses in network namespaces'],
  ['util-linux', 'test', 'unshare'],
  ['procps', 'test', 'ps'],
  ['systemd', 'test', 'systemd-notify, systemd-analyze'],
  ['prometheus', 'test', 'scrapes the metrics'],
  ['chromium | chromium-browser', 'test', 'opens the live page'],
];

const levels = ['run', 'check', 'test'];

/** What a mode needs; each item is a list of names of which one is enough. */
export function packagesFor(mode) {
  const level = levels.indexOf(mode);
  if (level < 0) throw new Error(`unknown mode ${mode}: one of ${levels.join(', ')}`);
  return table.filter(([, from]) => levels.indexOf(from) <= level).map(([names]) => names.split(' | '));
}
