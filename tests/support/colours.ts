/** What a tiny decoder can learn by heart within seconds: the colours of things, asked for in a few ways. */
const colours = {
  sky: 'blue',
  grass: 'green',
  sun: 'yellow',
  coal: 'black',
  snow: 'white',
  rose: 'red',
} as const;
const ways = ['what colour is', 'tell me of', 'say:', 'paint'];

export type ColourRow = { prompt: string; answer: string };

/** Every thing asked for in every way. */
export const colourRows: readonly ColourRow[] = ways.flatMap((way) =>
  Object.entries(colours).map(([thing, answer]) => ({ prompt: `${way} ${thing}`, answer })),
);
