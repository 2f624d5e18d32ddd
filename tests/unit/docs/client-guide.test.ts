import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const guide = readFileSync(path.join(root, 'docs/client.md'), 'utf8');

/** The blocks of the guide by the names in their first lines, as if they lay in the root of the package. */
const blocks = new Map(
  [...guide.matchAll(/```ts\n\/\/ (\S+)\n([^`]*)```/g)].map(([, name, code]) => [
    path.join(root, name!),
    code!,
  ]),
);

test('the code of the guide compiles against the package as others import it', { timeout: 120_000 }, () => {
  expect(blocks.size).toBe([...guide.matchAll(/```ts/g)].length);
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: ['index.ts'] },
    ts.sys,
    root,
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => blocks.get(file) ?? readFile(file);
  host.fileExists = (file) => blocks.has(file) || fileExists(file);
  const program = ts.createProgram([...blocks.keys()], options, host);
  const problems = [...blocks.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});
