import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Addresses in the built page are relative, and the server leads them up from deeper paths: any sub-path will do. */
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist-next', // scripts/finish.mjs moves it to dist
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    chunkSizeWarningLimit: 700, // scripts/finish.mjs measures what is sent
    manifest: true,
  },
  server: { proxy: { '/api': process.env.OUTLAY_API ?? 'http://127.0.0.1:8080' } },
  test: { environment: 'node', include: ['tests/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 },
});
