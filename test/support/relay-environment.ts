/** Variables by which a person steers the tests; the relay takes an unknown SRTP_ANCHOR_ variable for a misspelt option. */
const FOR_TESTS = /^SRTP_ANCHOR_(SOAK|FLOOD|TEST|PROPERTY)_/;

/** The environment for a relay under test. */
export function relayEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !FOR_TESTS.test(name));
  return { ...Object.fromEntries(inherited), ...extra };
}
