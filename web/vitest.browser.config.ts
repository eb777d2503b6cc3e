import { defineConfig } from 'vitest/config';

/** Tests in Chromium, on the built pages: `CHROMIUM_PATH` names it, `OUTLAY_URL` a running server instead of the mock. */
export default defineConfig({
  test: { include: ['tests/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
});
