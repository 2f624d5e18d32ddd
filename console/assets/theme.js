// Before the first paint: the reader's theme. And the reader's time zone, so that the server can write times for it.
try {
  if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
} catch {
  // Storage may be forbidden; the system's theme is fine.
}
document.cookie = `driftloop_zone=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)};path=/;max-age=31536000;samesite=lax`;
