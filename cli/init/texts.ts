import type { Feature } from '../../domain/input.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { sayLeftOut } from '../data/infer-config.ts';
import { shellWord } from '../shell-word.ts';
import type { FoundModel } from './describe-data.ts';

/** The files that `driftloop init` writes, as texts. */

type Found = Pick<FoundModel, 'model' | 'label' | 'time' | 'leftOut'> & { data: string };

const quoted = (text: string): string =>
  `'${text.replaceAll(/['\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}'`;
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));
/** A comment ends with its line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
const list = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`;

/** Small enough for a laptop. */
const SMALL_DECODER = 'hf:HuggingFaceTB/SmolLM2-135M-Instruct';

/** `driftloop.config.ts`: what was found, and what one may want to change, with a word on each. */
export function configText({ model, leftOut, data }: Found): string {
  const features = Object.entries(model.input);
  const names = new Set([
    'defineDriftloop',
    'defineModel',
    taskName(model.task),
    ...features.map(([, { kind }]) => kind),
  ]);
  const isClassification = model.task.kind === 'classification';
  if (isClassification) names.add('quality');
  const left = leftOut.map((one) => `        // ${oneLine(sayLeftOut(one))}`);
  return `import { ${[...names].sort().join(', ')} } from 'driftloop';

export default defineDriftloop({
  models: [
    defineModel({
      name: ${quoted(model.name)},
      // What it answers${isClassification ? ', and whose labels feedback may name' : ''}.
      task: ${sayTask(model.task)},
      // What it is asked with, read out of ${oneLine(data)}: correct what is wrong here.
      input: {
${[...features.map(([name, feature]) => `        ${key(name)}: ${sayFeature(feature)},`), ...left].join('\n')}
      },
${model.task.kind === 'generation' ? `      // What writes goes on from a model that can write: a name on a hub, fetched at the first training, or a folder.\n      base: ${quoted(SMALL_DECODER)},\n` : ''}${isClassification ? `      // An alert when the share of right answers of the last day falls below this.\n      watch: [quality({ metric: 'accuracy', atLeast: 0.8 })],\n` : ''}      // Retrains when its errors beyond what it promised are worth a training. 'suggest' asks before anything is trained.
      retrain: { mode: 'auto' },
      // true: a person reads what changes and says yes before a new version answers.
      approval: { required: false },
      // The first share of the traffic that a new version answers, and for how long at least.
      rollout: { canary: [0.1, 0.5], step: '10m' },
    }),
  ],
});
`;
}

const taskName = ({ kind }: DeclaredTask): string => (kind === 'multi-label' ? 'multiLabel' : kind);

function sayTask(task: DeclaredTask): string {
  switch (task.kind) {
    case 'classification':
      return `classification({ labels: ${list(task.labels)} })`;
    case 'multi-label':
      return `multiLabel({ labels: ${list(task.labels)} })`;
    case 'regression':
      return `regression({ tolerance: ${task.tolerance ?? 1} }) /* an answer is right when it is no further off than this */`;
    case 'generation':
      return 'generation()';
    default:
      return task satisfies never;
  }
}

function sayFeature(feature: Feature): string {
  switch (feature.kind) {
    case 'number':
      return 'number()';
    case 'text':
      return 'text()';
    case 'category':
      return `category(${list(feature.values)})`;
    case 'image':
      return `image({ width: ${feature.width}, height: ${feature.height}, channels: ${feature.channels} })`;
    default:
      return feature satisfies never;
  }
}

/** An example of a row as JSON. */
const exampleRow = ({ model }: Found): string => {
  const value = (feature: Feature): unknown => {
    switch (feature.kind) {
      case 'number':
        return 1;
      case 'category':
        return feature.values[0] ?? null;
      case 'text':
        return 'where is my parcel';
      case 'image':
        return Array.from({ length: feature.height }, () => Array.from({ length: feature.width }, () => 0));
      default:
        return feature satisfies never;
    }
  };
  return JSON.stringify(
    Object.fromEntries(Object.entries(model.input).map(([name, one]) => [name, value(one)])),
  );
};

/** `ask.mjs`: asks the model that \`driftloop dev\` serves, and tells what was right. */
export function askText(found: Found): string {
  return `// Asks the model of \`driftloop dev\`, and tells it what was right:  node ask.mjs ['{"feature": …}' [what-was-right]]
import { readFileSync } from 'node:fs';

const { environment, addresses } = JSON.parse(readFileSync('.driftloop/dev.json', 'utf8'));
const post = async (path, body) => {
  const answer = await fetch(addresses.server + path, {
    method: 'POST',
    headers: { authorization: \`Bearer \${environment.DRIFTLOOP_TOKEN}\`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};

const row = JSON.parse(process.argv[2] ?? ${quoted(exampleRow(found))});
const { predictions } = await post('/v1/models/${found.model.name}:predict', { instances: [row] });
console.log(predictions[0]);

// What turned out to be right, whenever it is known: this is what it learns from.
const right = process.argv[3];
if (right !== undefined)
  console.log(
    await post('/v1/feedback', {
      feedbackId: crypto.randomUUID(),
      predictionId: predictions[0].predictionId,
      kind: 'label',
      value: right,
      at: new Date().toISOString(),
      source: 'ask.mjs',
    }),
  );
`;
}

/** How the first champion is trained. */
export const bootstrapCommand = ({ model, data, label, time }: Found): string =>
  `driftloop model bootstrap ${model.name} --data ${shellWord(data)} --label ${shellWord(label)}${time === null ? '' : ` --time ${shellWord(time)}`}`;

export const readmeText = (found: Found): string => `# ${found.model.name}

\`driftloop.config.ts\` says what the model is. To run everything on this machine:

\`\`\`sh
driftloop dev                                   # leave it running; a saved config is applied
${bootstrapCommand(found)}   # the first version
node ask.mjs                                    # asks it; see the file for how to say what was right
driftloop status                                # does anything need me?
\`\`\`

From then on it watches itself: when its answers get worse, it retrains on what feedback has taught, proves the new version on rows that neither has seen, and rolls it out in steps. \`driftloop run list\` and the console say what it did and why.

From TypeScript, \`driftloop/client\` is typed by the config:

\`\`\`ts
import { readFileSync } from 'node:fs';
import { createClient } from 'driftloop/client';
import type config from './driftloop.config.ts';

// \`driftloop dev\` writes there on which address it answers, and the token; where a server runs for good, both are its own.
const { environment, addresses } = JSON.parse(readFileSync('.driftloop/dev.json', 'utf8'));
const driftloop = createClient<typeof config>({
  server: addresses.server,
  token: environment.DRIFTLOOP_TOKEN,
});
\`\`\`
`;
