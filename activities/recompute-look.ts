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
import { heldOutOf, reportLook, stretchOf, type LookMatter, type LookTerms } from './report-look.ts';
import { reportMemory, type MemoryTerms } from './report-memory.ts';
import { scoredSet, tally, type Scored } from './scored-rows.ts';
import type { VerifyPorts } from './verify-run.ts';
import { judgedOn, usesOfRows } from './worn-out-rows.ts';

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
    const said = await reportMemory(ports, config, { rivals: rivals.map(asRival), seed, resamples }, matter);
    return said === null ? null : asKept(look, said);
  }
  const given = { ...terms, look: look.look, patience: regretPolicyOf(config).patience };
  const heldOut = heldOutOf(
    test.scored.map(({ example }) => example),
    given,
  );
  const wear = given.wear && {
    ...given.wear,
    rows: heldOut.length,
    uses: usesOfRows(heldOut, config.gate),
  };
  const use = await useOf(ports, asked, heldOut);
  const { main, ...said } = await reportLook(ports, config, { ...given, use, ...(wear && { wear }) }, matter);
  const recomputed = asKept(look, said);
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
  if (/^report\.(accuracyBySlice|proof\.slices)/.test(path) || path === 'report.labelsNeeded') return true;
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

/** An earlier Driftloop did not keep from where to where it looked. */
const isOfBefore = ({ report }: Pick<StoredLook, 'report'>): boolean => report['looked'] === undefined;

/** What an earlier Driftloop did not keep, and no later one may find missing. */
const keptSince = ['looked', 'proof'];

/** A look as it would have been kept then. */
function asKept<Said extends Recomputed>(look: StoredLook, said: Said): Said {
  const report = Object.entries(said.report).filter(
    ([field]) => !keptSince.includes(field) || look.report[field] !== undefined,
  );
  return { ...said, report: Object.fromEntries(report) };
}

/** The how-manieth challenger it was that these held-out rows judged; null where there are none. */
async function useOf(
  { runs }: VerifyPorts,
  { run, look }: { run: Run; look: StoredLook },
  heldOut: readonly Example[],
): Promise<number | null> {
  const stretch = stretchOf(heldOut);
  if (stretch === null) return null;
  const others = (await runs.lookedAt(run.model, look.at)).filter(
    ({ challenger }) => challenger !== look.challenger,
  );
  const judged = isOfBefore(look)
    ? others.filter(({ toSeq }) => toSeq >= stretch.fromSeq)
    : judgedOn(others, heldOut);
  return 1 + judged.length;
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
