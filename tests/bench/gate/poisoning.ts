import { gateSchema } from '../../../domain/gate-config.ts';
import { classification } from '../../../domain/task.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import { uniform } from '../../../statistics/binomial-draw.ts';
import { answeredRows } from '../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../training/gate/golden-checks.ts';
import { judgeGate } from '../../../training/gate/judge-gate.ts';
import type { World } from './pairs.ts';

export type Poisoning = Readonly<{
  rows: number;
  world: World;
  /** The share of the labels that comes from the source that steers. */
  ofSource: number;
  /** Of all labels: those that it flips, in favour of the challenger; 0: it is honest. */
  flips: number;
}>;

/** A gate whose labels come from two honest sources and a third one, which makes the challenger look better. */
export function poisonedVerdict(
  { rows, world, ofSource, flips }: Poisoning,
  draw: () => number,
  config: Parameters<typeof gateSchema.parse>[0] = {},
): Verdict {
  let left = Math.round(flips * rows);
  const labelled: { label: string; source: string }[] = [];
  const [ours, theirs]: [string[], string[]] = [[], []];
  for (let i = 0; i < rows; i += 1) {
    const u = draw();
    const isTheirs = u >= (world.discordant + world.difference) / 2 && u < world.discordant;
    const isOurs = u < (world.discordant + world.difference) / 2;
    const isBoth = !isOurs && !isTheirs && draw() < 0.9;
    const who = draw();
    const source = who < ofSource ? 'steering' : who < (1 + ofSource) / 2 ? 'honest' : 'other';
    const truth = i % 2 === 0 ? 'A' : 'B';
    const wrong = truth === 'A' ? 'B' : 'A';
    ours.push(isOurs || isBoth ? truth : wrong);
    theirs.push(isTheirs || isBoth ? truth : wrong);
    const flipped = source === 'steering' && isTheirs && left > 0;
    if (flipped) left -= 1;
    labelled.push({ label: flipped ? wrong : truth, source });
  }
  const outputs = (labels: readonly string[]) => labels.map((label) => ({ label, scores: { [label]: 1 } }));
  const task = classification({ labels: ['A', 'B'] });
  const evidence = answeredRows(task, labelled, outputs(ours), outputs(theirs));
  return judgeGate({ test: evidence, evidence, golden: noGolden, artifact: null }, gateSchema.parse(config), {
    kind: 'strict',
    look: 1,
    seed: 1,
  }).verdict;
}

/** How often each verdict is said, and how often because of the source. */
export function poisonedShares(
  times: number,
  poisoning: Poisoning,
  config: Parameters<typeof gateSchema.parse>[0] = {},
): { promoted: number; heldForSource: number } {
  const draw = uniform(61);
  let [promoted, heldForSource] = [0, 0];
  for (let i = 0; i < times; i += 1) {
    const verdict = poisonedVerdict(poisoning, draw, config);
    if (verdict.kind === 'promote') promoted += 1;
    if (verdict.kind === 'hold' && verdict.code === 'DL_GATE_SOURCES') heldForSource += 1;
  }
  return { promoted: promoted / times, heldForSource: heldForSource / times };
}
