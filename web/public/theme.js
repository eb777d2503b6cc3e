// Runs before the first paint, so that a chosen theme does not flash; `system` follows the media query.
try {
  const theme = localStorage.getItem('outlay.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us: the system's theme stands.
}
