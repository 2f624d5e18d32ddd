/**
 * Where one source has labelled everything, nobody else's word can be held against it, and that is said. Golden rows are
 * another voice, which a person vouches for: where they say the opposite of its labels (Fisher's exact test, at what this
 * look may spend of α, and the other version ahead), the gate is held until a person has looked.
 */
import { count } from '../../domain/count.ts';
import { fisherExact } from '../../statistics/contingency.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import type { Check } from './check.ts';
import { counted, discordant } from './label-sources.ts';
import { heldForSources, type SourcesAsked } from './sources-asked.ts';
import { alphaOfLook } from './spend-alpha.ts';

export function oneSourceChecks(name: string, own: Pairs, asked: SourcesAsked): Check[] {
  const { golden, trusted = [] } = asked;
  const { rows } = counted(own);
  const same = { name: 'sources', value: 1, interval: null, bound: null, rows } as const;
  const alone = `All ${count(rows)} labels are the word of ${name}: nobody else’s can be held against them`;
  if (golden === null)
    return [
      {
        ...same,
        result: 'reported',
        sentence: `${alone}. Golden rows would be another voice: driftloop golden add.`,
      },
    ];
  const [ours, theirs] = [discordant(own), discordant(golden)];
  const versus =
    `of the rows that only one version got right, it sees the challenger right on ${count(own.wins)} of ${count(ours)}, ` +
    `golden rows on ${count(golden.wins)} of ${count(theirs)}`;
  const isOtherwise = contradicts(own, golden, asked);
  if (!isOtherwise || trusted.includes(name))
    return [{ ...same, result: 'reported', sentence: `${alone} but golden rows: ${versus}.` }];
  return [
    {
      ...same,
      name: `source:${name}`,
      value: own.wins / ours,
      bound: golden.wins / theirs,
      result: 'hold',
      ...heldForSources(null),
      sentence:
        `${alone} but golden rows, and they say otherwise: ${versus}. ` +
        'Look at both: leave its labels out with gate.withoutSources, name it in gate.trustedSources, or retire golden rows that are not true any more.',
    },
  ];
}

function contradicts(own: Pairs, golden: Pairs, { main, policy, look }: SourcesAsked): boolean {
  const ahead = golden.wins - golden.losses;
  const isOpposite = main.kind === 'promote' ? ahead < 0 : main.kind === 'reject' && ahead > 0;
  if (!isOpposite) return false;
  const { pValue } = fisherExact([
    [own.wins, own.losses],
    [golden.wins, golden.losses],
  ]);
  return pValue < alphaOfLook(policy.alpha, look);
}
