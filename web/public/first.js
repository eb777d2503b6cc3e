// Runs before the first paint. A chosen theme does not flash so; `system` follows the media query.
try {
  const theme = localStorage.getItem('outlay.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us: the system's theme stands.
}
// What nearly every page needs is asked while the scripts are still on their way; src/api/client.ts takes it from here.
// An answer is read at once: one that nobody took would stay open.
const base = new URL('.', document.currentScript.src);
window.outlayAsked = Object.fromEntries(
  ['/status', '/catalogue', '/sources', '/preferences'].map((path) => {
    const asked = fetch(new URL(`api/v1${path}`, base), { credentials: 'same-origin' });
    const answer = asked.then(async (found) => new Response(await found.blob(), found));
    answer.catch(() => {}); // whoever takes it hears of it
    return [path, answer];
  }),
);
// The code of the page that stands here, so that it comes with what every page needs; scripts/finish.mjs writes which.
const CODE = {};
const place = location.pathname.slice(base.pathname.length - 1).split('/');
const stands = (path) =>
  path.length === place.length && path.every((part, at) => part === place[at] || part.startsWith('$'));
const page = place.join('/') in CODE ? place.join('/') : Object.keys(CODE).find((path) => stands(path.split('/')));
for (const file of CODE[page] ?? []) {
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = new URL(file, base);
  document.head.append(link);
}
// Slow when first used, and nothing else is to be done until the scripts are there.
new Intl.NumberFormat();
try {
  sessionStorage.getItem('');
} catch {
  // Closed, as above.
}
