import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../python-with.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

type Script = 'river_arm.py' | 'cbpe_arm.py';

/** The command of a Python with River and NannyML, and one of the scripts beside this file. */
const peer = async (script: Script): Promise<string[]> => [
  ...(await pythonWith(
    {
      name: 'bench-monitors',
      version: '2',
      requirements: here('requirements.txt'),
      says: 'River and NannyML, to measure beside,',
    },
    (message) => void process.stderr.write(`${message}\n`),
  )),
  here(script),
];

/** What a peer answers to a question, both JSON. */
export async function askPeer<Answer>(script: Script, question: object): Promise<Answer> {
  const [command, ...args] = await peer(script);
  return new Promise((resolve, reject) => {
    const running = execFile(command!, args, { maxBuffer: 2 ** 28 }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as Answer);
      else reject(error);
    });
    // Why a peer ended before it had read everything is what its own end says.
    running.stdin!.on('error', () => {});
    running.stdin!.end(JSON.stringify(question));
  });
}
