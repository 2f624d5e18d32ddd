/**
 * Who says what the labels are: somebody whose labels decide the gate, and who says otherwise than everybody else, may be
 * steering it. Of the rows that only one version got right, does a source see the challenger ahead as often as the others
 * do (Fisher's exact test, after Holm's correction over the sources, at what this look may spend of α)? One that does
 * not, and without whose rows the verdict would be another, holds the gate until a person has looked. Several names that
 * steer together, each with little, are found in source-names.ts; what one source alone labels is held against golden
 * rows in one-source.ts.
 *
 * Labels that are wrong for both versions alike steer nobody: they only make the gate ask for more.
 */
import { count } from '../../domain/count.ts';
import { fisherExact } from '../../statistics/contingency.ts';
import { holm } from '../../statistics/multiple-testing.ts';
import type { AnsweredRows } from './answered-rows.ts';
import type { Check } from './check.ts';
import { judgeChallenger } from './judge-challenger.ts';
import { counted, discordant, labelSources, LEAST_DISCORDANT, minus, sumOf } from './label-sources.ts';
import type { LabelSource } from './label-sources.ts';
import { oneSourceChecks } from './one-source.ts';
import { namesCheck } from './source-names.ts';
import { heldForSources, type SourcesAsked } from './sources-asked.ts';
import { alphaOfLook } from './spend-alpha.ts';

/** One check for each source that says otherwise than the others; of one source alone what can be said of it. */
export function sourceChecks(answered: AnsweredRows, asked: SourcesAsked): Check[] {
  const sources = labelSources(answered);
  const [only] = sources;
  if (sources.length === 1) return only!.name === null ? [] : oneSourceChecks(only!.name, only!.pairs, asked);
  const single = singleChecks(sources, asked);
  if (single.some(({ result }) => result === 'hold')) return single;
  return [...single, ...namesCheck(sources, asked)];
}

/** Rows that nobody in particular labelled are everybody else's. */
function singleChecks(all: readonly LabelSource[], asked: SourcesAsked): Check[] {
  const { main, question, policy, look, trusted = [] } = asked;
  const total = sumOf(all.map(({ pairs }) => pairs));
  const sources = all
    .flatMap(({ name, pairs }) => (name === null ? [] : [{ name, own: pairs, others: minus(total, pairs) }]))
    .filter(({ own, others }) => Math.min(discordant(own), discordant(others)) >= LEAST_DISCORDANT);
  const adjusted = holm(
    sources.map(
      ({ own, others }) =>
        fisherExact([
          [own.wins, own.losses],
          [others.wins, others.losses],
        ]).pValue,
    ),
  );
  const alpha = alphaOfLook(policy.alpha, look);
  return sources.flatMap(({ name, own, others }, i): Check[] => {
    if (!(adjusted[i]! < alpha)) return [];
    const without = judgeChallenger({ ...question, ...counted(others) }, policy);
    const isTurned = without.kind !== main.kind && main.kind !== 'hold';
    const what =
      `Of the rows that only one version got right, ${name} sees the challenger right on ${count(own.wins)} of ${count(discordant(own))}, ` +
      `everybody else on ${count(others.wins)} of ${count(discordant(others))}`;
    const result = isTurned && !trusted.includes(name) ? 'hold' : 'reported';
    return [
      {
        name: `source:${name}`,
        value: own.wins / discordant(own),
        interval: null,
        bound: others.wins / discordant(others),
        result,
        rows: counted(own).rows,
        ...(result === 'hold' ? heldForSources(without) : {}),
        sentence: isTurned
          ? `${what}; without its labels the verdict would be ${without.kind}. Look at them: leave them out with gate.withoutSources, or name it in gate.trustedSources.`
          : `${what}; the verdict is the same without its labels.`,
      },
    ];
  });
}
