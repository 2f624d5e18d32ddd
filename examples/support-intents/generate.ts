import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Messages to the support of a made-up bank, and what each is about. Nobody wrote them: they are put together from
 * phrases, with the typos and the beating about the bush of people in a hurry. In spring the bank begins to sell
 * things that it did not have before, and from then on customers ask about these too, with words that are known.
 *
 *   npx tsx examples/support-intents/generate.ts --about old --rows 400 --seed 1 > old.csv
 */

/** What customers asked about from the beginning; a message names the matter in one of these ways. */
const known = {
  'lost-card': [
    'my card is gone',
    'i lost my card',
    'somebody stole my card',
    'cannot find my card anywhere',
  ],
  'card-arrival': [
    'when does my new card come',
    'the card is not in the post',
    'still waiting for the card',
    'is my card on its way',
  ],
  refund: [
    'the shop owes me money back',
    'i want my money back for an order',
    'where is my refund',
    'a purchase was cancelled but not paid back',
  ],
  pin: ['i forgot my pin', 'the pin does not work', 'how do i change the pin', 'three times the wrong pin'],
  'exchange-rate': [
    'which rate do you take for dollars',
    'the rate of my payment abroad is wrong',
    'how much is a dollar in euro with you',
    'your exchange rate is too high',
  ],
  'top-up': [
    'i cannot put money on my account',
    'my top up is not there',
    'how do i top up by bank transfer',
    'the top up was declined',
  ],
} as const;

/** What they ask about since spring: the words are old, what they mean together is new. */
const added = {
  'virtual-card': [
    'a card for the phone without plastic',
    'how do i get a card that is only in the app',
    'my virtual card is declined online',
    'is there a card number for one purchase',
  ],
  savings: [
    'which interest does the pocket give',
    'move money from my account to the pocket',
    'put the change of every payment aside',
    'how do i close my savings pocket',
  ],
} as const;

const before = [
  'hello',
  'hi there',
  'good morning',
  'please help',
  'sorry to bother you',
  'urgent',
  'quick question',
  'i am abroad and',
];
const after = [
  'thanks',
  'what can i do',
  'since monday',
  'again',
  'can you look into it',
  'i wrote twice already',
  'please be quick',
  'no idea why',
];

export type Message = { text: string; label: string };
export const oldIntents = Object.keys(known);
export const newIntents = Object.keys(added);

/** Messages without end, about these matters in equal shares. The same seed gives the same messages. */
export function* messages({ seed, about }: { seed: number; about: 'old' | 'new' }): Generator<Message> {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(uniform() * from.length)]!;
  const matters: Record<string, readonly string[]> = about === 'old' ? known : added;
  for (;;) {
    const label = pick(Object.keys(matters));
    const words = pick(matters[label]!).split(' ');
    // One in three leaves a word out, and one in four mistypes one.
    if (uniform() < 1 / 3) words.splice(Math.floor(uniform() * words.length), 1);
    if (uniform() < 1 / 4) {
      const at = Math.floor(uniform() * words.length);
      words[at] = mistyped(words[at]!, uniform());
    }
    const parts = [uniform() < 0.7 ? pick(before) : '', words.join(' '), uniform() < 0.7 ? pick(after) : ''];
    yield { text: parts.filter((part) => part !== '').join(' '), label };
  }
}

/** Two neighbouring letters in the wrong order. */
function mistyped(word: string, share: number): string {
  const at = Math.floor(share * (word.length - 1));
  return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2);
}

/** The row at which the bank begins to sell what it did not have before. */
export const driftAtRows = [1_000];

/** The stream of a year: until spring the old matters, then two in three messages about the new ones. */
export function* simulate({ seed }: { seed: number }) {
  const old = messages({ seed, about: 'old' });
  const added = messages({ seed: seed + 1, about: 'new' });
  for (let index = 0; ; index += 1) {
    const isNew = index >= driftAtRows[0]! && index % 3 !== 0;
    const { text, label } = (isNew ? added : old).next().value as Message;
    yield { row: { text }, label };
  }
}

/** The same as CSV: the old matters, the new ones, both (as many of each), or the stream of a year. */
export function* csvLines(about: string, rows: number, seed: number): Generator<string> {
  yield 'text,label';
  const year = simulate({ seed });
  const [old, added] = [messages({ seed, about: 'old' }), messages({ seed: seed + 1, about: 'new' })];
  for (let index = 0; index < rows; index += 1) {
    if (about === 'year') {
      const { row, label } = year.next().value as { row: { text: string }; label: string };
      yield `${row.text},${label}`;
      continue;
    }
    const isNew = about === 'new' || (about === 'both' && index % 2 === 1);
    const { text, label } = (isNew ? added : old).next().value as Message;
    yield `${text},${label}`;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      about: { type: 'string', default: 'year' },
      rows: { type: 'string', default: '3000' },
      seed: { type: 'string', default: '1' },
    },
  });
  for (const line of csvLines(values.about, Number(values.rows), Number(values.seed)))
    process.stdout.write(`${line}\n`);
}
