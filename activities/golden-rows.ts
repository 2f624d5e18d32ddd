import { isTruthOf } from '../domain/answer-text.ts';
import { checkInstance } from '../domain/check-instance.ts';
import type { Example } from '../domain/examples.ts';
import type { GoldenKind, GoldenRow } from '../domain/golden.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { triageOf } from '../domain/triage.ts';
import { answersOf } from './answers.ts';
import { goldenLearnt } from './learnt-rows.ts';
import type { Ports } from './ports.ts';
import type { LookMatter } from './report-look.ts';
import { scoredBy } from './scored-rows.ts';

type GoldenPorts = Pick<Ports, 'golden' | 'versions' | 'runs' | 'predictor' | 'artifacts'>;

/** What a challenger and the champion make of a model's golden rows, and whether the challenger has learnt from any. */
export async function goldenMatter(
  ports: GoldenPorts,
  { name: model, input, task }: Pick<ModelConfig, 'name' | 'input' | 'task'>,
  pair: { runId: string | null; challenger: Answerer; champion: Answerer },
): Promise<LookMatter['golden']> {
  const rows = await ports.golden.list(model);
  const fitting = rows.filter(
    (row) => isTruthOf(task, row.label) && 'row' in checkInstance(input, row.input, 0),
  );
  const answered = async (kind: GoldenKind) => {
    const examples = fitting.filter((row) => row.kind === kind).map(asExample);
    if (examples.length === 0) return [];
    const [ours, theirs] = [
      await answersOf(ports, pair.challenger, examples),
      await answersOf(ports, pair.champion, examples),
    ];
    return scoredBy(examples, ours, theirs);
  };
  const learnt = rows.length === 0 ? null : await ports.versions.learnt(model, pair.challenger.version);
  const story = pair.runId === null || rows.length === 0 ? [] : await ports.runs.story(pair.runId);
  return {
    pinned: await answered('pinned'),
    sampled: await answered('sampled'),
    hasConceptDrift: triageOf(story)?.diagnosis === 'conceptDrift',
    unfit: rows.length - fitting.length,
    learnt: learnt === null ? null : { rows: goldenLearnt(rows, learnt).length, isWhole: learnt.isWhole },
  };
}

type Answerer = { version: string; digest: string };

const asExample = ({ id, input, label }: GoldenRow, at: number): Example => ({
  predictionId: id,
  seq: at + 1,
  input,
  label,
  partition: 'golden',
});
