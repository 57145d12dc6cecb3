import { defineConfig } from 'vitest/config';

// One project a layer, so that `npm run check` can run the fast ones and `npm test` adds the rest.
export default defineConfig({
  test: {
    pool: 'forks',
    setupFiles: ['test/support/remove-temp-directories.ts'],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'], testTimeout: 30_000 },
      },
      { extends: true, test: { name: 'bridge', include: ['test/bridge/**/*.test.ts'], testTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'fuzz', include: ['test/fuzz/typescript/**/*.test.ts'], disableConsoleIntercept: true },
      },
      {
        extends: true,
        // Needs the addon of build-asan: `npm test` knows how.
        test: {
          name: 'sanitizers',
          include: ['test/fuzz/relay/**/*.test.ts'],
          testTimeout: 80_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'attack',
          include: ['test/attack/**/*.test.ts', 'test/leak/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
