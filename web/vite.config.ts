import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
// @ts-expect-error: a build script without types
import { declaredPages } from './scripts/pages.mjs';

/** Addresses in the built page are relative, and the server leads them up from deeper paths: any sub-path will do. */
export default defineConfig({
  base: './',
  plugins: [declaredPages(), react()],
  build: {
    outDir: 'dist-next', // scripts/finish.mjs moves it to dist
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    chunkSizeWarningLimit: 700, // scripts/finish.mjs measures what is sent
    manifest: true,
    rolldownOptions: {
      output: {
        // Few files: what every page begins with, the widgets that open over a page, and what several pages share.
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 3 },
            { name: 'over', test: /node_modules[\\/](react-aria|react-stately|@internationalized)/, priority: 2 },
            {
              name: 'shared',
              test: /src[\\/](chart|data|explain|explore|home|jobs|notes|table|teams|ui)[\\/](?!engine|picture|Over)/,
              minShareCount: 2,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': process.env.OUTLAY_API ?? 'http://127.0.0.1:8080' } },
  test: { environment: 'node', include: ['tests/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 },
});
