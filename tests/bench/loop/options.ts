import path from 'node:path';
import { parseArgs } from 'node:util';
import { chooseProduction, type Production } from '../../../cli/demo/choose-production.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import { sharedFolder } from '../../support/shared-data.ts';

/**
 * Rows per second. The services keep up with 100 on two cores, but an alert, a training and a canary step take their
 * seconds whatever the pace: the slower the rows come, the fewer of them are lost to that.
 */
const defaultPace = 25;

export const help = (bench: string) => `npm run bench -- ${bench} [--pace N] [--rows N] [--data FILE]

  --pace N     rows per second (${defaultPace})
  --rows N     at most so many rows (all)
  --data FILE  another file of the same columns
`;

/** The options of a bench on real services as the production that they ask for; null asks for help. */
export async function productionFrom(args: readonly string[], file: string): Promise<Production | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pace: { type: 'string', default: String(defaultPace) },
      rows: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const data = values.data ?? (sharedFolder === null ? null : path.join(sharedFolder, 'data', file));
  if (data === null) {
    throw new DriftloopError('DL_DATA_MISSING', 'There is no stream to play: DRIFTLOOP_SHARED is not set.', {
      fix: 'Give a file, --data FILE.csv, or set DRIFTLOOP_SHARED to the folder with the reference data.',
    });
  }
  return await chooseProduction({
    data,
    pace: positive('--pace', values.pace),
    ...(values.rows === undefined ? {} : { rows: positive('--rows', values.rows) }),
  });
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new DriftloopError('DL_OPTION_INVALID', `${option} ${text} is not a positive number.`, {
    fix: `Give a number: ${option} 100.`,
  });
}

/** A bench on real services asserts one thing: that the loop closes. */
export function refuseOpenLoop(isClosed: boolean, reason: string): void {
  if (isClosed) return;
  throw new DriftloopError('DL_LOOP_NOT_CLOSED', reason, {
    fix: 'The lines above tell what each run did; a slower --pace gives the services more time.',
  });
}
