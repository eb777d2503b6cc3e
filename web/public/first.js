// Runs before the first paint. A chosen theme does not flash so; `system` follows the media query.
try {
  const theme = localStorage.getItem('outlay.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us: the system's theme stands.
}
// What every page needs, and what the front door does, is asked while the scripts are still on their way;
// src/api/client.ts takes it from here. An answer that nobody took would stay open, so nothing is asked on suspicion.
const base = new URL('.', document.currentScript.src);
const door = location.pathname === base.pathname && location.search === '';
window.outlayAsked = Object.fromEntries(
  ['/status', '/catalogue', ...(door ? ['/sources', '/preferences'] : [])].map((path) => {
    const answer = fetch(new URL(`api/v1${path}`, base), { credentials: 'same-origin' });
    answer.catch(() => {}); // whoever takes it hears of it
    return [path, answer];
  }),
);
// Slow when first used, and nothing else is to be done until the scripts are there.
new Intl.NumberFormat();
try {
  sessionStorage.getItem('');
} catch {
  // Closed, as above.
}
