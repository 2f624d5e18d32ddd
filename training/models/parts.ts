import type { WeightLayout } from './linear.ts';

/** A module with a matrix, as Hugging Face names it: `bert.encoder.layer.0.attention.self.query`. */
export type LinearPart = {
  module: string;
  inputs: number;
  outputs: number;
  bias: boolean;
  layout: WeightLayout;
  /** Of its weights when it is new; its bias begins at 0. */
  spread: number;
};

/** Any other parameter, and what it begins as when it is new. */
export type FreePart = {
  name: string;
  shape: readonly number[];
  /** Whether rows of it are looked up: an embedding. */
  isTable?: true;
  starts: 'ones' | 'zeros' | { spread: number };
};

/** What a network is made of: enough to check a checkpoint, to begin one, and to find what an adapter may target. */
export type Parts = { linears: LinearPart[]; free: FreePart[] };

export type ParameterShape = { name: string; shape: readonly number[]; starts: FreePart['starts'] };

/** Every parameter by its name, weights of matrices included. */
export const parameterShapes = ({ linears, free }: Parts): ParameterShape[] => [
  ...free,
  ...linears.flatMap(({ module, inputs, outputs, bias, layout, spread }) => [
    {
      name: `${module}.weight`,
      shape: layout === 'out-in' ? [outputs, inputs] : [inputs, outputs],
      starts: { spread },
    },
    ...(bias ? [{ name: `${module}.bias`, shape: [outputs], starts: 'zeros' as const }] : []),
  ]),
];

/** A table that rows are looked up in, one for each token, position or segment. */
export const tablePart = (name: string, rows: number, columns: number, spread: number): FreePart => ({
  name,
  shape: [rows, columns],
  isTable: true,
  starts: { spread },
});

/** Gain and shift of a layer normalisation. */
export const normParts = (module: string, width: number): FreePart[] => [
  { name: `${module}.weight`, shape: [width], starts: 'ones' },
  { name: `${module}.bias`, shape: [width], starts: 'zeros' },
];

export const join = (...parts: Parts[]): Parts => ({
  linears: parts.flatMap(({ linears }) => linears),
  free: parts.flatMap(({ free }) => free),
});

/** The same for each layer: 0 … layers − 1. */
export const forLayers = (layers: number, partsOf: (layer: number) => Parts): Parts =>
  join(...Array.from({ length: layers }, (_, layer) => partsOf(layer)));

/** How many numbers there are to learn in all. */
export const parameterCount = (parts: Parts): number =>
  parameterShapes(parts).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
