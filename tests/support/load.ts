import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What a server is asked, over and over, by so many connections at a time. */
export type LoadPlan = {
  port: number;
  path: string;
  body: string;
  token: string | null;
  connections: number;
  seconds: number;
  /** Answers of so many seconds at the beginning are not counted. */
  warmSeconds: number;
  /** Answers name a version, and what it says: `versionSaysRight`. */
  checksVersions: boolean;
};

export type LoadReport = {
  answered: number;
  /** Answers other than 200, and connections that broke. */
  failed: number;
  /** Answers that are not those of the version which they name. */
  wrongVersion: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
};

type Answer = { status: number; body: Buffer };

/**
 * A closed loop: each connection asks again when it has its answer. Requests are made of bytes beforehand and answers
 * are cut by their length only, so that the one who asks takes as little of the machine as can be from who answers.
 */
export async function load(
  plan: LoadPlan,
  versionSaysRight: (body: Buffer) => boolean,
  signal?: AbortSignal,
): Promise<LoadReport> {
  const bytes = requestOf(plan);
  const began = performance.now();
  const [from, until] = [began + plan.warmSeconds * 1_000, began + (plan.warmSeconds + plan.seconds) * 1_000];
  const times: number[] = [];
  let [failed, wrongVersion] = [0, 0];
  const isOver = () => performance.now() >= until || signal?.aborted === true;

  async function askAgainAndAgain(): Promise<void> {
    const line = await openLine(plan.port);
    try {
      while (!isOver()) {
        const sent = performance.now();
        const { status, body } = await line.ask(bytes);
        const now = performance.now();
        if (now < from) continue;
        times.push(now - sent);
        if (status !== 200) failed += 1;
        else if (plan.checksVersions && !versionSaysRight(body)) wrongVersion += 1;
      }
    } finally {
      line.close();
    }
  }

  const lines = Array.from({ length: plan.connections }, () =>
    askAgainAndAgain().catch(() => {
      failed += 1;
    }),
  );
  await Promise.all(lines);
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    answered: times.length,
    failed,
    wrongVersion,
    perSecond: times.length / ((performance.now() - from) / 1_000),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

function requestOf({ path, body, token }: LoadPlan): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(token === null ? [] : [`authorization: Bearer ${token}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** One connection, which is asked one thing at a time. */
async function openLine(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let [received, waiting]: [Buffer, PromiseWithResolvers | null] = [Buffer.alloc(0), null];
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = wholeAnswer(received);
    if (answer === null) return;
    received = Buffer.alloc(0);
    waiting?.resolve(answer);
  });
  const broken = () => waiting?.reject(new Error('the connection broke'));
  socket.on('error', broken).on('close', broken);
  return {
    ask: (bytes: Buffer) =>
      new Promise<Answer>((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(bytes);
      }),
    close: () => socket.destroy(),
  };
}

type PromiseWithResolvers = { resolve: (answer: Answer) => void; reject: (error: Error) => void };

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** An answer, once all of it is there. */
function wholeAnswer(received: Buffer): Answer | null {
  const end = received.indexOf(END_OF_HEAD);
  if (end === -1) return null;
  const head = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without its length: ${head}`);
  const from = end + END_OF_HEAD.length;
  if (received.length < from + Number(length)) return null;
  return { status: Number(head.slice(9, 12)), body: received.subarray(from) };
}
