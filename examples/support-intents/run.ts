import { keptOf, numberOf, rounded, writeLines, type Stage, type Story } from '../tell.ts';
import { messages } from './generate.ts';

/**
 * A support desk sells something new. The model that knows the old matters learns the new ones by LoRA from a few rows,
 * once without any care for what it knew, once with the old rows beside; then the gate looks at both on rows of today.
 */
export async function run({ folder, type, size }: Stage): Promise<Story> {
  const rows = size === 'whole' ? { old: 1_500, added: 120, test: 600 } : { old: 120, added: 40, test: 60 };
  const old = (seed: number) => messages({ seed, about: 'old' });
  const added = (seed: number) => messages({ seed, about: 'new' });
  await writeLines(folder, 'old.jsonl', old(1), rows.old);
  await writeLines(folder, 'old-test.jsonl', old(2), rows.test);
  await writeLines(folder, 'new.jsonl', added(3), rows.added);
  await writeLines(folder, 'new-test.jsonl', added(4), rows.test);

  const first = await type('finetune --train old.jsonl --test old-test.jsonl --out v1');
  const lora =
    'finetune --train new.jsonl --test new-test.jsonl --base ./v1 --method lora --golden old-test.jsonl';
  const careless = await type(`${lora} --protection none --out v2-careless`);
  const careful = await type(`${lora} --keep old.jsonl --out v2`);
  const known = [numberOf(first, 'accuracy'), keptOf(careless), keptOf(careful)];
  const learnt = [0, numberOf(careless, 'accuracy'), numberOf(careful, 'accuracy')];
  return {
    measured: {
      knownBefore: rounded(known[0]!),
      knownCareless: rounded(known[1]!),
      knownCareful: rounded(known[2]!),
      learntCareless: rounded(learnt[1]!),
      learntCareful: rounded(learnt[2]!),
      weightsTrained: numberOf(careful, 'trainableParameters'),
      weights: numberOf(careful, 'totalParameters'),
      seconds: Math.round(numberOf(careful, 'trainSeconds')),
    },
    picture: {
      title: 'New matters learnt, old ones kept',
      sentence: `Share of messages understood. v2 learnt from ${rows.added} new messages by LoRA.`,
      bars: ['v1', 'v2, nothing kept', 'v2, old rows beside'],
      groups: [
        { name: 'old matters', shares: known },
        { name: 'new matters', shares: learnt },
      ],
    },
  };
}
