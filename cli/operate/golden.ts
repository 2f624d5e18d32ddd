import { isTruthOf } from '../../domain/answer-text.ts';
import { checkInstance } from '../../domain/check-instance.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { GoldenKind, GoldenRow } from '../../domain/golden.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { GoldenWhy } from '../../domain/ports.ts';
import { contentHash } from '../../training/data/content-hash.ts';
import type { Installation } from './installation.ts';
import type { LabelledFile } from './model.ts';

/** What came of rows that shall be golden: those that are now, and those that were so already. */
export type Pinned = { model: string; kind: GoldenKind; added: number; known: number };

/** Rows that are looked at for a sample. */
const ROWS_AT_MOST = 100_000;

/** Golden rows: they never train, and every challenger is asked them. */
export function goldenOf({ stores, admit }: Installation) {
  /** What is golden is a rule that everybody's challengers are held to: whoever may apply a config may say so. */
  const ruling = async (model: string, reason: string): Promise<GoldenWhy> => {
    const { name: by, via } = await admit({ right: 'apply', model });
    return { by, via, because: reason };
  };
  const keep = async (
    config: ModelConfig,
    kind: GoldenKind,
    rows: readonly Labelled[],
    why: GoldenWhy,
  ): Promise<Pinned> => ({
    model: config.name,
    kind,
    ...(await stores.golden.add(config.name, goldenRows(config, kind, rows), why)),
  });

  return {
    /** Pins rows that must stay true. Throws DL_GOLDEN_UNFIT, and what is wrong with the file. */
    async add(
      model: string,
      { data, label, ignore, reason }: Pick<LabelledFile, 'data' | 'label' | 'ignore'> & { reason: string },
    ): Promise<Pinned> {
      const why = await ruling(model, reason);
      const { config } = await stores.models.get(model);
      const { readExamples } = await import('./bootstrap.ts');
      const examples = await readExamples(config, {
        data,
        columns: { label, ...(ignore ? { ignore } : {}) },
      });
      const rows = examples.map((example) => ({ input: example.row, label: example.label }));
      return keep(config, 'pinned', rows, why);
    },

    /** Draws held-out rows, evenly over the time that there are labels of. */
    async sample(model: string, { rows, reason }: { rows: number; reason: string }): Promise<Pinned> {
      const why = await ruling(model, reason);
      const { config } = await stores.models.get(model);
      const examples = await stores.examples.range(model, { fromSeq: 1, limit: ROWS_AT_MOST });
      // What never trains, so that no version has learnt from it or will.
      const heldOut = examples.filter(({ partition }) => partition === 'holdout');
      const wanted = Math.min(rows, heldOut.length);
      const drawn = Array.from(
        { length: wanted },
        (_, i) => heldOut[Math.floor((i * heldOut.length) / wanted)]!,
      );
      return keep(config, 'sampled', drawn, why);
    },

    /** Those in force. */
    async list(model: string): Promise<GoldenRow[]> {
      await admit({ right: 'view', model });
      await stores.models.get(model);
      return stores.golden.list(model);
    },

    /** Takes rows out of force; of an id the first letters are enough. Throws DL_GOLDEN_UNFIT. */
    async retire(
      model: string,
      { ids = [], sampled = false, reason }: { ids?: readonly string[]; sampled?: boolean; reason: string },
    ): Promise<{ model: string; retired: number }> {
      const why = await ruling(model, reason);
      await stores.models.get(model);
      if (ids.length === 0 && !sampled) throw noneNamed();
      const known = (await stores.golden.list(model)).map(({ id }) => id);
      const ofIds = ids.map((first) => theOneOf(known, first));
      const retired =
        (await stores.golden.retire(model, { ids: ofIds }, why)) +
        (sampled ? await stores.golden.retire(model, { kind: 'sampled' }, why) : 0);
      return { model, retired };
    },
  };
}

type Labelled = { input: InputRow; label: string };

/** @throws DL_GOLDEN_UNFIT where a row is none of the model's, or two say the same and are labelled otherwise */
function goldenRows(
  { name, input, task }: ModelConfig,
  kind: GoldenKind,
  rows: readonly Labelled[],
): GoldenRow[] {
  const byId = new Map<string, GoldenRow>();
  for (const [i, { input: given, label }] of rows.entries()) {
    const checked = checkInstance(input, given, 0);
    if ('problems' in checked)
      throw unfit(name, i, checked.problems.map(({ field, problem }) => `${field} ${problem}`).join('; '));
    if (!isTruthOf(task, label)) throw unfit(name, i, `"${label}" is nothing that it answers`);
    const id = contentHash(input, checked.row);
    const same = byId.get(id);
    if (kind === 'pinned' && same !== undefined && same.label !== label)
      throw unfit(name, i, `it says what another one says, which is ${same.label} and not ${label}`);
    byId.set(id, { id, kind, input: checked.row, label });
  }
  return [...byId.values()];
}

const unfit = (model: string, at: number, problem: string) =>
  new DriftloopError('DL_GOLDEN_UNFIT', `Row ${at + 1} is no row of ${model}: ${problem}.`, {
    fix: 'Correct the row, or declare what it needs and run "driftloop apply".',
  });

/** Characters that name a row; fewer may be an empty variable of a script. */
const LEAST_OF_ID = 6;

/** The one row whose id begins so. Throws DL_GOLDEN_UNFIT. */
function theOneOf(known: readonly string[], first: string): string {
  const matching = first.length < LEAST_OF_ID ? [] : known.filter((id) => id.startsWith(first));
  if (matching.length === 1) return matching[0]!;
  throw new DriftloopError(
    'DL_GOLDEN_UNFIT',
    `"${first}" names no single golden row: ${first.length < LEAST_OF_ID ? `give at least ${LEAST_OF_ID} characters of its id` : `${matching.length} begin so`}.`,
    { fix: 'Take the id that "driftloop golden list MODEL" shows.' },
  );
}

const noneNamed = () =>
  new DriftloopError('DL_GOLDEN_UNFIT', 'No golden row is named.', {
    fix: 'Give ids as "driftloop golden list MODEL" shows them, or --sampled.',
  });
