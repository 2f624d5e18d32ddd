import { execFile } from 'node:child_process';
import { download } from './download.ts';
import { findOnPath } from './find-on-path.ts';
import type { Tools } from './part.ts';
import { runTool } from './run-tool.ts';

/** A program that does not tell its version within this time will not do. */
const VERSION_WITHIN_MS = 10_000;

const askVersion: Tools['askVersion'] = (command, args) =>
  new Promise((resolve) => {
    // Java and older tools tell their version on stderr.
    execFile(command, args, { timeout: VERSION_WITHIN_MS }, (error, stdout, stderr) =>
      resolve(error ? null : `${stdout}${stderr}`),
    );
  });

/** The real thing: this machine, this environment. */
export const realTools = (env: Tools['env'] = process.env): Tools => ({
  env,
  platform: `${process.platform}-${process.arch}`,
  findOnPath,
  runTool,
  download,
  askVersion,
});
