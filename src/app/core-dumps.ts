import { writeFileSync } from 'node:fs';

/**
 * Leaves every kind of mapping out of core dumps of this process (core(5), `coredump_filter`): heap and stacks hold
 * session keys, and strings of SDP that JavaScript cannot wipe. Unlike RLIMIT_CORE it also counts where dumps are piped
 * to a program, and unlike an undumpable process it can still be traced by its owner. False: the system does not let us.
 */
export function keepMemoryOutOfCoreDumps(): boolean {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
    return true;
  } catch {
    return false;
  }
}
