// Chart and table alone, as they are built for people, for the benchmarks: `node scripts/kits.mjs FOLDER`.
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const [folder] = process.argv.slice(2);
await build({
  configFile: false,
  root: new URL('../tests/kits/', import.meta.url).pathname,
  base: './',
  logLevel: 'warn',
  plugins: [react()],
  build: { outDir: folder, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
});
