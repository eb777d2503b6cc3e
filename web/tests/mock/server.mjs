// Serves the built pages and contract-shaped documents, for development and for tests of states. MOCK=empty|fail|slow|stuck|files.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { answer, line, lines, paths, read, values } from './answers.mjs';
import { fixed } from './fixed.mjs';

const DIST = new URL('../../dist/', import.meta.url).pathname;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const CSP =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function start(port = 0, mode = process.env.MOCK ?? '', prefix = '/') {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    response.setHeader('Content-Security-Policy', CSP);
    const path = `/${url.pathname.slice(prefix.length)}`;
    if (path.startsWith('/api/v1')) return api(path.slice(7), url.searchParams, request, response, mode);
    const file = normalize(join(DIST, path));
    const found =
      file.startsWith(DIST) && existsSync(file) && statSync(file).isFile() ? file : join(DIST, 'index.html');
    response.setHeader('Content-Type', TYPES[extname(found)] ?? 'application/octet-stream');
    const depth = path.split('/').length - 2;
    if (extname(found) !== '.html' || depth === 0) return createReadStream(found).pipe(response);
    // As the server does: the page's own addresses are relative, and lead up from a deeper path.
    response.end(readFileSync(found, 'utf8').replace(/\b(src|href)="\.\//g, `$1="${'../'.repeat(depth)}`));
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

function send(response, status, body) {
  response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(body));
}

const problem = (status, detail) => ({
  type: 'urn:outlay:problem:mock',
  title: 'Mock',
  status,
  detail,
  next_step: 'Try again.',
  request_id: 'r-42',
});

function api(path, params, request, response, mode) {
  const reply = (status, body) => setTimeout(() => send(response, status, body), mode === 'slow' ? 4000 : 0);
  if (mode === 'fail' && path === '/costs') return reply(500, problem(500, 'The warehouse did not answer in time.'));
  if (mode === 'stuck' && path === '/costs') return; // until whoever asked gives up
  if (path === '/costs') return reply(200, answer(read(params)));
  if (path === '/costs/paths') return reply(200, paths(params));
  if (path === '/values') return reply(200, values(params));
  if (path === '/lines') return reply(200, lines(params));
  if (path.startsWith('/lines/')) return reply(200, line(decodeURIComponent(path.slice(7))));
  const document = fixed(path, request.method, mode);
  return document ? reply(200, document) : reply(404, problem(404, `There is nothing at ${path}.`));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const server = await start(Number(process.env.PORT ?? 8091));
  console.log(`http://127.0.0.1:${server.address().port}`);
}
