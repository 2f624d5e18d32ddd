import type { FC } from 'hono/jsx';
import type { Icon, Mark } from '../run-state.ts';

/** Drawn on a grid of 16, in the colour of the text beside them. */
const paths: Readonly<Record<Icon, string>> = {
  ok: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM5.4 8.2l1.8 1.8 3.4-3.8',
  warn: 'M8 2.4 14.3 13.4H1.7ZM8 6.4v3.2M8 11.4v.1',
  bad: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5ZM8 5v3.6M8 10.9v.1',
  unknown: 'M6.3 6.4a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.2M8 11.3v.1',
  running: 'M8 2a6 6 0 1 1-5.2 3M8 4.8V8l2.2 1.4',
  held: 'M4 2h8M4 14h8M4.8 2c0 3.4 3.2 3.8 3.2 6s-3.2 2.6-3.2 6M11.2 2c0 3.4-3.2 3.8-3.2 6s3.2 2.6 3.2 6',
  person: 'M10.6 5.2a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0ZM2.8 14c.4-3 2.4-4.6 5.2-4.6s4.8 1.6 5.2 4.6',
  rejected: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM6 6l4 4M10 6l-4 4',
  paused: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM6.5 5.8v4.4M9.5 5.8v4.4',
  planned: '',
  fleet: 'M2 4h12M2 8h12M2 12h12',
  runs: 'M3 3.5v9M3 4.5h4M3 11.5h4M9.5 4.5h3.5M9.5 11.5h3.5',
  alert: 'M4 11.5V7a4 4 0 0 1 8 0v4.5l1.2 1H2.8ZM6.8 14.2h2.4',
  versions:
    'M4.5 5.5v5M4.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 6.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 6.5c0 2.4-7 1.6-7 4',
  model: 'M1.5 9.5c2-5.5 3.5-5.5 5 -1.5s3 4 4.2 1 2-3 3.8-2.5',
  approve: 'M8 1.8 13.4 4v4c0 3.3-2.2 5.3-5.4 6.3C4.8 13.3 2.6 11.3 2.6 8V4ZM5.6 7.9l1.8 1.8 3-3.4',
  back: 'M6 3 2.5 6.5 6 10M2.8 6.5h6.7a4 4 0 0 1 0 8H6.5',
  rollout: 'M2 12.5h3.5v-3H9V6h3.5V2.5M10.3 4.5 12.5 2.3l2.2 2.2',
  policy: 'M3 2h7l3 3v9H3ZM5.5 7.5h5M5.5 10.5h5',
  theme: 'M8 2a6 6 0 1 0 0 12Z',
  teach: 'M2 2.5h5.5l6.3 6.3a1.2 1.2 0 0 1 0 1.7l-3.3 3.3a1.2 1.2 0 0 1-1.7 0L2.5 7.5ZM5.3 5.8v.1',
  spark: 'M8 2v4M8 10v4M2 8h4M10 8h4',
  dispute: 'M2 4.5h8.5M8 2l2.5 2.5L8 7M14 11.5H5.5M8 9l-2.5 2.5L8 14',
  draw: 'M4.6 2.2h6.8a2.4 2.4 0 0 1 2.4 2.4v6.8a2.4 2.4 0 0 1-2.4 2.4H4.6a2.4 2.4 0 0 1-2.4-2.4V4.6a2.4 2.4 0 0 1 2.4-2.4ZM5.4 5.4v.1M10.6 5.4v.1M8 8v.1M5.4 10.6v.1M10.6 10.6v.1',
  audit: 'M3 3.5h.1M3 8h.1M3 12.5h.1M6 3.5h8M6 8h8M6 12.5h8',
  settings:
    'M2 5h7M12.4 5H14M2 11h1.5M7 11h7M12.4 5a1.7 1.7 0 1 1-3.4 0 1.7 1.7 0 0 1 3.4 0ZM7 11a1.7 1.7 0 1 1-3.4 0A1.7 1.7 0 0 1 7 11Z',
};
const dashed: ReadonlySet<Icon> = new Set(['unknown', 'planned']);

const Shape: FC<{ name: Icon }> = ({ name }) => (
  <>
    {dashed.has(name) ? <circle cx="8" cy="8" r="6" stroke-dasharray="2.2 1.6" /> : null}
    {name === 'theme' ? <circle cx="8" cy="8" r="6" /> : null}
    <path d={paths[name]} fill={name === 'theme' ? 'currentColor' : 'none'} />
  </>
);

/** An icon in a line of text. It never stands alone: a word is beside it, so it is silent to screen readers. */
export const I: FC<{ name: Icon; spin?: boolean }> = ({ name, spin }) => (
  <svg class={`i${spin ? ' spin' : ''}`} viewBox="0 0 16 16" aria-hidden="true">
    <Shape name={name} />
  </svg>
);

/** The same inside a chart. */
export const Glyph: FC<{ name: Icon; size: number; tone: string }> = ({ name, size, tone }) => (
  <svg class={`i s-${tone}`} x="0" y="0" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
    <Shape name={name} />
  </svg>
);

/** Icon, word and colour of a state. */
export const State: FC<{ mark: Mark }> = ({ mark }) => (
  <span class={`st ${mark.tone}`}>
    <I name={mark.icon} spin={mark.icon === 'running'} />
    <span>{mark.word}</span>
  </span>
);

export const Brand: FC = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" class="logo">
    <circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="1.8" />
    <path
      class="s-champion"
      d="M4 13c2.4-4.6 4.2-4.6 6-1.2"
      fill="none"
      stroke-width="2"
      stroke-linecap="round"
    />
    <path
      class="s-challenger"
      d="M10 11.8c2 4 4.600 4 10-.8"
      fill="none"
      stroke-width="2"
      stroke-linecap="round"
    />
  </svg>
);
