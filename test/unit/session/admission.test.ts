import { describe, expect, it } from 'vitest';
import { Admission } from '../../../src/session/admission.js';
import { errorText } from '../../../src/shared/errors.js';

const noLimits = {
  maximumSessions: 0,
  maximumPacketRate: 0,
  maximumByteRate: 0,
  maximumCpuPercent: 0,
  maximumLoadAverage: 0,
};
const idle = { packetRate: 0, byteRate: 0, cpuPercent: 0, loadAverage: 0 };

describe('admission of new calls', () => {
  it('without limits everybody is welcome', () => {
    const admission = new Admission(noLimits);
    admission.load = { packetRate: 1e6, byteRate: 1e9, cpuPercent: 100, loadAverage: 100 };
    expect(admission.refuse(1_000_000)).toBeNull();
  });

  it('takes exactly the allowed number of sessions', () => {
    const admission = new Admission({ ...noLimits, maximumSessions: 2 });
    expect(admission.refuse(1)).toBeNull();
    expect(admission.refuse(2)?.code).toBe('session-limit');
  });

  it.each([
    [{ maximumPacketRate: 100 }, { packetRate: 101 }, 'Load limit exceeded'],
    [{ maximumLoadAverage: 2 }, { loadAverage: 2.1 }, 'Load limit exceeded'],
    [{ maximumByteRate: 100 }, { byteRate: 101 }, 'Bandwidth limit exceeded'],
    [{ maximumCpuPercent: 50 }, { cpuPercent: 51 }, 'CPU usage limit exceeded'],
  ])('over %o with %o the text is the one that proxies fail over on', (limits, load, text) => {
    const admission = new Admission({ ...noLimits, ...limits });
    expect(admission.refuse(0)).toBeNull();
    admission.load = { ...idle, ...load };
    const refused = admission.refuse(0);
    expect(refused === null ? null : errorText(refused)).toBe(text);
  });

  it('draining refuses with a text that proxies fail over on', () => {
    const admission = new Admission(noLimits);
    admission.draining = true;
    const refused = admission.refuse(0);
    expect(refused === null ? null : errorText(refused)).toBe('Load limit exceeded');
  });
});
