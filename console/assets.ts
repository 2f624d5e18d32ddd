import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;
const own = [
  'console.css',
  'run.css',
  'rollout.css',
  'zoom.css',
  'teach.css',
  'record.css',
  'console.js',
  'theme.js',
  'zoom.js',
  'teach.js',
  'icon.svg',
] as const;
const require = createRequire(import.meta.url);
/** Of the chart library, as it was installed; a page loads them when a chart is zoomed, and not before. */
const ofPackages = {
  'uplot.js': require.resolve('uplot/dist/uPlot.iife.min.js'),
  'uplot.css': require.resolve('uplot/dist/uPlot.min.css'),
} as const;
export type AssetName = (typeof own)[number] | keyof typeof ofPackages;
export type Asset = { body: string; type: string; digest: string };

const files: readonly (readonly [string, string | URL])[] = [
  ...own.map((name) => [name, new URL(`./assets/${name}`, import.meta.url)] as const),
  ...Object.entries(ofPackages),
];

/** The console's files, read once. Their address carries their content, so a browser may keep them for ever. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  files.map(([name, file]) => {
    const type = types[name.split('.').at(-1) as keyof typeof types];
    const text = readFileSync(file, 'utf8');
    // What a style sheet says to whoever reads it here is not sent.
    const body = type === types.css ? text.replaceAll(/\/\*[^]*?\*\/\n?/g, '') : text;
    return [name, { body, type, digest: createHash('sha256').update(body).digest('hex').slice(0, 12) }];
  }),
);

export const assetUrl = (name: AssetName): string => `/assets/${name}?v=${assets.get(name)!.digest}`;
