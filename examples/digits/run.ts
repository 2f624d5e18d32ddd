import { keptOf, numberOf, rounded, writeLines, type Stage, type Story } from '../tell.ts';
import { digits } from './generate.ts';

/**
 * A model that reads what pens wrote shall read the displays of meters, of which few pictures are labelled. Learnt from
 * those alone, a network reads displays and nothing else; begun from the model that knows digits, and with the old
 * pictures beside, it reads both.
 */
export async function run({ folder, type, size }: Stage): Promise<Story> {
  const rows =
    size === 'whole'
      ? { written: 800, displayed: 120, test: 400 }
      : { written: 200, displayed: 40, test: 100 };
  const written = (seed: number) => digits({ seed, as: 'written' });
  const displayed = (seed: number) => digits({ seed, as: 'displayed' });
  await writeLines(folder, 'written.jsonl', written(1), rows.written);
  await writeLines(folder, 'written-test.jsonl', written(2), rows.test);
  await writeLines(folder, 'displays.jsonl', displayed(3), rows.displayed);
  await writeLines(folder, 'displays-test.jsonl', displayed(4), rows.test);
  const epochs = (whole: number) => ` --epochs ${size === 'whole' ? whole : 2}`;

  const first = await type(`finetune --train written.jsonl --test written-test.jsonl --out v1${epochs(15)}`);
  const unseen = await type('evaluate --artifact v1 --test displays-test.jsonl');
  const learn = `finetune --train displays.jsonl --test displays-test.jsonl${epochs(40)}`;
  const alone = await type(`${learn} --out alone`);
  const aloneOnWritten = await type('evaluate --artifact alone --test written-test.jsonl');
  const transferred = await type(
    `${learn} --base ./v1 --method full --keep written.jsonl --golden written-test.jsonl --out v2`,
  );

  const onDisplays = [unseen, alone, transferred].map((told) => numberOf(told, 'accuracy'));
  const onWritten = [numberOf(first, 'accuracy'), numberOf(aloneOnWritten, 'accuracy'), keptOf(transferred)];
  return {
    measured: {
      writtenBefore: rounded(onWritten[0]!),
      writtenAlone: rounded(onWritten[1]!),
      writtenAfter: rounded(onWritten[2]!),
      displaysUnseen: rounded(onDisplays[0]!),
      displaysAlone: rounded(onDisplays[1]!),
      displaysTransferred: rounded(onDisplays[2]!),
      seconds: Math.round(numberOf(transferred, 'trainSeconds')),
    },
    picture: {
      title: 'From what pens write to what meters show',
      sentence: `Share of digits read. ${rows.displayed} pictures of displays were labelled.`,
      bars: ['v1, knows pens', 'displays alone', 'v2, begun from v1'],
      groups: [
        { name: 'displays', shares: onDisplays },
        { name: 'written', shares: onWritten },
      ],
    },
  };
}
