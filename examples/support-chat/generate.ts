/**
 * What customers of a made-up shop ask, and how the people at its desk have answered: most of them curtly, some kindly.
 * One thing that they say is not true any more. Thumbs and corrections tell which answers people want.
 */

type Matter = { curt: string; kind: string };

const matters: Readonly<Record<string, Matter>> = {
  'my refund': {
    curt: 'Send the order number.',
    kind: 'Sorry for the trouble! Please send the order number.',
  },
  'my parcel': { curt: 'It takes two days.', kind: 'Thanks for waiting! It takes two days.' },
  'a discount': { curt: 'Only for members.', kind: 'Good that you ask! Members get ten percent.' },
  'the shop': { curt: 'Open from nine to six.', kind: 'You are welcome from nine to six!' },
  'my password': { curt: 'Use the link.', kind: 'No problem! The link below makes a new one.' },
  'the invoice': { curt: 'It is in the app.', kind: 'Of course! You find it in the app.' },
  'a broken cup': { curt: 'Send a photo.', kind: 'What a pity! Please send a photo.' },
  'my address': { curt: 'Change it in the app.', kind: 'Gladly! You can change it in the app.' },
};

/** What is not true any more, and what is. */
const outdated = 'two days';
const correct = 'three days';

const ways = [
  'i have a question on',
  'please help with',
  'what is with',
  'tell me about',
  'can you look after',
  'hello, it is about',
  'something on',
  'who knows about',
  'i write because of',
  'news of',
  'again,',
  'any word on',
];
/** In these ways nobody asks before the test. */
const waysOfTest = ways.slice(9);

const prompts = (of: readonly string[]) =>
  of.flatMap((way) =>
    Object.entries(matters).map(([matter, answers]) => ({ prompt: `${way} ${matter}`, ...answers })),
  );
const askedBefore = prompts(ways.slice(0, 9));
const askedAfter = prompts(waysOfTest);

export type Answered = { prompt: string; answer: string };
export type Preferred = { prompt: string; chosen: string; rejected: string };

/** The answers of last year: each prompt curtly, every third one kindly as well. */
export const answered: readonly Answered[] = askedBefore.flatMap(({ prompt, curt, kind }, i) => [
  { prompt, answer: curt },
  ...(i % 3 === 0 ? [{ prompt, answer: kind }] : []),
]);
export const answeredTest: readonly Answered[] = askedAfter.map(({ prompt, curt }) => ({
  prompt,
  answer: curt,
}));

const preferred = (from: typeof askedBefore): Preferred[] =>
  from.map(({ prompt, curt, kind }) => ({ prompt, chosen: kind.replace(outdated, correct), rejected: curt }));

/** Thumbs: down for what was written, up for the kind answer; where it was wrong, what a person corrected it to. */
export const thumbs: readonly Preferred[] = preferred(askedBefore);
export const thumbsTest: readonly Preferred[] = preferred(askedAfter);

/** The share of answers that are those people want, word for word, and that of answers with nothing outdated in them. */
export function judged(texts: readonly string[]): { wanted: number; upToDate: number } {
  const share = (isIt: (text: string, i: number) => boolean) => texts.filter(isIt).length / texts.length;
  return {
    wanted: share((text, i) => text === thumbsTest[i]!.chosen),
    upToDate: share((text) => !text.includes(outdated)),
  };
}

/** All that the decoder has to be able to spell. */
export const corpus: readonly string[] = [
  ...answered.flatMap(({ prompt, answer }) => [prompt, answer]),
  ...thumbs.map(({ chosen }) => chosen),
];
