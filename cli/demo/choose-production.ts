import path from 'node:path';
import { milliseconds } from '../../domain/duration.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { DriftloopConfig, ModelConfig } from '../../domain/model-config.ts';
import { inferConfig, sayLeftOut } from '../data/infer-config.ts';
import { checkColumns, headerOf, readRecords, type Columns } from '../data/records.ts';
import { loadConfig } from '../load-config.ts';
import { exampleFile, exampleFor, firstModel, noPlay, playOf, type Play } from './examples.ts';
import { openCsv } from './streams/csv.ts';
import { rowEveryMs } from './streams/row-every.ts';
import { simulatedStream } from './streams/simulated.ts';
import type { Stream } from './streams/stream.ts';

export type ProductionOptions = {
  data?: string;
  label?: string;
  time?: string;
  ignore?: string[];
  config?: string;
  example?: string;
  pace?: number;
  rows?: number;
  seed?: number;
};

/** A production to play: a config, a stream for its first model, and how to play it. */
export type Production = {
  config: DriftloopConfig;
  model: ModelConfig;
  stream: Stream;
  /** The first rows of the stream train the first champion and are not played. */
  bootstrapRows: number;
  /** Rows to play after those: all of a file, or what a simulation suggests. */
  plannedRows: number;
  /** Rows per second. */
  pace: number;
  /** Stream time of a row, which the durations of the config are meant in. */
  rowEveryMs: number;
  /** What was decided for the user, one sentence each. */
  notes: string[];
};

/** The first tenth of a file trains the first champion. */
const bootstrapShare = 0.1;
const fewestRows = 1_000;
const defaults = { filePace: 100, simulatedPace: 25, rowEvery: '1m', bootstrapRows: 1_200, rows: 4_000 };

/** Finds out what to play. Reads files only; a mistake is reported before anything is started. */
export async function chooseProduction(options: ProductionOptions): Promise<Production> {
  if (options.data !== undefined) return fileProduction(options.data, options);
  const example = await loadConfig(options.config ?? exampleFile(options.example ?? 'demo'));
  const play = playOf(example);
  const model = firstModel(example.config);
  if (play.simulate === undefined) {
    throw new DriftloopError(
      'DL_NOTHING_TO_PLAY',
      `${example.file} exports no simulate(), so there is no stream.`,
      {
        fix: 'Give a file with --data FILE.csv --label COLUMN.',
      },
    );
  }
  const seed = options.seed ?? 1;
  const bootstrapRows = play.bootstrapRows ?? defaults.bootstrapRows;
  return {
    config: example.config,
    model,
    stream: simulatedStream({
      title: `simulated ${model.name}`,
      simulate: play.simulate,
      seed,
      driftAtRows: play.driftAtRows ?? null,
    }),
    bootstrapRows,
    plannedRows: options.rows ?? Math.max(1, (play.rows ?? defaults.rows) - bootstrapRows),
    pace: options.pace ?? play.pace ?? defaults.simulatedPace,
    rowEveryMs: milliseconds(play.rowEvery ?? defaults.rowEvery),
    notes: [],
  };
}

async function fileProduction(file: string, options: ProductionOptions): Promise<Production> {
  const header = await headerOf(file);
  const notes: string[] = [];
  const example = options.config ? await loadConfig(options.config) : await exampleFor(header);
  const play = example ? playOf(example) : noPlay;
  const columns = columnsFor(file, header, options, play);
  let config: DriftloopConfig;
  if (example) {
    config = example.config;
    if (!options.config)
      notes.push(`The columns are those of ${path.relative('.', example.file)}; its config is used.`);
  } else {
    const inferred = await inferConfig(file, columns);
    config = inferred.config;
    notes.push(`The config was inferred from the file: ${Object.keys(firstModel(config).input).join(', ')}.`);
    notes.push(...inferred.leftOut.map(sayLeftOut));
  }
  const model = firstModel(config);
  const stream = await openCsv(file, model, columns);
  const length = stream.length!;
  if (length < fewestRows) {
    throw new DriftloopError('DL_TOO_FEW_ROWS', `${file} has ${length} rows; a replay needs ${fewestRows}.`, {
      fix: 'Give a longer stream, or run the demo without --data.',
    });
  }
  const bootstrapRows = Math.floor(length * bootstrapShare);
  const everyMs = play.rowEvery ? milliseconds(play.rowEvery) : await rowEveryFrom(file, columns.time);
  if (everyMs === null)
    notes.push(`Nothing says how far apart the rows are; each counts as ${defaults.rowEvery}.`);
  return {
    config,
    model,
    stream,
    bootstrapRows,
    plannedRows: Math.min(length - bootstrapRows, options.rows ?? Infinity),
    pace: options.pace ?? play.pace ?? defaults.filePace,
    rowEveryMs: everyMs ?? milliseconds(defaults.rowEvery),
    notes,
  };
}

function columnsFor(
  file: string,
  header: readonly string[],
  options: ProductionOptions,
  play: Play,
): Columns {
  const label = options.label ?? play.label;
  if (label === undefined) {
    throw new DriftloopError('DL_LABEL_UNNAMED', `Nothing says which column of ${file} is the label.`, {
      fix: `Name it with --label COLUMN; the columns are ${header.join(', ')}.`,
    });
  }
  checkColumns(file, header, [label, ...(options.ignore ?? []), ...(options.time ? [options.time] : [])]);
  return {
    label,
    ...(options.time ? { time: options.time } : {}),
    ignore: [...(options.ignore ?? []), ...play.ignore.filter((c) => header.includes(c))],
  };
}

async function rowEveryFrom(file: string, time: string | undefined): Promise<number | null> {
  if (time === undefined) return null;
  const times: string[] = [];
  for await (const { cells } of readRecords(file)) {
    times.push(cells[time] ?? '');
    if (times.length >= 1_000) break;
  }
  return rowEveryMs(times);
}

/** How long playing takes, for a person: "about 7 min". */
export function playingTime({ plannedRows, pace }: Pick<Production, 'plannedRows' | 'pace'>): string {
  const seconds = plannedRows / pace;
  return seconds < 90 ? `about ${Math.round(seconds)} s` : `about ${Math.round(seconds / 60)} min`;
}
