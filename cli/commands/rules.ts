import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '../load-config.ts';
import { rulesOf } from '../operate/rules.ts';
import type { PrometheusPieces } from '../operate/rules.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';
import { shellWord } from '../shell-word.ts';

export type RulesOptions = { config?: string; out?: string; evaluation: string };

/** From the config as applied, or from a file, without any service; into a folder where one is named. */
export async function writeRules({ config: file, out, evaluation }: RulesOptions): Promise<Answer> {
  const pieces =
    file === undefined
      ? await withDriftloop(({ rules }) => rules({ evaluation }))
      : await rulesOf((await loadConfig(file)).config, { evaluation });
  return out === undefined ? printed(pieces) : writtenTo(out, pieces);
}

function printed({ files, rulesFile }: PrometheusPieces): Answer {
  const rules = files[rulesFile]!;
  return { json: { rules }, text: rules.trimEnd() };
}

async function writtenTo(
  out: string,
  { files, rulesFile, retentionDays: days }: PrometheusPieces,
): Promise<Answer> {
  const names = Object.keys(files);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(out, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return {
    json: { files: names.map((name) => path.join(out, name)), retentionDays: days },
    text:
      `Wrote ${names.filter((name) => !name.startsWith('grafana/')).join(', ')}, and dashboards in grafana, to ${out}. ` +
      `Prometheus has to keep samples for more than ${days} day${days === 1 ? '' : 's'}, the longest window.`,
    next: `promtool check rules ${shellWord(path.join(out, rulesFile))}`,
  };
}
