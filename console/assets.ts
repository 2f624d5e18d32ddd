import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;
const names = ['console.css', 'run.css', 'rollout.css', 'console.js', 'theme.js', 'icon.svg'] as const;
export type AssetName = (typeof names)[number];
export type Asset = { body: string; type: string; digest: string };

/** The console's own files, read once. Their address carries their content, so a browser may keep them for ever. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  names.map((name) => {
    const body = readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    const type = types[name.split('.').at(-1) as keyof typeof types];
    return [name, { body, type, digest: createHash('sha256').update(body).digest('hex').slice(0, 12) }];
  }),
);

export const assetUrl = (name: AssetName): string => `/assets/${name}?v=${assets.get(name)!.digest}`;
