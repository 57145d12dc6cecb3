import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfigFile } from '../../../src/config/check-config.js';
import { configurationPage, configurationSample } from '../../../src/config/configuration-page.js';
import { compareConfigs, defaultConfig, defaultValues } from '../../../src/config/config.js';
import { OPTION_KEYS, optionRow } from '../../../src/config/options.js';
import { readConfig } from '../../../src/config/read-config.js';
import { TempDirectory } from '../../support/temp-directory.js';

const root = join(import.meta.dirname, '../../..');

/** Compares, or writes when UPDATE_DOCS is set. */
function expectFile(path: string, text: string): void {
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(join(root, path), text);
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
}

describe('docs/configuration.md', () => {
  it('is what the table of options says', () => {
    expectFile('docs/configuration.md', configurationPage());
  });

  it('names every option', () => {
    for (const key of OPTION_KEYS) expect(configurationPage()).toContain(`\`${optionRow(key).name}\``);
  });
});

describe('deploy/config-sample.yaml', () => {
  it('is what the table of options says, and is accepted', () => {
    expectFile('deploy/config-sample.yaml', configurationSample());
    expect(checkConfigFile(join(root, 'deploy/config-sample.yaml'))).toMatchObject({ good: true });
  });

  it('shows the defaults: with every mark removed it changes nothing', () => {
    const path = new TempDirectory('anchor-sample').file('all.yaml');
    writeFileSync(path, configurationSample().replaceAll(/^#(?=[a-z]| {2})/gm, ''));
    const read = readConfig({ flags: {}, environment: {}, file: path });
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    expect(compareConfigs(read.value.values, { ...defaultValues(), workers: 2 })).toEqual({
      reloadable: ['trunkProfiles'],
      restart: [],
    });
    expect(read.value.config.trunkProfiles['my-carrier']?.policy.secure).toBe('required');
    expect(defaultConfig().trunkProfiles['my-carrier']).toBeUndefined();
  });
});
