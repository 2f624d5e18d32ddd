import path from 'node:path';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as driftloop from '../../../index.ts';
import { blocks, placeOf, root, type Block } from '../../support/pages/pages.ts';

/**
 * Code in the pages compiles against the package as others import it, and what it configures is read by the schema.
 * A block is a module, with its imports; or a part of one, which is completed here: fields of a model, or a model.
 */

const isOurs = ({ language }: Block) => language === 'ts';
const compiled = blocks.filter(isOurs);

/** What a model needs that a block about something else does not repeat. */
const around = {
  name: "'m'",
  task: "{ kind: 'classification', labels: ['a', 'b'] }",
  input:
    "{ plan: { kind: 'category', values: ['basic', 'team'] }, region: { kind: 'category', values: ['north', 'south'] } }",
};
/** The comment by which a block says that it leaves them out. */
const leftOut = '// task, input …';

const isModule = ({ text }: Block) => /^(import|export) /m.test(text);
const isFields = ({ text }: Block) => /^\w+: /.test(text);
const fields = (names: readonly (keyof typeof around)[]) =>
  names.map((name) => `${name}: ${around[name]},`).join(' ');

/** The block as a module of its own. */
function moduleOf(block: Block): string {
  const text = block.text
    .trimEnd()
    .replace(leftOut, fields(['task', 'input']))
    .replace(/^defineModel\(/m, 'export const model = defineModel(');
  if (isModule(block)) return `${text}\n${block.given}\nexport {};`;
  const named = Object.keys(driftloop).filter((name) => new RegExp(`\\b${name}\\(`).test(text));
  const head = `import { ${[...new Set(['defineModel', ...named])].join(', ')} } from 'driftloop';\n`;
  if (!isFields(block)) return `${head}${block.given}\n${text}`;
  const missing = (['name', 'task', 'input'] as const).filter(
    (key) => !new RegExp(`^${key}: `, 'm').test(`${block.given}\n${text}`),
  );
  return `${head}export const model = defineModel({ ${fields(missing)} ${block.given}\n${text.replace(/,$/, '')}\n});`;
}

/** Where a block lies: those of a page side by side, so that one can import another by the name in its first line. */
const files = new Map(
  compiled.map((block) => {
    const name = /^\/\/ (\S+\.ts)$/m.exec(block.text.split('\n')[0]!)?.[1] ?? `line-${block.line}.ts`;
    return [path.join(root, 'docs/blocks', block.page.replaceAll('/', '-'), name), block] as const;
  }),
);

/** A package of others that the reader has and we have not: what is done with it is taken as it is. */
const others = 'openai';

test('every block of TypeScript compiles', { timeout: 300_000 }, () => {
  expect(files.size).toBe(compiled.length);
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: ['index.ts'] },
    ts.sys,
    root,
  );
  const sources = new Map([...files].map(([file, block]) => [file, moduleOf(block)]));
  sources.set(path.join(root, 'docs/blocks/others.d.ts'), `declare module '${others}';`);
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { readFile, fileExists, directoryExists } = host;
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.directoryExists = (folder) =>
    [...sources.keys()].some((file) => file.startsWith(folder)) || directoryExists?.(folder) === true;
  const program = ts.createProgram([...sources.keys()], { ...options, noUnusedLocals: false }, host);
  const problems = [...files].flatMap(([file, block]) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${placeOf(block)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
  expect(problems).toEqual([]);
});

/** What a block makes when it runs, with the package as it is; it may not import anything else. */
function run(block: Block): Record<string, unknown> {
  const { outputText } = ts.transpileModule(moduleOf(block), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const made: Record<string, unknown> = {};
  const required = (name: string) => {
    if (name !== 'driftloop') throw new Error(`A config imports ${name}.`);
    return driftloop;
  };
  compileFunction(outputText, ['exports', 'require'])(made, required);
  return made;
}

const configs = compiled.filter((block) => /\bdefine(Model|Driftloop)\(/.test(block.text) || isFields(block));

test('there are blocks that configure', () => expect(configs.length).toBeGreaterThan(15));
test.each(configs.map((block) => [placeOf(block), block] as const))(
  '%s is a config that the schema takes',
  (_, block) => {
    const { model, default: config } = run(block);
    const parsed = driftloop.parseConfig(config ?? { models: [model] });
    expect(parsed.models.length).toBeGreaterThan(0);
  },
);

/** `…` stands for what is left out, in texts as in lists and objects. */
const whole = (json: string): string => json.replaceAll(/\{ … \}/g, '{}').replaceAll(/\[ … \]/g, '[]');

const data = blocks.filter(({ language }) => ['json', 'jsonl', 'csv'].includes(language));
test.each(data.map((block) => [placeOf(block), block] as const))(
  '%s can be read',
  (_, { language, text }) => {
    const lines = text.trimEnd().split('\n');
    if (language === 'csv') {
      const widths = lines.map((line) => line.split(',').length);
      expect(new Set(widths).size).toBe(1);
    } else if (language === 'jsonl' || (lines.length > 1 && lines.every((line) => /^\{.*\}$/.test(line))))
      for (const line of lines) JSON.parse(whole(line));
    else JSON.parse(whole(text));
  },
);
