import { readdir, readFile } from 'node:fs/promises';

const here = new URL('.', import.meta.url);

/**
 * The dashboards as Grafana reads them, and the provider that has it read them by itself: texts by their names inside a
 * folder of their own.
 */
export async function grafanaFiles(): Promise<Record<string, string>> {
  const boards = (await readdir(new URL('dashboards/', here))).filter((name) => name.endsWith('.json'));
  const names = [...boards.map((name) => `dashboards/${name}`), 'provisioning/dashboards/driftloop.yaml'];
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(name, here), 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}
