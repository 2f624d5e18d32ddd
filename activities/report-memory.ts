/** What memory says of an earlier version, from nothing but what is kept of it: so whoever asks later gets the same. */
import type { ModelConfig } from '../domain/model-config.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { EvaluationRow } from '../domain/ports.ts';
import { pickEarlierVersion, type Rival } from '../monitors/policy/earlier-version.ts';
import { blockingChecks } from '../training/gate/judge-gate.ts';
import type { Ports } from './ports.ts';
import type { LookMatter } from './report-look.ts';
import { answeredGolden, goldenNumbers, stretchOf } from './report-look.ts';
import { digestOf, tally } from './scored-rows.ts';

export type MemoryTerms = Readonly<{ rivals: readonly Rival[]; seed: number; resamples: number }>;

/** @returns null where none of the versions fits, or a check of the gate blocks the one that does or leaves it open */
export async function reportMemory(
  { report: reportPair }: Pick<Ports, 'report'>,
  config: ModelConfig,
  { rivals, seed, resamples }: MemoryTerms,
  { test, golden, artifact }: LookMatter,
): Promise<Pick<EvaluationRow, 'rows' | 'testDigest' | 'report' | 'verdict'> | null> {
  const picked = pickEarlierVersion(rivals, regretPolicyOf(config));
  if (picked === null) return null;
  const { task, gate } = config;
  const { scored, answered } = test;
  // What blocks a new version blocks an old one, too.
  const checks = blockingChecks(
    {
      test: answered,
      evidence: answered,
      golden: answeredGolden(task, golden),
      artifact,
    },
    gate,
    { look: 'only', seed, resamples },
  );
  if (checks.some(({ result }) => result === 'fail' || result === 'hold')) return null;
  const rows = scored.map(({ example }) => example);
  const { sentence, eValue, tried } = picked;
  return {
    rows: rows.length,
    testDigest: digestOf(rows),
    report: {
      ...(await reportPair(task, answered, { slices: gate.slices })),
      gate: 'memory',
      evidence: tally(answered),
      eValue,
      tried,
      checks,
      looked: stretchOf(rows),
      terms: { kind: 'memory', rivals, seed, resamples },
      artifact,
      golden: goldenNumbers(golden),
    },
    verdict: { kind: 'promote', by: 'evidence', sentence },
  };
}
