import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { DriftloopError } from '../../domain/errors.ts';
import { headerOf } from '../data/records.ts';
import { LeftEarly } from '../output.ts';
import type { DataWish } from './describe-data.ts';
import { templates } from './template-names.ts';
import type { Template } from './template-names.ts';

type Said = Partial<DataWish> & { template?: string; yes?: boolean };
/** What a column of labels is often called. */
const usualLabels: readonly string[] = ['label', 'labels', 'class', 'target', 'answer', 'outcome'];
/** What a shell says of a command that Ctrl-C ended. */
const INTERRUPTED = 130;

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
  return await onTerminal({ input: process.stdin, output: process.stderr }, (given) => askAll(said, given));
}

/** Asks on a terminal. Throws LeftEarly where somebody goes away instead of answering: by Ctrl-C, or by Ctrl-D. */
export async function onTerminal<T>(
  streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
  use: (ask: Ask) => Promise<T>,
): Promise<T> {
  const terminal = createInterface(streams);
  const left = new Promise<never>((_, reject) => {
    terminal.once('SIGINT', () => reject(new LeftEarly('Nothing was written.', INTERRUPTED)));
    terminal.once('close', () => reject(new LeftEarly('Nothing was written.', 1)));
  });
  // It is closed in any case, and nobody waits then.
  left.catch(() => {});
  const ask: Ask = async (question, usual) => {
    const answered = terminal.question(`${question}${usual === '' ? '' : ` [${usual}]`} `);
    // Whether a question that is left fails, and how, differs between versions of Node.
    answered.catch(() => {});
    const answer = (await Promise.race([answered, left])).trim();
    return answer === '' ? usual : answer;
  };
  try {
    return await use(ask);
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
  const usual = columns.find((column) => usualLabels.includes(column.toLowerCase()));
  const label = await ask(`Which column holds the label (${columns.join(', ')})?`, usual ?? '');
  // Without one, the columns may still say it by themselves.
  return { ...wishOf(said), data, ...(label === '' ? {} : { label }) };
}

const wishOf = ({ label, time, ignore }: Said): Omit<DataWish, 'data'> => ({
  ...(label === undefined ? {} : { label }),
  ...(time === undefined ? {} : { time }),
  ...(ignore === undefined ? {} : { ignore }),
});
