import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { RuleFile } from '../../monitors/rules/rule.ts';

/** A role that is scraped: `host:port` with labels that tell the roles apart. */
export type ScrapeTarget = Readonly<{ address: string; labels?: Readonly<Record<string, string>> }>;

/** Where Prometheus looks for what it is given: `rule_files: [rulesDir/*.yml]`, `file_sd` of targetsDir/*.json. */
export type PrometheusFolders = Readonly<{ rulesDir: string; targetsDir: string }>;

/** Rules as a file that Prometheus reads. */
export const rulesText = (rules: RuleFile): string =>
  `# Generated from the config by Driftloop; changes are overwritten.\n${stringify(rules, { lineWidth: 0 })}`;

/**
 * Writes the rules and the targets of a namespace, each file whole or not at all. Safe to repeat.
 *
 * Returns whether the rules have changed: Prometheus follows targets by itself, but has to be told to read its rules
 * again (`reloadPrometheus`).
 */
export async function writePrometheusFiles(
  { rulesDir, targetsDir }: PrometheusFolders,
  rules: RuleFile,
  targets: readonly ScrapeTarget[],
  namespace = 'default',
): Promise<{ rulesChanged: boolean }> {
  const ruleText = rulesText(rules);
  const targetText = JSON.stringify(
    targets.map(({ address, labels }) => ({ targets: [address], ...(labels ? { labels } : {}) })),
    null,
    2,
  );
  const name = `driftloop-${namespace}`;
  const [rulesChanged] = await Promise.all([
    writeWhole(path.join(rulesDir, `${name}.yml`), ruleText),
    writeWhole(path.join(targetsDir, `${name}.json`), `${targetText}\n`),
  ]);
  return { rulesChanged };
}

/** True when the content is new. A reader sees the old file or the new one, never half of one. */
async function writeWhole(file: string, content: string): Promise<boolean> {
  if ((await readFile(file, 'utf8').catch(() => null)) === content) return false;
  await mkdir(path.dirname(file), { recursive: true });
  // The ending keeps Prometheus from reading the unfinished one.
  const unfinished = `${file}.${process.pid}.partial`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
  return true;
}
