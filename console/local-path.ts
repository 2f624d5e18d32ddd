/**
 * Only paths of this console: neither a form field nor an address may send the reader elsewhere, and none carries a
 * token: after a login of their own a reader would go on as whomever a foreign link has chosen.
 */
export function localPath(given: unknown): string {
  if (typeof given !== 'string' || !isLocal(given)) return '/';
  try {
    const url = new URL(given, 'http://here');
    if (url.searchParams.has('token')) url.searchParams.delete('token');
    // Dots are taken out of a path as it is read: what remains of "/.//elsewhere" leads elsewhere.
    return url.host === 'here' && isLocal(url.pathname) ? url.pathname + url.search : '/';
  } catch {
    return '/';
  }
}

/** Two slashes, or what a browser takes for them, begin the name of another host. */
const isLocal = (path: string): boolean => /^\/(?![/\\])/.test(path);
