import { isTruthOf } from '../../domain/answer-text.ts';
import { checkInstance } from '../../domain/check-instance.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { GoldenKind, GoldenRow } from '../../domain/golden.ts';
import type { GoldenWhy } from '../../domain/ports.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { contentHash } from '../../training/data/content-hash.ts';
import { table, type Answer } from '../output.ts';
import { actWithStores, withStores, type Need, type Stores } from '../wiring.ts';
import { readExamples } from './bootstrap.ts';

/** `driftloop golden add MODEL --data FILE --label COLUMN`. */
export async function addGolden(options: {
  model: string;
  data: string;
  label: string;
  ignore?: string[];
  reason: string;
}): Promise<Answer> {
  return actWithStores(mayRule(options.model), async ({ stores, person }) => {
    const { config } = await stores.models.get(options.model);
    const why = { by: person.name, via: person.via, because: options.reason };
    const columns = { label: options.label, ...(options.ignore ? { ignore: options.ignore } : {}) };
    const examples = await readExamples(config, { data: options.data, columns });
    const rows = examples.map(({ row, label }) => ({ input: row, label }));
    return await keep(stores, config, 'pinned', rows, why);
  });
}

/** What is golden is a rule that everybody's challengers are held to: whoever may apply a config may say so. */
const mayRule = (model: string): Need => ({ right: 'apply', model });

/** `driftloop golden sample MODEL`: held-out rows, evenly over the time that there are labels of. */
export async function sampleGolden(options: {
  model: string;
  rows: number;
  reason: string;
}): Promise<Answer> {
  return actWithStores(mayRule(options.model), async ({ stores, person }) => {
    const { config } = await stores.models.get(options.model);
    const why = { by: person.name, via: person.via, because: options.reason };
    const examples = await stores.examples.range(options.model, { fromSeq: 1, limit: ROWS_AT_MOST });
    // What never trains, so that no version has learnt from it or will.
    const heldOut = examples.filter(({ partition }) => partition === 'holdout');
    const wanted = Math.min(options.rows, heldOut.length);
    const drawn = Array.from(
      { length: wanted },
      (_, i) => heldOut[Math.floor((i * heldOut.length) / wanted)]!,
    );
    return await keep(stores, config, 'sampled', drawn, why);
  });
}

const ROWS_AT_MOST = 100_000;

/** @throws DL_GOLDEN_UNFIT where a row is none of the model's, or two say the same and are labelled otherwise */
async function keep(
  { golden }: Stores,
  { name, input, task }: ModelConfig,
  kind: GoldenKind,
  rows: readonly { input: InputRow; label: string }[],
  why: GoldenWhy,
): Promise<Answer> {
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
  const { added, known } = await golden.add(name, [...byId.values()], why);
  return {
    json: { model: name, kind, added, known },
    text:
      `${added} ${added === 1 ? 'row is' : 'rows are'} golden now (${kind}).` +
      (known === 0 ? '' : ` ${known} were so already.`),
    next: `driftloop golden list ${name}`,
  };
}

const unfit = (model: string, at: number, problem: string) =>
  new DriftloopError('DL_GOLDEN_UNFIT', `Row ${at + 1} is no row of ${model}: ${problem}.`, {
    fix: 'Correct the row, or declare what it needs and run "driftloop apply".',
  });

export async function listGolden(model: string): Promise<Answer> {
  return withStores(async (stores) => {
    await stores.models.get(model);
    const rows = await stores.golden.list(model);
    return {
      json: rows,
      text:
        rows.length === 0
          ? `No golden rows of ${model}.`
          : table([
              ['ID', 'KIND', 'LABEL', 'INPUT'],
              ...rows.map(({ id, kind, label, input }) => [
                id.slice(0, 12),
                kind,
                label,
                short(JSON.stringify(input)),
              ]),
            ]),
      next:
        rows.length === 0
          ? `driftloop golden add ${model} --data FILE --label COLUMN`
          : `driftloop golden retire ${model} ID --reason "…"`,
    };
  });
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text);

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

export async function retireGolden(options: {
  model: string;
  ids: readonly string[];
  isSampled: boolean;
  reason: string;
}): Promise<Answer> {
  const { model, ids, isSampled } = options;
  return actWithStores(mayRule(model), async ({ stores: { models, golden }, person }) => {
    const why = { by: person.name, via: person.via, because: options.reason };
    await models.get(model);
    if (ids.length === 0 && !isSampled) throw noneNamed();
    const known = (await golden.list(model)).map(({ id }) => id);
    const ofIds = ids.map((first) => theOneOf(known, first));
    const retired =
      (await golden.retire(model, { ids: ofIds }, why)) +
      (isSampled ? await golden.retire(model, { kind: 'sampled' }, why) : 0);
    return {
      json: { model, retired },
      text: `${retired} golden ${retired === 1 ? 'row' : 'rows'} of ${model} retired.`,
      next: `driftloop golden list ${model}`,
    };
  });
}
