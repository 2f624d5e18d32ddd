/**
 * One who steers under several names, each with too few labels to stand out: do all sources have one share of rows on
 * which they see the challenger ahead? Sources with few such rows are taken together. Where they do not, those that lean
 * furthest towards the verdict are left out one after the other, until the rest speaks rather for one share than
 * against it; where the verdict of the rest is another, the gate is held.
 */
import { count } from '../../domain/count.ts';
import { logEOfShares } from '../../statistics/sequential/same-share.ts';
import type { Check } from './check.ts';
import { judgeChallenger } from './judge-challenger.ts';
import { counted, discordant, LEAST_DISCORDANT, sumOf, type LabelSource } from './label-sources.ts';
import { heldForSources, type SourcesAsked } from './sources-asked.ts';

type Group = Readonly<{ names: readonly string[]; pairs: LabelSource['pairs']; isTrusted: boolean }>;

export function namesCheck(
  sources: readonly LabelSource[],
  { main, question, policy, trusted = [] }: SourcesAsked,
): Check[] {
  if (main.kind === 'hold') return [];
  const groups = groupsOf(sources, trusted);
  if (!(logEOf(groups) > -Math.log(policy.alpha))) return [];
  const sign = main.kind === 'promote' ? 1 : -1;
  const leaning = groups
    .filter(({ isTrusted, names }) => !isTrusted && names.length > 0)
    .sort((a, b) => sign * (shareOf(b) - shareOf(a)));
  const out = new Set<Group>();
  let rest = groups;
  for (const group of leaning) {
    if (rest.length === 1 || logEOf(rest) <= 0) break;
    out.add(group);
    rest = groups.filter((one) => !out.has(one));
  }
  const [left, kept] = [sumOf([...out].map(({ pairs }) => pairs)), sumOf(rest.map(({ pairs }) => pairs))];
  const without = judgeChallenger({ ...question, ...counted(kept) }, policy);
  if (out.size === 0 || without.kind === main.kind) return [];
  const names = [...out].flatMap((group) => group.names);
  return [
    {
      name: 'sources.together',
      value: left.wins / discordant(left),
      interval: null,
      bound: kept.wins / Math.max(1, discordant(kept)),
      result: 'hold',
      rows: counted(left).rows,
      ...heldForSources(without),
      sentence:
        `Of the rows that only one version got right, ${sayNames(names)} see the challenger right on ${count(left.wins)} of ${count(discordant(left))}, ` +
        `everybody else on ${count(kept.wins)} of ${count(discordant(kept))}; without their labels the verdict would be ${without.kind}. ` +
        'Look at them: leave them out with gate.withoutSources, or name them in gate.trustedSources.',
    },
  ];
}

/** Those with few rows in one group, and those that are trusted, or nobody in particular, never left out. */
function groupsOf(sources: readonly LabelSource[], trusted: readonly string[]): Group[] {
  const small: LabelSource[] = [];
  const groups: Group[] = [];
  for (const source of sources) {
    const { name, pairs } = source;
    const isTrusted = name !== null && trusted.includes(name);
    if (discordant(pairs) < LEAST_DISCORDANT && name !== null && !isTrusted) small.push(source);
    else groups.push({ names: name === null ? [] : [name], pairs, isTrusted });
  }
  if (small.length > 0)
    groups.push({
      names: small.flatMap(({ name }) => name ?? []),
      pairs: sumOf(small.map(({ pairs }) => pairs)),
      isTrusted: false,
    });
  return groups.filter(({ pairs }) => discordant(pairs) > 0);
}

const logEOf = (groups: readonly Group[]): number =>
  logEOfShares(groups.map(({ pairs: { wins, losses } }) => ({ hits: wins, misses: losses })));

const shareOf = ({ pairs }: Group): number => pairs.wins / discordant(pairs);

const NAMED = 3;

function sayNames(names: readonly string[]): string {
  if (names.length <= NAMED) return names.join(' and ');
  return `${names.slice(0, NAMED).join(', ')} and ${count(names.length - NAMED)} more`;
}
