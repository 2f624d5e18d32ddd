/**
 * Who says what the labels are: somebody whose labels decide the gate, and who says otherwise than everybody else, may be
 * steering it. Of the rows that only one version got right, does a source see the challenger ahead as often as the others
 * do (Fisher's exact test, after Holm's correction over the sources, at what this look may spend of α)? One that does
 * not, and without whose rows the verdict would be another, holds the gate until a person has looked.
 *
 * What one source alone labels cannot be held against others, and labels that are wrong for both versions alike steer
 * nobody: they only make the gate ask for more.
 */
import { count } from '../../domain/count.ts';
import type { GateConfig } from '../../domain/gate-config.ts';
import type { RegretPolicy } from '../../domain/policy/regret-policy.ts';
import { fisherExact } from '../../statistics/contingency.ts';
import { holm } from '../../statistics/multiple-testing.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import { pairsOf, type AnsweredRows } from './answered-rows.ts';
import type { Check } from './check.ts';
import { judgeChallenger, type GateQuestion, type GateVerdict } from './judge-challenger.ts';
import { alphaOfLook } from './spend-alpha.ts';

type Asked = Readonly<{
  main: GateVerdict;
  question: Pick<GateQuestion, 'kind' | 'notWorseBy'>;
  policy: Pick<RegretPolicy, 'alpha' | 'patience'>;
  look: number | 'only';
  trusted: GateConfig['trustedSources'];
}>;

/** With fewer on one side no table of two sources says anything after Holm's correction. */
const LEAST_DISCORDANT = 5;

/** One check for each source that says otherwise than the others; none where all say alike, or there is one only. */
export function sourceChecks(
  answered: AnsweredRows,
  { main, question, policy, look, trusted = [] }: Asked,
): Check[] {
  const sources = bySource(answered).filter(
    ({ own, others }) =>
      own.wins + own.losses >= LEAST_DISCORDANT && others.wins + others.losses >= LEAST_DISCORDANT,
  );
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
  return sources.flatMap((source, i): Check[] => {
    if (!(adjusted[i]! < alpha)) return [];
    const { name, own, others } = source;
    const without = judgeChallenger({ ...question, ...counted(others) }, policy);
    const isTurned = without.kind !== main.kind && main.kind !== 'hold';
    const isTrusted = trusted.includes(name);
    const [ownDiscordant, otherDiscordant] = [own.wins + own.losses, others.wins + others.losses];
    const what =
      `Of the rows that only one version got right, ${name} sees the challenger right on ${count(own.wins)} of ${count(ownDiscordant)}, ` +
      `everybody else on ${count(others.wins)} of ${count(otherDiscordant)}`;
    const result = isTurned && !isTrusted ? 'hold' : 'reported';
    return [
      {
        name: `source:${name}`,
        value: own.wins / ownDiscordant,
        interval: null,
        bound: others.wins / otherDiscordant,
        result,
        rows: counted(own).rows,
        ...(result === 'hold'
          ? { code: 'DL_GATE_SOURCES' as const, untilExpiry: true as const, labelsNeeded: null }
          : {}),
        sentence: isTurned
          ? `${what}; without its labels the verdict would be ${without.kind}. Look at them: leave them out with gate.withoutSources, or name it in gate.trustedSources.`
          : `${what}; the verdict is the same without its labels.`,
      },
    ];
  });
}

const counted = ({ wins, losses, ties }: Pairs) => ({ wins, losses, rows: wins + losses + ties });

type Source = { name: string; own: Pairs; others: Pairs };

/** How the rows of each source fell, and those of all others; rows that nobody in particular labelled are others'. */
function bySource(answered: AnsweredRows): Source[] {
  const rows = new Map<string, number[]>();
  for (const i of answered.independent) {
    const { source } = answered.rows[i]!;
    if (source == null) continue;
    const own = rows.get(source);
    if (own === undefined) rows.set(source, [i]);
    else own.push(i);
  }
  const all = pairsOf(answered, answered.independent);
  return [...rows]
    .map(([name, own]) => ({ name, own: pairsOf(answered, own) }))
    .map(({ name, own }) => ({
      name,
      own,
      others: {
        wins: all.wins - own.wins,
        losses: all.losses - own.losses,
        ties: all.ties - own.ties,
      },
    }));
}
