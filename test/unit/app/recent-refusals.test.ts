import { describe, expect, it } from 'vitest';
import { RecentRefusals } from '../../../src/app/recent-refusals.js';
import { anchorError } from '../../../src/shared/errors.js';

describe('recent refusals', () => {
  it('tell the latest reason of a call as the control reply had it', () => {
    const refusals = new RecentRefusals();
    refusals.note('a', anchorError('no-usable-crypto', 'first'));
    refusals.note('a', anchorError('insecure-refused', 'RTP/AVP offered, the policy of this side is required'));
    expect(refusals.reason('a')).toBe('Secure media required: RTP/AVP offered, the policy of this side is required');
    expect(refusals.reason('b')).toBeNull();
  });

  it('fit into a quoted string of a SIP header, whatever the peer wrote', () => {
    const refusals = new RecentRefusals();
    refusals.note('a', anchorError('bad-value', 'a "quoted\\" one\r\nVia: forged é'));
    expect(refusals.reason('a')).toBe("Invalid value: a 'quoted'' one??Via: forged ?");
  });

  it('are bounded: the call refused longest ago is forgotten first', () => {
    const refusals = new RecentRefusals();
    for (let i = 0; i < 1_001; i++) {
      refusals.note(`call-${i}`, anchorError('bad-sdp'));
      if (i === 500) refusals.note('call-0', anchorError('bad-sdp', 'again'));
    }
    expect(refusals.reason('call-0')).toBe('Failed to parse SDP: again');
    expect(refusals.reason('call-1')).toBeNull();
    expect(refusals.reason('call-1000')).not.toBeNull();
  });
});
