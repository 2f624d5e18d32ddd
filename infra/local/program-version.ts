import type { Installed, Tools } from './part.ts';

/** The first `1.2` or `1.2.3` after `before` in what a program says of itself; null where there is none. */
export function versionIn(text: string, before = ''): string | null {
  const at = text.indexOf(before);
  if (at < 0) return null;
  return /\d+\.\d+(?:\.\d+)?|\b\d+\b/.exec(text.slice(at + before.length))?.[0] ?? null;
}

/** Is a version at least another one? Compared number by number. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < want!.length; i++) {
    const difference = (have![i] ?? 0) - want![i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Programs on `PATH` that are all there and new enough, or null.
 *
 * @param programs what callers call them → the name on PATH; the first is asked for its version
 * @param version its arguments, the text before the number, and the least that will do
 */
export async function onPath<F extends string>(
  tools: Tools,
  programs: Readonly<Record<F, string>>,
  version: { args: readonly string[]; after: string; least: string },
): Promise<Installed<F> | null> {
  const files = {} as Record<F, string>;
  for (const [name, program] of Object.entries<string>(programs)) {
    const path = await tools.findOnPath(program, tools.env);
    if (!path) return null;
    files[name as F] = path;
  }
  const said = await tools.askVersion(Object.values<string>(files)[0]!, version.args);
  const found = said && versionIn(said, version.after);
  return found && isAtLeast(found, version.least) ? { where: 'path', version: found, files } : null;
}
