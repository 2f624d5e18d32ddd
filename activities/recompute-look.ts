import type { Example } from '../domain/examples.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { EvaluationRow, StoredLook } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import type { StoredTestedRow, TestedPart } from '../domain/tested-row.ts';
import { triageOf } from '../domain/triage.ts';
import type { MeasuredArtifact } from '../training/gate/artifact-checks.ts';
import type { Check } from '../training/gate/check.ts';
import { settleChecks } from '../training/gate/judge-gate.ts';
import { goldenLearnt } from './learnt-rows.ts';
import { evidenceOf, heldOutOf, reportLook, type LookMatter, type LookTerms } from './report-look.ts';
import { reportMemory, type MemoryTerms } from './report-memory.ts';
import { scoredSet, tally, type Scored, type ScoredSet } from './scored-rows.ts';
import type { VerifyPorts } from './verify-run.ts';

type Recomputed = Pick<EvaluationRow, 'rows' | 'testDigest' | 'verdict' | 'report'>;

/**
 * What a look says now, from its rows, its terms, and everything else that is stored. Null where an earlier version would
 * not have been picked on these rows.
 */
export async function recomputeLook(
  ports: VerifyPorts,
  asked: { run: Run; config: ModelConfig; look: StoredLook; rows: readonly StoredTestedRow[] },
): Promise<Recomputed | null> {
  const { config, look, rows } = asked;
  const terms = look.report['terms'] as LookTerms | ({ kind: 'memory' } & MemoryTerms);
  const test = scoredSet(config.task, scoredAs('test', rows));
  const matter: LookMatter = {
    test,
    golden: await goldenOf(ports, asked),
    // Measured on the machine of the gate, and by nobody since.
    artifact: (look.report['artifact'] ?? null) as MeasuredArtifact | null,
  };
  if (terms.kind === 'memory') {
    const own = tally(test.answered);
    const rivals = terms.rivals.map((rival) =>
      rival.version === look.challenger ? { ...rival, ...own } : rival,
    );
    const { seed, resamples } = terms;
    return reportMemory(config, { rivals: rivals.map(asRival), seed, resamples }, matter);
  }
  const given = { ...terms, look: look.look, patience: regretPolicyOf(config).patience };
  const { main, ...recomputed } = await reportLook(
    ports.judge,
    config,
    { ...given, use: await useOf(ports, asked, given, test) },
    matter,
  );
  if (rows.every(({ input }) => input !== null)) return recomputed;
  // Checks of slices are as they were found: their rows cannot be told apart any more.
  const stored = new Map((look.report['checks'] as Check[]).map((check) => [check.name, check]));
  const others = (recomputed.report['checks'] as Check[])
    .slice(1)
    .filter(({ name }) => !isOfSlices(name) || stored.has(name))
    .map((check) => (isOfSlices(check.name) ? stored.get(check.name)! : check));
  const missing = [...stored.values()].filter(
    ({ name }) => isOfSlices(name) && others.every((check) => check.name !== name),
  );
  return { ...recomputed, verdict: settleChecks(main, [...others, ...missing], given) };
}

const asRival = ({ version, wins, losses }: MemoryTerms['rivals'][number]) => ({ version, wins, losses });

const isOfSlices = (name: string): boolean => name.startsWith('slice:') || name.startsWith('fairness:');

/** Whether what stands at this path of a look is split by a value of the input. */
export function restsOnSlices(path: string, report: StoredLook['report']): boolean {
  if (path.startsWith('report.accuracyBySlice') || path === 'report.labelsNeeded') return true;
  const [, at] = /^report\.checks\.(\d+)/.exec(path) ?? [];
  if (at === undefined) return false;
  const check = (report['checks'] as Check[])[Number(at)];
  return check === undefined || isOfSlices(check.name);
}

const scoredAs = (part: TestedPart, rows: readonly StoredTestedRow[]): Scored[] =>
  rows
    .filter((row) => row.part === part)
    .map(({ id, seq, input, label, entity, source, ours, theirs }) => {
      const example: Example = {
        predictionId: id,
        seq,
        input: input ?? {},
        label,
        partition: part === 'test' ? 'holdout' : 'golden',
        ...(entity === null ? {} : { entity }),
        ...(source === null ? {} : { source }),
      };
      return { example, ours, theirs };
    });

/** How many challengers the held-out rows had judged by then. */
async function useOf(
  { runs }: VerifyPorts,
  { run, look }: { run: Run; look: StoredLook },
  terms: Omit<LookTerms, 'use'>,
  test: ScoredSet,
): Promise<number | null> {
  const heldOut = heldOutOf(evidenceOf(test, terms), terms.cutSeq);
  if (heldOut === null) return null;
  const wish = { model: run.model, besides: look.challenger, fromSeq: heldOut.fromSeq, before: look.at };
  return 1 + (await runs.judgedOnHeldOut(wish));
}

async function goldenOf(
  { runs, versions }: VerifyPorts,
  { run, look, rows }: { run: Run; look: StoredLook; rows: readonly StoredTestedRow[] },
): Promise<LookMatter['golden']> {
  const stored = look.report['golden'] as Omit<LookMatter['golden'], 'pinned' | 'sampled'>;
  const [pinned, sampled] = [scoredAs('pinned', rows), scoredAs('sampled', rows)];
  const { unfit } = stored;
  if (stored.learnt === null) return { ...stored, pinned, sampled };
  const learnt = await versions.learnt(run.model, look.challenger);
  const ids = [...pinned, ...sampled].map(({ example }) => ({ id: example.predictionId }));
  const isMemory = look.look === 0;
  return {
    pinned,
    sampled,
    unfit,
    hasConceptDrift: !isMemory && triageOf(await runs.story(run.id))?.diagnosis === 'conceptDrift',
    // Of golden rows that did not fit nothing is kept but how many they were.
    learnt: unfit > 0 ? stored.learnt : { rows: goldenLearnt(ids, learnt).length, isWhole: learnt.isWhole },
  };
}
