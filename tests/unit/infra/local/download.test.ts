import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { download } from '../../../../infra/local/download.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const content = 'the program '.repeat(10_000);
const sha256 = createHash('sha256').update(content).digest('hex');

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

const good: RequestListener = (_, response) =>
  response.setHeader('content-length', content.length).end(content);

test('a file with the pinned checksum is kept, and its progress told', async () => {
  const file = path.join(tempFolder(), 'file');
  const shares: number[] = [];
  await download([await serve(good)], file, { sha256, onProgress: (share) => shares.push(share) });
  expect(readFileSync(file, 'utf8')).toBe(content);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
});

test('a file with another checksum is deleted, and the next place is not asked', async () => {
  const file = path.join(tempFolder(), 'file');
  let asked = 0;
  const urls = [
    await serve((_, response) => response.end(`${content}!`)),
    await serve((request, response) => {
      asked++;
      good(request, response);
    }),
  ];
  await expect(download(urls, file, { sha256 })).rejects.toMatchObject({ code: 'DL_CHECKSUM_MISMATCH' });
  expect(existsSync(file)).toBe(false);
  expect(asked).toBe(0);
});

test('a place that is silent, gone or refusing makes room for the next', async () => {
  const file = path.join(tempFolder(), 'file');
  const urls = [
    await serve(() => {}),
    await serve((_, response) => response.writeHead(404).end()),
    'http://driftloop.invalid/file',
    await serve(good),
  ];
  const began = Date.now();
  await download(urls, file, { sha256, answerWithinMs: 200 });
  expect(readFileSync(file, 'utf8')).toBe(content);
  expect(Date.now() - began).toBeLessThan(5000);
});

test('when no place answers, each is named with its reason', async () => {
  const urls = [await serve((_, response) => response.writeHead(503).end()), await serve(() => {})];
  const attempt = download(urls, path.join(tempFolder(), 'file'), { sha256, answerWithinMs: 100 });
  await expect(attempt).rejects.toMatchObject({
    code: 'DL_DOWNLOAD_FAILED',
    retryable: true,
    message: `${urls[0]}: HTTP 503; ${urls[1]}: no answer within 0.1 s`,
  });
});
