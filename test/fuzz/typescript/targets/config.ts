import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProblem } from '../../../../src/config/problems.js';
import { readConfig } from '../../../../src/config/read-config.js';
import { TempDirectory } from '../../../support/temp-directory.js';
import { check, type FuzzTarget } from '../target.js';

const TOKEN = 'correct-horse-battery-staple-0123456789';

/** Reading never throws, each problem is one line, and the secret is in none of them. */
export function configTarget(): FuzzTarget {
  const directory = new TempDirectory('anchor-fuzz');
  const file = directory.file('anchor.yaml');
  const sample = readFileSync(join(import.meta.dirname, '../../../../deploy/config-sample.yaml'), 'utf8');
  const uncommented = sample.replaceAll(/^#(?=[a-z]| {2})/gm, '');
  const options = uncommented.split('\n').filter((line) => /^[a-z]/.test(line));
  const withToken = uncommented.replace(/^http-token:.*$/m, `http-token: ${TOKEN}`);
  return {
    name: 'config',
    seeds: [withToken, `http-token: ${TOKEN}\n`, ...options].map((text) => Buffer.from(text)),
    words: [
      '\n',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '!!binary ',
      '|',
      '"',
      "'",
      '# ',
      '__proto__: ',
      '---\n',
      '\t',
      'null',
    ],
    run: (input) => {
      writeFileSync(file, input);
      const read = readConfig({ flags: {}, environment: {}, file });
      check(!('polluted' in {}), 'no prototype is reached');
      if (read.ok) return;
      for (const line of read.error.map(describeProblem)) {
        check(!/[\r\n]/.test(line), 'a problem is one line');
        check(!line.includes(TOKEN), 'no problem tells the token');
      }
    },
    close: () => {
      directory.remove();
      return Promise.resolve();
    },
  };
}
