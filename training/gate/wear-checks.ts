/** What a gate says of held-out rows that have judged challengers before this one, and of those that may judge no more. */
import { count } from '../../domain/count.ts';
import type { Check } from './check.ts';

/** How far the held-out rows of a look are used up. */
export type Wear = Readonly<{
  /** Rows that may still judge. */
  rows: number;
  /** How many challengers they may judge, all together. */
  uses: number;
  /** Rows beside them that have judged as many as they may. */
  wornOut: number;
}>;

type Asked = Readonly<{
  /** The how-manieth challenger this is that the held-out rows judge; left out where none of them is evidence. */
  use?: number;
  wear?: Wear;
  /** What this challenger may spend of the chance of a false promotion. */
  alpha: number;
  /** Rows that are evidence, fresh ones among them. */
  rows: number;
  minRows: number;
}>;

/** What it costs that rows have judged others before; and where too few are left, how many fresh ones are wanted. */
export const wearChecks = (asked: Asked): Check[] => [...useChecks(asked), ...wornOutChecks(asked)];

const NAME = { interval: null, bound: null } as const;

function useChecks({ use, wear, alpha, rows }: Asked): Check[] {
  if (use === undefined) return [];
  const spends = `which may spend ${alpha.toPrecision(2)} of the chance of a false promotion`;
  const sentence =
    wear === undefined
      ? `The held-out rows judge their ${use}. challenger, ${spends}.`
      : `${sayLeft({ ...wear, use })} This is number ${use}, ${spends}.`;
  return [{ ...NAME, name: 'test.use', value: use, result: 'reported', rows, sentence }];
}

/** `These 1,240 held-out rows may judge 9 challengers, and 4 of them are left after this one.` */
function sayLeft({ rows, uses, use }: Pick<Wear, 'rows' | 'uses'> & { use: number }): string {
  const left = Math.max(0, uses - use);
  const set = rows === 1 ? 'This 1 held-out row' : `These ${count(rows)} held-out rows`;
  const some = uses === 1 ? '1 challenger' : `${count(uses)} challengers`;
  const rest = left === 0 ? 'none is' : left === 1 ? '1 of them is' : `${count(left)} of them are`;
  return `${set} may judge ${some}, and ${rest} left after this one.`;
}

function wornOutChecks({ wear, rows, minRows }: Asked): Check[] {
  if (wear === undefined || wear.wornOut === 0 || rows >= minRows) return [];
  const { wornOut } = wear;
  const wanted = minRows - rows;
  return [
    {
      ...NAME,
      name: 'test.wornOut',
      value: wornOut,
      result: 'hold',
      rows,
      code: 'DL_GATE_WORN_OUT',
      untilExpiry: true,
      labelsNeeded: wanted,
      sentence:
        `${count(wornOut)} held-out ${wornOut === 1 ? 'row has' : 'rows have'} judged as many challengers as ${wornOut === 1 ? 'it' : 'they'} may, and ${wornOut === 1 ? 'judges' : 'judge'} nobody any more; ` +
        `${count(wanted)} fresh ${wanted === 1 ? 'label is' : 'labels are'} wanted.`,
    },
  ];
}
