import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { DriftloopError } from '../../domain/errors.ts';
import { headerOf } from '../data/records.ts';
import type { DataWish } from './describe-data.ts';
import { templates } from './template-names.ts';
import type { Template } from './template-names.ts';

type Said = Partial<DataWish> & { template?: string; yes?: boolean };
type Ask = (question: string, usual: string) => Promise<string>;

/** What the options leave open is asked for on a terminal: two questions at most. Without one, or with --yes, none. */
export async function askWhatIsNotSaid(said: Said, ask?: Ask): Promise<DataWish | { template: Template }> {
  if (said.data !== undefined && said.template !== undefined)
    throw new DriftloopError('DL_REQUEST_INVALID', '--data and --template were both given.', {
      fix: 'Leave one of them out: a template brings rows of its own.',
    });
  if (said.template !== undefined) return { template: said.template as Template };
  const isAsked = said.yes !== true && (ask !== undefined || process.stdin.isTTY);
  if (!isAsked)
    return said.data === undefined ? { template: 'tabular' } : { ...wishOf(said), data: said.data };
  if (ask !== undefined) return await askAll(said, ask);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await askAll(said, async (question, usual) => {
      const answer = (await terminal.question(`${question}${usual === '' ? '' : ` [${usual}]`} `)).trim();
      return answer === '' ? usual : answer;
    });
  } finally {
    terminal.close();
  }
}

async function askAll(said: Said, ask: Ask): Promise<DataWish | { template: Template }> {
  const data =
    said.data ?? (await ask('A file with labelled rows (CSV or JSON lines); nothing for made-up ones:', ''));
  if (data === '') {
    const about = await ask(`What is it about: ${templates.join(', ')}?`, 'tabular');
    const template = templates.find((one) => one === about);
    if (template !== undefined) return { template };
    throw new DriftloopError('DL_OPTION_INVALID', `There is no template "${about}".`, {
      fix: `Say one of ${templates.join(', ')}.`,
    });
  }
  if (said.label !== undefined) return { ...wishOf(said), data };
  const columns = await headerOf(data, true);
  const usual = columns.find((column) => ['label', 'labels', 'class', 'target', 'answer'].includes(column));
  const label = await ask(
    `Which column is right or wrong (${columns.join(', ')})?`,
    usual ?? columns.at(-1)!,
  );
  return { ...wishOf(said), data, label };
}

const wishOf = ({ label, time, ignore }: Said): Omit<DataWish, 'data'> => ({
  ...(label === undefined ? {} : { label }),
  ...(time === undefined ? {} : { time }),
  ...(ignore === undefined ? {} : { ignore }),
});
