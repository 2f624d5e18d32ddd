import sharp from 'sharp';
import { random } from '../../training/random.ts';
import type { Template } from './template-names.ts';

/** Files by their names, and which of them has the rows. */
export type TemplateData = {
  data: string;
  label: string;
  files: Readonly<Record<string, string | Buffer>>;
};

const ROWS = 400;

export function rowsOf(template: Template): Promise<TemplateData> | TemplateData {
  switch (template) {
    case 'tabular':
      return churn();
    case 'text':
      return tickets();
    case 'image':
      return shapes();
    case 'chat':
      return chat();
    default:
      return template satisfies never;
  }
}

/** Customers who leave: the longer they have been here and the less they call, the more they stay. */
function churn(): TemplateData {
  const chance = random(1);
  const rows = Array.from({ length: ROWS }, () => {
    const months = Math.round(60 * chance.uniform());
    const calls = Math.floor(8 * chance.uniform());
    const plan = chance.uniform() < 0.5 ? 'basic' : 'team';
    const wish = 1.5 - months / 15 + calls / 2 + (plan === 'basic' ? 0.5 : -0.5) + 2 * chance.uniform() - 1;
    return `${months},${calls},${plan},${wish > 0 ? 'leaves' : 'stays'}`;
  });
  return {
    data: 'customers.csv',
    label: 'outcome',
    files: { 'customers.csv': ['months,calls,plan,outcome', ...rows, ''].join('\n') },
  };
}

const words = {
  billing: ['invoice', 'refund', 'charge', 'payment'],
  access: ['password', 'login', 'code', 'account'],
  delivery: ['parcel', 'courier', 'address', 'tracking'],
} as const;
const around = [
  'please help',
  'it says',
  'my',
  'where is the',
  'since monday',
  'not working',
  'again',
  'thanks',
];

/** Messages of customers, and the desk that they belong to. */
function tickets(): TemplateData {
  const chance = random(2);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance.uniform() * from.length)]!;
  const desks = Object.keys(words) as (keyof typeof words)[];
  const rows = Array.from({ length: ROWS }, () => {
    const desk = pick(desks);
    return `${pick(around)} ${pick(words[desk])} ${pick(around)} ${pick(words[desk])},${desk}`;
  });
  return {
    data: 'messages.csv',
    label: 'desk',
    files: { 'messages.csv': ['text,desk', ...rows, ''].join('\n') },
  };
}

const SIDE = 12;

/** Small drawings: rings and crosses, each somewhere else. */
async function shapes(): Promise<TemplateData> {
  const chance = random(3);
  const drawn = Array.from({ length: ROWS / 2 }, (_, i) => {
    const shape = i % 2 === 0 ? 'ring' : 'cross';
    const [x, y] = [4.5 + 3 * chance.uniform(), 4.5 + 3 * chance.uniform()];
    const path =
      shape === 'ring'
        ? `<circle cx="${x}" cy="${y}" r="3.5"/>`
        : `<path d="M${x - 3.5} ${y}h7M${x} ${y - 3.5}v7"/>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><rect width="100%" height="100%" fill="white"/><g fill="none" stroke="black" stroke-width="1.5">${path}</g></svg>`;
    return { name: `images/${String(i).padStart(3, '0')}.png`, shape, svg };
  });
  const images = await Promise.all(
    drawn.map(
      async ({ name, svg }) => [name, await sharp(Buffer.from(svg)).greyscale().png().toBuffer()] as const,
    ),
  );
  const rows = drawn.map(({ name, shape }) => JSON.stringify({ image: name, label: shape }));
  return {
    data: 'shapes.jsonl',
    label: 'label',
    files: { 'shapes.jsonl': `${rows.join('\n')}\n`, ...Object.fromEntries(images) },
  };
}

const answers = {
  'the shop': 'We are open from nine to six.',
  'a refund': 'Send us the number of your order.',
  'my parcel': 'It takes two days.',
  'a discount': 'Members get ten percent.',
} as const;
const ways = ['tell me about', 'i have a question on', 'what of', 'please say something of', 'help with'];

/** Questions in a few ways, and the answer to each. */
function chat(): TemplateData {
  const rows = ways.flatMap((way) =>
    Object.entries(answers).map(([thing, answer]) => JSON.stringify({ prompt: `${way} ${thing}`, answer })),
  );
  const often = Array.from({ length: 6 }, () => rows).flat();
  return {
    data: 'chat.jsonl',
    label: 'answer',
    files: { 'chat.jsonl': `${often.join('\n')}\n` },
  };
}
