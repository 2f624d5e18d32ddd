/**
 * Writes what is made from the code: `npm run docs`; `npm run docs -- pictures` those of the console. The reference
 * pages, and Grafana's dashboards. A test fails while they are out of date.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import { z } from 'zod';
import { eventMessage } from '../domain/events.ts';
import { deadLetterMessage, feedbackMessage, predictionMessage } from '../domain/messages.ts';
import { configSchema } from '../domain/model-config.ts';
import { dashboards } from '../infra/grafana/dashboards.ts';
import { grafanaJson } from '../infra/grafana/panels.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { backendsPage } from './backends-page.ts';
import { cliPage } from './cli-page.ts';
import { detectorsPage } from './detectors-page.ts';
import { errorsPage } from './errors-page.ts';
import { logsPage } from './logs-page.ts';
import { metricsPage } from './metrics-page.ts';
import { monitorsPage } from './monitors-page.ts';
import { triagePage } from './triage-page.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reference = 'docs/reference';
const grafana = 'infra/grafana/dashboards';
const { printWidth } = JSON.parse(readFileSync(path.join(root, '.oxfmtrc.json'), 'utf8')) as {
  printWidth: number;
};

type JsonSchema = {
  type?: string | string[];
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  required?: string[];
};

/** Every generated file by its path from the root. */
export async function pages(): Promise<Record<string, string>> {
  const schemas = {
    'prediction.v1.schema.json': {
      title: 'A prediction, as published to <namespace>.driftloop.predictions.v1',
      schema: predictionMessage,
    },
    'feedback.v1.schema.json': {
      title: 'Feedback, as published to <namespace>.driftloop.feedback.v1',
      schema: feedbackMessage,
    },
    'dead-letter.v1.schema.json': {
      title: 'A message without effect, as relayed to <namespace>.driftloop.dead-letter.v1',
      schema: deadLetterMessage,
    },
    'event.v1.schema.json': {
      title: 'What the loop tells: a CloudEvent, as published to <namespace>.driftloop.events.v1',
      schema: eventMessage,
    },
  };
  const written: Record<string, string> = {};
  for (const [name, { title, schema }] of Object.entries(schemas)) {
    const json = { ...z.toJSONSchema(schema, { io: 'input' }), title };
    written[`${reference}/${name}`] = await tidy(name, json);
  }
  written[`${reference}/openapi.json`] = await tidy('openapi.json', openApiDocument());
  for (const [name, dashboard] of Object.entries(dashboards))
    written[`${grafana}/${name}`] = await tidy(name, grafanaJson(dashboard));
  written[`${reference}/config.md`] = configPage(z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema);
  written[`${reference}/metrics.md`] = metricsPage();
  written[`${reference}/logs.md`] = logsPage();
  written[`${reference}/detectors.md`] = detectorsPage();
  written[`${reference}/monitors.md`] = monitorsPage();
  written[`${reference}/triage.md`] = triagePage();
  written[`${reference}/errors.md`] = errorsPage();
  written[`${reference}/backends.md`] = backendsPage();
  written[`${reference}/cli.md`] = cliPage();
  return written;
}

/** What tells the shapes of a union apart. */
const DISCRIMINATORS = ['kind', 'method'];

const kindOf = ({ type, properties }: JsonSchema): string => {
  const kinds = DISCRIMINATORS.map((name) => properties?.[name]?.const);
  return kinds.find((kind) => typeof kind === 'string') ?? String(type);
};

/** The shapes of a union, those of unions in it included. */
const shapesOf = ({ anyOf, oneOf }: JsonSchema): JsonSchema[] =>
  (anyOf ?? oneOf ?? []).flatMap((shape) => (shape.anyOf || shape.oneOf ? shapesOf(shape) : [shape]));

type Field = { kinds: string[]; key: string; child: JsonSchema; isRequired: boolean };

/** Every field of these shapes once, with the kinds of shapes that have it. */
function fieldsOf(shapes: readonly JsonSchema[]): Field[] {
  const fields = new Map<string, Field>();
  for (const shape of shapes)
    for (const [key, child] of Object.entries(shape.properties ?? {})) {
      const isRequired = shape.required?.includes(key) ?? false;
      const same = JSON.stringify([key, child, isRequired]);
      const field = fields.get(same) ?? { kinds: [], key, child, isRequired };
      field.kinds.push(kindOf(shape));
      fields.set(same, field);
    }
  return [...fields.values()];
}

function configPage(schema: JsonSchema): string {
  const rows: string[] = [];
  const visit = (name: string, at: JsonSchema, isRequired: boolean): void => {
    const shapes = shapesOf(at);
    if (at.properties !== undefined && name !== '') rows.push(row(name, at, isRequired));
    if (at.properties !== undefined) {
      for (const [key, child] of Object.entries(at.properties)) {
        visit(name === '' ? key : `${name}.${key}`, child, at.required?.includes(key) ?? false);
      }
    } else if (shapes.some(({ properties }) => properties !== undefined)) {
      for (const shape of shapes)
        rows.push(row(`${name}(${kindOf(shape)})`, { ...at, ...shape }, isRequired));
      for (const { kinds, key, child, isRequired: isNeeded } of fieldsOf(shapes)) {
        const of = kinds.length === shapes.length ? '' : `(${kinds.join(', ')})`;
        if (!DISCRIMINATORS.includes(key)) visit(`${name}${of}.${key}`, child, isNeeded);
      }
    } else if (
      at.items?.properties !== undefined ||
      at.items?.oneOf !== undefined ||
      at.items?.anyOf !== undefined
    ) {
      visit(`${name}[]`, at.items, isRequired);
    } else {
      rows.push(row(name, at, isRequired));
    }
  };
  visit('', schema, true);
  return [
    '# The config, field by field',
    '',
    'Made from the schema in `domain/model-config.ts` by `npm run docs`. The smallest model is `name`, `task`, `input`.',
    '',
    '| field | type | default | what it means |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function row(name: string, at: JsonSchema, isRequired: boolean): string {
  const type = typeOf(at);
  const fallback =
    at.default === undefined ? (isRequired ? 'required' : 'none') : `\`${JSON.stringify(at.default)}\``;
  return `| \`${name}\` | ${type.replaceAll('|', '\\|')} | ${fallback} | ${at.description ?? ''} |`;
}

const typeOf = (at: JsonSchema): string => {
  if (at.const !== undefined) return JSON.stringify(at.const);
  const shapes = shapesOf(at);
  if (shapes.length > 0) return [...new Set(shapes.map(typeOf))].join(' or ');
  return at.enum?.map((v) => JSON.stringify(v)).join(' or ') ?? String(at.type ?? '');
};

/** As `npm run check` wants it. */
async function tidy(name: string, json: unknown): Promise<string> {
  const { code, errors } = await format(name, JSON.stringify(json), { printWidth });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'pictures') {
    const { takePictures } = await import('./pictures.ts');
    await takePictures();
    process.exit();
  }
  for (const [name, text] of Object.entries(await pages())) await writeFile(path.join(root, name), text);
}
